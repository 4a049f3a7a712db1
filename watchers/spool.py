"""The changes that nobody has acknowledged yet, in order, on disk, each with the bytes that were hashed.

The bytes are kept here because the file will have changed, or be gone, before a server that is away is back. While the
server is up every settled state is sent. When the spool grows past a limit, the changes of one path become one: the
first one's base, the last one's hash, so the bases stay a chain; and where the two are equal nothing happened. What was
handed out once is never touched: the server may have it already, and it is repeated to the letter. A spool that is
still too large holds its writer back (`full`): the kernel's queue then overflows, and a scan finds what was missed.
"""

import sqlite3
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from watchers.change import Change
from watchers.store import transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    path BLOB NOT NULL,
    hash TEXT,
    base TEXT,
    size INTEGER NOT NULL,
    time INTEGER NOT NULL, -- microseconds since 1970
    content BLOB
);
"""
INSERT = "INSERT INTO outbox (number, id, path, hash, base, size, time, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
SELECT = "SELECT number, id, path, hash, base, size, time, content FROM outbox ORDER BY number LIMIT ?"
MEASURE = "SELECT count(*), coalesce(sum(length(content)), 0), coalesce(max(number), 0) FROM outbox"
LAST_NUMBER = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'"
REBASE = """
UPDATE outbox SET base = (
    SELECT first.base FROM outbox AS first WHERE first.number = runs.first
) FROM (
    SELECT min(number) AS first, max(number) AS last FROM outbox WHERE number > ? GROUP BY path HAVING count(*) > 1
) AS runs WHERE outbox.number = runs.last
"""
DROP_OVERTAKEN = """
DELETE FROM outbox WHERE number > ?1 AND number NOT IN (
    SELECT max(number) FROM outbox WHERE number > ?1 GROUP BY path
)
"""
DELETE = "DELETE FROM outbox WHERE number = ?"
DROP_IDLE = "DELETE FROM outbox WHERE number > ? AND base IS hash"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Limits(NamedTuple):
    """How large the spool may grow before the changes of one path become one, and before its writer must wait."""

    coalesce_rows: int = 5_000
    coalesce_bytes: int = 32 << 20
    full_rows: int = 50_000
    full_bytes: int = 256 << 20


class Spool:
    """The outbox table of one index. `lock` guards the connection, which the index shares."""

    def __init__(self, connection: sqlite3.Connection, lock: threading.RLock, limits: Limits) -> None:
        self._connection = connection
        self._lock = lock
        self._limits = limits
        connection.executescript(SCHEMA)
        self.rows: int
        self._bytes: int
        self._handed_out: int  # a process before this one may have sent all that it left
        self.rows, self._bytes, self._handed_out = connection.execute(MEASURE).fetchone()
        self._last_number: int = connection.execute(LAST_NUMBER).fetchone()[0]
        self._coalesce_rows, self._coalesce_bytes = limits.coalesce_rows, limits.coalesce_bytes

    @property
    def full(self) -> bool:
        """Whether no more may be added for now."""
        return self.rows >= self._limits.full_rows or self._bytes >= self._limits.full_bytes

    def next_number(self) -> int:
        """The number after all that were ever given."""
        return self._last_number + 1

    def add(self, changes: Sequence[Change]) -> None:
        """Append, inside the caller's transaction; call `added` when it has committed."""
        self._connection.executemany(INSERT, map(_row, changes))

    def added(self, changes: Sequence[Change]) -> None:
        """Count what was committed, and make room where it has become much."""
        self.rows += len(changes)
        self._bytes += sum(len(change.content or b"") for change in changes)
        self._last_number = changes[-1].number
        if self.rows >= self._coalesce_rows or self._bytes >= self._coalesce_bytes:
            self.coalesce()
            self._coalesce_rows = max(self._limits.coalesce_rows, 2 * self.rows)
            self._coalesce_bytes = max(self._limits.coalesce_bytes, 2 * self._bytes)

    def hand_out(self, count: int, size: int) -> list[Change]:
        """The oldest changes, at most `count` and, past the first, about `size` bytes of content."""
        with self._lock:
            changes: list[Change] = []
            for row in self._connection.execute(SELECT, (count,)):
                if changes and size < len(row[-1] or b""):
                    break
                changes.append(_change(row))
                size -= len(row[-1] or b"")
            if changes:
                self._handed_out = max(self._handed_out, changes[-1].number)
            return changes

    def drop(self, changes: Sequence[Change]) -> None:
        """Forget changes that were acknowledged, each once."""
        with self._lock:
            with transaction(self._connection):
                self._connection.executemany(DELETE, [(one.number,) for one in changes])
            self.rows -= len(changes)
            self._bytes -= sum(len(change.content or b"") for change in changes)

    def coalesce(self) -> None:
        """Make one change of all those of one path that were never handed out."""
        with self._lock, transaction(self._connection):
            for statement in (REBASE, DROP_OVERTAKEN, DROP_IDLE):
                self._connection.execute(statement, (self._handed_out,))
            self.rows, self._bytes, _ = self._connection.execute(MEASURE).fetchone()


def _row(change: Change) -> tuple[object, ...]:
    return (*change[:6], (change.time - _EPOCH) // timedelta(microseconds=1), change.content)


def _change(row: tuple[int, str, bytes, str | None, str | None, int, int, bytes | None]) -> Change:
    return Change(*row[:6], _EPOCH + timedelta(microseconds=row[6]), row[7])
