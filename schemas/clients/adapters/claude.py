"""Claude Code: strict JSON; the off switches of a project's servers stand in a person's own settings.

It cannot check its files for us: `claude doctor` does not end without a terminal, and `claude mcp list` starts a
person's servers.
"""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import ByTransport, Endpoint, Lost, NoSwitch, Table, Time
from schemas.clients.instructions import AGENTS_MD, Instructions
from schemas.clients.permission_lists import GRAMMAR, Lists
from schemas.clients.permissions import Permissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers, SwitchList
from schemas.clients.syntaxes import CLAUDE
from schemas.clients.triggers import Paths
from schemas.formats.jsonc import STRICT

MCP_JSON = File("project", ".mcp.json", STRICT)
"""Also read by Qwen Code and Copilot CLI."""

_LOCAL = File("project", ".claude/settings.local.json", STRICT)
_TYPES: ByTransport = {"http": "http", "sse": "sse", "ws": "ws"}
_PERMISSIONS = "its permissions say which tools may be used"

FIELDS = (
    Endpoint(CLAUDE, {"stdio": "command", "http": "url", "sse": "url", "ws": "url"}, _TYPES, guess=None),
    Table("env", "env", CLAUDE),
    Table("headers", "headers", CLAUDE),
    Time("call_timeout", "timeout", 0.001, least=1),
    Lost("cwd", "it starts servers where it was started itself"),
    Lost("start_timeout", "it has one for all servers: MCP_TIMEOUT"),
    Lost("tools", _PERMISSIONS),
    Lost("hidden_tools", _PERMISSIONS),
    Lost("approved_tools", _PERMISSIONS),
)

CLIENT = Client(
    "claude",
    "Claude Code",
    (
        Servers(MCP_JSON, ("mcpServers",), FIELDS, SwitchList(_LOCAL, ("disabledMcpjsonServers",))),
        Servers(File("user", ".claude.json", STRICT), ("mcpServers",), (*FIELDS, NoSwitch())),
        Folder("project", (".claude/rules",), ".md", Paths()),
        Folder("user", (".claude/rules",), ".md", Paths()),
        Instructions("project", ("CLAUDE.md", ".claude/CLAUDE.md"), agents="instead"),
        Instructions("user", (".claude/CLAUDE.md",)),
        Permissions(File("project", ".claude/settings.json", STRICT), Lists(GRAMMAR)),
        Permissions(File("user", ".claude/settings.json", STRICT), Lists(GRAMMAR)),
    ),
    reads=(AGENTS_MD,),
    lends=MCP_JSON.locations,
    program="claude",
)
