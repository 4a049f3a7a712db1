"""Whether the root is still the directory that is watched: a watch stays with an inode, a root is a name.

A root that is deleted and made again, renamed, or mounted over leaves every watch deaf without a word. And a root whose
file system is gone looks like a tree in which everything was deleted, which it is not.
"""

import os
import select
from contextlib import suppress
from enum import Enum
from pathlib import Path

from watchers.index import Index

MOUNTS = Path("/proc/self/mountinfo")


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
        self._mounts_file = MOUNTS.open("rb", buffering=0)
        self._poll = select.poll()
        self._poll.register(self._mounts_file, select.POLLPRI | select.POLLERR)
        self._mounts = self._mounts_below()

    def close(self) -> None:
        """Let go of the list of mounts."""
        self._mounts_file.close()

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
        if not self._poll.poll(0):
            return False
        before, self._mounts = self._mounts, self._mounts_below()
        return before != self._mounts

    def _mounts_below(self) -> frozenset[bytes]:
        inside = os.path.realpath(self._root) + b"/"
        lines = MOUNTS.read_bytes().splitlines()
        return frozenset(line for line in lines if (_place(line) + b"/").startswith(inside))


def _place(line: bytes) -> bytes:
    """Where a line of mountinfo says that something is mounted; it writes spaces as `\\040`."""
    return line.split(b" ")[4].decode("unicode_escape").encode("latin-1")


def _is_empty(directory: bytes) -> bool:
    with os.scandir(directory) as entries:
        return next(entries, None) is None
