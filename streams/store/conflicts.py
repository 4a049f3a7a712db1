"""Conflicts between a worker and the active version: the judge writes them, people are shown them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from asyncpg import Record

from schemas.base import EventId
from schemas.components import DOMAIN as COMPONENTS
from schemas.sync import Conflict, ConflictDetail
from streams.store.connection import Executor, array, arrays
from streams.store.write import Write

_FIELDS = (
    "id::text, document::text, project, path, worker, turn, hash, base, head, state,"
    " created_at, decided_at, decided_by, domain, why, said, merged"
)

_NEWEST = f"""
select {_FIELDS} from unnest($1::text::uuid[], $2::text::text[]) as asked (asked_document, asked_worker)
cross join lateral (
    select * from conflicts where document = asked_document and worker = asked_worker order by turn desc limit 1
) as newest
"""  # noqa: S608 - a constant

_BY_ID = f"select {_FIELDS} from conflicts where id = any($1::text::uuid[])"  # noqa: S608 - a constant

_ADD = """
insert into conflicts
    (id, document, project, path, worker, turn, hash, base, head, state,
    created_at, decided_at, decided_by, domain, why, said, merged)
select * from unnest($1::text::uuid[], $2::text::uuid[], $3::text::text[], $4::text::text[], $5::text::text[],
    $6::text::int[], $7::text::text[], $8::text::text[], $9::text::text[], $10::text::text[],
    $11::text::timestamptz[], $12::text::timestamptz[], $13::text::text[], $14::text::text[], $15::text::text[],
    $16::text::text[], $17::text::text[])
"""

_SETTLE = """
update conflicts set state = row.state, head = row.head, decided_at = row.decided_at, decided_by = row.decided_by,
    merged = row.merged
from unnest($1::text::uuid[], $2::text::text[], $3::text::text[], $4::text::timestamptz[], $5::text::text[],
    $6::text::text[]) as row (id, state, head, decided_at, decided_by, merged)
where conflicts.id = row.id
"""

# A pending conflict is shown against what is active now; where that is the worker's side by now, it is over.
_SHOWN = """
select c.id::text, c.path, c.worker, c.hash as local_hash, c.base as base_hash, c.created_at, c.decided_at,
    c.decided_by, c.why, c.said as said_hash, c.merged as merged_hash,
    case when c.state = 'pending' then v.hash else c.head end as server_hash,
    case when c.state = 'pending' and v.hash is not distinct from c.hash then 'upload' else c.state end as state
from conflicts c left join documents d on d.id = c.document
left join versions v on v.document = d.id and v.number = d.head
"""

_LIST = f"""
{_SHOWN} where c.project = $1 and (c.created_at, c.id) < ($2::text::timestamptz, $3::text::uuid)
    and ($4::text is null or c.worker = $4) and c.domain = $6
order by c.created_at desc, c.id desc limit $5
"""

_PENDING = f"""
{_SHOWN} where c.project = $1 and (c.created_at, c.id) < ($2::text::timestamptz, $3::text::uuid)
    and ($4::text is null or c.worker = $4) and c.state = 'pending' and v.hash is distinct from c.hash
    and c.domain = $6
