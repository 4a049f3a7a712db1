"""Redis comes back empty, or older than it was: nothing is lost, nothing happens twice, and everybody hears of it."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest

from handlers import HANDLERS
from schemas.errors import Away, Misconfigured, Unchecked
from schemas.settings import Settings
from streams import embedded
from streams.connection import connect
from streams.line import Line
from streams.log import Log
from streams.proof import prove
from streams.publisher import Publisher
from streams.reader import Reader, timeout
from streams.recovery import Recovery
from streams.store import Store
from streams.store.events import Query
from streams.tail import Tail
from tests.build import event, event_id, observed, until
from tests.conftest import start
from tests.faults import environment, process
from tests.streams.runner import effects, in_order, length, messages, published, recorder, working

KEYS = 6


@pytest.fixture
async def ours(log: Log, store: Store) -> Recovery:
    """The recovery of a log that was begun."""
    await log.redis.delete(log.keys.server)
    recovery = Recovery(log, store)
    await recovery.check()
    return recovery


def change(number: int) -> object:
    return event(observed(f"x = {number}\n", forced=True), f"model/k{number % KEYS}.py", event_id(number))


async def publish(publisher: Publisher, numbers: range) -> None:
    """Publish changes as the gateway does: again and again until they are taken."""
    for at in range(numbers.start, numbers.stop, 10):
        while True:
            with suppress(Away):
                await publisher.publish([change(n) for n in range(at, min(at + 10, numbers.stop))])  # type: ignore[misc]
                break
            await asyncio.sleep(0.02)


async def versions(store: Store, count: int) -> bool:
    return bool(await store.db.fetchval("select count(*) >= $1 from versions", count))


async def check(store: Store, url: str, settings: Settings, count: int) -> None:
    """Every change is a version, once, in its key's order; the archive explains all of it."""
    rows = await store.db.fetch(
        "select path, convert_from(content, 'UTF8') as text from versions v join documents d on d.id = document"
        " join blobs b on b.hash = v.hash order by path, number"
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["path"], []).append(row["text"])
    expected = {f"model/k{key}.py": [f"x = {n}\n" for n in range(key, count, KEYS)] for key in range(KEYS)}
    assert found == expected
    report = await prove([h for h in HANDLERS if h.tables], url, settings, lambda *_: None)
    assert report.differences == []


async def archived(store: Store, kind: str) -> int:
    return len(await store.events.find(Query(kind=kind)))


