"""What an adapter says of its client: its sections, each of which knows some files, and how they say some elements.

Bytes in, bytes out. What cannot be understood, and what holds a literal secret, is *held*: it stays in its file as it
is, it is told of with its place, and nothing is concluded from it, neither that it is there nor that it is gone.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple, Protocol, TypeAlias

from schemas.clients.unified import Element, Key, Kind, Loss
from schemas.formats.edits import Format, Position, Tree, Unreadable

Scope: TypeAlias = Literal["project", "user"]
"""Below the root of a project, or below a person's home."""


class Location(NamedTuple):
    """Where a file is: its path below the root of its scope, with `/`. As a pattern it may hold `*` and `**`."""

    scope: Scope
    path: str


Files: TypeAlias = Mapping[Location, bytes]
"""The files that are there."""

Wanted: TypeAlias = Mapping[Key, Element | None]
"""What elements shall be; None is one that is to go. All others stay."""


class Place(NamedTuple):
    """Where something stands."""

    location: Location
    position: Position


class Problem(NamedTuple):
    """Why something is held, and where it stands."""

    place: Place
    why: str
    remedy: str = ""


class UnifiedConfig(NamedTuple):
    """What is configured, where each element stands, and what is held.

    Of a file that cannot be read at all, everything is held: `unreadable` says why, `blind` of which kinds nothing is
    known therefore.
    """

    elements: dict[Key, Element]
    places: dict[Key, Place]
    held: dict[Key, Problem]
    unreadable: tuple[Problem, ...] = ()
    blind: frozenset[Kind] = frozenset()


class Written(NamedTuple):
    """The files that change, with their new bytes (None: it goes), and what is lost."""

    files: dict[Location, bytes | None]
    losses: tuple[Loss, ...] = ()


class Section(Protocol):
    """Elements of one kind, in files of one client and one scope."""

    @property
    def kind(self) -> Kind:
        """Of its elements."""
        ...

    @property
    def scope(self) -> Scope:
        """Of its elements."""
        ...

    @property
    def patterns(self) -> tuple[Location, ...]:
        """The files that it looks at."""
        ...

    def read(self, files: Files) -> UnifiedConfig:
        """What they say."""
        ...

    def write(self, files: Files, wanted: Wanted) -> Written:
        """What they become. Elements that are not of its kind, and those that are held, are passed over.

        Files that cannot be read stay as they are, and so does one that an edit would have made say something else.
        """
        ...


class Client(NamedTuple):
    """An AI coding client.

    `program` is what it is started with; with the arguments `check` it reads its configuration, starts no server, and
    fails at a fault. Without any there is no such way.

    `lends` are its files that others read, too, `reads` are theirs: what stands there need not stand in its own. One
    that is `shared` is no program, but such a file.
    """

    name: str
    title: str
    sections: tuple[Section, ...]
    reads: tuple[Location, ...] = ()
    lends: tuple[Location, ...] = ()
    shared: bool = False
    program: str = ""
    check: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def parsed(format_: Format, raw: bytes) -> Tree:
    """What a file says, which many ask: each section of its client, before it is written and after. Raises Unreadable.

    It is everybody's: whoever changes anything makes their own.
    """
    return format_.parse(raw)


class File(NamedTuple):
    """A file in a format of its own. `others` are paths that its client looks at, too."""

    scope: Scope
    path: str
    format: Format
    others: tuple[str, ...] = ()

    @property
    def locations(self) -> tuple[Location, ...]:
        """Where it may be, first where it is made."""
        return tuple(Location(self.scope, path) for path in (self.path, *self.others))

    def location(self, files: Files) -> Location:
        """Where it is."""
        return next((one for one in self.locations if one in files), self.locations[0])

    def tree(self, files: Files) -> Tree:
        """What it says; nothing where it is not there. Raises Unread."""
        location = self.location(files)
        try:
            return parsed(self.format, files.get(location, b""))
        except Unreadable as error:
            remedy = f"mend {location.path}; it is left alone until then"
            raise Unread(Problem(Place(location, error.position), error.reason, remedy)) from error


class Unread(Exception):
    """A file that cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem
