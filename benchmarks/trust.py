"""The archive: what it costs to write, to verify, and to replay."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from time import perf_counter, process_time
from typing import NamedTuple

from benchmarks import log as log_costs
from benchmarks import pipeline
from benchmarks.figures import Figure, Goal, measured
from benchmarks.log import messages, open_log
from benchmarks.machine import Servers, in_child, in_worker, until, wipe
from handlers import HANDLERS
from schemas.settings import Settings
from streams.collector import calm
from streams.part import PAGE
from streams.proof import prove
from streams.store import Store
from streams.trim import ARCHIVE
from streams.verify import Span, verify
from streams.worker import work

CHANGES = 20_000
EVENTS = 100_000
ROUNDS = 3


class Cost(NamedTuple):
    """Seconds per event: of the wall clock, and of this process's CPU."""

    wall: float
    cpu: float


async def archive_cost(where: Servers) -> float:
    """CPU seconds per event of a worker for the archive alone, until all is archived and trimmed."""
    log = await open_log(where)
    count = await log.last_seq()
    store = await Store.connect(where.postgres_url, Settings())
    stop = asyncio.Event()
    handlers = [handler for handler in HANDLERS if handler.name == ARCHIVE]
    settings = Settings(hot=0, trim_ms=2_000)
    started = process_time()
    working = asyncio.create_task(work(handlers, where.redis_url, where.postgres_url, settings, stop))

    async def done() -> bool:
        if await store.db.fetchval("select coalesce(sum(entry_offset), 0) from chains") < count:
            return False
        asked = log.redis.pipeline(transaction=False)
        for partition in range(log.partitions):
            asked.xlen(log.keys.stream("changes", partition))
        lengths: list[int] = await asked.execute()
        return sum(lengths) < count / 10

    await until(done, pause=0.5)
    stop.set()
    await working
    spent = process_time() - started
    await log.close()
    await store.close()
    return spent / count


async def fill(where: Servers) -> None:
    """Put events into the log: many, so that the start of a worker, a tenth of a second, is not what is measured."""
    log = await open_log(where)
    ready = messages(log, EVENTS)
    for at in range(0, len(ready), 500):
        await log.publish(ready[at : at + 500])
    await log.close()


async def verify_cost(where: Servers) -> Cost:
    """What an audit of the whole archive costs."""
    calm()
    store = await Store.connect(where.postgres_url, Settings())
    started, used = perf_counter(), process_time()
    verdict = await verify(store, None, Span(), lambda *_: None)
    cost = Cost((perf_counter() - started) / verdict.events, (process_time() - used) / verdict.events)
    await store.close()
    if not verdict.whole:
        raise RuntimeError(f"the archive is broken: {verdict}")
    return cost


async def bare_verify_cost(where: Servers) -> Cost:
    """The peer: read the same rows, hash each, compare nothing."""
    calm()
    store = Store.kept(where.postgres_url, Settings())
    columns = "seq, topic, partition, entry_offset, event, digest"
    query = f"select {columns} from events where seq > $1 order by seq limit {PAGE}"
    started, used, count, seq, digest = perf_counter(), process_time(), 0, 0, bytes(32)
    while rows := await store.db.fetch(query, seq):
        for row in rows:
            digest = sha256(digest + row["event"].encode()).digest()
        count, seq = count + len(rows), rows[-1]["seq"]
    cost = Cost((perf_counter() - started) / count, (process_time() - used) / count)
    await store.close()
    return cost


async def replay_cost(where: Servers) -> Cost:
    """What a replay by the real handlers costs, with the comparison of all tables."""
    calm()
    handlers = [handler for handler in HANDLERS if handler.tables]
    started, used = perf_counter(), process_time()
    report = await prove(handlers, where.postgres_url, Settings(), lambda *_: None)
    if not report.identical:
        raise RuntimeError(f"the replay differs: {report.differences[0]}")
    return Cost((perf_counter() - started) / report.events, (process_time() - used) / report.events)


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """What trust costs. The cheapest of each round counts: the machine is not quiet."""
    loops, archives = [], []
    for _ in range(ROUNDS):
        await wipe(where)
        loops.append(in_child(log_costs.bare_loop_cost, where, EVENTS))
        in_child(fill, where)
        archives.append(in_worker(archive_cost, where))
    loop = 1 / min(loops)
    yield measured("archive, chain and trim", 1 / min(archives), "events/CPU-s", loop, Goal("≥", 0.6, "ratio"))
    await wipe(where)
    in_child(pipeline.publish, where, CHANGES)
    in_worker(pipeline.cost, where, CHANGES)
    bare = [in_worker(bare_verify_cost, where) for _ in range(ROUNDS)]
    audits = [in_worker(verify_cost, where) for _ in range(ROUNDS)]
    peer = 1 / min(cost.wall for cost in bare)
    yield measured("audit verify", 1 / min(cost.wall for cost in audits), "events/s", peer, Goal("≥", EVENTS))
    replays = [in_worker(replay_cost, where) for _ in range(ROUNDS)]
    yield measured("replay --verify", 1 / min(c.wall for c in replays), "events/s", loop, Goal("≥", 5_000))
    cpu = 1 / min(cost.cpu for cost in replays)
    yield measured("replay by the real handlers", cpu, "events/CPU-s", loop, Goal("≥", 0.3, "ratio"))
