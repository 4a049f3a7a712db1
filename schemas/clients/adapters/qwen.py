"""Qwen Code: JSON with comments; `url` is SSE whatever stands beside it; servers are off by a list of patterns."""

from schemas.clients.adapter import Client, File
from schemas.clients.adapters.claude import MCP_JSON
from schemas.clients.fields import Directory, Endpoint, Names, Table, Time, Trust
from schemas.clients.servers import Servers, SwitchList
from schemas.clients.syntaxes import QWEN
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
    ),
    reads=MCP_JSON.locations,
    check=("qwen", "mcp", "list"),
)
