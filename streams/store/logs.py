"""Which log this is, and what is known of it whatever becomes of Redis."""

from datetime import datetime
from typing import NamedTuple

from schemas.base import EventId
from streams.entry import Stream
from streams.store.connection import Executor, arrays
from streams.store.write import Write

_LAST_SEQ = """
select greatest(
    (select max(seq) from positions), (select max(seq) from chains), (select max(seq) from outbox),
    (select max(settled) from logs), 0
)
"""

_REWIND = """
update positions set entry_offset = least(positions.entry_offset, row.entry_offset),
    seq = case when positions.entry_offset > row.entry_offset then row.seq else positions.seq end
from unnest($1::text::text[], $2::text::int[], $3::text::bigint[], $4::text::bigint[])
    as row (topic, partition, seq, entry_offset)
where positions.topic = row.topic and positions.partition = row.partition
"""


class LogRecord(NamedTuple):
    """One time that the log was begun, or recovered: its id, and up to which number nothing more will be archived."""

    number: int
    id: EventId
    partitions: int
    settled: int


class Logs:
    """The `logs` table: one log's recoveries."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def last(self) -> LogRecord | None:
        """What was last recorded."""
        row = await self._db.fetchrow(
            "select number, id::text, partitions, settled from logs order by number desc limit 1"
        )
        return LogRecord(*row) if row else None

    @staticmethod
    def record(record: LogRecord, why: str, at: datetime) -> Write:
        """The log was begun, or recovered. Doing it again is harmless."""
        return Write(
            "insert into logs (number, id, partitions, settled, why, created_at)"
            " select $1::int, $2::text::uuid, $3::int, $4::bigint, $5::text, $6::timestamptz on conflict do nothing",
            (*record, why, at),
        )

    async def settled(self) -> int:
        """Numbers up to this one that are neither archived nor in the streams will never be."""
        return await self._db.fetchval("select max(settled) from logs") or 0

    async def last_seq(self) -> int:
        """The highest number of an event that PostgreSQL knows of."""
        number: int = await self._db.fetchval(_LAST_SEQ)
        return number

    async def shut_out(self) -> None:
        """Let no worker write before it has asked again how far its group is, nor ask before this transaction ends."""
        await self._db.execute("update positions set epoch = epoch + 1")

    @staticmethod
    def rewind(ends: dict[Stream, tuple[int, int]]) -> Write:
        """Let no group be further than the (seq, offset) where each stream ends."""
        return Write(_REWIND, tuple(arrays([(*stream, *end) for stream, end in ends.items()], 4)))
