"""How soon a group's work goes on in another process: after a death, and after a farewell."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from time import perf_counter

from benchmarks.figures import Figure, Goal, measured
from benchmarks.log import open_log
from benchmarks.machine import Servers, headrace, in_child, until, wipe
from benchmarks.pipeline import change
from handlers import HANDLERS
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store

CHANGES = 200
"""Published when a worker goes: some of them in each partition."""

ROUNDS = 3
LEASE = Settings().lease_ms / 1000


async def handover(where: Servers, farewell: signal.Signals) -> float:
    """Seconds from a signal to one of two workers until all that was published then is versions."""
    log = await open_log(where)
    store = await Store.connect(where.postgres_url, Settings())
    async with AsyncExitStack() as stack:
        first, _ = [await stack.enter_async_context(headrace(where, "worker")) for _ in range(2)]
        await until(lambda: _shared(log))
        await log.publish([change(log, number) for number in range(CHANGES)])
        await until(lambda: _has(store, CHANGES))
        started = perf_counter()
        first.send_signal(farewell)
        await log.publish([change(log, number) for number in range(CHANGES, 2 * CHANGES)])
        await until(lambda: _has(store, 2 * CHANGES), pause=0.01)
        took = perf_counter() - started
    await log.close()
    await store.close()
    return took


async def _shared(log: Log) -> bool:
    """Whether every group's partitions are shared by two processes."""
    for handler in HANDLERS:
        owners = {await log.redis.get(log.keys.lease(handler.name, partition)) for partition in range(log.partitions)}
        if None in owners or len(owners) < 2:
            return False
    return True


async def _has(store: Store, count: int) -> bool:
    return bool(await store.db.fetchval("select count(*) from versions") == count)


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """The slowest of several: it is a promise."""
    for farewell, title, limit in (
        (signal.SIGKILL, "work goes on after kill -9 of one of two workers", LEASE + 1),
        (signal.SIGTERM, "work goes on after SIGTERM to one of two workers", 1.0),
    ):
        took: list[float] = []
        for _ in range(ROUNDS):
            await wipe(where)
            took.append(in_child(handover, where, farewell))
        yield measured(title, max(took), "s", limit, Goal("≤", 1.0, "ratio"))
