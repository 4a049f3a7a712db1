"""Whether the root is still the directory that is watched: a watch stays with an inode, a root is a name.

A root that is deleted and made again, renamed, or mounted over leaves every watch deaf without a word. And a root whose
file system is gone looks like a tree in which everything was deleted, which it is not.
"""

import os
from collections.abc import Callable
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
    """Watches over one root. `strayed`: whether a name below it leads to another directory than the one heard."""

    def __init__(self, root: bytes, index: Index, strayed: Callable[[], bool]) -> None:
        self._root = root + b"/"  # the slash makes a link mean what it points to
        self._index = index
        self._identity: tuple[int, int] | None = None
        self._strayed = strayed
        self._mounts = Mounts()
        self._mounted = self._mounted_below()

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
        """Whether something is mounted below the root that was not, or the other way round.

        Something may have come and gone since this was last asked: then what is heard may be what is not there.
        """
        if not self._mounts.have_changed():
            return False
        before, self._mounted = self._mounted, self._mounted_below()
        return before != self._mounted or self._strayed()

    def _mounted_below(self) -> frozenset[bytes]:
        inside = os.path.realpath(self._root) + b"/"
        return frozenset(line for line in self._mounts.lines() if (_place(line) + b"/").startswith(inside))


def _place(line: bytes) -> bytes:
    """Where a line of mountinfo says that something is mounted; it writes spaces as `\\040`."""
    return line.split(b" ")[4].decode("unicode_escape").encode("latin-1")


def _is_empty(directory: bytes) -> bool:
    with os.scandir(directory) as entries:
        return next(entries, None) is None
