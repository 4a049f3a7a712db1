"""The components of a worker's tree, by their wire paths."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from schemas.components import CATEGORIES, ComponentPath, check_bytes
from schemas.errors import Rejected
from schemas.hashing import fingerprint
from watchers.below.files import Moved, Unusable
from watchers.below.folder import Folder
from watchers.below.writing import Write

LARGEST = 4 << 20
"""More than any server takes."""


class File(NamedTuple):
    """A component as it lies in the tree."""

    hash: str
    text: str


class Tree:
    """The components below `base`."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._files = Folder(base, LARGEST)

    def read(self, path: str) -> File | None:
        """The component; None where there is no file.

        Raises:
            Unusable: what lies there is no file, cannot be read, is no Python text, or is written to all the time.
        """
        place = _on_disk(path)
        content = self._files.read(place)
        if content is None:
            return None
        try:
            check_bytes(content, LARGEST)
        except Rejected as error:
            raise Unusable(f"{place}: {error.message}", "mend it, or move it away") from None
        return File(fingerprint(content).hash, content.decode())

    def write(self, path: str, content: bytes, judged: str | None) -> None:
        """Put this content in the place of the one that was judged (null: none was there), whole or not at all.

        Raises:
            Moved: it is another one by now.
            Unusable: a link is in the way, the disk is full, permission is missing, ….
        """
        (error,) = self.write_all([Write(path, content, judged)])
        if error:
            raise error

    def write_all(self, writes: Sequence[Write]) -> list[Moved | Unusable | None]:
        """The same with many, which costs less than one after the other; what is wrong with each."""
        return self._files.write_all([one._replace(path=_on_disk(one.path)) for one in writes])

    def nearest(self, path: str) -> list[str]:
        """Components of the tree that are spelt alike."""
        wanted = ComponentPath.parse(path)
        found = self._files.names(_folder(wanted.category))
        names = [name.removesuffix(".py") for name in found if name.endswith(".py")]
        return [ComponentPath(wanted.category, name).wire for name in get_close_matches(wanted.name, names)]

    def sweep(self) -> None:
        """Remove what writes left that were killed. No other sync may be at work."""
        for category in CATEGORIES:
            self._files.sweep(_folder(category))


def _on_disk(path: str) -> str:
    """Where a component lies. Raises ValueError where `path` is no component's."""
    return ComponentPath.parse(path).on_disk


def _folder(category: str) -> str:
    return _on_disk(f"{category}/x.py").rpartition("/")[0]
