"""Documents, their versions and where their heads stand: the state that everybody asks for."""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.base import Document, EventId
from schemas.errors import Retry
from streams.store.connection import Executor, array, arrays

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

_SAVE = """
with saved as (
    select * from unnest($1::text::uuid[], $2::text::text[], $3::text::text[], $4::text::text[], $5::text::int[],
        $6::text::int[], $7::text::int[], $8::text::timestamptz[], $9::text::int[], $10::text::int[])
        as row (id, project, domain, path, head, versions, moves, at, had_versions, had_moves)
), added as (
    insert into documents (id, project, domain, path, head, versions, moves, created_at, updated_at)
    select id, project, domain, path, head, versions, moves, at, at from saved where had_versions = 0
    returning id
), moved as (
    update documents d set head = saved.head, versions = saved.versions, moves = saved.moves, updated_at = saved.at
    from saved where d.id = saved.id and d.versions = had_versions and d.moves = had_moves and had_versions > 0
    returning d.id
), versions_added as (
    insert into versions (document, number, hash, size, reason, event_id, actor, created_at)
    select * from unnest($11::text::uuid[], $12::text::int[], $13::text::text[], $14::text::bigint[],
        $15::text::text[], $16::text::uuid[], $17::text::text[], $18::text::timestamptz[])
), moves_added as (
    insert into head_moves (document, move, number, reason, event_id, actor, created_at)
    select * from unnest($19::text::uuid[], $20::text::int[], $21::text::int[], $22::text::text[], $23::text::uuid[],
        $24::text::text[], $25::text::timestamptz[])
)
select (select count(*) from added) + (select count(*) from moved)
"""


class Head(NamedTuple):
    """A document's present: which version is current (null: none), and how many versions and moves it has had."""

    number: int | None = None
    hash: str | None = None
    versions: int = 0
    moves: int = 0


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
    """A document's new present, and the one that it was computed from."""

    document: Document
    head: Head
    was: Head
    at: str


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

    async def save(self, documents: list[Saved], versions: list[NewVersion], moves: list[NewMove]) -> None:
        """Keep new versions and moves, and move the heads by compare-and-swap.

        Raises:
            Retry: a document is not where it was; nothing may be kept of this transaction.
        """
        rows = [
            (
                saved.document.id,
                *saved.document,
                saved.head.number,
                saved.head.versions,
                saved.head.moves,
                saved.at,
                saved.was.versions,
                saved.was.moves,
            )
            for saved in documents
        ]  # fmt: skip - one row, in the order of its columns
        columns = *arrays(rows, 10), *arrays(versions, 8), *arrays(moves, 7)
        if await self._db.fetchval(_SAVE, *columns) != len(rows):
            raise Retry("a head was moved by somebody else meanwhile")
