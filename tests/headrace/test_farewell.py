"""A worker that is told to end: what is at hand is finished within a limit, or done again by another."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schemas.settings import Settings
from streams.lag import owners
from streams.log import Log
from streams.store import Store
from streams.suspects import Suspects
from tests.build import until
from tests.faults import environment, process
from tests.streams.runner import EFFECTS, effects, in_order, messages, recorder, working

pytestmark = pytest.mark.slow
HOWS = ["awaiting", "in a thread", "hogging the loop"]


@pytest.fixture
async def effects_table(store: Store) -> None:
    await store.db.execute(EFFECTS)
    await store.db.execute("truncate effects")


class Slow:
    """A worker with a slow handler, which has begun on an event."""

    def __init__(self, process: "subprocess.Popen[bytes]", folder: Path) -> None:
        self.process, self._folder = process, folder

    @property
    def said(self) -> str:
        return self._folder.joinpath("said").read_text()

    async def has_begun(self) -> bool:
        return "begun" in self.said

    async def has_ended(self) -> bool:
        return self.process.poll() is not None

    def let_it_finish(self) -> None:
        self._folder.joinpath("done").touch()


@contextmanager
def slow_worker(how: str, redis_url: str, postgres_url: str, settings: Settings, folder: Path) -> Iterator[Slow]:
    command = [sys.executable, "-m", "tests.headrace.slow_worker", redis_url, postgres_url, _json(settings), how]
    with folder.joinpath("said").open("wb") as said:
        process = subprocess.Popen([*command, str(folder)], stdout=said, stderr=said)
    try:
        yield Slow(process, folder)
    finally:
        process.kill()
        process.wait()


def _json(settings: Settings) -> str:
    return settings.model_dump_json(exclude={"api_key", "redis_url", "postgres_url", "sentry_dsn"})


@pytest.mark.usefixtures("effects_table")
@pytest.mark.parametrize("how", HOWS)
async def test_what_is_at_hand_is_finished(
    how: str, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    await log.publish(messages(log, 1))
    with slow_worker(how, redis_url, postgres_url, settings, tmp_path) as slow:
        await until(slow.has_begun)
        slow.process.terminate()
        slow.let_it_finish()
        await until(slow.has_ended)
        assert slow.process.returncode == 0
        assert "stopped after 1 events" in slow.said
    assert in_order(await effects(store), 1)


@pytest.mark.usefixtures("effects_table")
@pytest.mark.parametrize("how", HOWS)
async def test_what_takes_too_long_is_cut_off_and_done_by_another(
    how: str, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"drain": 0.5})
    await log.publish(messages(log, 3))
    with slow_worker(how, redis_url, postgres_url, settings, tmp_path) as slow:
        await until(slow.has_begun)
        slow.process.terminate()
        await until(slow.has_ended)
        assert slow.process.returncode == 1
        assert "not done in time: what is at hand is cut off" in slow.said
        assert ("recorder: cut off" in slow.said) == (how != "hogging the loop")
    assert await effects(store) == []
    if how != "hogging the loop":  # it could still hand over what it held
        where = [("recorder", partition) for partition in range(log.partitions)]
        assert {owner.process for owner in (await owners(log, where)).values()} == {None}
    async with working([recorder()], redis_url, postgres_url, settings):
        await until(lambda: _done(store, 3))
    assert in_order(await effects(store), 3)


async def _done(store: Store, number: int) -> bool:
    return len(await effects(store)) == number


async def test_being_cut_off_is_no_death(log: Log) -> None:
    """Else what takes long would be buried after a few upgrades."""
    suspects, (place,) = Suspects(log, "recorder", "given", asyncio.Lock()), await log.publish(messages(log, 1))
    begun = asyncio.Event()

    async def handle() -> None:
        async with suspects.at_hand(place):
            begun.set()
            await asyncio.Event().wait()

    for _ in range(3):
        begun.clear()
        handling = asyncio.create_task(handle())
        await begun.wait()
        handling.cancel()
        await asyncio.wait([handling])
    async with suspects.at_hand(place) as times:
        assert times == 1


@pytest.mark.usefixtures("effects_table")
async def test_a_second_signal_does_not_wait(
    log: Log, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"drain": 1000.0})
    await log.publish(messages(log, 1))
    with slow_worker("awaiting", redis_url, postgres_url, settings, tmp_path) as slow:
        await until(slow.has_begun)
        slow.process.send_signal(signal.SIGINT)
        slow.process.send_signal(signal.SIGTERM)
        await until(slow.has_ended)
        assert slow.process.returncode == 1


async def test_a_worker_that_waits_for_its_servers_ends_too(settings: Settings, tmp_path: Path) -> None:
    urls = {"HEADRACE_REDIS_URL": "redis://127.0.0.1:9/0", "HEADRACE_POSTGRES_URL": "postgresql://127.0.0.1:9/x"}
    said = tmp_path / "said"
    with process(["worker"], environment(settings, HEADRACE_DRAIN="0.1", **urls), said) as worker:
        await until(lambda: _says(said, "again in"))
        worker.terminate()
        assert worker.wait(20) == 1
    assert "Traceback" not in said.read_text()


async def _says(said: Path, words: str) -> bool:
    return words in said.read_text()
