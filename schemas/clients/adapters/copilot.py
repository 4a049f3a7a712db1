"""GitHub Copilot CLI: a person's files take comments, and switch servers off by a list; a project's do neither."""

from schemas.clients.adapter import Client, File
from schemas.clients.adapters.claude import MCP_JSON
from schemas.clients.adapters.vscode import INSTRUCTIONS, RULES
from schemas.clients.fields import ByTransport, Directory, Endpoint, Lost, Names, NoSwitch, Table, Time
from schemas.clients.permissions import NoPermissions
from schemas.clients.servers import Servers, SwitchList
from schemas.clients.syntaxes import GEMINI
from schemas.formats.jsonc import LENIENT, STRICT

_SETTINGS = File("user", ".copilot/settings.json", LENIENT)
_TYPES: ByTransport = {"stdio": "local", "http": "http", "sse": "sse"}

FIELDS = (
    Endpoint(GEMINI, {"stdio": "command", "http": "url", "sse": "url"}, _TYPES),
    Table("env", "env", GEMINI),
    Table("headers", "headers", GEMINI),
    Directory(GEMINI),
    Time("call_timeout", "timeout", 0.001),
    Names("tools", "tools", every=("*",)),
    Lost("start_timeout", "it has none"),
    Lost("hidden_tools", "it can only be told which tools there are"),
    Lost("approved_tools", "it keeps account of them itself"),
)

_UNSAID = "it keeps account of them itself"

CLIENT = Client(
    "copilot",
    "GitHub Copilot CLI",
    (
        Servers(File("project", ".github/mcp.json", STRICT), ("mcpServers",), (*FIELDS, NoSwitch())),
        Servers(
            File("user", ".copilot/mcp-config.json", LENIENT),
            ("mcpServers",),
            FIELDS,
            SwitchList(_SETTINGS, ("disabledMcpServers",)),
        ),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(*MCP_JSON.locations, *RULES.patterns, *INSTRUCTIONS.patterns),
    program="copilot",
    check=("mcp", "list", "--json"),
)
