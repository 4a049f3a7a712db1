"""The peer: what a plain loop on redis-py costs that does nothing but read, parse and acknowledge."""

import asyncio
from time import perf_counter, process_time
from typing import Any

import orjson
from redis.asyncio import Redis

BATCH = 500


async def loop_cost(url: str, raw: bytes, count: int) -> float:
    """CPU seconds per event of XREADGROUP COUNT 500, orjson, one XACK."""
    redis: Any = Redis.from_url(url)
    for _ in range(0, count, BATCH):
        pipeline = redis.pipeline(transaction=False)
        for _ in range(BATCH):
            pipeline.xadd("bare", {"e": raw})
        await pipeline.execute()
    await redis.xgroup_create("bare", "group", "0")
    started = process_time()
    while reply := await redis.xreadgroup("group", "consumer", {"bare": ">"}, count=BATCH):
        entries = reply[0][1]
        for _, fields in entries:
            orjson.loads(fields[b"e"])
        await redis.xack("bare", "group", *[entry_id for entry_id, _ in entries])
    cost = (process_time() - started) / count
    await redis.delete("bare")
    await redis.aclose()
    return cost


async def publish_cost(url: str, raws: list[bytes]) -> float:
    """CPU seconds per event of XADDs, 500 in a pipeline."""
    redis: Any = Redis.from_url(url)
    started = process_time()
    for at in range(0, len(raws), BATCH):
        pipeline = redis.pipeline(transaction=False)
        for raw in raws[at : at + BATCH]:
            pipeline.xadd("bare", {"e": raw})
        await pipeline.execute()
    cost = (process_time() - started) / len(raws)
    await redis.delete("bare")
    await redis.aclose()
    return cost


async def latencies(url: str, raw: bytes, count: int, pause: float) -> list[float]:
    """Seconds from XADD to parsed, for one event every `pause` seconds."""
    reader: Any = Redis.from_url(url)
    writer: Any = Redis.from_url(url)
    await reader.xgroup_create("bare", "group", "0", mkstream=True)
    sent: list[float] = []
    seen: list[float] = []

    async def read() -> None:
        while len(seen) < count:
            reply = await reader.xreadgroup("group", "consumer", {"bare": ">"}, count=BATCH, block=1000)
            for entry_id, fields in reply[0][1] if reply else ():
                orjson.loads(fields[b"e"])
                seen.append(perf_counter())
                await reader.xack("bare", "group", entry_id)

    reading = asyncio.create_task(read())
    for _ in range(count):
        sent.append(perf_counter())
        await writer.xadd("bare", {"e": raw})
        await asyncio.sleep(pause)
    await reading
    await writer.delete("bare")
    await reader.aclose()
    await writer.aclose()
    return [there - here for here, there in zip(sent, seen, strict=True)]
