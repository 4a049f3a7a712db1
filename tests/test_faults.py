"""Real processes, killed and paused at any moment; real servers, taken away: nothing lost, doubled or reordered."""

import asyncio
import random
import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest

from schemas.components import ComponentPath
from schemas.errors import Away
from schemas.settings import Settings
from streams import embedded
from streams.connection import connect
from streams.log import Log
from streams.store import Store
from streams.store.components import Page
from tests.build import event, event_id, observed, until
from tests.conftest import start
from tests.faults import environment, pause, process, resume

KEYS = 8
pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


async def publish(log: Log, numbers: range) -> None:
    """One change each of `KEYS` components in turn, with contents that are never the same."""
    events = [event(observed(f"x = {n}\n", forced=True), f"model/k{n % KEYS}.py", event_id(n)) for n in numbers]
    while True:
        try:
            await log.publish([log.message(one) for one in events])
        except Away:
            await asyncio.sleep(0.05)
        else:
            return


async def versions(store: Store) -> int:
    try:
        return int(await store.db.fetchval("select count(*) from versions"))
    except Exception:  # noqa: BLE001 - the server is away, on purpose
        return -1


async def all_there(store: Store, number: int) -> bool:
    return await versions(store) >= number


async def check(store: Store, number: int) -> None:
    """Every change is a version, once, in the order in which its component was changed; the archive has no hole."""
    for key in range(KEYS):
        history = await store.components.history(
            "default", ComponentPath("model", f"k{key}"), Page(2**31 - 1, number), content=True
        )
        assert [v.content for v in reversed(history)] == [f"x = {n}\n" for n in range(key, number, KEYS)]
    await until(lambda: _archived(store, number * 5))
    assert await store.db.fetchval("select count(*) = max(seq) and min(seq) = 1 from events")
    assert await store.dead_letters.page() == []


async def _archived(store: Store, number: int) -> bool:
    return bool(await store.db.fetchval("select count(*) from events") == number)


async def test_workers_killed_under_load(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    env = environment(settings, HEADRACE_REDIS_URL=redis_url, HEADRACE_POSTGRES_URL=postgres_url)
    dice, total = random.Random(1), 4000
    with ExitStack() as stack:

        def enter() -> "subprocess.Popen[bytes]":
            return stack.enter_context(process(["worker"], env, tmp_path / "worker.log"))

        workers = [enter() for _ in range(3)]
        for at in range(0, total, 20):
            await publish(log, range(at, at + 20))
            if at % 400 == 380:
                victim = dice.randrange(3)
                workers[victim].kill()
                workers[victim] = enter()
            await asyncio.sleep(0.01)
        await until(lambda: all_there(store, total), 90)
        await check(store, total)


async def test_a_worker_paused_for_longer_than_its_lease(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    env = environment(settings, HEADRACE_REDIS_URL=redis_url, HEADRACE_POSTGRES_URL=postgres_url)
    with (
        process(["worker"], env, tmp_path / "zombie.log") as zombie,
        process(["worker"], env, tmp_path / "heir.log"),
    ):
        await publish(log, range(200))
        await until(lambda: all_there(store, 100), 60)
        for at in range(200, 1000, 200):
            pause(zombie)
            await publish(log, range(at, at + 100))
            await until(lambda at=at: all_there(store, at + 100), 60)  # type: ignore[misc]
            resume(zombie)
            await publish(log, range(at + 100, at + 200))
        await until(lambda: all_there(store, 1000), 60)
        await check(store, 1000)


@pytest.mark.parametrize("victim", ["redis", "postgres"])
async def test_a_server_that_is_killed_and_comes_back(settings: Settings, tmp_path: Path, victim: str) -> None:
    programs = {
        "redis": embedded.redis_program(tmp_path / "redis"),
        "postgres": embedded.postgres_program(tmp_path / "postgres"),
    }
    servers = {name: await start(program) for name, program in programs.items()}
    store = await Store.connect(programs["postgres"].url, settings)
    await store.migrate()
    log = Log(connect(programs["redis"].url, 5.0), settings)
    await log.open()
    urls = {f"HEADRACE_{name.upper()}_URL": program.url for name, program in programs.items()}
    try:
        with process(["worker"], environment(settings, **urls), tmp_path / "worker.log"):
            for at in range(0, 1200, 20):
                await publish(log, range(at, at + 20))
                if at % 400 == 200:
                    servers[victim].kill()
                    servers[victim].wait()
                    servers[victim] = await start(programs[victim])
            await until(lambda: all_there(store, 1200), 90)
            await check(store, 1200)
    finally:
        await log.close()
        await store.close()
        for server in servers.values():
            server.kill()
            server.wait()


async def test_work_goes_on_soon_after_a_death_and_sooner_after_a_farewell(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """After kill -9 within the lease and a little; after SIGTERM at once. (`make bench` measures how soon.)"""
    env = environment(settings, HEADRACE_REDIS_URL=redis_url, HEADRACE_POSTGRES_URL=postgres_url)
    with (
        process(["worker"], env, tmp_path / "first.log") as first,
        process(["worker"], env, tmp_path / "second.log") as second,
        process(["worker"], env, tmp_path / "third.log"),
    ):
        await until(lambda: _shared(log, 3))
        first.kill()
        await publish(log, range(100))
        await until(lambda: all_there(store, 100), 30)
        second.terminate()
        second.wait(20)
        assert second.returncode == 0
        await publish(log, range(100, 200))
        await until(lambda: all_there(store, 200), 30)
    await check_partly(store, 200)


async def _shared(log: Log, workers: int) -> bool:
    owners = {await log.redis.get(log.keys.lease("persist", partition)) for partition in range(log.partitions)}
    return None not in owners and len(owners) == workers


async def check_partly(store: Store, number: int) -> None:
    assert await versions(store) == number
