"""What Faust brings: the entries of the partitions that it assigns to this process, and when that changes.

The agent does nothing but hand messages over, so no exception can leave it; and Faust keeps no account of what is
acknowledged (`acks=False`), so that it cannot commit past what nobody has handled: version 0.15 does so after an
exception, and where it skips what is left of an earlier assignment. `commit` is called with what is truly done.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import faust
from faust.types import TP

from schemas.base import Topic
from schemas.errors import Away
from schemas.settings import Settings
from streams.entry import Entry, Stream
from streams.kafka.naming import Names, entry

PATIENCE = 3
"""Leases that joining a group or sharing out its partitions may take: those of the dead must run out first."""
FAREWELL = 10.0
"""Seconds that leaving it may take, and a commit."""
FOREVER = 10 * 24 * 3600.0
"""Seconds for which we may wait for PostgreSQL and still own what we own: who lives says so by heartbeats."""


class Record(NamedTuple):
    """An entry, and the generation of the group in which it was read."""

    entry: Entry
    generation: int


class _App(faust.App):
    async def on_first_start(self) -> None:
        """Nothing: Faust would make folders for tables, of which there are none."""


class Source:
    """One group's subscription."""

    def __init__(self, group: str, topics: Sequence[Topic], brokers: Sequence[str], settings: Settings) -> None:
        self._group = group
        self._topics = topics
        self._brokers = brokers
        self._settings = settings
        self._names = Names(settings.prefix)
        self._app: Any = None
        self._queue: asyncio.Queue[Record] = asyncio.Queue()

    @property
    def patience(self) -> float:
        """Seconds that joining the group or sharing out its partitions may take."""
        return PATIENCE * self._settings.lease_ms / 1000

    @property
    def lives(self) -> bool:
        """Whether it is open and nothing has gone wrong in Faust."""
        return self._app is not None and not self._app.should_stop

    @property
    def generation(self) -> int | None:
        """Counts how often the group has shared out its partitions; None while it does."""
        return None if self._app.rebalancing else int(self._app.consumer_generation_id)

    @property
    def begins(self) -> dict[Stream, int]:
        """The streams that are ours in this generation, and the offset at which each began; 0 where nobody knew."""
        consumer = self._app.consumer
        committed = consumer._committed_offset  # noqa: SLF001 - what `perform_seek` has just found
        return {self._names.stream(*tp): (committed.get(tp) or -1) + 1 for tp in consumer.assignment()}

    async def open(self) -> None:
        """Join the group. Raises Away."""
        await self.close()
        self._queue = asyncio.Queue(maxsize=4 * self._settings.batch)
        self._app = app = self._make_app()
        names = [self._names.topic(topic) for topic in self._topics]
        app.agent(app.topic(*names, key_type=bytes, value_type=bytes, acks=False))(self._hand_over)
        try:
            async with asyncio.timeout(self.patience):
                await app.start()
        except Exception as error:
            raise Away(
                f"Kafka is away: {error or type(error).__name__}", "it is tried again until it is back"
            ) from error
        if not self.lives:
            raise Away("Kafka went away", "it is tried again until it is back")

    def _make_app(self) -> _App:
        settings = self._settings
        return _App(
            self._names.group(self._group),
            broker=";".join(f"kafka://{broker}" for broker in self._brokers),
            broker_session_timeout=settings.lease_ms / 1000,
            broker_rebalance_timeout=settings.lease_ms / 1000,
            broker_heartbeat_interval=settings.renew_ms / 1000,
            broker_max_poll_interval=FOREVER,
            broker_max_poll_records=settings.batch,
            consumer_auto_offset_reset="earliest",
            key_serializer="raw",
            value_serializer="raw",
            store="memory://",
            stream_wait_empty=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            web_enabled=False,
        )

    async def _hand_over(self, stream: faust.StreamT[bytes]) -> None:
        """The agent."""
        async for event in stream.events():
            message = event.message
            found = entry(self._names.stream(*message.tp), message.offset, message.value)
            await self._queue.put(Record(found, message.generation_id))

    async def take(self, count: int, seconds: float) -> list[Record]:
        """Entries in the order of their streams; none where none come within some seconds."""
        try:
            async with asyncio.timeout(seconds):
                found = [await self._queue.get()]
        except TimeoutError:
            return []
        await asyncio.sleep(self._settings.linger_ms / 1000)
        while len(found) < count and not self._queue.empty():
            found.append(self._queue.get_nowait())
        return found

    async def commit(self, done: Mapping[Stream, int]) -> None:
        """Let the group begin behind these offsets of ours when it next shares out its partitions. Raises Away."""
        offsets = {TP(self._names.topic(topic), partition): offset for (topic, partition), offset in done.items()}
        offsets = {tp: offset for tp, offset in offsets.items() if tp in self._app.consumer.assignment()}
        if not offsets:
            return
        try:
            async with asyncio.timeout(FAREWELL):
                await self._app.consumer._commit(offsets)  # noqa: SLF001 - there is no other way to name offsets
        except TimeoutError as error:
            raise Away("Kafka takes no commit", "it is tried again until it does") from error

    async def close(self) -> None:
        """Leave the group."""
        app, self._app = self._app, None
        if app is not None:
            with suppress(Exception):  # what is broken cannot be closed well
                async with asyncio.timeout(FAREWELL):
                    await app.stop()
