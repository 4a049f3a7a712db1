"""The whole pipeline: what a change costs from the log to a version in PostgreSQL, and how long it takes."""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter, process_time
from typing import Any

from benchmarks import log as log_costs
from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.log import open_log
from benchmarks.machine import Servers, headrace, in_child, in_worker, until, wipe
from handlers import HANDLERS
from schemas.base import Document, new_id, now
from schemas.changes import ChangeObserved, Content
from schemas.envelope import Origin, root
from schemas.hashing import fingerprint
from schemas.settings import Settings
from streams.appender import Message
from streams.log import Log
from streams.store import Store
from streams.worker import work

COUNT = 20_000
FILES = 1_000
BATCH = 500
ROUNDS = 3
RATE = 200
SAMPLES = 2_000
_PER_CHANGE = 5  # events: observed, hashed, accepted, version created, head moved
_BODY = "y = 1\n" * 340


def change(log: Log, number: int) -> Message:
    """A new state of 2 KB of one of a thousand files."""
    raw = f"# {number}\n{_BODY}".encode()
    found = fingerprint(raw)
    body = ChangeObserved(hash=found.hash, size=found.size, content=Content.of(raw), forced=True)
    document = Document("default", "components", f"model/m{number % FILES}.py")
    return log.message(root(body, document, Origin("me", "bench", now()), new_id()))


async def publish(where: Servers, count: int) -> None:
    """Put changes into the log."""
    log = await open_log(where)
    for at in range(0, count, BATCH):
        await log.publish([change(log, number) for number in range(at, at + BATCH)])
    await log.close()


async def cost(where: Servers, count: int) -> float:
    """CPU seconds per change of one worker, until everything is a version and in the archive."""
    store = await Store.connect(where.postgres_url, Settings())
    stop = asyncio.Event()
    started = process_time()
    working = asyncio.create_task(work(HANDLERS, where.redis_url, where.postgres_url, Settings(), stop))

    async def archived() -> bool:
        query = "select coalesce(sum(entry_offset), 0) from positions where group_name = 'archive'"
        return bool(await store.db.fetchval(query) >= count * _PER_CHANGE)

    await until(archived, pause=0.2)
    stop.set()
    await working
    spent = process_time() - started
    if await store.db.fetchval("select count(*) from versions") != count:
        raise RuntimeError("not every change became a version")
    await store.close()
    return spent / count


async def latencies(where: Servers) -> list[float]:
    """Seconds from publishing a change to hearing that its version is in the store, at 200 changes a second."""
    log = await open_log(where)
    heard: dict[str, float] = {}
    listening = asyncio.create_task(_listen(log, await log.last_seq(), heard))
    sent: dict[str, float] = {}
    for number in range(SAMPLES):
        message = change(log, FILES + number)
        sent[message.id] = perf_counter()
        await log.publish([message])
        await asyncio.sleep(max(0.0, next(iter(sent.values())) + (number + 1) / RATE - perf_counter()))
    await asyncio.wait_for(listening, 60)
    await log.close()
    return [heard[id_] - at for id_, at in sent.items()]


async def _listen(log: Log, after: int, heard: dict[str, float]) -> None:
    """Note when each version is announced: it is in the store then."""
    redis: Any = log.redis
    last = {log.keys.stream("versions", partition): f"{after + 1}-0" for partition in range(log.partitions)}
    while len(heard) < SAMPLES:
        for name, entries in await redis.xread(last, block=1000) or ():
            last[name.decode()] = entries[-1][0]
            for _, fields in entries:
                if b'"type":"version.created"' in fields[b"e"]:
                    heard[_correlation(fields[b"e"])] = perf_counter()


def _correlation(raw: bytes) -> str:
    return raw.partition(b'"correlationid":"')[2][:36].decode()


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """What the pipeline costs and how long it takes."""
    loops, pipelines = [], []
    for _ in range(ROUNDS):
        await wipe(where)
        loops.append(in_child(log_costs.bare_loop_cost, where))
        in_child(publish, where, COUNT)
        pipelines.append(in_worker(cost, where, COUNT))
    name = "pipeline of 2 KB files, one worker"
    yield measured(name, 1 / min(pipelines), "changes/CPU-s", 1 / min(loops), Goal("≥", 0.04, "ratio"))
    await wipe(where)
    hop = percentile(in_child(log_costs.bare_latencies, where), 0.5) * 1e3
    async with headrace(where, "worker"):
        await _warm_up(where)
        found = [seconds * 1e3 for seconds in await asyncio.to_thread(in_worker, latencies, where)]
    for share, limit in ((0.5, 15), (0.99, 60)):
        title = f"change to version, p{share * 100:g}, {RATE}/s"
        yield measured(title, percentile(found, share), "ms", hop, Goal("≤", limit))


async def _warm_up(where: Servers) -> None:
    """The first event waits for the worker to start; it is not counted."""
    store = await Store.connect(where.postgres_url, Settings())
    log = await open_log(where)
    await log.publish([change(log, number) for number in range(FILES)])
    await until(lambda: store.db.fetchval("select count(*) = $1 from versions", FILES))
    await log.close()
    await store.close()
