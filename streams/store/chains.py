"""Where the archive's hash chains end: one for each stream."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from schemas.errors import Fenced
from streams.chain import GENESIS
from streams.entry import Stream
from streams.store.connection import Executor, arrays
from streams.store.write import Write

_LOAD = """
select asked.topic, asked.partition, entry_offset, seq, digest, time, made
from unnest($1::text::text[], $2::text::int[]) as asked (topic, partition)
left join chains using (topic, partition)
cross join (select count(make_events_month(month)) as made from unnest($3::timestamptz[]) month) months
"""

_BEGIN = """
insert into chains (topic, partition, entry_offset, seq, time, digest)
select * from unnest($1::text::text[], $2::text::int[], $3::text::bigint[], $4::text::bigint[],
    $5::text::timestamptz[], $6::bytea[])
on conflict do nothing
"""

_EXTEND = """
update chains set entry_offset = row.entry_offset, seq = row.seq, time = greatest(row.time, chains.time),
    digest = row.digest
from unnest($1::text::text[], $2::text::int[], $3::text::bigint[], $4::text::bigint[], $5::text::timestamptz[],
    $6::text::bigint[], $7::bytea[]) as row (topic, partition, entry_offset, seq, time, had_offset, digest)
where chains.topic = row.topic and chains.partition = row.partition and chains.entry_offset = had_offset
"""


class End(NamedTuple):
    """The last archived event of a stream; of an empty one, what stands before the first."""

    offset: int = 0
    seq: int = 0
    digest: bytes = GENESIS
    time: datetime | None = None


class Chains:
    """The `chains` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def load(self, streams: Iterable[Stream], months: Iterable[datetime] = ()) -> dict[Stream, End]:
        """Where these chains end. There is room for events of these months when it returns."""
        rows = await self._db.fetch(_LOAD, *arrays(list(streams), 2), list(months))
        return {
            (row["topic"], row["partition"]): End(row["entry_offset"], row["seq"], row["digest"], row["time"])
            if row["digest"]
            else End()
            for row in rows
        }

    @staticmethod
    def extend(had: Mapping[Stream, End], ends: Mapping[Stream, End]) -> list[Write]:
        """Let chains end elsewhere, where they still end as we had it. Goes together with the events between.

        `commit` raises Fenced where somebody else has gone on with one of them.
        """
        begun = {stream: end for stream, end in ends.items() if not had[stream].offset}
        longer = {stream: end for stream, end in ends.items() if had[stream].offset}
        elsewhere = Fenced("another process writes the archive")
        writes = [
            Write(
                _BEGIN, (*arrays([_row(*item) for item in begun.items()], 5), _digests(begun)), len(begun), elsewhere
            ),
            Write(
                _EXTEND,
                (
                    *arrays([(*_row(*item), had[item[0]].offset) for item in longer.items()], 6),
                    _digests(longer),
                ),
                len(longer),
                elsewhere,
            ),
        ]
        return [write for write in writes if write.rows]

    async def all(self) -> dict[Stream, End]:
        """Where all chains end."""
        rows = await self._db.fetch("select * from chains")
        return {
            (row["topic"], row["partition"]): End(row["entry_offset"], row["seq"], row["digest"], row["time"])
            for row in rows
        }


def _row(stream: Stream, end: End) -> tuple[str, int, int, int, str]:
    return *stream, end.offset, end.seq, end.time.isoformat() if end.time else "1970-01-01Z"


def _digests(ends: Mapping[Stream, End]) -> list[bytes]:
    return [end.digest for end in ends.values()]
