"""What a large archive costs: start, publishing and status beside a million archived events, and beside none."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import NamedTuple

import aiohttp
import asyncpg

from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.live import KEY
from benchmarks.log import messages, open_log, small_event
from benchmarks.machine import Servers, headrace, servers, until, wipe
from handlers import HANDLERS
from schemas.events import encode
from streams.chain import GENESIS, link
from streams.embedded import free_port
from streams.entry import Place
from streams.log import Log
from streams.store.events import COLUMNS

EVENTS = 1_000_000
EVERY = timedelta(seconds=10)
START = datetime(2025, 1, 1, tzinfo=UTC)
PAGE = 20_000
ROUNDS = 5
SAMPLES = 200


class Costs(NamedTuple):
    """Seconds: from two processes to ready, and the usual time of a publication and of a status."""

    start: float
    publish: float
    status: float


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """Each beside what it is without an archive, in turns: the machine is as busy for the one as for the other."""
    await wipe(where)
    await fill(where, EVENTS)
    async with servers() as bare:
        await wipe(bare)
        rounds = [(await _costs(where), await _costs(bare)) for _ in range(ROUNDS)]
    full, empty = (Costs(*map(min, zip(*costs, strict=True))) for costs in zip(*rounds, strict=True))
    goal = Goal("≤", 1.5, "ratio")
    name = f"{EVENTS:,} archived events"
    yield measured(f"{name}: worker and gateway to ready", full.start, "s", empty.start, goal)
    yield measured(f"{name}: publishing, p50", full.publish * 1e3, "ms", empty.publish * 1e3, goal)
    yield measured(f"{name}: status, p50", full.status * 1e3, "ms", empty.status * 1e3, goal)


async def _costs(where: Servers) -> Costs:
    """Of one life of both processes."""
    port = free_port()
    started = perf_counter()
    async with (
        headrace(where, "worker"),
        headrace(where, "gateway", "--port", str(port), HEADRACE_API_KEY=KEY),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"X-API-Key": KEY}) as session,
    ):
        await until(lambda: _is_ready(session), pause=0.01)
        start = perf_counter() - started
        return Costs(start, await _publish(where), await _status(session))


async def _is_ready(session: aiohttp.ClientSession) -> bool:
    try:
        async with session.get("/api/status") as response:
            if not response.ok:
                return False
            status = (await response.json())["data"]
    except aiohttp.ClientError:
        return False
    working = {group["group"] for group in status["groups"] if group["workers"]}
    return bool(status["ready"]) and {handler.name for handler in HANDLERS} <= working


async def _publish(where: Servers) -> float:
    log = await open_log(where)
    taken: list[float] = []
    for message in messages(log, SAMPLES):
        started = perf_counter()
        await log.publish([message])
        taken.append(perf_counter() - started)
        await asyncio.sleep(0.005)
    await log.close()
    return percentile(taken, 0.5)


async def _status(session: aiohttp.ClientSession) -> float:
    taken: list[float] = []
    for _ in range(SAMPLES // 2):
        started = perf_counter()
        async with session.get("/api/status") as response:
            assert response.ok
            await response.read()
        taken.append(perf_counter() - started)
    return percentile(taken, 0.5)


async def fill(where: Servers, count: int) -> None:
    """An archive of so many events, properly chained, and a log that has handled them all."""
    log = await open_log(where)
    connection = await asyncpg.connect(where.postgres_url)
    for weeks in range(0, count * EVERY // timedelta(weeks=1) + 2, 4):
        await connection.execute("select make_events_month($1)", START + timedelta(weeks=weeks))
    await connection.execute("select make_events_month($1)", START + count * EVERY)
    ends: dict[int, tuple[Place, bytes]] = {}
    for first in range(1, count + 1, PAGE):
        rows = [_row(log, seq, ends) for seq in range(first, min(first + PAGE, count + 1))]
        await connection.copy_records_to_table("events", records=rows, columns=COLUMNS.split(", "))
    for place, digest in ends.values():
        await _remember(log, connection, place, digest)
    await log.redis.set(log.keys.clock, count)
    await connection.execute("vacuum analyze events")
    await connection.execute("checkpoint")
    await connection.close()
    await log.close()


def _row(log: Log, seq: int, ends: dict[int, tuple[Place, bytes]]) -> tuple[object, ...]:
    event = small_event(seq)
    partition = log.partition(event.key)
    time = START + EVERY * seq
    raw = encode(event)
    before, digest = ends.get(partition, (Place("changes", partition, 0, 0), GENESIS))
    place = Place("changes", partition, seq, before.offset + 1)
    digest = link(digest, place, raw)
    ends[partition] = place, digest
    about = event.id, event.type, event.project, event.subject, event.actor, time, event.correlationid
    return (seq, "changes", partition, place.offset, raw.decode(), digest, *about)


async def _remember(log: Log, connection: "asyncpg.Connection[asyncpg.Record]", end: Place, digest: bytes) -> None:
    """Where a stream ends, in PostgreSQL and in Redis; all groups have come that far."""
    await connection.execute(
        "insert into chains (topic, partition, entry_offset, seq, digest, time) values ($1, $2, $3, $4, $5, $6)",
        end.topic,
        end.partition,
        end.offset,
        end.seq,
        digest,
        START + EVERY * end.seq,
    )  # fmt: skip - value by value
    key = log.keys.stream(end.topic, end.partition)
    for group in [handler.name for handler in HANDLERS if end.topic in handler.topics]:
        await connection.execute(
            "insert into positions (group_name, topic, partition, seq, entry_offset) values ($1, $2, $3, $4, $5)",
            group,
            end.topic,
            end.partition,
            end.seq,
            end.offset,
        )  # fmt: skip - value by value
        await log.redis.xgroup_create(key, group, end.entry_id, mkstream=True)
    await log.redis.execute_command("XSETID", key, end.entry_id)  # type: ignore[no-untyped-call]
