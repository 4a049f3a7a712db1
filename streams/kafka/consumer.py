"""Work for one consumer group on Kafka: as `streams.consumer` does on Redis, with Faust to bring the entries.

What was taken from Faust stays in our hands until it is handled, what follows from it is on the brokers, or its
partition belongs to somebody else. Whatever breaks is mended by owning all partitions anew and handling it again.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

from loguru import logger

from schemas.base import EventId, now
from schemas.envelope import Envelope, Event
from schemas.errors import Away, Misconfigured
from schemas.events import encode
from schemas.settings import Settings
from streams.appender import Message
from streams.entry import Entry, Stream
from streams.handler import Handler
from streams.kafka.assignment import Assignment, Astray
from streams.kafka.naming import Numbers
from streams.kafka.publisher import Publisher
from streams.kafka.source import Record, Source
from streams.letters import tell
from streams.patience import Patience
from streams.processor import Means, Processor
from streams.store import Store
from streams.store.suspects import Suspects
from streams.watchdog import Watchdog


class Guard(NamedTuple):
    """What keeps the handlers of one process from harm, and the process's name among all."""

    watchdog: Watchdog
    token: str


class Consumer:
    """One group in one process."""

    def __init__(
        self, handler: Handler, store: Store, source: Source, publisher: Publisher, settings: Settings, guard: Guard
    ) -> None:
        self.group = handler.name
        self.handled = 0
        self._remembers = handler.once == "event"
        self._store = store
        self._source = source
        self._publisher = publisher
        self._settings = settings
        self._suspects = Suspects(store.db, handler.name, guard.token)
        self._assignment = Assignment(handler, store)
        means = Means(self._assignment, self._suspects, self._suspects, guard.watchdog, self._tell)
        self._processor = Processor(handler, store, means, settings)
        self._patience = Patience(handler.name, settings)
        self._hand: list[Record] = []
        self._generation: int | None = None  # the last one that we have seen since we joined
        self._adopted: int | None = None  # the one whose streams are ours by the store's account
        self._fresh = True  # nothing of an earlier generation can come
        self._settled: dict[Stream, int] = {}  # the last offsets dealt with, published what follows, in this generation
        self._pruned: dict[Stream, int] = {}
        self._shared_out = 0.0  # when the group was last seen to have shared out its partitions
        self._next_tick = 0.0
        self._next_pruning = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, through whatever happens; then leave the group.

        Raises:
            Misconfigured: only a person can mend it.
        """
        try:
            while not stop.is_set():
                try:
                    await self._turn()
                    self._patience.renew()
                except Misconfigured:
                    raise
                except Exception as error:  # noqa: BLE001 - a worker outlives every error: what it was doing is redone
                    self._adopted = None
                    await self._patience.bear(error, stop)
        finally:
            await self._leave()

    async def _turn(self) -> None:
        if not self._source.lives:
            await self._join()
        if monotonic() >= self._next_tick and self._adopted is not None:
            self._next_tick = monotonic() + self._settings.tick_ms / 1000
            await self._source.commit(self._settled)
            await self._retry_held()
            await self._prune()
        self._hand = self._hand or await self._source.take(self._settings.batch, self._settings.tick_ms / 1000)
        if await self._is_adopted():
            await self._handle([record.entry for record in self._hand if record.generation == self._adopted])
            self._hand = []

    async def _join(self) -> None:
        await self._source.close()
        self._hand = []
        self._adopted = self._generation = None
        await self._publisher.check()
        await self._source.open()
        self._shared_out = monotonic()

    async def _is_adopted(self) -> bool:
        """See to it that what is assigned to us is ours. Not so as long as the group shares out its partitions."""
        while (generation := self._source.generation) is not None:
            self._shared_out = monotonic()
            if generation == self._adopted:
                return True
            await self._adopt(generation)
        if monotonic() > self._shared_out + self._source.patience:
            await self._source.close()
            raise Away("Kafka does not share out the partitions: joining the group anew")
        await asyncio.sleep(self._settings.tick_ms / 1000)
        return False

    async def _adopt(self, generation: int) -> None:
        if generation != self._generation:
            self._fresh = self._generation is None
            self._generation, self._settled = generation, {}
        settled = {stream: offset + 1 for stream, offset in self._settled.items()}
        await self._assignment.adopt(self._source.begins | settled)
        if ahead := self._assignment.ahead():
            await self._source.commit(ahead)
            await self._source.close()
            raise Astray(f"Kafka is ahead of the store in {len(ahead)} streams: reading again")
        self._adopted = generation

    async def _handle(self, entries: Sequence[Entry]) -> None:
        try:
            mine = self._assignment.in_turn(entries, fresh=self._fresh)
        except Astray:
            await self._source.close()
            raise
        fresh = [entry for entry in mine if not self._assignment.known(entry)]
        messages = await self._processor.recall([entry for entry in mine if self._assignment.known(entry)])
        warily = await self._suspects.begin(fresh)
        work = self._processor
        messages += await (work.process_warily(fresh) if warily else work.process(fresh, news=True))
        await self._publisher.publish(messages)
        self._settled.update((e.stream, e.place.offset) for e in entries if self._assignment.owns(e.stream))
        self.handled += len(mine)

    async def _retry_held(self) -> None:
        partitions = self._assignment.partitions
        for held in await self._store.held.due(self.group, partitions, now(), self._settings.batch):
            if self._assignment.owns(held.place.stream) and (messages := await self._processor.retry(held)):
                await self._publisher.publish(messages)
                await self._processor.release(held)
        await self._assignment.refresh_blocked(partitions)

    async def _tell(self, letter: EventId) -> None:
        await tell(self._publish_events, self._store, [letter])

    async def _publish_events(self, events: Sequence[Envelope[Event]]) -> None:
        """Kafka finds each one's partition by its key."""
        await self._publisher.publish([Message(event.data.topic, 0, event.id, encode(event)) for event in events])

    async def _prune(self) -> None:
        """Forget what was handled long before; tell of dead letters what others have left untold."""
        if monotonic() < self._next_pruning:
            return
        self._next_pruning = monotonic() + self._settings.trim_ms / 1000
        await tell(self._publish_events, self._store)
        if not self._remembers:
            return
        for stream, offset in self._settled.items():
            end = offset - self._settings.handled_keep
            if end > self._pruned.get(stream, 1):
                numbers = Numbers.of(stream, self._pruned.get(stream, 1), end)
                await self._store.handled.forget_some(self.group, *numbers)
                self._pruned[stream] = end

    async def _leave(self) -> None:
        try:
            if self._source.lives and self._adopted is not None:
                await self._source.commit(self._settled)
        except Away as error:
            logger.debug("{}: who comes next must ask again what was done: {}", self.group, error)
        finally:
            await self._source.close()
            await self._publisher.close()
