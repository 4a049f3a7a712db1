"""What each consumer group remembers of its own work: how far it has come, and what it has handled."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from schemas.base import EventId, Topic
from schemas.errors import Fenced, HeadraceError
from streams.store.connection import Executor, array, arrays, count
from streams.store.write import Write

_ADOPT = """
insert into positions (group_name, topic, partition, epoch)
select $1, topic, $2, 1 from unnest($3::text[]) topic
on conflict (group_name, partition, topic) do update set epoch = positions.epoch + 1
returning topic, epoch, seq, entry_offset
"""

_ADVANCE = """
update positions set seq = greatest(positions.seq, step.seq),
    entry_offset = greatest(positions.entry_offset, step.entry_offset)
from unnest($2::text::text[], $3::text::int[], $4::text::bigint[], $5::text::bigint[], $6::text::bigint[])
    as step (topic, partition, epoch, seq, entry_offset)
where group_name = $1 and positions.topic = step.topic and positions.partition = step.partition
    and positions.epoch = step.epoch
"""

_DONE = "select group_name, sum(entry_offset)::bigint as done from positions group by group_name"

_NOTE = """
insert into handled (event_id, group_name, seq, derived)
select event_id, $1, seq, coalesce(derived, '')
from unnest($2::text::uuid[], $3::text::bigint[], string_to_array($4, E'\\x1e')) as row (event_id, seq, derived)
on conflict do nothing
"""

_DERIVED = """
select event_id::text as event, group_name as "group", seq, derived from handled
where derived <> '' and (group_name, seq, event_id) > ($1::text, $2::bigint, $3::text::uuid)
order by group_name, seq, event_id limit 2000
"""

_FIND = "select event_id::text, derived from handled where group_name = $1 and event_id = any($2::text::uuid[])"

_TIMES = """
select event_id::text, group_name, at from handled where event_id = any($1::text::uuid[]) and at is not null
"""

_SEPARATOR = "\x1e"  # JSON escapes it where it is meant


class AlreadyHandled(HeadraceError):
    """The group has handled one of these events before: nothing of it may be kept."""


class Position(NamedTuple):
    """The last entry of a stream that a group has dealt with, and the epoch of who may deal with the next."""

    epoch: int
    seq: int
    offset: int


class Step(NamedTuple):
    """A group's advance in one stream."""

    topic: Topic
    partition: int
    epoch: int
    seq: int
    offset: int


class Note(NamedTuple):
    """That a group has handled an event, with what it derived from it, as JSON lines."""

    event: EventId
    seq: int
    derived: str


class Derived(NamedTuple):
    """What a group has derived from an event, as JSON lines."""

    event: EventId
    group: str
    seq: int
    derived: str


class Positions:
    """The `positions` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def adopt(self, group: str, partition: int, topics: Sequence[Topic]) -> dict[Topic, Position]:
        """Become the only one who may advance `group` in this partition; say how far it had come."""
        rows = await self._db.fetch(_ADOPT, group, partition, list(topics))
        return {row["topic"]: Position(row["epoch"], row["seq"], row["entry_offset"]) for row in rows}

    @staticmethod
    def advance(group: str, steps: Sequence[Step]) -> Write:
        """Move on. Goes together with all that the group writes: Fenced where another has adopted a partition since."""
        fenced = Fenced(f"{group} lost a partition to another process")
        return Write(_ADVANCE, (group, *arrays(steps, 5)), len(steps), fenced)

    async def all(self) -> dict[tuple[str, Topic, int], Position]:
        """How far every group has come in every stream."""
        rows = await self._db.fetch("select * from positions")
        return {
            (row["group_name"], row["topic"], row["partition"]): Position(row["epoch"], row["seq"], row["entry_offset"])
            for row in rows
        }

    async def done(self) -> dict[str, int]:
        """How many events each group has dealt with, in all its streams."""
        rows = await self._db.fetch(_DONE)
        return {row["group_name"]: row["done"] for row in rows}


FORGET = """
delete from handled where ctid = any(array(
    select old.ctid from (select distinct group_name from positions) known
    cross join lateral (
        select ctid from handled where group_name = known.group_name and seq < $1 order by seq limit $2
    ) old
))
"""


class Handled:
    """The `handled` table: inbox and outbox in one row."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def find(self, group: str, events: Iterable[EventId]) -> dict[EventId, str]:
        """Which of `events` the group has handled, with what it derived from them (JSON lines)."""
        rows = await self._db.fetch(_FIND, group, array(events))
        return {row["event_id"]: row["derived"] for row in rows}

    async def times(self, events: Iterable[EventId]) -> dict[tuple[EventId, str], datetime]:
        """When the groups were done with these events, by event and group, as far as that is remembered."""
        rows = await self._db.fetch(_TIMES, array(events))
        return {(EventId(row["event_id"]), row["group_name"]): row["at"] for row in rows}

    @staticmethod
    def note(group: str, notes: Sequence[Note]) -> Write:
        """Remember events as handled. Goes together with the effects: AlreadyHandled where one of them was."""
        ids, seqs, derived = zip(*notes, strict=True)
        values = group, array(ids), array(seqs), _SEPARATOR.join(derived)
        return Write(_NOTE, values, len(notes), AlreadyHandled(f"{group} has handled some of these events"))

    async def derived(self) -> AsyncIterator[list[Derived]]:
        """All that is remembered of what was derived, page by page: each group's in the order of its events."""
        last = Derived(EventId("00000000-0000-0000-0000-000000000000"), "", 0, "")
        while page := [Derived(*row) for row in await self._db.fetch(_DERIVED, last.group, last.seq, last.event)]:
            yield page
            last = page[-1]

    async def forget(self, before: int, limit: int) -> int:
        """Drop what was handled before the event number `before`, at most `limit` rows of each group; how many went."""
        return count(await self._db.execute(FORGET, before, limit))

    async def forget_some(self, group: str, first: int, end: int, step: int) -> None:
        """Drop what `group` has handled of the event numbers `first`, `first + step` and so on, to before `end`."""
        query = """
            delete from handled
            where group_name = $1 and seq >= $2 and seq < $3 and (seq - $2) % $4 = 0
        """
        await self._db.execute(query, group, first, end, step)
