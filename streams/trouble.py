"""What keeps a group from working, told to those who look: a worker has no port, and its server may refuse only it.

One failure is an incident, and over before anybody looks; from the second in a row on it is told, until the group
works again, or its workers are not heard of any more.
"""

from contextlib import suppress
from typing import Any

import orjson

from schemas.base import now
from schemas.errors import Away, Busy, HeadraceError
from streams.connection import translated
from streams.log import Log

WORTH_TELLING = 2


class Trouble:
    """One group's, as one process sees it."""

    def __init__(self, log: Log, group: str) -> None:
        self._log = log
        self._group = group
        self._told = True  # perhaps, by one that ended

    async def tell(self, error: Exception, failures: int, seconds: float) -> None:
        """The group has failed so often in a row, and tries again after some seconds."""
        if failures < WORTH_TELLING:
            return
        why = error.message if isinstance(error, HeadraceError) else type(error).__name__
        until = now().timestamp() + seconds + self._log.settings.postgres_timeout + self._log.settings.redis_timeout
        self._told = True
        with suppress(Away, Busy), translated():
            await self._log.redis.hset(self._log.keys.troubles, self._group, orjson.dumps([until, why]).decode())

    async def over(self) -> None:
        """The group works."""
        if self._told:
            with suppress(Away, Busy), translated():
                await self._log.redis.hdel(self._log.keys.troubles, self._group)
                self._told = False


async def troubles(log: Log) -> dict[str, str]:
    """What keeps which group from working. Raises Away."""
    with translated():
        told: Any = await log.redis.hgetall(log.keys.troubles)
    found = {group.decode(): orjson.loads(raw) for group, raw in sorted(told.items())}
    return {group: why for group, (until, why) in found.items() if until > now().timestamp()}
