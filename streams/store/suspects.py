"""Which event ends the processes that handle it: the notes of a group whose log is not in Redis (`streams.suspects`).

A batch is noted before it is begun. Who begins the same one as two processes before handles it one by one, and notes
each entry. A note counts processes, not tries: one that tries again tells of its failure itself.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from streams.entry import Entry, Place
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
select max(begun) from begun
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

    async def begin(self, batch: Sequence[Entry]) -> int:
        """Note that a batch is begun; how many processes have begun the same and not seen its end, with us."""
        first: dict[tuple[str, int], int] = {}
        for entry in batch:
            first.setdefault(entry.stream, entry.place.offset)
        return await self._begin([(*stream, offset) for stream, offset in first.items()], alone=False) if batch else 0

    async def _begin(self, rows: Sequence[tuple[str, int, int]], *, alone: bool) -> int:
        return int(await self._db.fetchval(_BEGIN, self._group, self._process, *arrays(rows, 3), alone))

    @asynccontextmanager
    async def at_hand(self, place: Place) -> AsyncIterator[int]:
        """Note that an entry is being handled; how many processes have begun that and not seen its end, with us."""
        topic, partition, _, offset = place
        begun = await self._begin([(topic, partition, offset)], alone=True)
        yield begun
        await self._db.execute(_END, self._group, topic, partition, offset)
