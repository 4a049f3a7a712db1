"""What to do when Redis comes back: see whether it lost something, and make it whole from what PostgreSQL knows.

A Redis process that was started since it was last looked at may be older than the log (a fail-over that lost the last
second, a backup) or empty. Until it is checked it takes no events: `publish.lua` sees to that. It has lost something if
it belongs to no log any more, or has given out fewer numbers than PostgreSQL has seen. Then

- the numbers go on where nobody has seen one yet, and each stream where the archive or what is left of it ends;
- no group is further than the archive: what is left of the streams is read again, and no worker may write who thinks
  that it is further;
- what groups have derived, and the archive does not have, is published again, from the record of what they handled;
- what we have published ourselves, and the archive does not have, is published again, from the outbox.

What is published again has the id it had, so it has its effects once. What a group has still to read and the streams
do not hold, it reads from the archive: see `Consumer`.
"""

from collections.abc import AsyncIterator
from typing import Literal

from loguru import logger

from schemas.base import TOPICS, derived_id, new_id, now
from schemas.envelope import Envelope, Event, Origin, root
from schemas.errors import Misconfigured
from schemas.events import decode, decode_body, derive
from schemas.operations import LogRecovered, system
from streams.appender import Appender, Message
from streams.line import Pooled
from streams.log import Log
from streams.store import Store
from streams.store.chains import End
from streams.store.logs import LogRecord

RECOVERING = "recovering "
"""What stands before the run id of a server that takes events from nobody but us."""

_NO_LIMIT = 2**53


class Recovery:
    """Checks the Redis of a log, for anybody who works with it."""

    def __init__(self, log: Log, store: Store) -> None:
        self._log = log
        self._store = store
        settings = log.settings.model_copy(update={"high_water": _NO_LIMIT})
        self._appender = Appender(Pooled(log.redis), settings, RECOVERING)

    async def check(self) -> None:
        """Make sure that Redis has the whole log. Costs one round trip where it was checked before.

        Raises:
            Misconfigured: it holds the log of another database.
            Away: Redis or PostgreSQL cannot be reached.
        """
        if await self._log.is_admitted():
            return
        async with self._store.alone("log") as store:
            if not await self._log.is_admitted():
                await self._check(store)

    async def _check(self, store: Store) -> None:
        record, id_ = await store.logs.last(), await self._log.id()
        if id_ is not None and (record is None or record.id != id_):
            raise Misconfigured(
                "Redis holds the log of another database",
                "set HEADRACE_PREFIX or HEADRACE_REDIS_URL to this one's own, or HEADRACE_POSTGRES_URL to the other's",
            )
        known = await store.logs.last_seq()
        lost = await self._log.last_seq() < known or (id_ is None and record is not None and known > 0)
        if record is None:
            record = LogRecord(1, new_id(), self._log.partitions, 0)
            await store.commit(store.logs.record(record, "begun", now()))
        if lost:
            await self._recover(record, store)
        await self._open(record.id, store)

    async def _recover(self, record: LogRecord, store: Store) -> None:
        left = await self._log.last_seq()
        found: Literal["older", "empty"] = "older" if left else "empty"
        logger.warning("Redis is {}: the log is recovered", "older than the log" if left else "empty")
        await self._log.forget_id()
        async with store.transaction():
            await store.logs.shut_out()
            record = record._replace(number=record.number + 1, settled=max(await store.logs.last_seq(), left))
            await self._restore(record, found, store)
        republished = await self._publish_derived(store)
        body = LogRecovered(found=found, settled=record.settled, republished=republished)
        await store.outbox.add([self._log.message(_told(body, record))], [None])

    async def _restore(self, record: LogRecord, found: str, store: Store) -> None:
        streams = [(topic, partition) for topic in TOPICS for partition in range(record.partitions)]
        archived = await store.chains.all()
        ends = {stream: (end.seq, end.offset) for stream in streams if (end := archived.get(stream, End()))}
        await store.commit(store.logs.rewind(ends), store.logs.record(record, found, now()), store.outbox.lose())
        tails = await self._log.tails(streams)
        offsets = {stream: max(tails[stream], ends[stream][1]) for stream in streams}
        await self._log.restore(record, offsets, await store.positions.all())

    async def _open(self, id_: str, store: Store) -> None:
        """Publish what nobody may have, then let everybody publish."""
        await self._log.admit(RECOVERING)
        async for messages in store.outbox.unpublished():
            known = await store.events.known([message.id for message in messages])
            lost = [message for message in messages if message.id not in known]
            places = await self._appender.publish(lost)
            await store.outbox.number(lost, [place.seq for place in places])
            await store.outbox.forget(list(known))
        await self._log.set_id(id_)
        await self._log.admit()

    async def _publish_derived(self, store: Store) -> int:
        """What groups have derived from archived events and the archive does not have; how many events."""
        await self._log.admit(RECOVERING)
        number = 0
        async for messages in self._lost_derived(store):
            await self._appender.append(messages)
            number += len(messages)
        return number

    async def _lost_derived(self, store: Store) -> AsyncIterator[list[Message]]:
        async for page in store.handled.derived():
            ids = {
                derived_id(note.event, f"{note.group}:{place}"): (note, place)
                for note in page
                for place in range(note.derived.count("\n") + 1)
            }
            known = await store.events.known(ids)
            lost = {id_: found for id_, found in ids.items() if id_ not in known}
            causes = await store.events.get_many({note.event for note, _ in lost.values()})
            yield [
                self._log.message(
                    derive(decode(raw.encode()), note.group, place, decode_body(note.derived.splitlines()[place]))
                )
                for note, place in lost.values()
                if (raw := causes.get(note.event))
            ]


def _told(body: LogRecovered, record: LogRecord) -> Envelope[Event]:
    origin = Origin("headrace", "headrace/recovery", now())
    return root(body, system("log"), origin, derived_id(record.id, f"recovered:{record.number}"))
