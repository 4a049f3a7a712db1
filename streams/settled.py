"""How much of the log the archive does not have yet: who copies the archive waits for that first."""

import asyncio
from collections.abc import Callable
from time import monotonic

from streams.entry import Stream
from streams.log import Log
from streams.store import Store
from streams.trim import ARCHIVE, survey

_PAUSE = 0.1


async def missing(log: Log, store: Store, seconds: float, tell: Callable[[int], object]) -> int:
    """Wait until the archive has all that the log has now; how many streams it has not caught up with by then."""
    ends: dict[Stream, int] = {(state.topic, state.partition): state.last for state in await survey(log)}
    deadline = monotonic() + seconds
    while True:
        positions = await store.positions.all()
        done = {(topic, partition): at.seq for (group, topic, partition), at in positions.items() if group == ARCHIVE}
        behind = sum(done.get(stream, 0) < end for stream, end in ends.items())
        tell(behind)
        if not behind or monotonic() >= deadline:
            return behind
        await asyncio.sleep(_PAUSE)
