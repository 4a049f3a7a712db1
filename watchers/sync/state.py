"""What a tree remembers between syncs, in `.headrace`: bases, questions that were asked, and what is still to be sent.

A file is written before its base is: whenever the process is killed, the next sync finds either both, or a file that
is the server's already. Nothing here says what lies in the tree: that is always read anew.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from schemas.base import EventId, new_id
from schemas.errors import Misconfigured
from schemas.sides import NEVER
from watchers.store import connect, transaction

FOLDER = ".headrace"
SCHEMA = """
CREATE TABLE IF NOT EXISTS bases (
    server TEXT NOT NULL,
    project TEXT NOT NULL,
    path TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (server, project, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS questions (
    server TEXT NOT NULL,
    project TEXT NOT NULL,
    path TEXT NOT NULL,
    local TEXT NOT NULL,
    head TEXT,
    id TEXT NOT NULL,
    PRIMARY KEY (server, project, path)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    project TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
);
"""
BASES = "SELECT path, hash FROM bases WHERE server = ? AND project = ?"
SET_BASE = "INSERT OR REPLACE INTO bases VALUES (?, ?, ?, ?)"
FIRST_BASE = "INSERT OR IGNORE INTO bases VALUES (?, ?, ?, ?)"
QUESTIONS = "SELECT path, local, head, id FROM questions WHERE server = ? AND project = ?"
SET_QUESTION = "INSERT OR REPLACE INTO questions VALUES (?, ?, ?, ?, ?, ?)"
DROP_QUESTION = "DELETE FROM questions WHERE server = ? AND project = ? AND path = ?"
WAITING = "SELECT number, kind, body FROM outbox WHERE server = ? AND project = ? ORDER BY number"
ADD = "INSERT INTO outbox (server, project, kind, body) VALUES (?, ?, ?, ?)"
DROP = "DELETE FROM outbox WHERE number = ?"


class Asked(NamedTuple):
    """A question that was put to the server, and about which two sides."""

    local: str
    head: str | None
    id: EventId


class Waiting(NamedTuple):
    """What is to be sent when the server is back."""

    number: int
    kind: str
    body: str


class State:
    """What is remembered about one project of one server. `path` null: nothing, and nothing is kept."""

    def __init__(self, path: Path | None, server: str, project: str) -> None:
        self._path = path
        self._whose = (server, project)
        self._connection = connect(path or Path(":memory:"))
        self._connection.execute("PRAGMA synchronous = FULL")  # a base that a power failure takes back undoes a file
        self._connection.executescript(SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._connection.close()

    def bases(self) -> dict[str, str]:
        """The hash of each component's last sync; NEVER where the server was given what it did not take."""
        return dict(self._connection.execute(BASES, self._whose).fetchall())

    def set_bases(self, bases: Mapping[str, str]) -> None:
        """These components are in sync, each with this hash: what was asked about them is over."""
        if bases:
            with transaction(self._connection):
                self._connection.executemany(SET_BASE, [(*self._whose, *base) for base in bases.items()])
                self._connection.executemany(DROP_QUESTION, [(*self._whose, path) for path in bases])

    def begin(self, paths: Iterable[str]) -> None:
        """The server is about to be given these: that it knows them will no longer mean that it had them before."""
        self._write(FIRST_BASE, ((*self._whose, path, NEVER) for path in paths))

    def questions(self) -> dict[str, Asked]:
        """What was asked and is not settled, by path."""
        return {path: Asked(*asked) for path, *asked in self._connection.execute(QUESTIONS, self._whose)}

    def ask(self, sides: Mapping[str, tuple[str, str | None]]) -> dict[str, Asked]:
        """A question about the two sides of each: the same until it is settled, or either moves."""
        old = self.questions()
        asked = {path: Asked(*two, new_id()) for path, two in sides.items()}
        asked |= {path: old[path] for path, two in sides.items() if path in old and old[path][:2] == two}
        self.set_questions(asked)
        return asked

    def set_questions(self, asked: Mapping[str, Asked]) -> None:
        """What was asked, as the server has it."""
        self._write(SET_QUESTION, ((*self._whose, path, *one) for path, one in asked.items()))

    def drop_questions(self, paths: Iterable[str]) -> None:
        """They are settled: what is asked next is a new question."""
        self._write(DROP_QUESTION, ((*self._whose, path) for path in paths))

    def waiting(self) -> list[Waiting]:
        """What is to be sent, in order."""
        return [Waiting(*row) for row in self._connection.execute(WAITING, self._whose)]

    def keep(self, things: Iterable[tuple[str, str]]) -> None:
        """Have these sent when the server is back: kind and body."""
        self._write(ADD, ((*self._whose, *thing) for thing in things))

    def drop(self, things: Iterable[Waiting]) -> None:
        """The server has these, or never will."""
        self._write(DROP, ((thing.number,) for thing in things))

    def _write(self, sql: str, rows: Iterable[tuple[object, ...]]) -> None:
        if some := list(rows):
            with transaction(self._connection):
                self._connection.executemany(sql, some)


def state_file(base: Path) -> Path:
    """Where a tree's state lies."""
    return base / FOLDER / "sync.db"


def unusable(base: Path, error: sqlite3.Error) -> Misconfigured:
    """What SQLite's complaint means to a person."""
    is_outside = isinstance(error, sqlite3.OperationalError)  # a full disk, a missing permission
    remedy = "see to the disk" if is_outside else "remove the file: nothing is overwritten before it is kept elsewhere"
    return Misconfigured(f"{state_file(base)} cannot be used: {error}", remedy)


def folder_of(base: Path) -> Path:
    """The folder of a tree's state; made where it is missing.

    Raises:
        Misconfigured: it cannot be made, or a link stands in its place.
    """
    folder = base / FOLDER
    try:
        with suppress(FileExistsError):
            folder.mkdir()
            folder.joinpath(".gitignore").write_text("*\n", encoding="utf-8")
        for name in (".", "sync.db", "sync.lock"):
            if folder.joinpath(name).is_symlink():
                raise Misconfigured(f"{folder / name} is a link", "remove it")
        folder.joinpath("sync.lock").touch()
    except OSError as error:
        raise Misconfigured(f"{folder} cannot be used: {error.strerror}", "see to its permissions") from error
    return folder
