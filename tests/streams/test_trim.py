"""No entry leaves a stream before it is archived and every group has acknowledged it."""

import asyncio

import pytest

from handlers import HANDLERS
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from streams.trim import ARCHIVE, GroupState, StreamState, survey, trim
from streams.worker import work
from tests.build import event, event_id, observed, until
from tests.streams.runner import effects, in_order, length, messages, recorder, working

ARCHIVED = GroupState("archive", 90, None, 0)


@pytest.mark.parametrize(
    ("groups", "needed"),
    [
        ([], 0),
        ([GroupState("persist", 90, None, 0)], 0),
        ([ARCHIVED], None),
        ([ARCHIVED, GroupState("persist", 90, None, 0)], None),
        ([ARCHIVED, GroupState("persist", 40, None, 5)], 41),
        ([ARCHIVED, GroupState("persist", 90, 33, 5)], 33),
        ([GroupState("archive", 20, None, 7), GroupState("persist", 90, None, 0)], 21),
        ([ARCHIVED, GroupState("a", 90, 50, 1), GroupState("b", 60, None, 3)], 50),
    ],
)
def test_what_is_still_needed(groups: list[GroupState], needed: int | None) -> None:
    state = StreamState("changes", 0, length=10, last=90, groups=tuple(groups))
    assert state.first_needed() == needed


async def test_nothing_goes_without_an_archive(log: Log, store: Store) -> None:
    await log.publish(messages(log, 500))
    for partition in range(log.partitions):
        await log.redis.xgroup_create(log.keys.stream("changes", partition), "other", "$", mkstream=True)
    assert (await trim(log, store)).gone == 0
    assert await length(log, "changes") == 500


async def test_a_stopped_group_holds_what_it_has_not_read(
    redis_url: str, postgres_url: str, log: Log, store: Store, settings: Settings
) -> None:
    settings = settings.model_copy(update={"hot": 0})
    log = Log(log.redis, settings)
    for partition in range(log.partitions):
        await log.redis.xgroup_create(log.keys.stream("changes", partition), "stopped", "0", mkstream=True)
    archive = [handler for handler in HANDLERS if handler.name == "archive"]
    async with working(archive, redis_url, postgres_url, settings):
        await log.publish([log.message(event(observed(f"{n}"), f"model/m{n}.py", event_id(n))) for n in range(400)])
        await until(lambda: _archived(store, 400))
        await trim(log, store)
        assert await length(log, "changes") == 400
        for partition in range(log.partitions):
            await log.redis.xgroup_destroy(log.keys.stream("changes", partition), "stopped")
        await until(lambda: _shorter(log, 400))


async def _archived(store: Store, number: int) -> bool:
    return await store.events.last() >= number


async def _shorter(log: Log, than: int) -> bool:
    return await length(log, "changes") < than


async def test_memory_is_bounded_under_load(
    redis_url: str, postgres_url: str, log: Log, store: Store, settings: Settings
) -> None:
    """The whole pipeline, a small high water: publishers wait, and everything arrives."""
    settings = settings.model_copy(update={"hot": 50, "high_water": 300, "batch": 50})
    log = Log(log.redis, settings)
    async with working(HANDLERS, redis_url, postgres_url, settings):
        for start in range(0, 3000, 50):
            batch = [
                log.message(event(observed(f"{n}"), f"model/m{n % 40}.py", event_id(n)))
                for n in range(start, start + 50)
            ]
            await until(lambda batch=batch: _published(log, batch))  # type: ignore[misc]
            assert await length(log, "changes") <= 300 * log.partitions
        await until(lambda: _versions(store, 3000), 60)
        await until(lambda: _trimmed(log))
    assert {group.name for stream in await survey(log) for group in stream.groups} == {h.name for h in HANDLERS}


async def _published(log: Log, batch: list) -> bool:  # type: ignore[type-arg]
    from schemas.errors import Busy

    try:
        await log.publish(batch)
    except Busy:
        return False
    return True


async def _versions(store: Store, number: int) -> bool:
    return bool(await store.db.fetchval("select count(*) from versions") == number)


async def _trimmed(log: Log) -> bool:
    return sum([await length(log, topic) for topic in ("changes", "hashed", "resolved", "versions")]) < 2500


@pytest.mark.usefixtures("effects_table")
async def test_nothing_is_trimmed_that_a_group_has_not_begun_to_read(
    redis_url: str, postgres_url: str, log: Log, store: Store, settings: Settings
) -> None:
    """The archive works alone, for a while: what the other group will need is still there when it comes."""
    settings = settings.model_copy(update={"hot": 1})
    later, archive = recorder(), next(handler for handler in HANDLERS if handler.name == ARCHIVE)
    stop = asyncio.Event()
    alone = asyncio.create_task(work([archive], redis_url, postgres_url, settings, stop, [later]))
    await log.publish(messages(log, 1200))
    await until(lambda: _all_archived(store, 1200))
    await trim(log, store)
    stop.set()
    await alone
    async with working([later], redis_url, postgres_url, settings):
        await until(lambda: _all_done(store, 1200))
    assert in_order(await effects(store), 1200)


async def _all_archived(store: Store, number: int) -> bool:
    return bool(await store.db.fetchval("select count(*) from events") == number)


async def _all_done(store: Store, number: int) -> bool:
    return len(await effects(store)) == number
