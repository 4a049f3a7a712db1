"""A worker that does not know that it has been replaced: it writes nothing, and holds nobody up."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest

from schemas.settings import Settings
from streams.entry import Entry
from streams.handler import Deps, Outcome
from streams.log import Log
from streams.store import Store
from tests.build import until
from tests.streams.runner import acknowledged, all_done, did, effects, in_order, messages, recorder, working

pytestmark = pytest.mark.usefixtures("effects_table")


async def test_a_zombie_writes_nothing(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """A worker is stopped in the middle of a batch for longer than its lease; another one takes over."""

    async def run_out() -> None:
        for partition in range(log.partitions):
            await log.redis.delete(log.keys.lease("recorder", partition))
        await log.redis.delete(log.keys.members("recorder"))

    await _followed(log, store, (redis_url, postgres_url), settings, run_out)


async def test_a_worker_of_the_same_name_takes_over_at_once(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """It need not wait for a lease to run out. Should the one before live still, it is a zombie as any other."""
    settings = settings.model_copy(update={"worker_name": "the one here", "lease_ms": 600_000})
    await _followed(log, store, (redis_url, postgres_url), settings, nothing)


async def nothing() -> None:
    """Happens."""


async def _followed(
    log: Log, store: Store, urls: tuple[str, str], settings: Settings, meanwhile: Callable[[], Awaitable[None]]
) -> None:
    """A worker falls asleep over a batch, another does all of it, and the first awakes."""
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def sleep(_: Sequence[Entry]) -> None:
        asleep.set()
        await awake.wait()

    await log.publish(messages(log, 40))
    async with working([recorder(worker="zombie", before=sleep)], *urls, settings):
        await asleep.wait()
        await meanwhile()
        async with working([recorder(worker="heir")], *urls, settings):
            await until(lambda: all_done(store, 40))
            awake.set()
            await log.publish(messages(log, 40, start=40))
            await until(lambda: all_done(store, 80))
    assert in_order(await effects(store), 80)
    first = await store.db.fetch("select worker from effects order by n limit 40")
    assert {row["worker"] for row in first} == {"heir"}


async def test_a_zombie_lets_go_of_its_locks(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """A worker is stopped after it decided what to write, and holds nothing that its heir needs."""
    asleep, awake = asyncio.Event(), asyncio.Event()

    async def decide_and_sleep(batch: Sequence[Entry], deps: Deps) -> Outcome:
        await deps.store.handled.find("recorder", [entry.event.id for entry in batch])
        asleep.set()
        await awake.wait()
        return Outcome([()] * len(batch), [did("zombie", batch)])

    await log.publish(messages(log, 40))
    async with working([recorder()._replace(react=decide_and_sleep)], redis_url, postgres_url, settings):
        await asleep.wait()
        for partition in range(log.partitions):
            await log.redis.delete(log.keys.lease("recorder", partition))
        await log.redis.delete(log.keys.members("recorder"))
        async with working([recorder(worker="heir")], redis_url, postgres_url, settings):
            await until(lambda: all_done(store, 40))
            awake.set()
            await until(lambda: acknowledged(log))
    assert in_order(await effects(store), 40)
    assert await store.db.fetchval("select count(*) from effects where worker = 'zombie'") == 0
