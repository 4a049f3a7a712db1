"""The network fails in the middle of everything; groups grow and shrink under load. Once each, and in order."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from schemas.errors import Away, Busy
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from tests.build import until
from tests.proxy import Proxy
from tests.streams.runner import effects, in_order, messages, published, recorder, working

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180), pytest.mark.usefixtures("effects_table")]
KEYS = 40


async def publish(log: Log, numbers: range) -> None:
    """As who waits for the log where it must."""
    while True:
        try:
            await log.publish(messages(log, len(numbers), KEYS, numbers.start))
        except (Away, Busy):
            await asyncio.sleep(0.05)
        else:
            return


async def all_done(store: Store, number: int) -> bool:
    return len(await effects(store)) >= number


@pytest.fixture
async def redis_proxy(redis_url: str) -> AsyncIterator[Proxy]:
    """What stands between the worker and Redis."""
    async with Proxy(redis_url).running() as proxy:
        yield proxy


@pytest.fixture
async def postgres_proxy(postgres_url: str) -> AsyncIterator[Proxy]:
    """What stands between the worker and PostgreSQL."""
    async with Proxy(postgres_url).running() as proxy:
        yield proxy


async def trouble(proxies: list[Proxy], dice: random.Random) -> None:
    """Something that goes wrong, and is over again."""
    proxy = dice.choice(proxies)
    kind = dice.choice(["cut", "half", "stall", "delay"])
    if kind == "cut":
        proxy.cut()
    elif kind == "half":
        proxy.half_close()
    elif kind == "stall":
        proxy.stall()
        await asyncio.sleep(dice.uniform(0.1, 1.5))
        proxy.resume()
    else:
        proxy.delay = dice.choice([0.0, 0.005, 0.02])
    await asyncio.sleep(dice.uniform(0.0, 0.3))


@pytest.mark.parametrize("seed", range(2))
async def test_a_network_that_cannot_be_trusted(
    redis_proxy: Proxy, postgres_proxy: Proxy, log: Log, store: Store, settings: Settings, seed: int
) -> None:
    dice = random.Random(seed)
    settings = settings.model_copy(update={"redis_timeout": 0.7, "postgres_timeout": 1.0})
    async with (
        working([recorder(worker="one", derives=True)], redis_proxy.url, postgres_proxy.url, settings),
        working([recorder(worker="two", derives=True)], redis_proxy.url, postgres_proxy.url, settings),
    ):
        for at in range(0, 3000, 100):
            await publish(log, range(at, at + 100))
            await trouble([redis_proxy, postgres_proxy], dice)
        redis_proxy.delay = postgres_proxy.delay = 0.0
        await until(lambda: all_done(store, 3000), 60)
    assert in_order(await effects(store), 3000, KEYS)
    ids = [one.id for one in await published(log, "hashed")]
    assert len(ids) == len(set(ids)) == 3000


async def test_from_one_process_to_twenty_and_back(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    settings = settings.model_copy(update={"tick_ms": 100})
    number = 0

    async def load(seconds: float) -> None:
        nonlocal number
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await publish(log, range(number, number + 20))
            number += 20
            await asyncio.sleep(0.02)

    async with AsyncExitStack() as stack:
        first = recorder(worker="0", derives=True)
        await stack.enter_async_context(working([first], redis_url, postgres_url, settings))
        await load(0.5)
        async with AsyncExitStack() as more:
            for n in range(1, 20):
                other = recorder(worker=str(n), derives=True)
                await more.enter_async_context(working([other], redis_url, postgres_url, settings))
                await load(0.1)
            await load(1.0)
            workers = await store.db.fetchval("select count(distinct worker) from effects")
        await load(0.5)
        await until(lambda: all_done(store, number), 60)
    assert in_order(await effects(store), number, KEYS)
    assert workers >= 3
