"""Events that did not go well: held for another try in their key's order, or buried until a person decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Self

from asyncpg import Record

from schemas.base import EventId
from schemas.errors import NotFound
from streams.entry import Entry, Place
from streams.store.connection import Executor, array, arrays
from streams.store.write import Write

_HOLD = """
insert into held (group_name, partition, key, seq, topic, entry_offset, event, attempts, due_at, error)
select $1, partition, key, seq, topic, entry_offset, event, attempts, $10, error
from unnest($2::text::int[], $3::text::text[], $4::text::bigint[], $5::text::text[], $6::text::bigint[],
    $7::text::int[], $8::text::text[], $9::bytea[])
    as row (partition, key, seq, topic, entry_offset, attempts, error, event)
on conflict (group_name, partition, key, seq) do update
    set attempts = excluded.attempts, due_at = excluded.due_at, error = excluded.error
"""

_KEYS = "select distinct partition, key from held where group_name = $1 and partition = any($2::int[])"

_DUE = """
select * from (
    select distinct on (partition, key) * from held
    where group_name = $1 and partition = any($2::int[])
    order by partition, key, seq
) first where due_at <= $3 order by seq limit $4
"""

_RELEASE = "delete from held where group_name = $1 and partition = $2 and key = $3 and seq = $4"

_BURY = """
insert into dead_letters (id, group_name, event_id, kind, project, subject, topic, partition, seq, entry_offset,
    event, attempts, error, traceback, buried_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
on conflict (id) do update
    set state = 'buried', attempts = excluded.attempts, error = excluded.error, traceback = excluded.traceback,
        buried_at = excluded.buried_at, decided_by = null, decided_at = null
"""

_DECIDE = "update dead_letters set state = $2, decided_by = $3, decided_at = $4 where id = $1 and state = 'buried'"

_LIST = """
select * from dead_letters
where state = 'buried' and ($1::text is null or group_name = $1) and seq < $2
order by seq desc limit $3
"""


class HeldEvent(NamedTuple):
    """An event that waits, with how often it was tried."""

    place: Place
    key: str
    raw: bytes
    attempts: int
    error: str

    @classmethod
    def of(cls, entry: Entry, attempts: int, error: str = "") -> Self:
        """An entry whose handling failed `attempts` times."""
        return cls(entry.place, entry.key, entry.raw, attempts, error)

    @property
    def entry(self) -> Entry:
        """It, as it was read."""
        return Entry(self.place.stream, self.place.entry_id.encode(), self.raw)


class DeadLetter(NamedTuple):
    """An event that a group gave up."""

    id: EventId
    group: str
    event_id: EventId | None
    kind: str
    project: str
    subject: str
    place: Place
    raw: bytes
    attempts: int
    error: str
    traceback: str
    buried_at: datetime


class Held:
    """The `held` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def keys(self, group: str, partitions: Sequence[int]) -> dict[int, set[str]]:
        """The keys that wait in each partition."""
        waiting: dict[int, set[str]] = {partition: set() for partition in partitions}
        for row in await self._db.fetch(_KEYS, group, list(partitions)):
            waiting[row["partition"]].add(row["key"])
        return waiting

    @staticmethod
    def hold(group: str, events: Sequence[HeldEvent], due: datetime) -> Write:
        """Let events wait until `due`; what follows them in their keys waits behind them."""
        rows = [
            (
                event.place.partition,
                event.key,
                event.place.seq,
                event.place.topic,
                event.place.offset,
                event.attempts,
                event.error,
            )
            for event in events
        ]  # fmt: skip - one row, in the order of its columns
        return Write(_HOLD, (group, *arrays(rows, 7), [event.raw for event in events], due))

    async def due(self, group: str, partitions: Sequence[int], at: datetime, limit: int) -> list[HeldEvent]:
        """The first event of each key whose time has come."""
        rows = await self._db.fetch(_DUE, group, list(partitions), at, limit)
        return [
            HeldEvent(
                Place(row["topic"], row["partition"], row["seq"], row["entry_offset"]),
                row["key"],
                row["event"],
                row["attempts"],
                row["error"],
            )  # fmt: skip - one row
            for row in rows
        ]

    @staticmethod
    def release(group: str, event: HeldEvent) -> Write:
        """It waits no longer."""
        return Write(_RELEASE, (group, event.place.partition, event.key, event.place.seq))

    async def count(self) -> dict[str, int]:
        """How many events wait, by group."""
        rows = await self._db.fetch("select group_name, count(*) as n from held group by group_name")
        return {row["group_name"]: row["n"] for row in rows}


class DeadLetters:
    """The `dead_letters` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def bury(letter: DeadLetter) -> Write:
        """Keep an event that was given up."""
        values = (
            letter.id,
            letter.group,
            letter.event_id,
            letter.kind,
            letter.project,
            letter.subject,
            letter.place.topic,
            letter.place.partition,
            letter.place.seq,
            letter.place.offset,
            letter.raw,
            letter.attempts,
            letter.error,
            letter.traceback,
            letter.buried_at,
        )  # fmt: skip - one row, in the order of its columns
        return Write(_BURY, values)

    async def waiting(self, group: str | None, before: int | None, limit: int) -> list[DeadLetter]:
        """What waits for a decision, newest first."""
        rows = await self._db.fetch(_LIST, group, before if before is not None else 2**62, limit)
        return [_letter(row) for row in rows]

    async def get(self, id_: EventId) -> DeadLetter | None:
        """One letter, whatever became of it."""
        row = await self._db.fetchrow("select * from dead_letters where id = $1", id_)
        return _letter(row) if row else None

    async def among(self, ids: Sequence[EventId]) -> dict[EventId, DeadLetter]:
        """Those of some letters that there are, whatever became of them."""
        rows = await self._db.fetch("select * from dead_letters where id = any($1::text::uuid[])", array(ids))
        return {letter.id: letter for letter in map(_letter, rows)}

    @staticmethod
    def decide(id_: EventId, state: Literal["retried", "dropped"], actor: str, at: datetime) -> Write:
        """Say what becomes of a buried letter: NotFound where it is not buried (any more)."""
        gone = NotFound(f"no dead letter {id_} waits for a decision")
        return Write(_DECIDE, (id_, state, actor, at), 1, gone)

    async def count(self) -> dict[str, int]:
        """How many letters wait for a decision, by group."""
        query = "select group_name, count(*) as n from dead_letters where state = 'buried' group by group_name"
        return {row["group_name"]: row["n"] for row in await self._db.fetch(query)}


def _letter(row: Record) -> DeadLetter:
    return DeadLetter(
        EventId(str(row["id"])),
        row["group_name"],
        EventId(str(row["event_id"])) if row["event_id"] else None,
        row["kind"],
        row["project"],
        row["subject"],
        Place(row["topic"], row["partition"], row["seq"], row["entry_offset"]),
        row["event"],
        row["attempts"],
        row["error"],
        row["traceback"],
        row["buried_at"],
    )
