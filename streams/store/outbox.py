"""What we have published and the archive has not yet: to be published again where Redis loses it."""

from collections.abc import AsyncIterator, Sequence

from streams.appender import Message
from streams.store.connection import Executor, array, arrays, count
from streams.store.write import Write

_ADD = """
insert into outbox (id, topic, partition, seq, event)
select * from unnest($1::text::uuid[], $2::text::text[], $3::text::int[], $4::text::bigint[], $5::bytea[])
on conflict do nothing
"""

_PAGE = """
select turn, id::text, topic, partition, event from outbox
where turn > $1 and seq is null order by turn limit 500
"""

_NUMBER = """
update outbox set seq = row.seq from unnest($1::text::uuid[], $2::text::bigint[]) as row (id, seq)
where outbox.id = row.id
"""

# Each chain is archived without a gap, so its last number tells. Piece by piece: what is begun while a server dies
# again and again must come to an end.
CLEAR = """
delete from outbox where ctid = any(array(
    select old.ctid from chains c
    cross join lateral (
        select ctid from outbox where topic = c.topic and partition = c.partition and seq <= c.seq limit $1
    ) old
    limit $1
))
"""

PIECE = 5_000
"""Rows that one statement removes."""


class Outbox:
    """The `outbox` table. A row without a number is not in the log, as far as is known."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def add(self, messages: Sequence[Message], seqs: Sequence[int | None]) -> None:
        """Keep events until they are archived, with their numbers in the log (None: not published yet). Raises Away."""
        rows = [(one.id, one.topic, one.partition, seq) for one, seq in zip(messages, seqs, strict=True)]
        await self._db.execute(_ADD, *arrays(rows, 4), [message.raw for message in messages])

    async def clear(self) -> int:
        """Forget what is archived; how many went."""
        gone = 0
        while removed := count(await self._db.execute(CLEAR, PIECE)):
            gone += removed
        return gone

    @staticmethod
    def lose() -> Write:
        """Redis is another one than it was: nothing is known to be in the log."""
        return Write("update outbox set seq = null where seq is not null", ())

    async def unpublished(self) -> AsyncIterator[list[Message]]:
        """What is not known to be in the log, page by page, in its order."""
        turn = 0
        while page := await self._db.fetch(_PAGE, turn):
            yield [Message(row["topic"], row["partition"], row["id"], row["event"]) for row in page]
            turn = page[-1]["turn"]

    async def number(self, messages: Sequence[Message], seqs: Sequence[int]) -> None:
        """These are in the log now, under these numbers."""
        await self._db.execute(_NUMBER, array(message.id for message in messages), array(seqs))

    async def forget(self, ids: Sequence[str]) -> None:
        """These are archived."""
        await self._db.execute("delete from outbox where id = any($1::text::uuid[])", array(ids))
