"""What all formats have in common: where a value stands, what may be done to it, and how little that can be.

A format is a module with `parse`, which makes a `Tree`, and `edit`, which makes new bytes. Both are pure. Everything
that is not named by an edit stays as it is, byte for byte: comments, order, indentation, the style of line ends, a
byte order mark, a missing last line end.
"""

from collections.abc import Hashable, Iterator, Sequence
from math import isnan
from typing import NamedTuple, Protocol, TypeAlias

from schemas.errors import Rejected

Scalar: TypeAlias = bool | int | float | str | None
Value: TypeAlias = "Scalar | list[Value] | dict[str, Value]"
"""What a file can say. Dates and times of TOML and YAML are given as they are written."""

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from the root to a value; empty for the whole."""

LARGEST = 8 * 1024 * 1024
"""Bytes of the largest file that is read."""

DEEPEST = 100
"""Levels of the deepest nesting that is read."""


class Position(NamedTuple):
    """Line and column, from 1; a column counts characters."""

    line: int
    column: int


class Unreadable(Rejected):
    """A file that cannot be parsed. It is never rewritten."""

    def __init__(self, reason: str, position: Position = Position(1, 1)) -> None:  # noqa: B008 - a value, never changed
        super().__init__(f"line {position.line}, column {position.column}: {reason}")
        self.reason = reason
        self.position = position


class Put(NamedTuple):
    """Let the value at `path` be this; what stands there is replaced, what lies on the way and is not there is made."""

    path: Path
    value: Value


class Append(NamedTuple):
    """Let the list at `path` end with this, as it may already; it is made where it is not there."""

    path: Path
    value: Value


class Drop(NamedTuple):
    """Let there be nothing at `path`, nor in as many of the `parents` above it as are left empty by that."""

    path: Path
    parents: int = 0


Edit: TypeAlias = Put | Append | Drop


class Tree(Protocol):
    """A file that was parsed."""

    @property
    def value(self) -> dict[str, Value]:
        """All that it says. An empty file says nothing: `{}`."""
        ...

    def position(self, path: Path) -> Position:
        """Where the value at `path` begins, or else the nearest of those around it that is there."""
        ...


class Format(Hashable, Protocol):
    """A module that knows a format."""

    def parse(self, raw: bytes) -> Tree:
        """What a file says. Raises Unreadable."""
        ...

    def edit(self, raw: bytes, edits: Sequence[Edit]) -> bytes:
        """The file with these edits made, one after another. A file that says so already comes back as it is.

        Raises Unreadable where `raw` is, and Rejected where an edit cannot be made.
        """
        ...


def changes(old: Value, new: Value, path: Path = ()) -> Iterator[Edit]:
    """The fewest edits that make `old`, which stands at `path`, say what `new` says."""
    if isinstance(old, dict) and isinstance(new, dict):
        yield from (Drop((*path, key)) for key in old if key not in new)
        for key, value in new.items():
            if key in old:
                yield from changes(old[key], value, (*path, key))
            else:
                yield Put((*path, key), value)
    elif not same(old, new):
        yield Put(path, new)


def same(one: Value, other: Value) -> bool:
    """Whether two values say the same. `true` is not 1, 1 is 1.0, NaN is NaN; the order of keys says nothing."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float) and isnan(one):
        return isnan(other)
    return one == other


def at(value: Value, path: Path) -> Value:
    """What stands at `path`. Raises KeyError where nothing does."""
    for step in path:
        if not isinstance(value, dict | list):
            raise KeyError(path)
        try:
            value = value[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            raise KeyError(path) from None
    return value
