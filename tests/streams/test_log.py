"""Events are appended once each, numbered without holes, or not at all."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from schemas.changes import VersionActivate
from schemas.errors import Busy, Misconfigured
from schemas.settings import Settings
from streams.connection import connect
from streams.line import Line
from streams.log import Log
from streams.reader import Reader, timeout
from tests.build import event, event_id, observed
from tests.streams.runner import length, messages


async def test_numbers_are_dense(log: Log) -> None:
    places = await log.publish(messages(log, 300))
    assert sorted(place.seq for place in places) == list(range(1, 301))
    by_stream: dict[int, list[int]] = {}
    for place in places:
        by_stream.setdefault(place.partition, []).append(place.offset)
    assert all(offsets == list(range(1, len(offsets) + 1)) for offsets in by_stream.values())
    assert await log.last_seq() == 300


async def test_the_same_event_is_appended_once(log: Log) -> None:
    first = await log.publish(messages(log, 50))
    assert await log.publish(messages(log, 50)) == first
    again = await log.publish(messages(log, 60))
    assert again[:50] == first
    assert await length(log, "changes") == 60


async def test_twice_in_one_batch_is_once(log: Log) -> None:
    one = messages(log, 1)
    places = await log.publish(one * 3)
    assert len(set(places)) == 1
    assert await length(log, "changes") == 1


async def test_topics_share_a_partition_and_a_call(log: Log) -> None:
    both = [
        log.message(event(observed("x"), "model/a.py", event_id(1))),
        log.message(event(VersionActivate("0" * 16), "model/a.py", event_id(2))),
    ]
    places = await log.publish(both)
    assert [place.topic for place in places] == ["changes", "hashed"]
    assert places[0].partition == places[1].partition
    assert [place.offset for place in places] == [1, 1]


async def test_many_publishers_at_once(log: Log) -> None:
    batches = [messages(log, 40, start=40 * n) for n in range(20)]
    await asyncio.gather(*(log.publish(batch) for batch in batches + batches))
    assert await length(log, "changes") == 800
    assert await log.last_seq() == 800


async def test_the_window_of_known_ids_is_bounded(redis_url: str, settings: Settings) -> None:
    log = Log(connect(redis_url, 5.0), settings.model_copy(update={"seen_window": 20, "partitions": 1}))
    await log.open()
    await log.admit()
    await log.publish(messages(log, 100, keys=1))
    seen, before = log.keys.seen(0)
    assert await log.redis.hlen(seen) + await log.redis.hlen(before) <= 100
    await log.publish(messages(log, 19, keys=1, start=100))
    await log.publish(messages(log, 19, keys=1, start=100))
    assert await length(log, "changes") == 119
    await log.close()


async def test_a_full_stream_takes_nothing_and_says_so(redis_url: str, settings: Settings) -> None:
    log = Log(connect(redis_url, 5.0), settings.model_copy(update={"high_water": 10, "partitions": 1}))
    await log.open()
    await log.admit()
    await log.publish(messages(log, 10, keys=1))
    with pytest.raises(Busy):
        await log.publish(messages(log, 5, keys=1, start=10))
    assert await length(log, "changes") == 10
    assert await log.last_seq() == 10
    assert len(await log.publish(messages(log, 10, keys=1))) == 10
    await log.close()


async def test_numbers_go_on_after_a_trim(log: Log) -> None:
    await log.publish(messages(log, 20, keys=1))
    partition = messages(log, 1, keys=1)[0].partition
    await log.redis.xtrim(log.keys.stream("changes", partition), maxlen=0, approximate=False)
    place = (await log.publish(messages(log, 1, keys=1, start=20)))[0]
    assert (place.seq, place.offset) == (21, 21)


async def test_what_is_published_while_the_first_is_looked_for_is_the_first(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    (message,) = messages(log, 1)
    look = log.redis.xrange

    async def look_and_then_publish(*arguments: Any, **options: Any) -> Any:
        found = await look(*arguments, **options)
        await log.publish([message])
        return found

    monkeypatch.setattr(log.redis, "xrange", look_and_then_publish)
    assert await log.first_offset(("changes", message.partition)) == 1


async def test_one_key_has_one_partition(log: Log) -> None:
    assert {m.partition for m in messages(log, 20, keys=1)} == {log.partition("default/components/model/k0.py")}
    assert len({log.partition(f"key {n}") for n in range(200)}) == log.partitions


async def test_the_number_of_partitions_is_fixed(redis_url: str, log: Log, settings: Settings) -> None:
    other = Log(connect(redis_url, 5.0), settings.model_copy(update={"partitions": 16}))
    await other.open()
    assert other.partitions == log.partitions
    await other.close()


async def test_a_strangers_key_is_a_clear_refusal(redis: Redis, redis_url: str, settings: Settings) -> None:
    await redis.set(f"{settings.prefix}:{{1}}:changes", "something else")
    log = Log(connect(redis_url, 5.0), settings)
    with pytest.raises(Misconfigured, match="changes"):
        await log.open()
    await log.close()


async def test_an_evicting_redis_is_a_clear_refusal(redis: Redis, redis_url: str, settings: Settings) -> None:
    log = Log(connect(redis_url, 5.0), settings)
    await redis.config_set("maxmemory", "1gb")
    await redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(Misconfigured, match="maxmemory-policy"):
            await log.open()
    finally:
        await redis.config_set("maxmemory", "0")
        await redis.config_set("maxmemory-policy", "noeviction")
        await log.close()


async def test_a_full_redis_is_busy_and_loses_nothing(redis: Redis, log: Log) -> None:
    await log.publish(messages(log, 10))
    await redis.config_set("maxmemory", "1mb")
    try:
        with pytest.raises(Busy):
            await log.publish(messages(log, 10, start=10))
    finally:
        await redis.config_set("maxmemory", "0")
    assert await length(log, "changes") == 10
    await log.publish(messages(log, 20))
    assert await length(log, "changes") == 20


async def test_a_flushed_script_cache_is_nothing(redis: Redis, log: Log) -> None:
    await log.publish(messages(log, 1))
    await redis.script_flush()
    await log.publish(messages(log, 2))
    assert await length(log, "changes") == 2


async def test_reading_after_a_number_gives_what_follows(log: Log, redis_url: str, settings: Settings) -> None:
    await log.publish(messages(log, 100))
    reader = Reader(Line(redis_url, timeout(settings)), settings, log.partitions)
    entries = await reader.after(30, 1000)
    assert [entry.seq for entry in entries] == list(range(31, 101))
    assert await reader.after(100, 10) == []
    await reader.close()


@given_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picks=st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=12), min_size=1, max_size=8))
async def test_any_history_of_publishing(log: Log, picks: list[list[int]]) -> None:
    await log.redis.delete(log.keys.clock, *[k for p in range(log.partitions) for k in _keys(log, p)])
    everything = messages(log, 31)
    places: dict[str, int] = {}
    for pick in picks:
        for message, place in zip((batch := [everything[n] for n in pick]), await log.publish(batch), strict=True):
            assert places.setdefault(message.id, place.seq) == place.seq
    assert sorted(places.values()) == list(range(1, len(places) + 1))
    for partition in range(log.partitions):
        found: list[Any] = await log.redis.xrange(log.keys.stream("changes", partition)) or []
        numbers = [tuple(map(int, entry_id.split(b"-"))) for entry_id, _ in found]
        assert [offset for _, offset in numbers] == list(range(1, len(numbers) + 1))
        assert all(a < b for (a, _), (b, _) in pairwise(numbers))


def _keys(log: Log, partition: int) -> list[str]:
    return [log.keys.stream("changes", partition), *log.keys.seen(partition)]
