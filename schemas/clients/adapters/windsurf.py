"""Windsurf, now Devin: the old places, and the new ones where they are there."""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import Endpoint, Lost, Names, Switch, Table
from schemas.clients.instructions import AGENTS_MD, Instructions, Unsaid
from schemas.clients.permissions import NoPermissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import WINDSURF
from schemas.clients.triggers import Globs, Named
from schemas.formats.jsonc import STRICT

FIELDS = (
    Endpoint(WINDSURF, {"stdio": "command", "http": "serverUrl", "sse": "url"}, {}),
    Table("env", "env", WINDSURF),
    Table("headers", "headers", WINDSURF),
    Switch("disabled", off=True),
    Names("hidden_tools", "disabledTools"),
    Names("approved_tools", "alwaysAllow"),
    Lost("cwd", "it has none"),
    Lost("call_timeout", "it has none"),
    Lost("start_timeout", "it has none"),
    Lost("tools", "it can only be told which tools to hide"),
)

_RULES = Named(
    "trigger",
    {"always": "always_on", "files": "glob", "model": "model_decision", "manual": "manual"},
    Globs("globs", "text"),
    bare=("globs",),
)
_UNSAID = "it documents none in a file"

CLIENT = Client(
    "windsurf",
    "Windsurf / Devin",
    (
        Servers(File("project", ".devin/mcp_config.json", STRICT), ("mcpServers",), FIELDS),
        Servers(
            File("user", ".codeium/windsurf/mcp_config.json", STRICT, (".config/devin/mcp_config.json",)),
            ("mcpServers",),
            FIELDS,
        ),
        Folder("project", (".windsurf/rules", ".devin/rules"), ".md", _RULES, deep=False),
        Folder("user", (".devin/rules",), ".md", _RULES, deep=False),
        Instructions("user", (".codeium/windsurf/memories/global_rules.md", ".config/devin/AGENTS.md")),
        Unsaid("project", instructions=True),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(AGENTS_MD,),
)
