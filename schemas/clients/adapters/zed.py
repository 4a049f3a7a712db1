"""Zed: JSON with comments and trailing commas, in the midst of all its settings; no types, no references, no SSE."""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import Endpoint, Lost, Switch, Table
from schemas.clients.instructions import AGENTS_MD, Instructions, Unsaid
from schemas.clients.permissions import NoPermissions
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import NONE
from schemas.formats.jsonc import LENIENT

_TOOLS = "its tool permissions say which tools may be used"

FIELDS = (
    Endpoint(NONE, {"stdio": "command", "http": "url"}, {}),
    Table("env", "env", NONE),
    Table("headers", "headers", NONE),
    Switch("enabled", off=False),
    Lost("cwd", "it has none"),
    Lost("call_timeout", "the unit of its timeout is not documented"),
    Lost("start_timeout", "the unit of its timeout is not documented"),
    Lost("tools", _TOOLS),
    Lost("hidden_tools", _TOOLS),
    Lost("approved_tools", _TOOLS),
)

_UNSAID = "it has regular expressions, which say something else"

CLIENT = Client(
    "zed",
    "Zed",
    (
        Servers(File("project", ".zed/settings.json", LENIENT), ("context_servers",), FIELDS),
        Servers(File("user", ".config/zed/settings.json", LENIENT), ("context_servers",), FIELDS),
        Instructions("user", (".config/zed/AGENTS.md",)),
        Unsaid("project", instructions=True),
        Unsaid("project", instructions=False),
        Unsaid("user", instructions=False),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(AGENTS_MD,),
)
