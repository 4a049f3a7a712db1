"""The components of a worker's tree: read as they completely were, written whole, and never through a link.

Paths come from configs and from a server. Each step from the base down is opened by its descriptor, so that a link
that stands, or is put, anywhere on the way leads nowhere.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from schemas.components import CATEGORIES, ComponentPath, check_bytes
from schemas.errors import Rejected
from schemas.hashing import fingerprint
from watchers.sync.files import LARGEST, Busy, File, Moved, Unusable, content_of, shown, steps, told
from watchers.sync.writing import AT_ONCE, BEGINS, ENDS, Batch, Write

PATIENCE = 2.0
"""Seconds for which a file that somebody writes to is waited for."""

_BASE = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_BELOW = _BASE | os.O_NOFOLLOW


class Tree:
    """The components below `base`, by their wire paths."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def read(self, path: str) -> File | None:
        """The component; None where there is no file.

        Raises:
            Unusable: what lies there is no file, cannot be read, is no Python text, or is written to all the time.
        """
        content = self._settled(path)
        if content is None:
            return None
        try:
            check_bytes(content, LARGEST)
        except Rejected as error:
            raise Unusable(f"{shown(path)}: {error.message}", "mend it, or move it away") from None
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
        errors: list[Moved | Unusable | None] = []
        for start in range(0, len(writes), AT_ONCE):
            with ExitStack() as stack:
                enter = partial(self._folder, make=True)
                errors += Batch(enter, stack).write(writes[start : start + AT_ONCE])
        return errors

    def nearest(self, path: str) -> list[str]:
        """Components of the tree that are spelt alike."""
        wanted = ComponentPath.parse(path)
        names = [name.removesuffix(".py") for name in self._names(wanted.category) if name.endswith(".py")]
        return [ComponentPath(wanted.category, name).wire for name in get_close_matches(wanted.name, names)]

    def sweep(self) -> None:
        """Remove what writes left that were killed. No other sync may be at work."""
        for category in CATEGORIES:
            left = [name for name in self._names(category) if name.startswith(BEGINS) and name.endswith(ENDS)]
            for name in left:
                with suppress(OSError), self._folder(_folders(category)) as folder:
                    os.unlink(name, dir_fd=folder)

    def _names(self, category: str) -> list[str]:
        try:
            with self._folder(_folders(category)) as folder:
                return os.listdir(folder)  # noqa: PTH208 - by its descriptor
        except OSError:
            return []

    def _settled(self, path: str) -> bytes | None:
        *folders, name = steps(path)
        deadline = time.monotonic() + PATIENCE
        while True:
            with told(path), suppress(Busy):
                try:
                    with self._folder(folders) as folder:
                        return content_of(folder, name)
                except FileNotFoundError:
                    return None
            if time.monotonic() > deadline:
                raise Unusable(f"{shown(path)} is being written to", "sync again when that has ended")
            time.sleep(0.01)

    @contextmanager
    def _folder(self, folders: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Walk down, and never aside."""
        descriptor = os.open(self.base, _BASE)
        try:
            for name in folders:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(name, dir_fd=descriptor)
                above, descriptor = descriptor, os.open(name, _BELOW, dir_fd=descriptor)
                os.close(above)
            yield descriptor
        finally:
            os.close(descriptor)


def _folders(category: str) -> list[str]:
    return steps(f"{category}/x.py")[:-1]