async def test_flushed_in_the_middle_of_everything(
    ours: Recovery, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    publisher = Publisher(log, store, ours)
    async with working(HANDLERS, redis_url, postgres_url, settings):
        for at in range(0, 400, 100):
            await publish(publisher, range(at, at + 100))
            await until(lambda: versions(store, at + 10), 30)  # noqa: B023 - waited for at once
            keys = [key async for key in log.redis.scan_iter(match=f"{settings.prefix}:*")]
            await log.redis.delete(*keys)
        await publish(publisher, range(400, 420))
        await until(lambda: versions(store, 420), 60)
        await until(lambda: _all_archived(store, 420), 30)
        await until(lambda: _all_told(store))
        assert await archived(store, "log.recovered") == 4
        await check(store, postgres_url, settings, 420)


async def _all_archived(store: Store, count: int) -> bool:
    query = "select count(distinct id) >= $1 from events where kind = 'version.created'"
    return bool(await store.db.fetchval(query, count))


async def _all_told(store: Store) -> bool:
    recovered = await store.db.fetchval("select count(*) from logs where why <> 'begun'")
    return bool(await archived(store, "log.recovered") == recovered)


@pytest.fixture
def torn(tmp_path: Path) -> embedded.Program:
    """A Redis of one's own, to be killed."""
    return embedded.redis_program(tmp_path / "redis")


async def test_older_than_it_was(torn: embedded.Program, store: Store, postgres_url: str, settings: Settings) -> None:
    """A fail-over that lost the end: the append-only file is cut where nobody asked."""
    process = await start(torn)
    log = Log(connect(torn.url, 5.0), settings)
    await log.open()
    recovery = Recovery(log, store)
    await recovery.check()
    publisher = Publisher(log, store, recovery)
    done = 0
    try:
        async with working(HANDLERS, torn.url, postgres_url, settings):
            for share in (0.9, 0.5, 0.1):
                await publish(publisher, range(done, done + 100))
                done += 100
                await until(lambda: versions(store, done - 50), 30)  # noqa: B023 - waited for at once
                process.kill()
                process.wait()
                file = torn.folder / "appendonly.aof"
                with file.open("r+b") as opened:
                    opened.truncate(int(file.stat().st_size * share))
                process = await start(torn)
            await publish(publisher, range(done, done + 20))
            await until(lambda: versions(store, done + 20), 60)
            await until(lambda: _all_archived(store, done + 20), 30)
            await until(lambda: _all_told(store))
            assert await archived(store, "log.recovered") >= 1
            await check(store, postgres_url, settings, done + 20)
    finally:
        await log.close()
        process.kill()
        process.wait()


async def test_restarted_whole(torn: embedded.Program, store: Store, postgres_url: str, settings: Settings) -> None:
    process = await start(torn)
    log = Log(connect(torn.url, 5.0), settings)
    await log.open()
    recovery = Recovery(log, store)
    await recovery.check()
    await log.publish([log.message(change(0))])  # type: ignore[arg-type]
    process.terminate()
    process.wait()
    process = await start(torn)
    try:
        with pytest.raises(Unchecked):
            await log.publish([log.message(change(1))])  # type: ignore[arg-type]
        await recovery.check()
        (place,) = await log.publish([log.message(change(1))])  # type: ignore[arg-type]
        assert place.seq == 2
        assert await store.db.fetchval("select count(*) from logs") == 1
    finally:
        await log.close()
        process.kill()
        process.wait()


class Mortal:
    """The one who publishes to a Redis that dies, and what is there when it is back and was checked."""

    def __init__(self, program: embedded.Program, store: Store, settings: Settings) -> None:
        self._program = program
        self.log = Log(connect(program.url, 5.0), settings)
        self.recovery = Recovery(self.log, store)
        self.publisher = Publisher(self.log, store, self.recovery)

    async def __aenter__(self) -> Self:
        self._process = await start(self._program)
        await self.log.open()
        await self.recovery.check()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.log.close()
        self._kill()

    def _kill(self) -> None:
        self._process.kill()
        self._process.wait()

    async def dies(self, kept: float = 1.0) -> None:
        """It is killed, and comes back with this share of its file."""
        self._kill()
        file = self._program.folder / "appendonly.aof"
        os.truncate(file, int(file.stat().st_size * kept))
        self._process = await start(self._program)
        await self.recovery.check()


async def test_what_waits_for_the_archive_is_not_published_again_by_a_restart(
    torn: embedded.Program, store: Store, settings: Settings
) -> None:
    """However much that is: Redis itself knows the newest ids alone."""
    async with Mortal(torn, store, settings.model_copy(update={"seen_window": 20})) as redis:
        await publish(redis.publisher, range(500))
        for _ in range(2):
            await redis.dies()
            assert await length(redis.log, "changes") == 500
        assert await store.db.fetchval("select count(*) from logs") == 1


async def test_an_end_that_nobody_has_read_is_lost_and_found(
    torn: embedded.Program, store: Store, settings: Settings
) -> None:
    async with Mortal(torn, store, settings) as redis:
        await publish(redis.publisher, range(100))
        await redis.dies(kept=0.8)
        assert {entry.id for entry in await published(redis.log, "changes")} == {event_id(n) for n in range(100)}
        assert await store.db.fetchval("select why from logs order by number desc limit 1") == "older"


async def test_what_was_published_and_lost_before_anybody_saw_it(
    ours: Recovery, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    publisher = Publisher(log, store, ours)
    await publish(publisher, range(30))
    keys = [key async for key in log.redis.scan_iter(match=f"{settings.prefix}:*")]
    await log.redis.delete(*keys)
    async with working(HANDLERS, redis_url, postgres_url, settings):
        await until(lambda: versions(store, 30), 30)
        await until(lambda: _all_archived(store, 30), 30)
        await check(store, postgres_url, settings, 30)

        async def cleared() -> bool:
            return bool(await store.db.fetchval("select count(*) = 0 from outbox"))

        await until(cleared)


async def test_the_log_of_another_database_is_refused(ours: Recovery, log: Log, store: Store) -> None:
    await log.redis.delete(log.keys.server)
    await store.db.execute("update logs set id = gen_random_uuid()")
    with pytest.raises(Misconfigured, match="another database"):
        await ours.check()
    await store.db.execute("delete from logs")
    with pytest.raises(Misconfigured, match="another database"):
        await ours.check()


async def test_two_who_check_at_once(
    ours: Recovery, log: Log, store: Store, redis_url: str, settings: Settings
) -> None:
    publisher = Publisher(log, store, ours)
    await publish(publisher, range(10))
    async with working(HANDLERS, redis_url, store_url(store), settings):
        await until(lambda: _all_archived(store, 10))
    keys = [key async for key in log.redis.scan_iter(match=f"{settings.prefix}:*")]
    await log.redis.delete(*keys)
    await asyncio.gather(*(Recovery(log, store).check() for _ in range(5)))
    assert await store.db.fetchval("select count(*) from logs where why = 'empty'") == 1


def store_url(store: Store) -> str:
    """Where a store is."""
    return str(store.db._pool._connect_args[0])  # type: ignore[union-attr]


async def test_numbers_that_were_lost_do_not_stop_those_who_follow(
    ours: Recovery, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    publisher = Publisher(log, store, ours)
    async with working(HANDLERS, redis_url, postgres_url, settings):
        await publish(publisher, range(50))
        await until(lambda: _all_archived(store, 50))
        await store.db.execute("update positions set seq = seq + 500 where group_name = 'hash'")
        keys = [key async for key in log.redis.scan_iter(match=f"{settings.prefix}:*")]
        await log.redis.delete(*keys)
        await publish(publisher, range(50, 60))
        await until(lambda: _all_archived(store, 60))
        reader = Reader(Line(redis_url, timeout(settings)), settings, log.partitions)
        tail = Tail(reader, store, page=7)
        found, after = [], 0
        last = await log.last_seq()
        while after < last:
            page = await tail.page(after)
            assert page, after
            found += page
            after = page[-1].seq
        await reader.close()
        numbers = [one.seq for one in found]
        assert numbers == sorted(set(numbers))
        kept = await store.db.fetch("select seq from events order by seq")
        assert set(numbers) >= {row["seq"] for row in kept}


async def test_a_new_group_begins_at_the_beginning(
    effects_table: None, ours: Recovery, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """Most of it has left the streams long ago."""
    quick = settings.model_copy(update={"hot": 0, "batch": 7})
    archive = [handler for handler in HANDLERS if handler.name == "archive"]
    async with working(archive, redis_url, postgres_url, quick):
        await log.publish(messages(log, 100))

        async def trimmed() -> bool:
            return sum([await log.redis.xlen(log.keys.stream("changes", p)) for p in range(log.partitions)]) < 100

        for partition in range(log.partitions):  # trim to the entry, where the server would keep whole nodes
            await until(lambda: _all(store, 100))
            await log.redis.xtrim(log.keys.stream("changes", partition), minid="60", approximate=False)
        await until(trimmed)
        await log.publish(messages(log, 20, start=100))
        async with working([recorder()], redis_url, postgres_url, quick):
            await until(lambda: _done(store, 120))
    assert in_order(await effects(store), 120)


async def _all(store: Store, count: int) -> bool:
    return bool(await store.db.fetchval("select count(*) = $1 from events", count))


async def _done(store: Store, count: int) -> bool:
    return len(await effects(store)) >= count


@pytest.mark.slow
async def test_killed_while_recovering(
    ours: Recovery, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """Whoever recovers is killed again and again, wherever it stands."""
    env = environment(settings, HEADRACE_REDIS_URL=redis_url, HEADRACE_POSTGRES_URL=postgres_url)
    publisher = Publisher(log, store, ours)
    async with working(HANDLERS, redis_url, postgres_url, settings):
        await publish(publisher, range(200))
        await until(lambda: versions(store, 150), 30)
    for seconds in (0.0, 0.02, 0.05, 0.1, 0.2):
        keys = [key async for key in log.redis.scan_iter(match=f"{settings.prefix}:*")]
        await log.redis.delete(*keys)
        with process(["worker"], env, tmp_path / "worker.log") as worker:

            async def begun() -> bool:
                await asyncio.sleep(0.005)
                return await log.redis.exists(log.keys.server) == 1 or worker.poll() is not None

            await until(begun)
            await asyncio.sleep(seconds)
            worker.kill()
    async with working(HANDLERS, redis_url, postgres_url, settings):
        await publish(publisher, range(200, 210))
        await until(lambda: versions(store, 210), 60)
        await until(lambda: _all_archived(store, 210), 30)
        await check(store, postgres_url, settings, 210)
