"""opencode: a command is one list; a wrong type stops the program."""

from typing import NamedTuple

from schemas.clients.adapter import Client, File
from schemas.clients.entry import Entry, Misspelled, Said, Spelled, spell, string, strings
from schemas.clients.fields import Directory, Lost, Switch, Table, Time
from schemas.clients.instructions import AGENTS_MD, Instructions, Unsaid
from schemas.clients.permission_map import Map
from schemas.clients.permissions import Permissions
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import OPENCODE
from schemas.clients.text import Inexpressible
from schemas.clients.unified import Server
from schemas.formats.jsonc import LENIENT


class _Endpoint(NamedTuple):
    """`local` with a list, `remote` with an address."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ("type", "command", "url")

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        if entry.get("type") == "local":
            command = strings(entry, "command", OPENCODE)
            if not command or not command[0]:
                raise Misspelled("it has no command")
            return {"transport": "stdio", "command": command[0], "args": command[1:]}
        url = string(entry, "url", OPENCODE)
        if entry.get("type") != "remote" or not url:
            raise Misspelled("it is neither local nor remote")
        return {"transport": "http", "url": url}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        if server.transport == "ws":
            return Spelled({}, (("*", "it has no ws servers"),))
        try:
            if server.transport == "stdio":
                command = [spell(one, OPENCODE) for one in (server.command or "", *server.args)]
                return Spelled({"type": "local", "command": [*command]})
            return Spelled({"type": "remote", "url": spell(server.url or "", OPENCODE)})
        except Inexpressible as why:
            return Spelled({}, (("*", str(why)),))


FIELDS = (
    _Endpoint(),
    Table("env", "environment", OPENCODE),
    Table("headers", "headers", OPENCODE),
    Directory(OPENCODE),
    Switch("enabled", off=False),
    Time("start_timeout", "timeout", 0.001),
    Lost("call_timeout", "it has none"),
    Lost("tools", "its permission says which tools may be used"),
    Lost("hidden_tools", "its permission says which tools may be used"),
    Lost("approved_tools", "its permission says which tools may be used"),
)

_PROJECT = File("project", "opencode.json", LENIENT, ("opencode.jsonc", ".opencode/opencode.json"))
_USER = File("user", ".config/opencode/opencode.json", LENIENT, (".config/opencode/opencode.jsonc",))

CLIENT = Client(
    "opencode",
    "opencode",
    (
        Instructions("user", (".config/opencode/AGENTS.md",)),
        Unsaid("project", instructions=True),
        Unsaid("project", instructions=False),
        Unsaid("user", instructions=False),
        Servers(_PROJECT, ("mcp",), FIELDS),
        Servers(_USER, ("mcp",), FIELDS),
        Permissions(_PROJECT, Map()),
        Permissions(_USER, Map()),
    ),
    reads=(AGENTS_MD,),
    program="opencode",
    check=("debug", "config"),
)
