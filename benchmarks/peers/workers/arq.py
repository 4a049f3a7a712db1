"""arq: 100 jobs at once, no results kept. uvloop."""

import asyncio
from importlib.metadata import version
from typing import Any

import orjson
import uvloop
from arq import Worker, create_pool, func
from arq.connections import RedisSettings

from benchmarks.peers.workers.meter import Meter, arguments

AT_ONCE = 100


async def main() -> None:
    """Publish, then work."""
    url, events, event = arguments()
    meter = Meter(f"arq {version('arq')}", events)

    async def handle(_: dict[str, Any], raw: str) -> None:
        orjson.loads(raw)
        meter.handled()

    pool = await create_pool(RedisSettings.from_dsn(url))
    for _ in range(0, events, AT_ONCE):
        await asyncio.gather(*[pool.enqueue_job("handle", event) for _ in range(AT_ONCE)])
    worker = Worker([func(handle, name="handle", keep_result=0)], redis_pool=pool, max_jobs=AT_ONCE, log_results=False)
    await worker.async_run()


if __name__ == "__main__":
    uvloop.run(main())
