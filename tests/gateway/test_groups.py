"""How the groups do, as the gateway tells it: by group and partition, in the status and in the metrics."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from schemas.base import now
from schemas.envelope import Origin, root
from schemas.settings import Settings
from streams.connection import connect
from streams.entry import Entry
from streams.log import Log
from streams.retry import Backoff
from streams.store import Store
from tests.build import document, event_id, until
from tests.gateway.conftest import KEY, Client
from tests.streams.runner import EFFECTS, change, messages, recorder, working


@pytest.fixture
async def effects_table(store: Store) -> Any:
    await store.db.execute(EFFECTS)
    await store.db.execute("truncate effects")
    yield
    await store.db.execute("drop table effects")


async def group_of(client: Client, name: str) -> Any:
    return next((group for group in (await client.get("/api/status"))["groups"] if group["group"] == name), None)


async def publish_an_hour_ago(log: Log, path: str) -> int:
    """One change; its partition."""
    origin = Origin("tester", "tests", now() - timedelta(hours=1))
    return (await log.publish([log.message(root(change(1), document(path), origin, event_id(77)))]))[0].partition


async def test_each_partition_says_what_it_has_left(idle: Client, log: Log) -> None:
    for partition in range(log.partitions):
        await log.redis.xgroup_create(log.keys.stream("changes", partition), "hash", "0", mkstream=True)
    old = await publish_an_hour_ago(log, "model/old.py")
    await log.publish(messages(log, 40))
    group = await group_of(idle, "hash")
    assert [partition["partition"] for partition in group["partitions"]] == list(range(log.partitions))
    assert sum(partition["lag"] for partition in group["partitions"]) == group["lag"] == 41
    assert all(partition["topics"]["changes"]["lag"] == partition["lag"] for partition in group["partitions"])
    assert group["oldest"] == max(partition["oldest"] or 0 for partition in group["partitions"])
    assert group["partitions"][old]["oldest"] >= 3600
    pressure = (await idle.get("/api/status"))["pressure"]
    assert pressure["fullest"].startswith("changes/")
    assert pressure["length"] == max(partition["lag"] for partition in group["partitions"])
    assert pressure["high_water"] == log.settings.high_water
    assert pressure["memory"] > pressure["memory_limit"] == 0


@pytest.mark.usefixtures("effects_table")
async def test_what_is_held_is_not_handled_yet(
    idle: Client, log: Log, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def never(_: Sequence[Entry]) -> None:
        raise RuntimeError("a bug")

    handler = recorder(before=never)._replace(backoff=Backoff(attempts=1000, base=0.02, cap=0.02))
    async with working([handler], redis_url, postgres_url, settings):
        held = await publish_an_hour_ago(log, "model/held.py")
        await until(lambda: _holds(idle, held))
        group = await group_of(idle, "recorder")
        assert group["workers"] == [group["partitions"][held]["owner"]]
        assert (group["held"], group["dead"]) == (1, 0)
        assert 3600 <= group["oldest"] < 3700


async def _holds(client: Client, partition: int) -> bool:
    group = await group_of(client, "recorder")
    partitions = group["partitions"] if group else []
    return any(one["partition"] == partition and one["lag"] == 0 and one["held"] == 1 for one in partitions)


@pytest.mark.usefixtures("effects_table")
async def test_the_dead_are_counted_where_they_died(
    idle: Client, log: Log, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def never(_: Sequence[Entry]) -> None:
        raise RuntimeError("a bug")

    async with working([recorder(before=never)], redis_url, postgres_url, settings):
        places = await log.publish(messages(log, 10))
        await until(lambda: _buried(idle, 10))
        partitions = (await group_of(idle, "recorder"))["partitions"]
        expected = [sum(place.partition == partition for place in places) for partition in range(log.partitions)]
        assert [partition["dead"] for partition in partitions] == expected
        assert {partition["oldest"] for partition in partitions} == {None}


async def _buried(client: Client, number: int) -> bool:
    group = await group_of(client, "recorder")
    return bool(group and group["dead"] == number and group["lag"] == 0)


async def test_metrics_by_partition(idle: Client, log: Log) -> None:
    for partition in range(log.partitions):
        await log.redis.xgroup_create(log.keys.stream("changes", partition), "hash", "0", mkstream=True)
    old = await publish_an_hour_ago(log, "model/old.py")
    async with idle.raw.get("/metrics", headers=KEY) as response:
        text = await response.text()
    labels = f'group="hash",partition="{old}"'
    assert f'headrace_partition_lag{{{labels},topic="changes"}} 1.0' in text
    assert f"headrace_partition_owned{{{labels}}} 0.0" in text
    assert f"headrace_log_high_water {float(log.settings.high_water)}" in text
    figures = {
        name: float(value) for name, value in (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
    }
    assert 3600 <= figures[f'headrace_partition_oldest_seconds{{{labels},topic="changes"}}'] < 3700
    assert 3600 <= figures['headrace_group_oldest_seconds{group="hash"}'] < 3700
    assert figures["headrace_log_fullest_entries"] == 1
    assert figures["headrace_redis_memory_bytes"] > 0


async def test_redis_that_has_a_limit(idle: Client, log: Log, redis_url: str) -> None:
    admin = connect(redis_url, 5.0)
    await admin.config_set("maxmemory", 1 << 30)
    try:
        assert (await idle.get("/api/status"))["pressure"]["memory_limit"] == 1 << 30
    finally:
        await admin.config_set("maxmemory", 0)
        await admin.aclose()
