"""Signed statements of where the archive's chains ended."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import NamedTuple

from schemas.errors import Overtaken
from streams.entry import Stream
from streams.store.connection import Executor, arrays
from streams.store.write import Write

_ADD = """
insert into checkpoints select $1::bigint, $2::text, $3::bytea, $4::timestamptz on conflict do nothing
"""

_SIGNED = """
update chains set signed = row.signed
from unnest($1::text::text[], $2::text::int[], $3::text::bigint[]) as row (topic, partition, signed)
where chains.topic = row.topic and chains.partition = row.partition
"""

_PAGE = "select * from checkpoints where number > $1 order by number limit 1000"


class Checkpoint(NamedTuple):
    """A statement, the very bytes of which are signed."""

    number: int
    statement: str
    signature: bytes
    created_at: datetime


class Checkpoints:
    """The `checkpoints` table, and what the last of them said of each chain."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def last(self) -> Checkpoint | None:
        """The newest one."""
        row = await self._db.fetchrow("select * from checkpoints order by number desc limit 1")
        return Checkpoint(*row) if row else None

    async def stated(self) -> dict[Stream, int]:
        """The last offset of each chain that is signed."""
        rows = await self._db.fetch("select topic, partition, signed from chains where signed > 0")
        return {(row["topic"], row["partition"]): row["signed"] for row in rows}

    @staticmethod
    def add(checkpoint: Checkpoint, signed: Mapping[Stream, int]) -> list[Write]:
        """Keep one: Overtaken where another process has made this one."""
        rows = [(*stream, offset) for stream, offset in signed.items()]
        made = Overtaken("another process has made this checkpoint")
        return [Write(_ADD, checkpoint, 1, made), Write(_SIGNED, tuple(arrays(rows, 3)))]

    async def all(self) -> AsyncIterator[Checkpoint]:
        """All, from the first."""
        last = 0
        while page := await self._db.fetch(_PAGE, last):
            for row in page:
                yield Checkpoint(*row)
            last = page[-1]["number"]
