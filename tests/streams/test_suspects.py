"""An event that ends the processes that handle it, or would stand in their way for ever."""

import asyncio
import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from streams.entry import Place
from streams.log import Log
from streams.store import Store
from streams.store.letters import DeadLetter
from streams.suspects import Suspects
from streams.watchdog import STATUS
from tests.build import until
from tests.conftest import Servers
from tests.streams.poison_worker import POISON
from tests.streams.runner import effects, in_order, length, messages

MOST = 2
"""Ends of workers that an entry by itself may cause (`max_deliveries`)."""
DEATHS = 2 + MOST
"""Two in which the batch is suspected come first."""

PLACE = Place("changes", 1, 7, 3)


class Burial(NamedTuple):
    """How an event came to be buried: `codes` are the exit statuses of the workers that it ended."""

    letter: DeadLetter
    codes: list[int | None]
    said: str


async def bury(harm: str, log: Log, store: Store, servers: tuple[str, str], path: Path) -> Burial:
    """Bring workers back, as a supervisor does, until the event is buried and all others are handled."""
    settings = log.settings.model_copy(
        update={"max_deliveries": MOST, "lease_ms": 600, "renew_ms": 150, "grace_ms": 1000}
    )
    await log.publish(messages(log, 100))
    codes: list[int | None] = []
    finished = asyncio.create_task(until(lambda: _all_but_one(log, store), 100))
    with path.open("wb") as said:
        while not finished.done():
            command = [sys.executable, "-m", "tests.streams.poison_worker", harm, *servers]
            worker = await asyncio.create_subprocess_exec(
                *command, settings.model_dump_json(exclude_unset=True), stderr=said
            )
            ended = asyncio.create_task(worker.wait())
            await asyncio.wait([ended, finished], return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                codes.append(worker.returncode)
            else:
                worker.kill()
                await ended
    await finished
    (letter,) = await store.dead_letters.page()
    return Burial(letter, codes, path.read_text(encoding="utf-8", errors="replace"))


async def _all_but_one(log: Log, store: Store) -> bool:
    noted = await log.redis.keys(f"{log.keys.prefix}:*:suspects:*")
    return bool(await store.dead_letters.page()) and len(await effects(store)) >= 99 and not noted


HARMS = [
    # what the event does, its attempts and what its letter says, and how often a worker ends, with which status
    pytest.param("die", MOST + 1, "ended 2 workers", [-9] * DEATHS, id="it kills"),
    pytest.param("spin", MOST + 1, "ended 2 workers", [STATUS] * DEATHS, id="it hogs the loop"),
    pytest.param("hold", MOST + 1, "ended 2 workers", [1] * DEATHS, id="it hogs the interpreter"),
    pytest.param("ignore", MOST + 1, "ended 2 workers", [STATUS] * DEATHS, id="it cannot be cancelled"),
    pytest.param("wait", 2, "TimeLimitExceeded: the handler took longer than 1.5 s", [], id="it waits for ever"),
    pytest.param("leave", 2, "RuntimeError: the handler wanted to end its worker: SystemExit", [], id="it exits"),
    pytest.param("cancel", 2, "RuntimeError: the handler wanted to end its worker: Cancelled", [], id="it cancels"),
]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("effects_table")
@pytest.mark.parametrize(("harm", "attempts", "error", "codes"), HARMS)
async def test_a_harmful_event_is_buried_and_the_others_go_on(
    log: Log,
    store: Store,
    redis_url: str,
    postgres_url: str,
    tmp_path: Path,
    harm: str,
    attempts: int,
    error: str,
    codes: list[int],
) -> None:
    burial = await bury(harm, log, store, (redis_url, postgres_url), tmp_path / "said")
    assert burial.letter.event_id == POISON
    assert (burial.letter.attempts, error in burial.letter.error) == (attempts, True), burial.letter.error
    assert burial.codes == codes, burial.said
    assert in_order(await effects(store), 100, without={33})
    assert await length(log, "dead") == 1
    assert await length(log, "hashed") == 99
    if codes and codes[0] != -9:  # the log says where it hung
        assert f"in {harm}" in burial.said


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.usefixtures("effects_table")
async def test_an_event_that_takes_all_memory(
    log: Log, store: Store, redis_url: str, postgres_url: str, tmp_path: Path
) -> None:
    """Python can mostly say so. Where it cannot, the worker ends at once and does not linger with its leases."""
    burial = await bury("hoard", log, store, (redis_url, postgres_url), tmp_path / "said")
    assert burial.letter.event_id == POISON
    assert re.fullmatch("MemoryError|.*it has ended 2 workers.*", burial.letter.error)
    assert len(burial.codes) <= DEATHS
    assert in_order(await effects(store), 100, without={33})
    assert (await length(log, "dead"), await length(log, "hashed")) == (1, 99)


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """One Redis is enough: the harm is done elsewhere."""
    return servers.redis["6.2"]


@pytest.fixture
def alone() -> asyncio.Lock:
    """The lock of a process."""
    return asyncio.Lock()


class Death(BaseException):
    """The end of a process."""


async def begin(suspects: Suspects) -> int:
    """Begin an entry, and see its end: how many have begun it."""
    async with suspects.at_hand(PLACE) as begun:
        return begun


async def begin_and_die(suspects: Suspects) -> None:
    with pytest.raises(Death):
        async with suspects.at_hand(PLACE):
            raise Death


async def test_what_a_group_holds_is_not_acquitted_with_what_it_was_given(log: Log, alone: asyncio.Lock) -> None:
    """There is always something given on a busy system: a held event would kill worker after worker."""
    given, held = Suspects(log, "g", "given", alone), Suspects(log, "g", "held", alone)
    await begin_and_die(held)
    await begin_and_die(given)
    await given.clear(PLACE.partition)
    assert (await begin(given), await begin(held)) == (1, 2)
    assert (await begin(given), await begin(held)) == (1, 1)


async def test_one_thing_at_a_time_is_at_hand_in_a_process(log: Log, alone: asyncio.Lock) -> None:
    """What another group has at hand is not blamed for a death that this one causes."""
    harmful, innocent = Suspects(log, "harmful", "given", alone), Suspects(log, "innocent", "given", alone)
    async with harmful.at_hand(PLACE):
        waiting = asyncio.create_task(begin(innocent))
        assert innocent.busy
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), 0.2)
        assert not await log.redis.exists(log.keys.suspects("innocent", PLACE.partition, "given"))
    assert await waiting == 1
