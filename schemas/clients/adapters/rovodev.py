"""Atlassian's Rovo Dev CLI: its list of servers that are off holds signatures: the command line, or the address."""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import ByTransport, Directory, Endpoint, Lost, Table
from schemas.clients.instructions import AGENTS_MD, Instructions, Unsaid
from schemas.clients.permission_commands import Commands
from schemas.clients.permissions import NoPermissions, Permissions
from schemas.clients.servers import Servers, SwitchList
from schemas.clients.syntaxes import BRACES
from schemas.clients.unified import Server
from schemas.formats import yaml
from schemas.formats.jsonc import STRICT

_CONFIG = File("user", ".rovodev/config.yml", yaml)
_TYPES: ByTransport = {"stdio": "stdio", "http": "http", "sse": "sse"}


def signature(_: str, server: Server) -> str:
    """What stands for a server in the lists of config.yml."""
    return server.url or " ".join([server.command or "", *server.args])


FIELDS = (
    Endpoint(BRACES, {"stdio": "command", "http": "url", "sse": "url"}, _TYPES, type_key="transport"),
    Table("env", "env", BRACES),
    Table("headers", "headers", BRACES),
    Directory(BRACES),
    Lost("call_timeout", "it documents none"),
    Lost("start_timeout", "it documents none"),
    Lost("tools", "its toolPermissions say which tools may be used"),
    Lost("hidden_tools", "its toolPermissions say which tools may be used"),
    Lost("approved_tools", "its toolPermissions say which tools may be used"),
)

_OFF = SwitchList(_CONFIG, ("mcp", "disabledMcpServers"), signature)

CLIENT = Client(
    "rovodev",
    "Rovo Dev CLI",
    (
        Servers(File("project", ".rovodev/mcp.json", STRICT), ("mcpServers",), FIELDS, _OFF),
        Servers(File("user", ".rovodev/mcp.json", STRICT), ("mcpServers",), FIELDS, _OFF),
        Instructions("user", (".rovodev/AGENTS.md", ".rovodev/.agent.md")),
        Unsaid("project", instructions=True),
        Unsaid("project", instructions=False),
        Unsaid("user", instructions=False),
        NoPermissions("project", "a project's are read only where it is started with that file"),
        Permissions(_CONFIG, Commands()),
    ),
    reads=(AGENTS_MD,),
)
