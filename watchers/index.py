"""What was seen of a tree, on disk: one row a file. The difference between it and the tree is what changed.

A row and the change that it makes commit in one transaction, so that a change is, whenever the process is killed,
either still to be found in the tree or already in the spool. Rows are read a directory at a time and never all at
once: a tree of a million files must not cost memory.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from schemas.errors import Misconfigured
from watchers.change import Change, Sighting, Stamp, change_id, join, split
from watchers.spool import Limits, Spool
from watchers.store import connect, transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
    directory BLOB NOT NULL,
    name BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    ctime INTEGER NOT NULL,
    links INTEGER NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (directory, name)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS files_of_inode ON files (inode);
CREATE INDEX IF NOT EXISTS files_linked ON files (directory, name) WHERE links > 1;
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value BLOB NOT NULL);
"""
ROWS = """
SELECT name, inode, size, mtime, ctime, links, hash FROM files
WHERE directory = ? AND name > ? AND name <= ? ORDER BY name LIMIT ?
"""
STAMPS = """
SELECT name, inode, size, mtime, ctime, links FROM files
WHERE directory = ? AND name > ? AND name <= ?
"""
DIRECTORIES = "SELECT DISTINCT directory FROM files WHERE directory > ? AND directory < ? ORDER BY directory"
LINKED = """
SELECT directory, name, inode, size, mtime, ctime, links FROM files
WHERE links > 1 AND (directory, name) > (?, ?) ORDER BY directory, name LIMIT ?
"""
OF_INODE = "SELECT directory, name FROM files WHERE inode = ?"
HASH = "SELECT hash FROM files WHERE directory = ? AND name = ?"
PUT = "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
DELETE = "DELETE FROM files WHERE directory = ? AND name = ?"
PAGE = 1000
LAST_NAME = b"\xff" * 256  # above every name
_LAST_PATH = b"\xff" * 4097


class Row(NamedTuple):
    """What was last seen of a file."""

    stamp: Stamp
    hash: str


class Index:
    """The files of one tree as they were last seen, and the spool of what changed. Usable from several threads."""

    def __init__(self, path: Path, limits: Limits | None = None) -> None:
        self._path = path
        self._lock = threading.RLock()
        try:
            self._connection = connect(path)
            self._connection.executescript(SCHEMA)
            self.spool = Spool(self._connection, self._lock, limits or Limits())
            self.files: int = self._connection.execute("SELECT count(*) FROM files").fetchone()[0]
            self._life = self._about("life") or self._put_about("life", os.urandom(16))
        except sqlite3.DatabaseError as error:
            raise self.unusable(error) from error

    def unusable(self, error: sqlite3.Error) -> Misconfigured:
        """What SQLite's complaint means to a person."""
        is_outside = isinstance(error, sqlite3.OperationalError)  # a full disk, a missing permission
        return Misconfigured(
            f"the watcher's state {self._path} cannot be used: {error}",
            "see to the disk" if is_outside else "remove the file: the tree is then read anew",
        )

    def close(self) -> None:
        """Write everything and let go of the file."""
        with self._lock:
            self._connection.close()

    @property
    def complete(self) -> bool:
        """Whether the tree was ever read from end to end."""
        return self._about("complete") is not None

    def set_complete(self) -> None:
        """The tree was read from end to end."""
        self._put_about("complete", b"yes")

    @property
    def device(self) -> int | None:
        """The device that the root lay on when it was last scanned."""
        value = self._about("device")
        return int(value) if value else None

    def set_device(self, device: int) -> None:
        """Remember the root's device."""
        if device != self.device:
            self._put_about("device", b"%d" % device)

    def rows(self, directory: bytes, after: bytes = b"", upto: bytes = LAST_NAME, count: int = -1) -> dict[bytes, Row]:
        """The files in `directory` whose names lie after one name and up to another, the first `count` of them."""
        with self._lock:
            found = self._connection.execute(ROWS, (directory, after, upto, count))
            return {row[0]: Row(Stamp(*row[1:6]), row[6]) for row in found}

    def stamps(self, directory: bytes, after: bytes, upto: bytes) -> dict[bytes, tuple[int, ...]]:
        """As `rows`, the stamps alone: a scan asks for those of every file."""
        with self._lock:
            return {row[0]: row[1:] for row in self._connection.execute(STAMPS, (directory, after, upto))}

    def hash(self, path: bytes) -> str | None:
        """The hash last seen at `path`; None where there was no file."""
        with self._lock:
            row = self._connection.execute(HASH, split(path)).fetchone()
        return row[0] if row else None

    def below(self, top: bytes) -> Iterator[bytes]:
        """The files in `top` and below it. Rows may be changed while they are gone through."""
        for directory in (top, *self.directories(top)):
            last = b""
            while page := self.rows(directory, last, count=PAGE):
                yield from (join(directory, name) for name in page)
                last = max(page)

    def directories(self, top: bytes) -> list[bytes]:
        """The directories below `top` that held files."""
        first, last = (top + b"/", top + b"0") if top else (b"\0", _LAST_PATH)
        with self._lock:
            return [row[0] for row in self._connection.execute(DIRECTORIES, (first, last))]

    def names_of(self, inode: int) -> list[bytes]:
        """The paths at which this inode was seen."""
        with self._lock:
            return [join(*row) for row in self._connection.execute(OF_INODE, (inode,))]

    def linked(self, after: bytes, count: int) -> list[tuple[bytes, Stamp]]:
        """Some files with several names, in order, beginning after a path."""
        with self._lock:
            found = self._connection.execute(LINKED, (*split(after), count))
            return [(join(*row[:2]), Stamp(*row[2:])) for row in found]

    def apply(self, sightings: Sequence[Sighting], time: datetime, *, report: bool) -> list[Change]:
        """Write what was seen and, where `report`, spool what differs from before: the changes that this made."""
        with self._lock:
            changes: list[Change] = []
            delta = 0
            with transaction(self._connection):
                number = self.spool.next_number()
                for one in sightings:
                    base = self.hash(one.path)
                    delta += self._write(one, base)
                    if report and one.hash != base:
                        changes.append(self._change(number + len(changes), one, base, time))
                self.spool.add(changes)
            self.files += delta
            if changes:
                self.spool.added(changes)
            return changes

    def _write(self, one: Sighting, base: str | None) -> int:
        place = split(one.path)
        if one.stamp is None or one.hash is None:
            self._connection.execute(DELETE, place)
            return -(base is not None)
        self._connection.execute(PUT, (*place, *one.stamp, one.hash))
        return int(base is None)

    def _change(self, number: int, one: Sighting, base: str | None, time: datetime) -> Change:
        identity = change_id(self._life, number, one.path, one.hash)
        size = one.stamp.size if one.stamp else 0
        return Change(number, identity, one.path, one.hash, base, size, time, one.content)

    def _about(self, key: str) -> bytes | None:
        with self._lock:
            row = self._connection.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def _put_about(self, key: str, value: bytes) -> bytes:
        with self._lock:
            self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))
        return value
