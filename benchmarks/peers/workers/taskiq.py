"""taskiq on the stream broker of taskiq-redis, which acknowledges: 100 read at once, 100 tasks at once, no results.

Its receiver is the one that `taskiq worker` runs, on uvloop as there.
"""

import asyncio
from importlib.metadata import version

import orjson
import uvloop
from taskiq.api import run_receiver_task
from taskiq_redis import RedisStreamBroker

from benchmarks.peers.workers.meter import Meter, arguments

AT_ONCE = 100


async def main() -> None:
    """Publish, then work."""
    url, events, event = arguments()
    meter = Meter(f"taskiq-redis {version('taskiq-redis')}", events)
    broker = RedisStreamBroker(url, consumer_id="0", xread_count=AT_ONCE)

    async def handle(raw: str) -> None:
        orjson.loads(raw)
        meter.handled()

    task = broker.register_task(handle, "handle")
    await broker.startup()
    for _ in range(0, events, AT_ONCE):
        await asyncio.gather(*[task.kiq(event) for _ in range(AT_ONCE)])
    await run_receiver_task(broker, max_async_tasks=AT_ONCE, max_prefetch=AT_ONCE, validate_params=False)


if __name__ == "__main__":
    uvloop.run(main())
