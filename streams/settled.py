"""How much of the log the archive does not have yet: who copies the archive waits for that first."""

import asyncio
from collections.abc import Callable
from time import monotonic

from schemas.base import TOPICS
from streams.log import Log
from streams.store import Store
from streams.trim import ARCHIVE

_PAUSE = 0.1


async def missing(log: Log, store: Store, seconds: float, tell: Callable[[int], object]) -> int:
    """Wait until the archive has all that the log has now; how many of these events it still lacks by then."""
    tails = await log.tails([(topic, partition) for topic in TOPICS for partition in range(log.partitions)])
    deadline = monotonic() + seconds
    while True:
        positions = await store.positions.all()
        done = {
            (topic, partition): at.offset for (group, topic, partition), at in positions.items() if group == ARCHIVE
        }
        behind = sum([max(0, tail - done.get(stream, 0)) for stream, tail in tails.items()])
        tell(behind)
        if not behind or monotonic() >= deadline:
            return behind
        await asyncio.sleep(_PAUSE)
