"""Workers that are killed, servers that go away: on Kafka too, nothing is lost and nothing happens twice."""

import asyncio
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemas.errors import Away
from schemas.events import decode
from schemas.settings import Settings
from streams import embedded
from streams.entry import Entry
from streams.store import Store
from tests.build import event_id, until
from tests.conftest import start
from tests.faults import pause, resume
from tests.streams.kafka.runner import committed, messages, values, worker, working
from tests.streams.kafka.worker_process import DEADLY
from tests.streams.runner import EFFECTS, derived, effects, in_order, recorder

if TYPE_CHECKING:
    from streams.kafka.publisher import Publisher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


AHEAD = 1000
"""Events that wait at most: the cluster forgets what it has too much of."""


async def all_done(store: Store, number: int) -> bool:
    return len(await effects(store)) >= number


async def all_committed(brokers: list[str], settings: Settings) -> bool:
    return (await committed(brokers, settings, "recorder", "changes")).whole


@pytest.mark.usefixtures("effects_table")
async def test_workers_killed_under_load(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """Two at work; one is killed as soon as it has done something, and another one comes in its place."""
    published = 0
    done = 0

    async def goes_on() -> bool:
        nonlocal published
        handled = len(await effects(store))
        if published - handled < AHEAD:
            await publisher.publish(messages(20, start=published))
            published += 20
        return handled > done

    with ExitStack() as stack:

        def enter() -> "subprocess.Popen[bytes]":
            return stack.enter_context(worker("recorder", brokers, postgres_url, settings, tmp_path / "worker.log"))

        workers = [enter(), enter()]
        for victim in (0, 1, 0):
            await until(goes_on, 120)
            workers[victim].kill()
            workers[victim] = enter()
            done = len(await effects(store)) + 100
        await until(goes_on, 120)
        await until(lambda: all_done(store, published), 120)
        await until(lambda: all_committed(brokers, settings), 120)
    assert in_order(await effects(store), published)
    ids = [decode(value).id for value in await values(brokers, settings, "hashed")]
    assert set(ids) == {derived(n) for n in range(published)}


@pytest.mark.usefixtures("effects_table")
async def test_a_zombie_writes_nothing(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """A worker is stopped for longer than its session in the middle of a flood; another one takes over."""
    await publisher.publish(messages(2000))
    with worker("recorder", brokers, postgres_url, settings, tmp_path / "zombie.log") as zombie:
        await until(lambda: all_done(store, 1), 120)
        pause(zombie)
        async with working([recorder(worker="heir", derives=True)], brokers, postgres_url, settings):
            await publisher.publish(messages(100, start=2000))
            await until(lambda: all_done(store, 2100), 120)
            resume(zombie)
            await publisher.publish(messages(100, start=2100))
            await until(lambda: all_done(store, 2200), 120)
    assert in_order(await effects(store), 2200)


@pytest.mark.usefixtures("effects_table")
async def test_an_event_that_kills_its_workers_is_buried_and_the_others_go_on(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"max_deliveries": 2, "lease_ms": 4000})
    await publisher.publish(messages(100))
    deaths = 0
    while not await store.dead_letters.page():
        with worker("deadly", brokers, postgres_url, settings, tmp_path / "worker.log") as mortal:
            await until(lambda mortal=mortal: _ended_or_done(mortal, store), 120)  # type: ignore[misc]
            deaths += mortal.poll() is not None
    with worker("deadly", brokers, postgres_url, settings, tmp_path / "worker.log"):
        await until(lambda: all_done(store, 99), 120)
        await until(lambda: all_committed(brokers, settings), 120)
    done = sorted(id_ for _, id_ in await effects(store))
    assert done == sorted(event_id(n) for n in range(100) if event_id(n) != DEADLY)
    [letter] = await store.dead_letters.page()
    assert letter.event_id == DEADLY
    assert "ended 2 workers" in letter.error
    assert 2 + 2 <= deaths <= 8  # in whose hands the batch was, wherever it began, and then the entry alone


async def _ended_or_done(process: "subprocess.Popen[bytes]", store: Store) -> bool:
    return process.poll() is not None or bool(await store.dead_letters.page())


async def test_postgres_is_away_in_the_middle(
    publisher: "Publisher", brokers: list[str], settings: Settings, tmp_path: Path
) -> None:
    program = embedded.postgres_program(tmp_path / "postgres")
    server = await start(program)
    store = await Store.connect(program.url, settings)
    await store.migrate()
    await store.db.execute(EFFECTS)
    at_work, gone = asyncio.Event(), asyncio.Event()

    async def wait_until_gone(_: Sequence[Entry]) -> None:
        at_work.set()
        await gone.wait()

    try:
        await publisher.publish(messages(300))
        async with working([recorder(before=wait_until_gone, derives=True)], brokers, program.url, settings):
            await asyncio.wait_for(at_work.wait(), 40)
            server.kill()
            server.wait()
            gone.set()
            await publisher.publish(messages(300, start=300))
            server = await start(program)
            await until(lambda: _done_there(store, 600), 120)
            await until(lambda: all_committed(brokers, settings), 120)
        assert in_order(await effects(store), 600)
        ids = [decode(value).id for value in await values(brokers, settings, "hashed")]
        assert set(ids) == {derived(n) for n in range(600)}
    finally:
        await store.close()
        server.kill()
        server.wait()


@pytest.mark.usefixtures("effects_table")
async def test_the_brokers_are_away_for_longer_than_a_session(
    publisher: "Publisher",
    store: Store,
    cluster: "subprocess.Popen[bytes]",
    brokers: list[str],
    postgres_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A publisher hears of it, and repeats what it is not sure of."""
    monkeypatch.setattr("streams.kafka.publisher.PATIENCE", 1.5 * settings.lease_ms / 1000)
    async with working([recorder(derives=True)], brokers, postgres_url, settings):
        await publisher.publish(messages(100))
        await until(lambda: all_done(store, 100), 40)
        pause(cluster)
        try:
            with pytest.raises(Away):
                await publisher.publish(messages(100, start=100))
        finally:
            resume(cluster)
        await publisher.publish(messages(100, start=100))
        await until(lambda: all_done(store, 200), 120)
        await until(lambda: all_committed(brokers, settings), 120)
    assert in_order(await effects(store), 200)
    ids = [decode(value).id for value in await values(brokers, settings, "hashed")]
    assert set(ids) == {derived(n) for n in range(200)}


async def _done_there(store: Store, number: int) -> bool:
    try:
        return await all_done(store, number)
    except Exception:  # noqa: BLE001 - the server is away, on purpose
        return False
