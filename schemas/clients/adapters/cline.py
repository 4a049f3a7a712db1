"""Cline: two shapes of an entry, of which each keeps its own; an address without a type is SSE."""

from typing import NamedTuple

from schemas.clients.adapter import Client, File
from schemas.clients.entry import Entry, Misspelled, Said, Spelled, write_entry
from schemas.clients.fields import ByTransport, Directory, Endpoint, Lost, Names, Switch, Table, Time
from schemas.clients.instructions import AGENTS_MD, Unsaid
from schemas.clients.permissions import NoPermissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import NONE
from schemas.clients.triggers import Paths
from schemas.clients.unified import Server
from schemas.formats.jsonc import LENIENT

_TYPES: ByTransport = {"stdio": "stdio", "http": "streamableHttp", "sse": "sse"}
_KEYS: ByTransport = {"stdio": "command", "http": "url", "sse": "url"}
_FLAT = (Endpoint(NONE, _KEYS, _TYPES, guess="sse"), Table("env", "env", NONE), Table("headers", "headers", NONE))
_OLDER = (Endpoint(NONE, _KEYS, _TYPES, type_key="transportType", guess="sse"), *_FLAT[1:])
_NESTED = "transport"


class _Transport(NamedTuple):
    """What to start or to call, with what goes with it: in an object of its own, or flat in older entries."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return (_NESTED, "type", "transportType", "command", "args", "url", "env", "headers")

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        inner = entry.get(_NESTED, entry)
        if not isinstance(inner, dict):
            raise Misspelled(f"{_NESTED} is not an object")
        said: Said = {}
        for field in _OLDER if "transportType" in inner else _FLAT:
            said |= field.read(inner)
        return said

    def write(self, server: Server, old: Entry) -> Spelled:
        """See `Field`."""
        inner = old.get(_NESTED)
        was = inner if isinstance(inner, dict) else {key: old[key] for key in self.keys if key in old}
        spelled = write_entry(_OLDER if "transportType" in was else _FLAT, server, was)
        is_flat = old and _NESTED not in old
        return spelled if is_flat or not spelled.entry else spelled._replace(entry={_NESTED: spelled.entry})


FIELDS = (
    _Transport(),
    Directory(NONE),
    Switch("disabled", off=True),
    Time("call_timeout", "timeout", least=1, most=3600),
    Names("approved_tools", "autoApprove"),
    Lost("start_timeout", "it has none"),
    Lost("tools", "it is chosen in its window"),
    Lost("hidden_tools", "it is chosen in its window"),
)

_EXTENSION = ".config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"

_UNSAID = "what its patterns of commands match is not documented"

CLIENT = Client(
    "cline",
    "Cline",
    (
        Servers(
            File("user", ".cline/data/settings/cline_mcp_settings.json", LENIENT, (_EXTENSION,)),
            ("mcpServers",),
            FIELDS,
        ),
        Folder("project", (".clinerules",), ".md", Paths(described=True), deep=False),
        Folder("user", ("Documents/Cline/Rules",), ".md", Paths(described=True), deep=False, instructions=True),
        Unsaid("project", instructions=True),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(AGENTS_MD,),
    program="cline",
    check=("config", "mcp", "--json"),
)
