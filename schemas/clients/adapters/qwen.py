"""Qwen Code: JSON with comments; `url` is SSE whatever stands beside it; servers are off by a list of patterns.

It cannot check its files for us: `qwen mcp list` starts the servers in them, and never fails.
"""

from schemas.clients.adapter import Client, File
from schemas.clients.adapters.claude import MCP_JSON
from schemas.clients.fields import Directory, Endpoint, Names, Table, Time, Trust
from schemas.clients.instructions import Instructions
from schemas.clients.permission_lists import GRAMMAR, Lists
from schemas.clients.permissions import Permissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers, SwitchList
from schemas.clients.syntaxes import QWEN
from schemas.clients.triggers import Paths
from schemas.formats.jsonc import COMMENTED

FIELDS = (
    Endpoint(QWEN, {"stdio": "command", "http": "httpUrl", "sse": "url"}, {}, guess="sse"),
    Table("env", "env", QWEN),
    Table("headers", "headers", QWEN),
    Directory(QWEN),
    Time("call_timeout", "timeout", 0.001),
    Time("start_timeout", "discoveryTimeoutMs", 0.001),
    Names("tools", "includeTools"),
    Names("hidden_tools", "excludeTools"),
    Trust(),
)


def _servers(file: File) -> Servers:
    return Servers(file, ("mcpServers",), FIELDS, SwitchList(file, ("mcp", "excluded"), globs=True))


CLIENT = Client(
    "qwen",
    "Qwen Code",
    (
        _servers(File("project", ".qwen/settings.json", COMMENTED)),
        _servers(File("user", ".qwen/settings.json", COMMENTED)),
        Folder("project", (".qwen/rules",), ".md", Paths()),
        Folder("user", (".qwen/rules",), ".md", Paths()),
        Instructions("project", ("QWEN.md",), agents="imported"),
        Instructions("user", (".qwen/QWEN.md",)),
        Permissions(File("project", ".qwen/settings.json", COMMENTED), Lists(GRAMMAR)),
        Permissions(File("user", ".qwen/settings.json", COMMENTED), Lists(GRAMMAR)),
    ),
    reads=MCP_JSON.locations,
    program="qwen",
)
