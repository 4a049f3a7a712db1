"""Codex CLI: TOML; one bad server makes it refuse the whole file; it has no references inside of strings."""

from typing import NamedTuple

from schemas.clients.adapter import Client, File
from schemas.clients.adapters.agents import MOST
from schemas.clients.entry import Entry, Field, Misspelled, Said, Spelled, spell, string, table
from schemas.clients.fields import Directory, Endpoint, Names, Switch, Time
from schemas.clients.instructions import AGENTS_MD, Instructions, Unsaid
from schemas.clients.permissions import NoPermissions
from schemas.clients.servers import Servers
from schemas.clients.syntaxes import NONE
from schemas.clients.text import Inexpressible, Ref, common, parts
from schemas.clients.unified import Server, Transport
from schemas.formats import toml
from schemas.formats.edits import Value

_BEARER = "Bearer "


class _Environment(NamedTuple):
    """Variables with their values, and those that are passed on under their own names."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ("env", "env_vars")

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        passed = entry.get("env_vars") or []
        if not isinstance(passed, list):
            raise Misspelled("env_vars is not a list")
        names = [one.get("name") if isinstance(one, dict) else one for one in passed]
        if not all(isinstance(name, str) for name in names):
            raise Misspelled("env_vars holds what is no name")
        return {"env": {**table(entry, "env", NONE), **{str(name): common((Ref(str(name)),)) for name in names}}}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        values: dict[str, Value] = {}
        passed: list[Value] = []
        losses: list[tuple[str, str]] = []
        for name, said in server.env.items():
            if parts(said) == (Ref(name),):
                passed.append(name)
                continue
            try:
                values[name] = spell(said, NONE)
            except Inexpressible as why:
                losses.append((f"env.{name}", str(why)))
        found: dict[str, Value] = {"env": values} if values else {}
        return Spelled(found | ({"env_vars": passed} if passed else {}), tuple(losses))


class _Headers(NamedTuple):
    """Headers with their values, those that are one variable, and the token of a bearer."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ("http_headers", "env_http_headers", "bearer_token_env_var")

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        headers = table(entry, "http_headers", NONE)
        headers |= {name: common((Ref(value),)) for name, value in table(entry, "env_http_headers", NONE).items()}
        if token := string(entry, "bearer_token_env_var", NONE):
            headers["Authorization"] = common((_BEARER, Ref(token)))
        return {"headers": headers}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        values: dict[str, Value] = {}
        named: dict[str, Value] = {}
        found: dict[str, Value] = {}
        losses: list[tuple[str, str]] = []
        for name, said in server.headers.items():
            match parts(said):
                case (Ref(variable, None),) if not variable.startswith(":"):
                    named[name] = variable
                case ("Bearer ", Ref(variable, None)) if name == "Authorization" and not variable.startswith(":"):
                    found["bearer_token_env_var"] = variable
                case _:
                    try:
                        values[name] = spell(said, NONE)
                    except Inexpressible as why:
                        losses.append((f"headers.{name}", str(why)))
        found |= {key: value for key, value in (("http_headers", values), ("env_http_headers", named)) if value}
        return Spelled(found, tuple(losses))


class _Only(NamedTuple):
    """What servers of one transport have: where one of another says it, Codex refuses the whole file."""

    transport: Transport
    attribute: str
    field: Field

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return self.field.keys

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        return self.field.read(entry)

    def write(self, server: Server, old: Entry) -> Spelled:
        """See `Field`."""
        if server.transport == self.transport:
            return self.field.write(server, old)
        why = f"only a server of {self.transport} has it"
        return Spelled({}, ((self.attribute, why),) if getattr(server, self.attribute) else ())


class _Approval(NamedTuple):
    """Whether tools run unasked: all of them. Of single ones Codex keeps account itself."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ("default_tools_approval_mode",)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        return {"approved_tools": ("*",)} if entry.get("default_tools_approval_mode") == "approve" else {}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        if server.approved_tools == ("*",):
            return Spelled({"default_tools_approval_mode": "approve"})
        why = "it keeps account of single tools itself"
        return Spelled({}, (("approved_tools", why),) if server.approved_tools else ())


FIELDS = (
    Endpoint(NONE, {"stdio": "command", "http": "url"}, {}),
    _Only("stdio", "env", _Environment()),
    _Only("http", "headers", _Headers()),
    _Only("stdio", "cwd", Directory(NONE)),
    Switch("enabled", off=False),
    Time("call_timeout", "tool_timeout_sec"),
    Time("start_timeout", "startup_timeout_sec"),
    Names("tools", "enabled_tools"),
    Names("hidden_tools", "disabled_tools"),
    _Approval(),
)

_UNSAID = "its rules are a program, which is not edited"

CLIENT = Client(
    "codex",
    "Codex CLI",
    (
        Servers(File("project", ".codex/config.toml", toml), ("mcp_servers",), FIELDS),
        Servers(File("user", ".codex/config.toml", toml), ("mcp_servers",), FIELDS),
        Instructions("user", (".codex/AGENTS.md",), most=MOST),
        Unsaid("project", instructions=True),
        Unsaid("project", instructions=False),
        Unsaid("user", instructions=False),
        NoPermissions("project", _UNSAID),
        NoPermissions("user", _UNSAID),
    ),
    reads=(AGENTS_MD,),
    program="codex",
    check=("mcp", "list", "--json"),
)
