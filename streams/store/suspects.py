"""Which event ends the processes that handle it: the notes of a group whose log is not in Redis (`streams.suspects`).

A batch is noted before it is begun. Who begins the same one as two processes before handles it one by one, and notes
each entry. A note counts processes, not tries: one that tries again tells of its failure itself.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from streams.entry import Entry, Place
from streams.retry import WARY
from streams.store.connection import Executor, arrays

_BEGIN = """
with begun as (
    insert into suspects (group_name, topic, partition, entry_offset, alone, begun, process)
    select $1, topic, partition, entry_offset, $6, 1, $2
    from unnest($3::text::text[], $4::text::int[], $5::text::bigint[]) as row (topic, partition, entry_offset)
    on conflict (group_name, topic, partition, entry_offset, alone) do update
    set begun = suspects.begun + (suspects.process <> excluded.process)::int, process = excluded.process
    returning begun
), gone as (
    delete from suspects using unnest($3::text::text[], $4::text::int[], $5::text::bigint[])
        as row (topic, partition, entry_offset)
    where group_name = $1 and suspects.topic = row.topic and suspects.partition = row.partition
        and suspects.entry_offset < row.entry_offset and not alone and not $6
)
select max(begun) as begun, exists(
    select from suspects join unnest($3::text::text[], $4::text::int[], $5::text::bigint[])
        as row (topic, partition, entry_offset) using (topic, partition)
    where group_name = $1 and alone and suspects.entry_offset >= row.entry_offset
) as noted from begun
"""

_END = """
delete from suspects where group_name = $1 and topic = $2 and partition = $3 and entry_offset = $4 and alone
"""


class Suspects:
    """The `suspects` table, for one group in one process."""

    def __init__(self, db: Executor, group: str, process: str) -> None:
        self._db = db
        self._group = group
        self._process = process

    async def begin(self, batch: Sequence[Entry]) -> bool:
        """Note that a batch is begun; whether it must be handled warily.

        That is so where too many processes have begun the same and not seen its end, or one of its entries alone.
        """
        first: dict[tuple[str, int], int] = {}
        for entry in batch:
            first.setdefault(entry.stream, entry.place.offset)
        if not first:
            return False
        row = await self._begin([(*stream, offset) for stream, offset in first.items()], alone=False)
        return bool(row["begun"] > WARY or row["noted"])

    async def _begin(self, rows: Sequence[tuple[str, int, int]], *, alone: bool) -> Any:
        return await self._db.fetchrow(_BEGIN, self._group, self._process, *arrays(rows, 3), alone)

    @asynccontextmanager
    async def at_hand(self, place: Place) -> AsyncIterator[int]:
        """Note that an entry is being handled; how many processes have begun that and not seen its end, with us."""
        topic, partition, _, offset = place
        row = await self._begin([(topic, partition, offset)], alone=True)
        yield int(row["begun"])
        await self._db.execute(_END, self._group, topic, partition, offset)
