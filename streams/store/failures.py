"""Events that did not go well, held for another try in their key's order."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Self

from streams.entry import Entry, Place
from streams.store.connection import Executor, arrays
from streams.store.write import Write

_HOLD = """
insert into held (group_name, partition, key, seq, topic, entry_offset, event, attempts, due_at, error)
select $1, partition, key, seq, topic, entry_offset, event, attempts, $10, error
from unnest($2::text::int[], $3::text::text[], $4::text::bigint[], $5::text::text[], $6::text::bigint[],
    $7::text::int[], $8::text::text[], $9::bytea[])
    as row (partition, key, seq, topic, entry_offset, attempts, error, event)
on conflict (group_name, partition, key, seq)
"""

_ANEW = "do update set attempts = excluded.attempts, due_at = excluded.due_at, error = excluded.error"

_KEYS = "select distinct partition, key from held where group_name = $1 and partition = any($2::int[])"

_DUE = """
select * from (
    select distinct on (partition, key) * from held
    where group_name = $1 and partition = any($2::int[])
    order by partition, key, seq
) first where due_at <= $3 order by seq limit $4
"""

_RELEASE = "delete from held where group_name = $1 and partition = $2 and key = $3 and seq = $4"


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
        return _hold(group, events, due, _ANEW)

    @staticmethod
    def queue(group: str, events: Sequence[HeldEvent], due: datetime) -> Write:
        """The same for those that come behind a held event. Whoever waits already has been tried: it stays as it is."""
        return _hold(group, events, due, "do nothing")

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


def _hold(group: str, events: Sequence[HeldEvent], due: datetime, otherwise: str) -> Write:
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
    return Write(_HOLD + otherwise, (group, *arrays(rows, 7), [event.raw for event in events], due))
