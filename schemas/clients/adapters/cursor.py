"""Cursor: read leniently; whether a server is on is a state of its window, and in no file."""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import Endpoint, Lost, NoSwitch, Table
from schemas.clients.instructions import AGENTS_MD, Unsaid
from schemas.clients.permission_lists import TOKENS, Lists
from schemas.clients.permissions import Permissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import CURSOR
from schemas.clients.triggers import AlwaysApply, Globs
from schemas.formats.jsonc import LENIENT

FIELDS = (
    Endpoint(CURSOR, {"stdio": "command", "http": "url", "sse": "url"}, {}),
    Table("env", "env", CURSOR),
    Table("headers", "headers", CURSOR),
    NoSwitch(),
    Lost("cwd", "it has none"),
    Lost("call_timeout", "it has none"),
    Lost("start_timeout", "it has none"),
    Lost("tools", "it is chosen in its window"),
    Lost("hidden_tools", "it is chosen in its window"),
    Lost("approved_tools", "its permissions say which tools may be used"),
)

_RULES = AlwaysApply("manual", Globs("globs", "text"), bare=("globs",))
_LISTS = Lists(TOKENS, ("allow", "deny"))

CLIENT = Client(
    "cursor",
    "Cursor",
    (
        Servers(File("project", ".cursor/mcp.json", LENIENT), ("mcpServers",), FIELDS),
        Servers(File("user", ".cursor/mcp.json", LENIENT), ("mcpServers",), FIELDS),
        Folder("project", (".cursor/rules",), ".mdc", _RULES),
        Unsaid("project", instructions=True),
        Permissions(File("project", ".cursor/cli.json", LENIENT), _LISTS),
        Permissions(File("user", ".cursor/cli-config.json", LENIENT), _LISTS),
    ),
    reads=(AGENTS_MD,),
)
