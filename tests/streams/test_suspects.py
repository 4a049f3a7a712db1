"""An event that ends every process that handles it."""

import asyncio
import sys

import pytest

from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from tests.build import event_id, until
from tests.streams.deadly_worker import DEADLY
from tests.streams.runner import effects, length, messages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120), pytest.mark.usefixtures("effects_table")]

DEATHS = 5
"""Two in which the batch is suspected, then one more than an entry by itself may have caused (`max_deliveries`)."""


async def test_an_event_that_kills_its_workers_is_buried_and_the_others_go_on(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"max_deliveries": 3, "lease_ms": 600, "renew_ms": 150})
    await log.publish(messages(log, 100))
    deaths = 0
    while not (letters := await store.dead_letters.page()):
        worker = await _start(redis_url, postgres_url, settings)
        ended = asyncio.create_task(worker.wait())
        buried = asyncio.create_task(until(store.dead_letters.page, 60))
        await asyncio.wait([ended, buried], return_when=asyncio.FIRST_COMPLETED)
        deaths += ended.done()
        buried.cancel()
    try:
        await until(lambda: _all_but_one(store))
        await until(lambda: _nothing_noted(log))
    finally:
        worker.kill()
        await ended
    done = sorted(id_ for _, id_ in await effects(store))
    assert done == sorted(event_id(n) for n in range(100) if event_id(n) != DEADLY)
    assert [letter.event_id for letter in letters] == [DEADLY]
    assert "ended 3 workers" in letters[0].error
    assert deaths == DEATHS
    assert await length(log, "dead") == 1


async def _start(redis_url: str, postgres_url: str, settings: Settings) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "tests.streams.deadly_worker", redis_url, postgres_url]
    return await asyncio.create_subprocess_exec(*command, settings.model_dump_json(exclude_unset=True))


async def _all_but_one(store: Store) -> bool:
    return len(await effects(store)) == 99


async def _nothing_noted(log: Log) -> bool:
    return not await log.redis.keys(f"{log.keys.prefix}:*:suspects:*")
