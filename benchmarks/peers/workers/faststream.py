"""FastStream on a stream with a consumer group, 1,000 read at once as ours does, on uvloop as `faststream run` is.

The fourth argument says whether the handler takes them as a `batch` or one at a time. FastStream decodes an event's
JSON itself, with orjson where that is installed, so the handlers need not. Pydantic checks nothing (`apply_types`).
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

import uvloop
from faststream.redis import RedisBroker, StreamSub
from redis.asyncio import Redis

from benchmarks.peers.workers.meter import Meter, arguments

BATCH = 1000


async def main() -> None:
    """Publish, then work."""
    url, events, event = arguments()
    kind = sys.argv[4]
    meter = Meter(f"FastStream {version('faststream')}, {kind}", events)

    async def batch(taken: list[dict[str, Any]]) -> None:
        meter.handled(len(taken))

    async def single(_: dict[str, Any]) -> None:
        meter.handled()

    handle: Callable[..., Awaitable[None]] = batch if kind == "batch" else single
    stream = StreamSub("events", group="group", consumer="one", last_id="0", batch=kind == "batch", max_records=BATCH)
    broker = RedisBroker(url, logger=None, apply_types=False)
    broker.subscriber(stream=stream)(handle)
    await _publish(broker, url, events, event)
    await broker.start()
    await asyncio.Event().wait()


async def _publish(broker: RedisBroker, url: str, events: int, event: str) -> None:
    await broker.connect()
    redis = Redis.from_url(url)
    for _ in range(0, events, BATCH):
        pipeline = redis.pipeline(transaction=False)
        for _ in range(BATCH):
            await broker.publish(event.encode(), stream="events", pipeline=pipeline)
        await pipeline.execute()
    await redis.aclose()


if __name__ == "__main__":
    uvloop.run(main())
