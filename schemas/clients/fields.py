"""The parts of a server's entry that many clients have in common, each with what differs from one to the next."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from schemas.clients.entry import Entry, Misspelled, Said, Spelled, spell, string, strings, table
from schemas.clients.text import Inexpressible, Syntax
from schemas.clients.unified import Server, Transport
from schemas.formats.edits import Value

ByTransport: TypeAlias = Mapping[Transport, str]
"""What a client writes for each transport that it has."""


class Table(NamedTuple):
    """Strings by name: environment variables (`env`), or HTTP headers (`headers`)."""

    attribute: str
    key: str
    syntax: Syntax

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return (self.key,)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        return {self.attribute: table(entry, self.key, self.syntax)}

    def write(self, server: Server, _: Entry) -> Spelled:
        """Those that cannot be spelled are lost one by one."""
        found: dict[str, Value] = {}
        losses: list[tuple[str, str]] = []
        for name, value in getattr(server, self.attribute).items():
            try:
                found[name] = spell(value, self.syntax)
            except Inexpressible as why:
                losses.append((f"{self.attribute}.{name}", str(why)))
        return Spelled({self.key: found} if found else {}, tuple(losses))


class Directory(NamedTuple):
    """The working directory of a local server."""

    syntax: Syntax

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ("cwd",)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        return {"cwd": string(entry, "cwd", self.syntax)}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        try:
            return Spelled({"cwd": spell(server.cwd, self.syntax)} if server.cwd else {})
        except Inexpressible as why:
            return Spelled({}, (("cwd", str(why)),))


class Time(NamedTuple):
    """A time. `unit` is how many seconds the client's unit has; `least` and `most` are what it takes, in its unit."""

    attribute: str
    key: str
    unit: float = 1.0
    least: float = 0.0
    most: float = float("inf")

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return (self.key,)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        value = entry.get(self.key)
        if value is None:
            return {self.attribute: None}
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise Misspelled(f"{self.key} is not a time")
        return {self.attribute: value * self.unit}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        value: float | None = getattr(server, self.attribute)
        if value is None:
            return Spelled({})
        wanted = round(value / self.unit, 6)
        given = min(max(wanted, self.least), self.most)
        losses = () if given == wanted else ((self.attribute, f"it takes {self.least:g} to {self.most:g}"),)
        return Spelled({self.key: int(given) if given == int(given) else given}, losses)


class Names(NamedTuple):
    """A list of tools. `every` is how the client says that all are meant, where it does."""

    attribute: str
    key: str
    every: tuple[str, ...] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return (self.key,)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        value = entry.get(self.key)
        if value is None:
            return {}
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise Misspelled(f"{self.key} is not a list of names")
        found = tuple([str(one) for one in value])
        says_nothing = found == self.every or (not found and self.attribute != "tools")
        return {} if says_nothing else {self.attribute: found}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        value: tuple[str, ...] | None = getattr(server, self.attribute)
        if value == ("*",) and self.attribute == "approved_tools":
            return Spelled({}, (("approved_tools", "it approves tools one by one"),))
        if value is None or (value == () and self.attribute != "tools"):
            return Spelled({})
        return Spelled({self.key: list(value)})


