"""Documents, their versions and where their heads stand: the state that everybody asks for."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from schemas.base import Document, EventId
from schemas.errors import Retry
from streams.store.connection import Executor, array, arrays
from streams.store.write import Write

_LOAD = """
select d.id::text, d.head, d.versions, d.moves, v.hash as head_hash
from documents d left join versions v on v.document = d.id and v.number = d.head
where d.id = any($1::text::uuid[])
"""

_NEWEST = """
select distinct on (document, hash) document::text, hash, number
from versions join unnest($1::text::uuid[], $2::text::text[]) as asked (document, hash) using (document, hash)
order by document, hash, number desc
"""

_STANDING = """
select project, domain, path, v.number, v.hash, v.size, v.actor, v.created_at, d.versions, d.updated_at
from documents d left join versions v on v.document = d.id and v.number = d.head
order by project, domain, path
"""

_ADD_DOCUMENTS = """
insert into documents (id, project, domain, path, head, versions, moves, created_at, updated_at)
select * from unnest($1::text::uuid[], $2::text::text[], $3::text::text[], $4::text::text[], $5::text::int[],
    $6::text::int[], $7::text::int[], $8::text::timestamptz[], $9::text::timestamptz[])
on conflict do nothing
"""

_MOVE_DOCUMENTS = """
update documents d set head = row.head, versions = row.versions, moves = row.moves,
    updated_at = greatest(d.updated_at, row.at)
from unnest($1::text::uuid[], $2::text::int[], $3::text::int[], $4::text::int[], $5::text::timestamptz[],
    $6::text::int[], $7::text::int[]) as row (id, head, versions, moves, at, had_versions, had_moves)
where d.id = row.id and d.versions = had_versions and d.moves = had_moves
"""

_ADD_VERSIONS = """
insert into versions (document, number, hash, size, reason, event_id, actor, created_at)
select * from unnest($1::text::uuid[], $2::text::int[], $3::text::text[], $4::text::bigint[], $5::text::text[],
    $6::text::uuid[], $7::text::text[], $8::text::timestamptz[])
"""

_ADD_MOVES = """
insert into head_moves (document, move, number, reason, event_id, actor, created_at)
select * from unnest($1::text::uuid[], $2::text::int[], $3::text::int[], $4::text::text[], $5::text::uuid[],
    $6::text::text[], $7::text::timestamptz[])
"""


class Head(NamedTuple):
    """A document's present: which version is current (null: none), and how many versions and moves it has had."""

    number: int | None = None
    hash: str | None = None
    versions: int = 0
    moves: int = 0


class Standing(NamedTuple):
    """A document as it stands: its active version, by whom and when; without one where it is removed."""

    project: str
    domain: str
    path: str
    number: int | None
    hash: str | None
    size: int | None
    actor: str | None
    created_at: datetime | None
    versions: int
    updated_at: datetime


class NewVersion(NamedTuple):
    """A row of `versions`."""

    document: str
    number: int
    hash: str
    size: int
    reason: str
    event_id: EventId
    actor: str
    created_at: str


class NewMove(NamedTuple):
    """A row of `head_moves`."""

    document: str
    move: int
    number: int | None
    reason: str
    event_id: EventId
    actor: str
    created_at: str


class Saved(NamedTuple):
    """A document's new present, and the one that it was computed from. `since`, `at`: of the first and newest event."""

    document: Document
    head: Head
    was: Head
    since: str
    at: str

    @property
    def place(self) -> tuple[int | None, int, int]:
        """What its row says of the present: (current version or null, number of versions, number of moves)."""
        return self.head.number, self.head.versions, self.head.moves


class Versions:
    """The `documents`, `versions` and `head_moves` tables. Versions and moves are only ever added."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def heads(self, documents: Iterable[str]) -> dict[str, Head]:
        """Where these documents stand, by id; those without a version are absent."""
        rows = await self._db.fetch(_LOAD, array(documents))
        return {row["id"]: Head(row["head"], row["head_hash"], row["versions"], row["moves"]) for row in rows}

    async def newest(self, asked: list[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """For pairs of (document id, hash): the number of the newest version with that hash."""
        if not asked:
            return {}
        rows = await self._db.fetch(_NEWEST, *arrays(asked, 2))
        return {(row["document"], row["hash"]): row["number"] for row in rows}

    async def standing(self) -> list[Standing]:
        """All documents."""
        return [Standing(*row) for row in await self._db.fetch(_STANDING)]

    @staticmethod
    def save(documents: Sequence[Saved], versions: Sequence[NewVersion], moves: Sequence[NewMove]) -> list[Write]:
        """Keep new versions and moves, and move heads by compare-and-swap: Retry where one is not where it was."""
        added = [
            (new.document.id, *new.document, *new.place, new.since, new.at) for new in documents if new.was == Head()
        ]
        moved = [
            (new.document.id, *new.place, new.at, new.was.versions, new.was.moves)
            for new in documents
            if new.was != Head()
        ]
        elsewhere = Retry("a head was moved by somebody else meanwhile")
        writes = [
            Write(_ADD_DOCUMENTS, tuple(arrays(added, 9)), len(added), elsewhere),
            Write(_MOVE_DOCUMENTS, tuple(arrays(moved, 7)), len(moved), elsewhere),
            Write(_ADD_VERSIONS, tuple(arrays(versions, 8)), len(versions)),
            Write(_ADD_MOVES, tuple(arrays(moves, 7)), len(moves)),
        ]
        return [write for write in writes if write.rows]
