"""Kiro: entries without types; names with dots are usual."""

from schemas.clients.adapter import Client, File
from schemas.clients.fields import Endpoint, Lost, Names, Switch, Table
from schemas.clients.instructions import AGENTS_MD, Unsaid
from schemas.clients.permissions import NoPermissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import BRACES
from schemas.clients.triggers import Globs, Named
from schemas.formats.jsonc import LENIENT

FIELDS = (
    Endpoint(BRACES, {"stdio": "command", "http": "url", "sse": "url"}, {}),
    Table("env", "env", BRACES),
    Table("headers", "headers", BRACES),
    Switch("disabled", off=True),
    Names("hidden_tools", "disabledTools"),
    Names("approved_tools", "autoApprove"),
    Lost("cwd", "it has none"),
    Lost("call_timeout", "it has none"),
    Lost("start_timeout", "it has none"),
    Lost("tools", "it can only be told which tools to hide"),
)

_STEERING = Named(
    "inclusion",
    {"always": "always", "files": "fileMatch", "model": "auto", "manual": "manual"},
    Globs("fileMatchPattern", "either"),
    nothing="always",
    titled="model",
)
_UNSAID = "it documents none in a file"

CLIENT = Client(
    "kiro",
    "Kiro",
    (
        Servers(File("project", ".kiro/settings/mcp.json", LENIENT), ("mcpServers",), FIELDS),
        Servers(File("user", ".kiro/settings/mcp.json", LENIENT), ("mcpServers",), FIELDS),
        Folder("project", (".kiro/steering",), ".md", _STEERING, deep=False),
        Folder("user", (".kiro/steering",), ".md", _STEERING, deep=False, instructions=True),
        Unsaid("project", instructions=True),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(AGENTS_MD,),
)
