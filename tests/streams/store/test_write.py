"""Writes that go together happen together, or not at all."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from schemas.errors import Away, Fenced, Rejected, Retry
from streams.store import Store
from streams.store.write import Write


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


@pytest.fixture
async def numbers(store: Store) -> AsyncIterator[None]:
    """A table of numbers."""
    await store.db.execute("create table numbers (n int primary key, word text not null)")
    yield
    await store.db.execute("drop table numbers")


def _add(n: int, word: str | None = "") -> Write:
    return Write("insert into numbers (n, word) values ($1, $2)", (n, word))


def _change(n: int, word: str) -> Write:
    sql = "update numbers set word = $2 where n = $1"
    return Write(sql, (n, word), 1, Fenced(f"there is no {n}"))


async def _found(store: Store) -> dict[int, str]:
    return {row["n"]: row["word"] for row in await store.db.fetch("select * from numbers order by n")}


@pytest.mark.usefixtures("numbers")
async def test_many_writes_with_many_parameters_are_one(store: Store) -> None:
    await store.commit()
    await store.commit(*(_add(n, str(n)) for n in range(12)))
    await store.commit(_change(3, "three"), _add(12, "12"), _change(11, "eleven"))
    changed = {3: "three", 11: "eleven"}
    assert await _found(store) == {n: changed.get(n, str(n)) for n in range(13)}


@pytest.mark.usefixtures("numbers")
async def test_nothing_happens_where_one_does_not_meet_its_demand(store: Store) -> None:
    await store.commit(_add(1, "one"))
    gone = Write("delete from numbers where n = $1", (9,), 1, Retry("gone"))
    for writes, refusal in (
        ([_change(1, "x"), _change(2, "y"), _add(3)], Fenced),
        ([_add(3), gone, _change(1, "x")], Retry),
        ([gone, _change(2, "x")], Retry),
    ):
        with pytest.raises(refusal):
            await store.commit(*writes)
    assert await _found(store) == {1: "one"}


@pytest.mark.usefixtures("numbers")
async def test_what_postgresql_can_never_take_is_rejected(store: Store) -> None:
    await store.commit(_add(1))
    for bad in (_add(2, None), _add(2, "nul \0")):
        with pytest.raises(Rejected):
            await store.commit(_change(1, "x"), bad)
    assert await _found(store) == {1: ""}


@pytest.mark.usefixtures("numbers")
async def test_a_mistake_of_ours_stays_a_mistake(store: Store) -> None:
    await store.commit(_add(1))
    with pytest.raises(asyncpg.UniqueViolationError):
        await store.commit(_add(1))
    with pytest.raises(asyncpg.PostgresError, match="0"):
        await store.commit(_change(7, "x")._replace(otherwise=None))


@pytest.mark.usefixtures("numbers")
async def test_of_two_who_demand_the_same_one_is_refused(store: Store) -> None:
    await store.commit(_add(1, "free"))
    mine = Write("update numbers set word = $1 where n = 1 and word = 'free'", ("taken",), 1, Fenced("too late"))
    done = await asyncio.gather(*(store.commit(mine) for _ in range(8)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Fenced"] * 7 + ["NoneType"]


async def test_a_lost_connection_is_away(store: Store) -> None:
    kill = "update positions set seq = 0 where pg_terminate_backend(pg_backend_pid()) and group_name = 'g'"
    await store.commit(Write("insert into positions (group_name, topic, partition) values ('g', 't', 0)", ()))
    with pytest.raises(Away):
        await store.commit(Write(kill, ()))
