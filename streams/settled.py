"""How much of the log the archive does not have yet: who copies the archive waits for that first."""

import asyncio
from collections.abc import Callable
from time import monotonic

from schemas.base import TOPICS
from streams.connection import translated
from streams.entry import Stream, entry_numbers
from streams.log import Log
from streams.store import Store
from streams.trim import ARCHIVE

_PAUSE = 0.1


async def missing(log: Log, store: Store, seconds: float, tell: Callable[[int], object]) -> int:
    """Wait until the archive has all that the log has now; how many of these events it still lacks by then."""
    tails = await _tails(log)
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


async def _tails(log: Log) -> dict[Stream, int]:
    """The offset of the last event that each stream has ever held."""
    streams: list[Stream] = [(topic, partition) for topic in TOPICS for partition in range(log.partitions)]
    pipeline = log.redis.pipeline(transaction=False)
    for stream in streams:
        pipeline.execute_command("XINFO STREAM", log.keys.stream(*stream))
    tails: dict[Stream, int] = {}
    with translated():
        for stream, reply in zip(streams, await pipeline.execute(raise_on_error=False), strict=True):
            if not isinstance(reply, Exception):
                tails[stream] = entry_numbers(reply["last-generated-id"])[1]
            elif "no such key" not in str(reply):
                raise reply
    return tails
