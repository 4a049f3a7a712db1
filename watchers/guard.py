"""Whether the root is still the directory that is watched: a watch stays with an inode, a root is a name.

A root that is deleted and made again, renamed, or mounted over leaves every watch deaf without a word. And a root whose
file system is gone looks like a tree in which everything was deleted, which it is not.
"""

import os
from contextlib import suppress
from enum import Enum

from watchers.index import Index
from watchers.system import Mounts


class Root(Enum):
    """What stands at the root's path."""

    PRESENT = "ok"
    MISSING = "the root is not there"
    UNMOUNTED = "the root is empty and on another device than before: its file system is not mounted"
    UNREADABLE = "the root cannot be read"


class Guard:
    """Watches over one root."""

    def __init__(self, root: bytes, index: Index) -> None:
        self._root = root + b"/"  # the slash makes a link mean what it points to
        self._index = index
        self._identity: tuple[int, int] | None = None
        self._mounts = Mounts()
        self._everywhere, self._below = self._mounted()

    def close(self) -> None:
        """Let go of the list of mounts."""
        self._mounts.close()

    def state(self) -> Root:
        """What stands at the root's path now; where it is present, this is from now on the root that is meant."""
        try:
            status = os.lstat(self._root)
            is_empty = _is_empty(self._root)
        except (FileNotFoundError, NotADirectoryError):
            return Root.MISSING
        except OSError:
            return Root.UNREADABLE
        if is_empty and self._index.files and self._index.device not in {None, status.st_dev}:
            return Root.UNMOUNTED
        self._index.set_device(status.st_dev)
        self._identity = (status.st_dev, status.st_ino)
        return Root.PRESENT

    def changed(self) -> bool:
        """Whether the root is another directory than the one meant, or what is mounted below it has changed."""
        identity = None
        with suppress(OSError):
            status = os.lstat(self._root)
            identity = (status.st_dev, status.st_ino)
        return self._mounts_changed() or identity != self._identity

    def _mounts_changed(self) -> bool:
        """Whether something may be, or have been, mounted below the root.

        What changed and looks as before may have come and gone, or gone and come under the same numbers.
        """
        if not self._mounts.have_changed():
            return False
        before = self._everywhere, self._below
        self._everywhere, self._below = self._mounted()
        return before[1] != self._below or before[0] == self._everywhere

    def _mounted(self) -> tuple[int, frozenset[bytes]]:
        """What is mounted, as one number for all of it, and the lines of what is mounted below the root."""
        inside = os.path.realpath(self._root) + b"/"
        lines = self._mounts.lines()
        return hash(tuple(lines)), frozenset(line for line in lines if (_place(line) + b"/").startswith(inside))


def _place(line: bytes) -> bytes:
    """Where a line of mountinfo says that something is mounted; it writes spaces as `\\040`."""
    return line.split(b" ")[4].decode("unicode_escape").encode("latin-1")


def _is_empty(directory: bytes) -> bool:
    with os.scandir(directory) as entries:
        return next(entries, None) is None
