"""Continue: a list of servers with names, in YAML; secrets have a syntax of their own."""

from typing import NamedTuple

from schemas.clients.adapter import Client, File
from schemas.clients.entry import Entry, Misspelled, Said, Spelled, table
from schemas.clients.fields import ByTransport, Directory, Endpoint, Lost, NoSwitch, Table, Time
from schemas.clients.permissions import NoPermissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import SECRETS
from schemas.clients.triggers import AlwaysApply, Globs
from schemas.clients.unified import Server
from schemas.formats import yaml

_OPTIONS = "requestOptions"


class _Headers(NamedTuple):
    """Headers, among other options of a request, which stay."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return (_OPTIONS,)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        options = entry.get(_OPTIONS) or {}
        if not isinstance(options, dict):
            raise Misspelled(f"{_OPTIONS} is not an object")
        return {"headers": table(options, "headers", SECRETS)}

    def write(self, server: Server, old: Entry) -> Spelled:
        """See `Field`."""
        spelled = Table("headers", "headers", SECRETS).write(server, {})
        had = old.get(_OPTIONS)
        rest = {key: value for key, value in had.items() if key != "headers"} if isinstance(had, dict) else {}
        options = rest | spelled.entry
        return Spelled({_OPTIONS: options} if options else {}, spelled.losses)


_TYPES: ByTransport = {"stdio": "stdio", "http": "streamable-http", "sse": "sse"}

FIELDS = (
    Endpoint(SECRETS, {"stdio": "command", "http": "url", "sse": "url"}, _TYPES),
    Table("env", "env", SECRETS),
    _Headers(),
    Directory(SECRETS),
    NoSwitch(),
    Time("start_timeout", "connectionTimeout", 0.001),
    Lost("call_timeout", "it has none"),
    Lost("tools", "it is chosen in its window"),
    Lost("hidden_tools", "it is chosen in its window"),
    Lost("approved_tools", "it is chosen in its window"),
)


_RULES = AlwaysApply("always", Globs("globs", "either"), unknown=("regex",))


def _servers(file: File) -> Servers:
    return Servers(file, ("mcpServers",), FIELDS, listed="name")


_UNSAID = "it documents none in a file"

CLIENT = Client(
    "continue",
    "Continue",
    (
        _servers(File("project", ".continue/mcpServers/headrace.yaml", yaml)),
        _servers(File("user", ".continue/config.yaml", yaml)),
        Folder("project", (".continue/rules",), ".md", _RULES, deep=False, instructions=True),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
)
