"""The files of clients on this machine, below the root of a project and below a person's home.

In a project no link is followed. In a home links are, to where they lead inside of it: people keep such files together,
and link to them.
"""

import fnmatch
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from schemas.clients.adapter import Client, Location, Place, Problem, Scope
from schemas.clients.configuration import patterns
from schemas.clients.instructions import AGENTS_MD
from schemas.formats.edits import LARGEST, Position
from schemas.hashing import fingerprint
from watchers.below.files import Unusable
from watchers.below.folder import Folder
from watchers.below.writing import Write

MOST_FILES = 2000
"""Files below one pattern; a folder with more is not a person's."""


class Found(NamedTuple):
    """The files of a client that are there, and when the newest has changed, in seconds since 1970.

    `unknown` are patterns of files that cannot be looked at; `problems` say why.
    """

    files: dict[Location, bytes]
    time: float
    unknown: frozenset[Location]
    problems: tuple[Problem, ...]


class Disk:
    """A project at `root`, and a person at `home`."""

    def __init__(self, root: Path, home: Path) -> None:
        self._bases: dict[Scope, Path] = {"project": root, "user": Path(os.path.realpath(home))}
        self._folders = {scope: Folder(base, LARGEST) for scope, base in self._bases.items()}

    def has(self, client: Client, scope: Scope) -> bool:
        """Whether there is any file of the client's own."""
        others = {*client.reads, *(() if client.shared else (AGENTS_MD,))}
        own = [one for one in patterns(client, scope) if one.scope == scope and one not in others]
        return any(True for pattern in own for _ in self._matches(pattern))

    def read(self, client: Client, scope: Scope) -> Found:
        """All files of a client."""
        files: dict[Location, bytes] = {}
        unknown: set[Location] = set()
        problems: list[Problem] = []
        newest = 0.0
        for pattern in patterns(client, scope):
            try:
                for location in self._matches(pattern):
                    path = self._path(location)
                    content = self._folders[location.scope].read(path)
                    if content is not None:
                        files[location] = content
                        newest = max(newest, self._changed(location.scope, path))
            except Unusable as error:
                unknown.add(pattern)
                problems.append(Problem(Place(pattern, Position(1, 1)), error.message, error.remedy))
        return Found(files, newest, frozenset(unknown), tuple(problems))

    def _changed(self, scope: Scope, path: str) -> float:
        try:
            return self._bases[scope].joinpath(path).lstat().st_mtime
        except OSError:
            return 0.0

    def write(self, files: Mapping[Location, bytes | None], judged: Mapping[Location, bytes]) -> None:
        """Put these in the place of those that were judged; None: the file goes.

        Raises:
            Moved: a file is another one by now. Those before it are written.
            Unusable: a link is in the way, the disk is full, permission is missing, ….
        """
        for location, raw in files.items():
            folder, path = self._folders[location.scope], self._path(location)
            old = fingerprint(judged[location]).hash if location in judged else None
            if raw is not None:
                (error,) = folder.write_all([Write(path, raw, old)])
                if error:
                    raise error
            elif old is not None:
                folder.remove(path, old)

    def _matches(self, pattern: Location) -> Iterator[Location]:
        """The locations that a pattern names; without one, itself where there is something."""
        base = self._bases[pattern.scope]
        if "*" not in pattern.path:
            if os.path.lexists(base / pattern.path):
                yield pattern
            return
        top = pattern.path.partition("*")[0].rpartition("/")[0]
        found = 0
        for path in sorted(_files_below(base / top, "**" in pattern.path)):
            relative = path.relative_to(base).as_posix()
            if fnmatch.fnmatchcase(relative, pattern.path.replace("**/", "*")):
                found += 1
                if found > MOST_FILES:
                    raise Unusable(f"{base / top} holds more than {MOST_FILES} files", "keep them elsewhere")
                yield Location(pattern.scope, relative)

    def _path(self, location: Location) -> str:
        """Where a file really lies below its base. Raises Unusable where a link leads out of the home."""
        if location.scope == "project":
            return location.path
        home = self._bases["user"]
        real = Path(os.path.realpath(home / location.path))
        if not real.is_relative_to(home):
            raise Unusable(f"{location.path} is a link to {real}, out of {home}", "link to a file in there")
        return real.relative_to(home).as_posix()


def _files_below(folder: Path, deep: bool) -> Iterator[Path]:
    """Files in a folder, and in those below it; links to folders are not followed."""
    for above, folders, names in os.walk(folder):
        yield from (Path(above, name) for name in names)
        if not deep:
            folders.clear()
