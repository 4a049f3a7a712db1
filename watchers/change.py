"""The words the watcher's parts share: where a path lies, which state a file had, what changed."""

import hashlib
import os
from datetime import datetime
from typing import NamedTuple

_SIGNED = (1 << 63) - 1  # SQLite's integers; an mtime in the year 2400 or an odd inode number is larger


class Stamp(NamedTuple):
    """What `lstat` tells of a file's content without reading it. Equal stamps mean equal content."""

    inode: int
    size: int
    mtime: int
    ctime: int
    links: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """The stamp in a stat result."""
        return cls(*stamp(status))


def stamp(status: os.stat_result) -> tuple[int, int, int, int, int]:
    """A `Stamp` that is only to be compared: a scan makes one for every file."""
    return (
        status.st_ino & _SIGNED,
        status.st_size,
        status.st_mtime_ns & _SIGNED,
        status.st_ctime_ns & _SIGNED,
        status.st_nlink,
    )


class Sighting(NamedTuple):
    """What was seen at a path: a settled file, or, where `stamp` and `hash` are None, no file."""

    path: bytes
    stamp: Stamp | None = None
    hash: str | None = None
    content: bytes | None = None


class Change(NamedTuple):
    """A settled state that differs from the one before it. `hash` is None where the file is gone.

    `base` is the hash before, None where there was no file. `content` holds the hashed bytes, where they were asked
    for. `number` is the place in the spool; `id` stays the same however often the change is sent.
    """

    number: int
    id: str
    path: bytes
    hash: str | None
    base: str | None
    size: int
    time: datetime
    content: bytes | None

    @property
    def text(self) -> str | None:
        """The path as text; None where it is not UTF-8."""
        try:
            return self.path.decode()
        except UnicodeDecodeError:
            return None


def join(directory: bytes, name: bytes) -> bytes:
    """The path of `name` in `directory`; the root is the empty path."""
    return directory + b"/" + name if directory else name


def split(path: bytes) -> tuple[bytes, bytes]:
    """The directory and the name of a path."""
    directory, _, name = path.rpartition(b"/")
    return directory, name


def parent(path: bytes) -> bytes:
    """The directory of a path."""
    return path.rpartition(b"/")[0]


def change_id(life: bytes, number: int, path: bytes, digest: str | None) -> str:
    """A UUID (version 5) of this change in this life of the index: repeated, it is recognised."""
    name = b"%b\0%d\0%b\0%b" % (life, number, path, (digest or "").encode())
    text = hashlib.sha1(name, usedforsecurity=False).hexdigest()
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{'89ab'[int(text[16], 16) % 4]}{text[17:20]}-{text[20:32]}"
