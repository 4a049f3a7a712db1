"""Gemini CLI: JSON with comments, checked against a schema: what it does not know, it refuses.

`gemini mcp list` starts servers wherever a person trusts all folders; `gemini extensions list` reads the same files.
"""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import Directory, Endpoint, Lost, Names, Table, Time, Trust
from schemas.clients.instructions import Instructions, Unsaid
from schemas.clients.permissions import NoPermissions
from schemas.clients.servers import Servers, SwitchList
from schemas.clients.syntaxes import GEMINI
from schemas.formats.jsonc import COMMENTED

FIELDS = (
    Endpoint(
        GEMINI,
        {"stdio": "command", "http": "url", "sse": "url"},
        {"http": "http", "sse": "sse"},
        also={"httpUrl": "http"},
    ),
    Table("env", "env", GEMINI),
    Table("headers", "headers", GEMINI),
    Directory(GEMINI),
    Time("call_timeout", "timeout", 0.001),
    Lost("start_timeout", "it has none"),
    Names("tools", "includeTools"),
    Names("hidden_tools", "excludeTools"),
    Trust(),
)


def _servers(file: File) -> Servers:
    return Servers(file, ("mcpServers",), FIELDS, SwitchList(file, ("mcp", "excluded")))


_UNSAID = "which of its policies counts depends on their priorities, in all of its files"

CLIENT = Client(
    "gemini",
    "Gemini CLI",
    (
        _servers(File("project", ".gemini/settings.json", COMMENTED)),
        _servers(File("user", ".gemini/settings.json", COMMENTED)),
        Instructions("project", ("GEMINI.md",), agents="imported"),
        Instructions("user", (".gemini/GEMINI.md",)),
        Unsaid("project", instructions=False),
        Unsaid("user", instructions=False),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    program="gemini",
    check=("extensions", "list"),
)
