"""How often somebody may ask, and how often a password may be wrong: counted in Redis, for all gateways together."""

import asyncio
from math import ceil

from loguru import logger

from schemas.errors import HeadraceError, RateLimited
from streams.connection import translated
from streams.line import Pooled
from streams.log import Log
from streams.lua import Script

FAILURES = 5
"""Wrong passwords of a user, or from an address, before the first wait."""

WINDOW_MS = 15 * 60 * 1000
"""After the last of them, how long they are remembered."""

FIRST_WAIT_MS, LONGEST_WAIT_MS = 60 * 1000, 15 * 60 * 1000
"""The wait doubles with each further failure."""

BURST_SECONDS = 10
"""What may be asked at once: as much as in so many seconds."""

_PATIENCE = 0.25
_BLIND_SECONDS = 1.0


class Limits:
    """Counters that all gateways share."""

    def __init__(self, log: Log) -> None:
        self._keys = log.keys
        self._rate = log.settings.rate_limit
        redis = Pooled(log.redis)
        self._admit, self._attempt, self._forgive = (Script(redis, name) for name in ("admit", "attempt", "forgive"))
        self._blind_until = 0.0

    async def admit(self, who: str) -> None:
        """Count a request. Where Redis does not answer at once, all pass: what it is needed for will fail anyway.

        Raises:
            RateLimited: there were too many.
        """
        clock = asyncio.get_running_loop().time
        if not self._rate or clock() < self._blind_until:
            return
        arguments = (1_000_000 // self._rate, BURST_SECONDS * 1_000_000)
        try:
            async with asyncio.timeout(_PATIENCE):
                with translated():
                    (wait,) = await self._admit.all([((self._keys.rate(who),), arguments)])
        except (HeadraceError, TimeoutError) as error:
            logger.debug("requests are not counted: {}", error)
            self._blind_until = clock() + _BLIND_SECONDS
            return
        if wait:
            raise RateLimited(f"more than {self._rate} requests a second", wait / 1_000_000)

    async def attempt(self, user: str, address: str) -> None:
        """Begin to try a password.

        Raises:
            RateLimited: too many were wrong. Away: Redis cannot be asked, so none is tried.
        """
        with translated():
            (wait,) = await self._attempt.all(
                [(self._counted(user, address), (FAILURES, WINDOW_MS, FIRST_WAIT_MS, LONGEST_WAIT_MS))]
            )
        if wait:
            raise RateLimited("too many log-ins have failed", ceil(wait / 1000))

    async def forgive(self, user: str, address: str) -> None:
        """The password was right. Raises Away."""
        with translated():
            await self._forgive.all([(self._counted(user, address), ())])

    def _counted(self, user: str, address: str) -> tuple[str, str]:
        return self._keys.failures("user", user.lower()), self._keys.failures("address", address)
