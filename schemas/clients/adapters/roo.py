"""Roo Code, now Zoo Code: an address needs a type; times are seconds."""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import ByTransport, Directory, Endpoint, Lost, Names, Switch, Table, Time
from schemas.clients.instructions import AGENTS_MD, Unsaid
from schemas.clients.permissions import NoPermissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import EDITOR
from schemas.clients.triggers import Always
from schemas.formats.jsonc import LENIENT

_TYPES: ByTransport = {"http": "streamable-http", "sse": "sse"}

FIELDS = (
    Endpoint(EDITOR, {"stdio": "command", "http": "url", "sse": "url"}, _TYPES, guess=None),
    Table("env", "env", EDITOR),
    Table("headers", "headers", EDITOR),
    Directory(EDITOR),
    Switch("disabled", off=True),
    Time("call_timeout", "timeout", least=1, most=3600),
    Names("hidden_tools", "disabledTools"),
    Names("approved_tools", "alwaysAllow"),
    Lost("start_timeout", "it has none"),
    Lost("tools", "it can only be told which tools to hide"),
)

_GLOBAL = ".config/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"

_UNSAID = "it documents none in a file"

CLIENT = Client(
    "roo",
    "Roo Code / Zoo Code",
    (
        Servers(File("project", ".roo/mcp.json", LENIENT), ("mcpServers",), FIELDS),
        Servers(File("user", _GLOBAL, LENIENT), ("mcpServers",), FIELDS),
        Folder("project", (".roo/rules",), ".md", Always()),
        Folder("user", (".roo/rules",), ".md", Always(), instructions=True),
        Unsaid("project", instructions=True),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(AGENTS_MD,),
)
