"""How far the groups are behind: read from the streams themselves, on every Redis."""

import asyncio
from datetime import timedelta

import pytest

from schemas.changes import ChangeObserved
from schemas.envelope import Origin, root
from schemas.settings import Settings
from streams.lag import Lag, lags, members, owners, pressure
from streams.log import Log
from streams.store import Store
from streams.suspects import Suspects
from streams.trim import survey
from tests.build import START, document, event, event_id, until
from tests.streams.runner import recorder, working

PATH = "model/a.py"


async def publish(log: Log, number: int) -> None:
    """Changes of one document, a second apart."""
    for n in range(number):
        origin = Origin("tester", "tests", START + timedelta(seconds=n))
        await log.publish([log.message(root(ChangeObserved(size=n), document(PATH), origin, event_id(n)))])


async def make_group(log: Log, group: str) -> None:
    for partition in range(log.partitions):
        await log.redis.xgroup_create(log.keys.stream("changes", partition), group, "0", mkstream=True)


async def behind(log: Log, group: str) -> Lag:
    """How far a group is behind with that document."""
    found = await lags(log, await survey(log))
    (lag,) = found[group, log.partition(document(PATH).key)]
    assert all(other in ([lag], [Lag("changes", 0, None)]) for other in found.values())
    return lag


async def test_the_oldest_is_the_first_not_acknowledged(log: Log) -> None:
    await make_group(log, "slow")
    await publish(log, 5)
    key = log.keys.stream("changes", log.partition(document(PATH).key))
    assert await behind(log, "slow") == Lag("changes", 5, START)
    await log.redis.xreadgroup("slow", "owner", {key: ">"}, count=3)
    assert await behind(log, "slow") == Lag("changes", 5, START)
    await log.redis.xack(key, "slow", "1-1")
    assert await behind(log, "slow") == Lag("changes", 4, START + timedelta(seconds=1))
    await log.redis.xack(key, "slow", "2-2", "3-3")
    assert await behind(log, "slow") == Lag("changes", 2, START + timedelta(seconds=3))
    await log.redis.xreadgroup("slow", "owner", {key: ">"})
    await log.redis.xack(key, "slow", "4-4", "5-5")
    assert await behind(log, "slow") == Lag("changes", 0, None)


async def test_what_is_no_event_has_no_age(log: Log) -> None:
    await make_group(log, "slow")
    key = log.keys.stream("changes", log.partition(document(PATH).key))
    for fields in ({"e": "{}"}, {"e": b"\xff"}, {"x": "y"}):
        entry = await log.redis.xadd(key, fields)  # type: ignore[arg-type]
        assert (await behind(log, "slow")).oldest is None
        await log.redis.xdel(key, entry)


@pytest.mark.usefixtures("effects_table")
async def test_who_works_where(log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings) -> None:
    where = [("recorder", partition) for partition in range(log.partitions)]
    assert {owner.process for owner in (await owners(log, where)).values()} == {None}
    async with working([recorder()], redis_url, postgres_url, settings):
        await until(lambda: all_owned(log))
        (worker,) = (await members(log, ["recorder"]))["recorder"]
        assert set((await owners(log, where)).values()) == {(worker, 0)}
    assert set((await owners(log, where)).values()) == {(None, 0)}
    (place,) = await log.publish([log.message(event(ChangeObserved(), PATH))])
    for _ in range(2):
        await Suspects(log, "recorder", "given", asyncio.Lock()).deaths(place)
    assert (await owners(log, where))["recorder", place.partition].deaths == 2


async def all_owned(log: Log) -> bool:
    where = [("recorder", partition) for partition in range(log.partitions)]
    return all(owner.process for owner in (await owners(log, where)).values())


async def test_the_fullest_stream(log: Log) -> None:
    assert (await pressure(log, await survey(log)))[:2] == ("", 0)
    await publish(log, 7)
    found = await pressure(log, await survey(log))
    assert found[:2] == (f"changes/{log.partition(document(PATH).key)}", 7)
    assert found.memory > 0
    assert found.memory_limit == 0
