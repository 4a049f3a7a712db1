"""Two who wait for each other: one of them is made to start again, and nobody hears of it."""

import asyncio

import asyncpg
import pytest

from streams.store import Store
from streams.store.write import Write
from tests.build import until


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


async def test_a_deadlock_costs_a_moment(store: Store, postgres_url: str) -> None:
    await store.db.execute("create table pair (id int primary key, n int not null default 0)")
    other = await asyncpg.connect(postgres_url)
    try:
        await store.db.execute("insert into pair values (1), (2)")
        one, two = (Write("update pair set n = n + 1 where id = $1", (id_,), 1) for id_ in (1, 2))
        async with other.transaction():
            await other.execute("update pair set n = n + 10 where id = 2")
            waiting = asyncio.create_task(store.commit(one, two))
            await until(lambda: _waits(store))
            await other.execute("update pair set n = n + 10 where id = 1")
        await asyncio.wait_for(waiting, 20)
        rows = await store.db.fetch("select n from pair order by id")
        assert [row["n"] for row in rows] == [11, 11]
    finally:
        await other.close()
        await store.db.execute("drop table pair")


async def _waits(store: Store) -> bool:
    query = "select count(*) > 0 from pg_stat_activity where wait_event_type = 'Lock' and query like '%pair%'"
    return bool(await store.db.fetchval(query))
