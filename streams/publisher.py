"""Publish for many callers at once: while one batch is under way, the next one gathers."""

import asyncio

from loguru import logger

from schemas.envelope import Envelope, Event
from schemas.errors import Away, Unchecked
from streams.appender import Message
from streams.entry import Place
from streams.log import Log
from streams.recovery import Recovery
from streams.store import Store


class Publisher:
    """Batches what concurrent callers publish, without ever making one wait for company."""

    def __init__(self, log: Log, store: Store, recovery: Recovery) -> None:
        self._log = log
        self._store = store
        self._recovery = recovery
        self._waiting: list[tuple[Message, asyncio.Future[Place]]] = []
        self._sending: asyncio.Task[None] | None = None

    async def publish(self, events: list[Envelope[Event]]) -> list[Place]:
        """Append events to the log; where each stands. Raises Busy or Away: then they may be published again."""
        loop = asyncio.get_running_loop()
        places: list[asyncio.Future[Place]] = [loop.create_future() for _ in events]
        self._waiting += zip(map(self._log.message, events), places, strict=True)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())
        return list(await asyncio.gather(*places))

    async def _send(self) -> None:
        size = self._log.settings.batch
        while self._waiting:
            batch, self._waiting = self._waiting[:size], self._waiting[size:]
            try:
                places = await self._publish([message for message, _ in batch])
            except Exception as error:  # noqa: BLE001 - it is each caller's to handle
                _settle(batch, error)
            else:
                for (_, future), place in zip(batch, places, strict=True):
                    if not future.done():
                        future.set_result(place)
        self._sending = None

    async def _publish(self, messages: list[Message]) -> list[Place]:
        """Publish, and keep a copy outside Redis until the archive has one: then it may be promised."""
        try:
            places = await self._log.publish(messages)
        except Unchecked:
            await self._recovery.check()
            places = await self._log.publish(messages)
        await self._copy(messages, places)
        return places

    async def _copy(self, messages: list[Message], places: list[Place]) -> None:
        """Without PostgreSQL there is Redis alone: that is not worth refusing an event for."""
        try:
            await self._store.outbox.add(messages, [place.seq for place in places])
        except Away as error:
            logger.debug("no copy of {} events: {}", len(messages), error)


def _settle(batch: list[tuple[Message, asyncio.Future[Place]]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
