"""The log and the runner: what an event costs to publish, to handle, and to handle with an effect."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from time import perf_counter, process_time
from typing import Any, Literal

from benchmarks import bare
from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.machine import Servers, in_child, in_worker, wipe
from schemas.base import Document, new_id, now
from schemas.changes import ChangeObserved
from schemas.envelope import Envelope, Event, Origin, root
from schemas.settings import Settings
from streams.appender import Message
from streams.connection import connect
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.log import Log
from streams.store import Store
from streams.store.connection import array
from streams.store.write import Write
from streams.worker import work

COUNT = 40_000
ROUNDS = 3
RATE = 100
SAMPLES = 600


def small_event(number: int) -> Envelope[Event]:
    """An event of 300 bytes, of one of a thousand files."""
    document = Document("default", "components", f"agent/a{number % 1000}.py")
    return root(ChangeObserved(hash=None, size=0), document, Origin("me", "bench", now()), new_id())


async def open_log(where: Servers) -> Log:
    """The log, with the default settings."""
    log = Log(connect(where.redis_url, 30.0), Settings())
    await log.open()
    await log.admit()
    return log


def messages(log: Log, count: int) -> list[Message]:
    """Small events, ready to be published."""
    return [log.message(small_event(number)) for number in range(count)]


async def publish_cost(where: Servers) -> float:
    """CPU seconds per event of publishing, 500 at once."""
    log = await open_log(where)
    ready = messages(log, COUNT)
    started = process_time()
    for at in range(0, COUNT, bare.BATCH):
        await log.publish(ready[at : at + bare.BATCH])
    cost = (process_time() - started) / COUNT
    await log.close()
    return cost


async def bare_publish_cost(where: Servers) -> float:
    """CPU seconds per event of pipelined XADDs of the same bytes."""
    log = await open_log(where)
    raws = [message.raw for message in messages(log, COUNT)]
    await log.close()
    return await bare.publish_cost(where.redis_url, raws)


async def bare_loop_cost(where: Servers, count: int = COUNT) -> float:
    """CPU seconds per event of the bare loop."""
    log = await open_log(where)
    raw = log.message(small_event(0)).raw
    await log.close()
    return await bare.loop_cost(where.redis_url, raw, count)


async def handle_cost(where: Servers, once: Literal["nothing", "entry", "event"]) -> float:
    """CPU seconds per event of one worker that handles what waits for it."""
    count = await _count_waiting(where)
    seen = _Seen(count, effects=once != "nothing")
    stop = asyncio.Event()
    handler = Handler("bench", ("changes",), seen.react, once=once)
    started = process_time()
    working = asyncio.create_task(work([handler], where.redis_url, where.postgres_url, Settings(), stop))
    await seen.all.wait()
    stop.set()
    await working
    return (process_time() - started) / count


async def _count_waiting(where: Servers) -> int:
    log = await open_log(where)
    count = await log.last_seq()
    await log.close()
    return count


class _Seen:
    """A handler that looks at each event and, if asked to, writes a row for it."""

    def __init__(self, count: int, *, effects: bool) -> None:
        self.first = asyncio.Event()
        self.all = asyncio.Event()
        self.at: list[float] = []
        self._left = count
        self._effects = effects

    async def react(self, batch: Sequence[Entry], _: Deps) -> Outcome:
        subjects = [entry.event.subject for entry in batch]
        sql = "insert into bench (subject) select unnest($1::text::text[])"
        writes = [Write(sql, (array(subjects),))] if self._effects else []
        self.at += [perf_counter()] * len(batch)
        self.first.set()
        self._left -= len(batch)
        if self._left <= 0:
            self.all.set()
        return Outcome([()] * len(batch), writes)


async def latencies(where: Servers) -> list[float]:
    """Seconds from publishing to handling, for one event every 10 ms."""
    log = await open_log(where)
    seen = _Seen(SAMPLES + 1, effects=False)
    stop = asyncio.Event()
    handler = Handler("bench", ("changes",), seen.react, once="nothing")
    working = asyncio.create_task(work([handler], where.redis_url, where.postgres_url, Settings(), stop))
    await log.publish([log.message(small_event(0))])
    await seen.first.wait()
    sent: list[float] = []
    for message in messages(log, SAMPLES):
        sent.append(perf_counter())
        await log.publish([message])
        await asyncio.sleep(1 / RATE)
    await seen.all.wait()
    stop.set()
    await working
    await log.close()
    return [there - here for here, there in zip(sent, seen.at[1:], strict=True)]


async def bare_latencies(where: Servers) -> list[float]:
    """Seconds from XADD to parsed in the bare loop, for one event every 10 ms."""
    log = await open_log(where)
    raw = log.message(small_event(0)).raw
    await log.close()
    return await bare.latencies(where.redis_url, raw, SAMPLES, 1 / RATE)


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """What the log costs. Rounds of all are taken in turn, the cheapest of each counts: the machine is not quiet."""
    costs: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, cost in await _round(where):
            costs.setdefault(name, []).append(cost)
    best = {name: min(found) for name, found in costs.items()}
    loop = 1 / best["loop"]
    for name, title, goal in _HANDLING:
        yield measured(title, 1 / best[name], "events/CPU-s", loop, Goal("≥", goal, "ratio"))
    yield measured("publish", best["publish"] * 1e6, "µs CPU/event", best["xadd"] * 1e6, Goal("≤", 0.35, "ratio"))
    await wipe(where)
    peer = percentile(in_child(bare_latencies, where), 0.5)
    ours = percentile(in_worker(latencies, where), 0.5)
    yield measured("publish to handled, p50, 100/s", ours * 1e3, "ms", peer * 1e3, Goal("≤", 2.0, "ratio"))


_HANDLING = (
    ("nothing", "trivial handler, ordered group", 0.5),
    ("entry", "with its effect in PostgreSQL, recorded by position", 0.4),
    ("event", "with its effect in PostgreSQL, recorded by event", 0.4),
)


async def _round(where: Servers) -> list[tuple[str, float]]:
    found: list[tuple[str, Any]] = []
    for once in ("nothing", "entry", "event"):
        await wipe(where)
        await _make_table(where)
        found.append(("xadd", in_child(bare_publish_cost, where)))
        found.append(("publish", in_worker(publish_cost, where)))
        found.append(("loop", in_child(bare_loop_cost, where)))
        found.append((once, in_worker(handle_cost, where, once)))
    return found


async def _make_table(where: Servers) -> None:
    store = await Store.connect(where.postgres_url, Settings())
    await store.db.execute("create table bench (subject text not null)")
    await store.close()