class Trust(NamedTuple):
    """All tools run unasked, or none."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ("trust",)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        return {"approved_tools": ("*",)} if entry.get("trust") is True else {}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        if server.approved_tools == ("*",):
            return Spelled({"trust": True})
        return Spelled({}, (("approved_tools", "it trusts all tools or none"),) if server.approved_tools else ())


class Switch(NamedTuple):
    """The off switch in the entry: `key`, which is `off` where the server is."""

    key: str
    off: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return (self.key,)

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        value = entry.get(self.key, not self.off)
        if not isinstance(value, bool):
            raise Misspelled(f"{self.key} is neither true nor false")
        return {"enabled": value is not self.off}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        return Spelled({} if server.enabled else {self.key: self.off})


class NoSwitch(NamedTuple):
    """A client that cannot be told that a server is off: it would run."""

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ()

    def read(self, _: Entry) -> Said:
        """See `Field`."""
        return {}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        return Spelled({}, () if server.enabled else (("*", "it is off, and here it would run"),))


class Lost(NamedTuple):
    """What a client cannot say, unless it is what it does anyway."""

    attribute: str
    why: str

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        return ()

    def read(self, _: Entry) -> Said:
        """See `Field`."""
        return {}

    def write(self, server: Server, _: Entry) -> Spelled:
        """See `Field`."""
        said = getattr(server, self.attribute) != getattr(_PLAIN, self.attribute)
        return Spelled({}, ((self.attribute, self.why),) if said else ())


_PLAIN = Server(transport="stdio")

ALIASES: dict[str, Transport] = {
    "stdio": "stdio",
    "local": "stdio",
    "http": "http",
    "streamable-http": "http",
    "streamable_http": "http",
    "streamableHttp": "http",
    "sse": "sse",
    "ws": "ws",
}
"""How clients name the transports."""


class Endpoint(NamedTuple):
    """What to start, or to call. `transports` are those that the client has, each with the key of its address.

    `types` is what it writes under `type_key`, where it does; `guess` is what an address without a type means, where it
    means anything; `also` are keys of addresses that it reads too.
    """

    syntax: Syntax
    transports: ByTransport
    types: ByTransport
    type_key: str = "type"
    guess: Transport | None = "http"
    also: Mapping[str, Transport] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """See `Field`."""
        types = (self.type_key,) if self.types else ()
        return (
            *types,
            "command",
            "args",
            "url",
            *self.also,
            *(key for key in self.transports.values() if key != "url"),
        )

    def read(self, entry: Entry) -> Said:
        """See `Field`."""
        transport = self._transport(entry)
        if transport == "stdio":
            args = strings(entry, "args", self.syntax)
            command = string(entry, "command", self.syntax)
            if not command:
                raise Misspelled("it has no command")
            return {"transport": "stdio", "command": command, "args": args}
        url = string(entry, self._address(entry, transport), self.syntax)
        if not url:
            raise Misspelled("it has neither a command nor an address")
        return {"transport": transport, "url": url}

    def _transport(self, entry: Entry) -> Transport:
        said = entry.get(self.type_key) if self.types else None
        if said is not None:
            if not isinstance(said, str) or ALIASES.get(said) not in self.transports:
                raise Misspelled(f"it has no servers of {self.type_key} {said!r}")
            return ALIASES[said]
        own = {key: transport for transport, key in self.transports.items() if key not in ("url", "command")}
        found = next((transport for key, transport in {**own, **self.also}.items() if key in entry), None)
        if not found and "command" in entry and "url" in entry:
            raise Misspelled("it has both a command and an address")
        if found or "command" in entry:
            return found or "stdio"
        if "url" in entry and self.guess is None:
            raise Misspelled(f"beside an address it needs a {self.type_key}")
        return self.guess or "stdio"

    def _address(self, entry: Entry, transport: Transport) -> str:
        keys = (*(key for key, one in self.also.items() if one == transport), self.transports[transport])
        return next((key for key in keys if key in entry), "url")

    def write(self, server: Server, old: Entry) -> Spelled:
        """See `Field`."""
        transport = server.transport
        if transport not in self.transports:
            return Spelled({}, (("*", f"it has no {transport} servers"),))
        entry: dict[str, Value] = {self.type_key: self.types[transport]} if transport in self.types else {}
        try:
            if transport == "stdio":
                entry["command"] = spell(server.command or "", self.syntax)
                if server.args:
                    entry["args"] = [spell(one, self.syntax) for one in server.args]
            else:
                entry[self.transports[transport]] = spell(server.url or "", self.syntax)
        except Inexpressible as why:
            return Spelled({}, (("*", str(why)),))
        return Spelled(self._like(old, transport, entry))

    def _like(self, old: Entry, transport: Transport, entry: dict[str, Value]) -> dict[str, Value]:
        """In the manner of the entry that is there."""
        if not any(key in old for key in self.keys):
            return entry
        like = {key: value for key, value in entry.items() if key != self.type_key}
        if self.types and self.type_key in old:
            like[self.type_key] = old[self.type_key]
        if transport == "stdio":
            return like if "args" in like or old.get("args") != [] else {**like, "args": []}
        like[self._address(old, transport)] = like.pop(self.transports[transport])
        return like
