"""Files below a directory: read as they completely were, written whole, and never through a link.

Paths come from configs and from a server. Each step from the base down is opened by its descriptor, so that a link
that stands, or is put, anywhere on the way leads nowhere.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from watchers.below.files import Busy, Moved, Unusable, content_of, hash_now, told
from watchers.below.writing import AT_ONCE, BEGINS, ENDS, Batch, Write

PATIENCE = 2.0
"""Seconds for which a file that somebody writes to is waited for."""

_BASE = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_BELOW = _BASE | os.O_NOFOLLOW


class Folder:
    """The files below `base`, by their paths with `/`. Of what is larger than `most` bytes, only the begin is read."""

    def __init__(self, base: Path, most: int) -> None:
        self.base = base
        self._most = most

    def read(self, path: str) -> bytes | None:
        """What a file holds; None where there is none.

        Raises:
            Unusable: what lies there is no file, cannot be read, or is written to all the time.
        """
        *folders, name = path.split("/")
        deadline = time.monotonic() + PATIENCE
        while True:
            with told(path), suppress(Busy):
                try:
                    with self.enter(folders) as folder:
                        return content_of(folder, name, self._most)
                except FileNotFoundError:
                    return None
            if time.monotonic() > deadline:
                raise Unusable(f"{path} is being written to", "sync again when that has ended")
            time.sleep(0.01)

    def write_all(self, writes: Sequence[Write]) -> list[Moved | Unusable | None]:
        """Put each content in the place of the one that was judged, whole or not at all; what is wrong with each."""
        errors: list[Moved | Unusable | None] = []
        for start in range(0, len(writes), AT_ONCE):
            with ExitStack() as stack:
                enter = partial(self.enter, make=True)
                errors += Batch(enter, stack, self._most).write(writes[start : start + AT_ONCE])
        return errors

    def remove(self, path: str, judged: str) -> None:
        """Remove the file that was judged, a hash.

        Raises:
            Moved: it is another one by now.
            Unusable: a link is in the way, permission is missing, ….
        """
        *folders, name = path.split("/")
        with told(path), self.enter(folders) as folder:
            if hash_now(folder, name, self._most) != judged:
                raise Moved(path)
            os.unlink(name, dir_fd=folder)
            os.fsync(folder)

    def names(self, folder: str) -> list[str]:
        """What lies in a folder; nothing where there is none."""
        try:
            with self.enter(folder.split("/")) as descriptor:
                return os.listdir(descriptor)  # noqa: PTH208 - by its descriptor
        except OSError:
            return []

    def sweep(self, folder: str) -> None:
        """Remove what writes left in a folder that were killed. Nobody else may be writing."""
        left = [name for name in self.names(folder) if name.startswith(BEGINS) and name.endswith(ENDS)]
        for name in left:
            with suppress(OSError), self.enter(folder.split("/")) as descriptor:
                os.unlink(name, dir_fd=descriptor)

    @contextmanager
    def enter(self, folders: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Walk down, and never aside; the descriptor of where that leads."""
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
