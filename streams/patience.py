"""How a worker outlives every error: it says what went wrong, waits longer each time, and is told to go on."""

import asyncio

from loguru import logger

from schemas.errors import Away, Busy, Fenced
from schemas.settings import Settings
from streams.retry import Backoff, jittered

GROWTH = 1.25
"""A server that comes back is found by a fifth of the time later that it was away."""


class Patience:
    """One worker's failures in a row."""

    def __init__(self, who: str, settings: Settings) -> None:
        self._who = who
        base, cap = settings.retry_base_ms / 1000, settings.retry_cap_ms / 1000
        self._backoff = Backoff(base=base, cap=cap, growth=GROWTH)
        self.failures = 0

    def renew(self) -> None:
        """Something went well."""
        self.failures = 0

    def lose(self, error: Exception) -> float:
        """Say what went wrong; how many seconds to wait."""
        self.failures += 1
        seconds = jittered(self._backoff.delay(self.failures))
        expected = isinstance(error, Away | Busy | Fenced)
        log = logger.opt(exception=None if expected else error)
        log.log("WARNING" if expected else "ERROR", "{}: {}; again in {:.1f} s", self._who, error, seconds)
        return seconds

    @staticmethod
    async def wait(seconds: float, stop: asyncio.Event) -> None:
        """Wait, no longer than until `stop` is set."""
        try:
            await asyncio.wait_for(stop.wait(), seconds)
        except TimeoutError:
            return

    async def bear(self, error: Exception, stop: asyncio.Event) -> None:
        """Say what went wrong, and wait."""
        await self.wait(self.lose(error), stop)
