"""How a client's file spells one MCP server: an entry, of which each `Field` owns some keys and says a part."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec

from schemas.clients.text import Inexpressible, Syntax, common, joined, parts, split
from schemas.clients.unified import Server, Transport
from schemas.formats.edits import Value

Entry: TypeAlias = Mapping[str, Value]
Said: TypeAlias = dict[str, Any]
"""Some of a server's attributes."""


class Misspelled(ValueError):
    """An entry that its client would not accept."""


class Spelled(NamedTuple):
    """What to write, and what is lost by it: (attribute, why); `*` is the whole server."""

    entry: dict[str, Value]
    losses: tuple[tuple[str, str], ...] = ()


class Field(Protocol):
    """A part of a server, and the keys of an entry that say it."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that it owns."""
        ...

    def read(self, entry: Entry) -> Said:
        """The attributes that an entry says. Raises Misspelled."""
        ...

    def write(self, server: Server, old: Entry) -> Spelled:
        """What says a server's, in the manner of the entry that is there."""
        ...


Fields: TypeAlias = Sequence[Field]


def read_entry(fields: Fields, entry: Value) -> Server:
    """The server that an entry describes. Raises Misspelled."""
    if not isinstance(entry, dict):
        raise Misspelled("it is not an object")
    said: Said = {}
    for field in fields:
        said |= field.read(entry)
    try:
        return msgspec.convert(said, Server)
    except msgspec.ValidationError as error:
        raise Misspelled(str(error)) from error


def write_entry(fields: Fields, server: Server, old: Entry) -> Spelled:
    """An entry that says this server, beside what else the client keeps there; what says so already stays as it is.

    Of a server of another transport nothing stays: clients refuse, or heed, what is left of it. One that cannot be
    reached, which older servers took, is lost as a whole.
    """
    if server.missing:
        return Spelled({}, (("*", f"it has no {server.missing}"),))
    if not _is(fields, old, server.transport):
        owned = {key for field in fields for key in field.keys}
        old = {key: value for key, value in old.items() if key not in owned}
    entry = dict(old)
    losses: tuple[tuple[str, str], ...] = ()
    for field in fields:
        spelled = field.write(server, old)
        losses += spelled.losses
        if any(attribute == "*" for attribute, _ in spelled.losses):
            return Spelled({}, losses)
        if not _says(field, old, field.read(spelled.entry)):
            for key in field.keys:
                entry.pop(key, None)
            entry |= spelled.entry
    order = [*(key for key in old if key in entry), *(key for key in entry if key not in old)]
    return Spelled({key: entry[key] for key in order}, losses)


def _is(fields: Fields, entry: Entry, transport: Transport) -> bool:
    try:
        return read_entry(fields, dict(entry)).transport == transport
    except Misspelled:
        return False


def _says(field: Field, entry: Entry, said: Said) -> bool:
    try:
        return field.read(entry) == said
    except Misspelled:
        return False


def string(entry: Entry, key: str, syntax: Syntax) -> str | None:
    """A string of an entry, in the common spelling."""
    value = entry.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Misspelled(f"{key} is not a string")
    return common(split(value, syntax))


def strings(entry: Entry, key: str, syntax: Syntax) -> tuple[str, ...]:
    """A list of strings."""
    value = entry.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Misspelled(f"{key} is not a list of strings")
    return tuple([common(split(str(one), syntax)) for one in value])


def table(entry: Entry, key: str, syntax: Syntax) -> dict[str, str]:
    """An object of strings."""
    value = entry.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise Misspelled(f"{key} is not an object of strings")
    return {name: common(split(str(one), syntax)) for name, one in value.items()}


def spell(said: str, syntax: Syntax) -> str:
    """A string as a client spells it. Raises Inexpressible."""
    found = parts(said)
    for part in found:
        if isinstance(part, str) and "${" in part:
            raise Inexpressible(f"{part!r} is a reference that only another client understands")
    return joined(found, syntax)
