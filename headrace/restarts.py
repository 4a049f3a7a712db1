"""Put into the log what `up` has brought back, as soon as the log can take it: it may be Redis itself that died."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from loguru import logger

from headrace.supervisor import Restart
from schemas.base import EventId, derived_id
from schemas.envelope import Envelope, Event, Origin, root
from schemas.operations import ServiceRestarted, system
from schemas.settings import Settings
from streams.connection import connect
from streams.log import Log
from streams.worker import patiently

MOST = 1000
"""Restarts kept while the log is away; the oldest are forgotten first."""

_RESTARTS = EventId("3c1b6f5e-92d4-5b7a-8a55-6de0c4f19b08")


class Restarts:
    """What is back, and not told yet."""

    def __init__(self) -> None:
        self._untold: deque[Restart] = deque(maxlen=MOST)
        self._some = asyncio.Event()

    def note(self, restart: Restart) -> None:
        """A service is back."""
        self._untold.append(restart)
        self._some.set()

    @asynccontextmanager
    async def told(self, redis_url: str, settings: Settings) -> AsyncIterator[None]:
        """Publish what is noted, in the background, while something else is done. What cannot be told is let go."""
        telling = asyncio.create_task(self._tell(redis_url, settings), name="restarts")
        try:
            yield
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    async def _tell(self, redis_url: str, settings: Settings) -> None:
        log = Log(connect(redis_url, settings.redis_timeout), settings)
        try:
            while True:
                await self._some.wait()
                await self._tell_all(log)
        finally:
            await log.close()

    async def _tell_all(self, log: Log) -> None:
        self._some.clear()
        while self._untold:
            event = _event(self._untold.popleft())
            try:
                await patiently(log.open, log.settings)
                await patiently(lambda event=event: log.publish([log.message(event)]), log.settings)  # type: ignore[misc]
            except Exception:  # noqa: BLE001 - supervision goes on, whatever becomes of its report
                logger.exception("could not tell of {}", event.subject)


def _event(restart: Restart) -> Envelope[Event]:
    """The same restart is the same event, however often it is published."""
    end, document = restart.end, system(f"services/{restart.service}")
    body = ServiceRestarted(service=restart.service, code=end.code, words=end.words)
    id_ = derived_id(_RESTARTS, f"{restart.service}/{restart.at.isoformat()}")
    return root(body, document, Origin("headrace up", "headrace/up", restart.at), id_)
