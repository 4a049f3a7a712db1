"""What we have published and the archive has not yet: to be published again where Redis loses it."""

from collections.abc import AsyncIterator, Sequence

from streams.appender import Message
from streams.store.connection import Executor, arrays, count

_ADD = """
insert into outbox (id, topic, partition, seq, event)
select * from unnest($1::text::uuid[], $2::text::text[], $3::text::int[], $4::text::bigint[], $5::bytea[])
on conflict do nothing
"""

_PAGE = """
select turn, id::text, topic, partition, event from outbox
where turn > $1 and ($2 or seq is null) order by turn limit 500
"""


class Outbox:
    """The `outbox` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def add(self, messages: Sequence[Message], seqs: Sequence[int | None]) -> None:
        """Keep events until they are archived, with their numbers in the log (None: not published yet). Raises Away."""
        rows = [(one.id, one.topic, one.partition, seq) for one, seq in zip(messages, seqs, strict=True)]
        await self._db.execute(_ADD, *arrays(rows, 4), [message.raw for message in messages])

    async def clear(self) -> int:
        """Forget what is archived; how many went."""
        return count(await self._db.execute("delete from outbox using events where events.id = outbox.id"))

    async def all(self, *, published: bool) -> AsyncIterator[list[Message]]:
        """What is kept, page by page, in its order: what was `published` once, too, or only what never was."""
        turn = 0
        while page := await self._db.fetch(_PAGE, turn, published):
            yield [Message(row["topic"], row["partition"], row["id"], row["event"]) for row in page]
            turn = page[-1]["turn"]
