"""A process that works for groups: when it ends by itself."""

import asyncio

import pytest

from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from streams.worker import work
from tests.build import until
from tests.streams.runner import effects, messages, recorder


async def test_a_worker_that_the_database_has_outgrown_ends_and_writes_nothing(
    effects_table: None, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """As a migration does it, while workers of the version before are still up."""
    worker = asyncio.create_task(work([recorder()], redis_url, postgres_url, settings, asyncio.Event()))
    try:
        await log.publish(messages(log, 20))
        await until(lambda: _so_many(store, 20))
        async with store.alone("test") as one, one.transaction():
            await one.db.execute("insert into migrations (number, name) values (9999, '9999_future.sql')")
            await one.db.execute("update positions set epoch = epoch + 1")
        await log.publish(messages(log, 20, start=20))
        with pytest.raises(ExceptionGroup) as ended:
            await asyncio.wait_for(worker, 20)
        assert "does not know" in str(ended.value.exceptions[0])
        assert len(await effects(store)) == 20
    finally:
        worker.cancel()
        await store.db.execute("delete from migrations where number = 9999")


async def _so_many(store: Store, number: int) -> bool:
    return len(await effects(store)) == number
