"""VS Code with GitHub Copilot: `servers`, beside `inputs`, which are somebody else's part of the file."""

from schemas.clients.adapter import Client, File, Location
from schemas.clients.fields import ByTransport, Directory, Endpoint, Lost, NoSwitch, Table
from schemas.clients.instructions import AGENTS_MD, Instructions
from schemas.clients.permissions import NoPermissions
from schemas.clients.rules import Folder
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import VSCODE
from schemas.clients.triggers import ApplyTo
from schemas.formats.jsonc import LENIENT

_TYPES: ByTransport = {"stdio": "stdio", "http": "http", "sse": "sse"}

FIELDS = (
    Endpoint(VSCODE, {"stdio": "command", "http": "url", "sse": "url"}, _TYPES),
    Table("env", "env", VSCODE),
    Table("headers", "headers", VSCODE),
    Directory(VSCODE),
    NoSwitch(),
    Lost("call_timeout", "it has none"),
    Lost("start_timeout", "it has none"),
    Lost("tools", "it is chosen in its window"),
    Lost("hidden_tools", "it is chosen in its window"),
    Lost("approved_tools", "its settings say which tools run unasked"),
)

_OWN = ".github/copilot-instructions.md"
RULES = Folder("project", (".github/instructions",), ".instructions.md", ApplyTo())
INSTRUCTIONS = Instructions("project", (_OWN,), agents="too")
"""Both also read by Copilot CLI."""
_UNSAID = "it has regular expressions, which say something else"

CLIENT = Client(
    "vscode",
    "VS Code (GitHub Copilot)",
    (
        Servers(File("project", ".vscode/mcp.json", LENIENT), ("servers",), FIELDS),
        Servers(File("user", ".config/Code/User/mcp.json", LENIENT), ("servers",), FIELDS),
        RULES,
        INSTRUCTIONS,
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(AGENTS_MD,),
    lends=(*RULES.patterns, Location("project", _OWN)),
)
