"""The whole log from any point, wherever its parts lie."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from handlers.archive import archive
from schemas.settings import Settings
from streams.entry import Entry
from streams.handler import Deps
from streams.line import Line
from streams.log import Log
from streams.reader import Reader, timeout
from streams.store import Store
from streams.tail import Tail
from tests.streams.runner import messages


@pytest.fixture
async def tail(log: Log, store: Store, redis_url: str, settings: Settings) -> AsyncIterator[Tail]:
    """A reader of the log and its archive, a few events at a time."""
    reader = Reader(Line(redis_url, timeout(settings)), settings, log.partitions)
    yield Tail(reader, store, page=7)
    await reader.close()


async def keep(log: Log, store: Store, up_to: int, *, trim: bool) -> None:
    """Archive what stands in the streams up to a number, and take it out of them."""
    for partition in range(log.partitions):
        key = log.keys.stream("changes", partition)
        stored: list[Any] = await log.redis.xrange(key, max=f"{up_to}-999999") or []
        found = [Entry(("changes", partition), id_, fields[b"e"]) for id_, fields in stored]
        if found:
            await store.commit(*(await archive(found, Deps(store))).writes)
        if trim:
            await log.redis.xtrim(key, minid=str(up_to + 1), approximate=False)


async def collect(tail: Tail, after: int, number: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(20):
        async for page in tail.follow(after, asyncio.Event()):
            found += [logged.seq for logged in page]
            if len(found) >= number:
                return found
    return found


async def test_from_the_streams_alone(log: Log, tail: Tail) -> None:
    await log.publish(messages(log, 50))
    assert await collect(tail, 0, 50) == list(range(1, 51))
    assert await collect(tail, 20, 30) == list(range(21, 51))


async def test_across_the_archive_and_the_streams(log: Log, store: Store, tail: Tail) -> None:
    await log.publish(messages(log, 60))
    await keep(log, store, 35, trim=True)
    assert await collect(tail, 0, 60) == list(range(1, 61))


async def test_where_archive_and_streams_overlap_nothing_comes_twice(log: Log, store: Store, tail: Tail) -> None:
    await log.publish(messages(log, 60))
    await keep(log, store, 40, trim=False)
    await archive_trim(log, 20)
    assert await collect(tail, 0, 60) == list(range(1, 61))


async def archive_trim(log: Log, up_to: int) -> None:
    for partition in range(log.partitions):
        await log.redis.xtrim(log.keys.stream("changes", partition), minid=str(up_to + 1), approximate=False)


async def test_what_comes_while_it_follows(log: Log, tail: Tail) -> None:
    following = asyncio.create_task(collect(tail, 0, 200))
    for start in range(0, 200, 5):
        await log.publish(messages(log, 5, start=start))
    assert await following == list(range(1, 201))


async def test_a_loss_is_passed_over_in_the_end(log: Log, tail: Tail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.tail.PATIENCE", 2)
    await log.publish(messages(log, 30))
    await archive_trim(log, 10)
    assert await collect(tail, 5, 20) == list(range(11, 31))