order by c.created_at desc, c.id desc limit $5
"""

_ONE = f"""
select shown.*, mine.content as local_content, theirs.content as server_content, made.content as merged_content
from ({_SHOWN} where c.project = $1 and c.id = $2::text::uuid and c.domain = $3) as shown
left join blobs mine on mine.hash = local_hash left join blobs theirs on theirs.hash = server_hash
left join blobs made on made.hash = merged_hash
"""  # noqa: S608 - a constant

_OF_CLIENTS = f"""
{_SHOWN} where c.id in (
    select id from (
        select distinct on (worker, document) id from conflicts
        where project = $1 and worker = any($2::text::text[]) and domain = 'clients'
        order by worker, document, turn desc
    ) newest
)
order by c.created_at, c.id
"""  # noqa: S608 - a constant

_OF = f"""
{_SHOWN} where c.document = any($1::text::uuid[]) and c.worker = $2
order by c.turn desc
"""


class Asked(NamedTuple):
    """A row. `turn` counts those of one worker about one document from 1, for clocks may differ.

    `head`: the active version when the conflict arose, or when it was settled. `said`: what the worker's own file said;
    `merged`: what a person has made of both sides.
    """

    id: EventId
    document: str
    project: str
    path: str
    worker: str
    turn: int
    hash: str | None
    base: str | None
    head: str | None
    state: str
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    domain: str = COMPONENTS
    why: str = ""
    said: str | None = None
    merged: str | None = None


class Before(NamedTuple):
    """Where a page begins: behind the conflict with this time and id."""

    time: str = "infinity"
    id: str = "ffffffff-ffff-ffff-ffff-ffffffffffff"


class Conflicts:
    """The `conflicts` table. A row is settled once, or superseded by a newer one of the same worker."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def newest(self, asked: Sequence[tuple[str, str]]) -> list[Asked]:
        """The newest conflict of each pair of (document id, worker) that has one."""
        return [Asked(*row) for row in await self._db.fetch(_NEWEST, *arrays(asked, 2))]

    async def by_id(self, ids: Iterable[str]) -> list[Asked]:
        """These conflicts, as far as they exist."""
        return [Asked(*row) for row in await self._db.fetch(_BY_ID, array(ids))]

    @staticmethod
    def save(added: Sequence[Asked], settled: Sequence[Asked]) -> list[Write]:
        """Keep new conflicts, and what became of older ones."""
        new = [(*one[:10], one.created_at.isoformat(), *_decided(one), *one[13:]) for one in added]
        old = [(one.id, one.state, one.head, *_decided(one), one.merged) for one in settled]
        return [
            Write(sql, tuple(arrays(rows, width))) for sql, rows, width in ((_ADD, new, 17), (_SETTLE, old, 6)) if rows
        ]

    async def page(
        self, project: str, before: Before, limit: int, *, pending: bool, worker: str | None, domain: str = COMPONENTS
    ) -> list[Conflict]:
        """Conflicts of a domain, newest first: those that wait for a person, or all."""
        found = await self._db.fetch(_PENDING if pending else _LIST, project, *before, worker, limit, domain)
        return [_conflict(row) for row in found]

    async def of(self, documents: Iterable[str], worker: str) -> list[Conflict]:
        """All conflicts of a worker about these documents, newest first."""
        return [_conflict(row) for row in await self._db.fetch(_OF, array(documents), worker)]

    async def of_clients(self, project: str, workers: Iterable[str]) -> list[Conflict]:
        """The newest conflict of each of these clients about each element."""
        return [_conflict(row) for row in await self._db.fetch(_OF_CLIENTS, project, array(workers))]

    async def get(self, project: str, id_: str, domain: str = COMPONENTS) -> ConflictDetail | None:
        """One conflict with both sides."""
        row = await self._db.fetchrow(_ONE, project, id_, domain)
        if row is None:
            return None
        contents = {name: row[name] for name in ("local_content", "server_content", "merged_content")}
        texts = {name: None if content is None else content.decode() for name, content in contents.items()}
        return ConflictDetail(**_conflict(row).model_dump(), **texts)


def _decided(one: Asked) -> tuple[str | None, str | None]:
    return one.decided_at.isoformat() if one.decided_at else None, one.decided_by


def _conflict(row: Record) -> Conflict:
    return Conflict(
        id=row["id"],
        path=row["path"],
        worker=row["worker"],
        local_hash=row["local_hash"],
        server_hash=row["server_hash"],
        base_hash=row["base_hash"],
        diverged=row["server_hash"] != row["base_hash"],
        state=row["state"],
        created_at=row["created_at"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        why=row["why"],
        said_hash=row["said_hash"],
        merged_hash=row["merged_hash"],
    )
