"""Order per key and effects once: whoever works, however many, and whatever fails."""

import asyncio
from collections.abc import Sequence
from itertools import count
from typing import Any, NoReturn

import pytest
from msgspec import structs

from schemas.base import now
from schemas.errors import Rejected
from schemas.settings import Settings
from streams.entry import Entry, Run, Stream
from streams.handler import Deps, Handler, Outcome
from streams.line import Line
from streams.log import Log
from streams.reader import Reader, timeout
from streams.retry import Backoff
from streams.store import Store
from tests.build import event, event_id, until
from tests.streams.runner import (
    acknowledged,
    all_done,
    change,
    derived,
    effects,
    in_order,
    length,
    messages,
    published,
    recorder,
    working,
)

pytestmark = pytest.mark.usefixtures("effects_table")


async def test_every_event_once_and_in_order(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    await log.publish(messages(log, 200))
    async with working([recorder()], redis_url, postgres_url, settings):
        await log.publish(messages(log, 200, start=200))
        await until(lambda: all_done(store, 400))
        await until(lambda: acknowledged(log))
    assert in_order(await effects(store), 400)


async def test_a_stream_that_is_far_behind_is_not_held_to_its_share(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of many streams has much: it is read alone, every other time, as much as all together would be."""
    quick = settings.model_copy(update={"batch": 100})
    reads: list[tuple[int, int, int]] = []
    read = Reader.new

    async def noted(self: Reader, group: str, streams: Sequence[Stream], share: int, *args: Any, **more: Any) -> Any:
        runs = await read(self, group, streams, share, *args, **more)
        if found := sum(len(run.entries) for run in runs):
            reads.append((len(streams), share, found))
        return runs

    await log.publish([log.message(event(change(n), "model/hot.py")) for n in range(1000)])
    monkeypatch.setattr(Reader, "new", noted)
    async with working([recorder()], redis_url, postgres_url, quick):
        await until(lambda: all_done(store, 1000))
    assert reads[0] == (log.partitions, 100, 100)
    assert (1, 400, 400) in reads
    assert len(reads) < 10


async def test_many_processes_share_the_work(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    handlers = [recorder(worker=name) for name in ("a", "b", "c")]
    async with (
        working([handlers[0]], redis_url, postgres_url, settings),
        working([handlers[1]], redis_url, postgres_url, settings),
        working([handlers[2]], redis_url, postgres_url, settings),
    ):
        await until(lambda: _evenly(log, 3))
        for start in range(0, 600, 20):
            await log.publish(messages(log, 20, keys=12, start=start))
        await until(lambda: all_done(store, 600))
    assert in_order(await effects(store), 600, keys=12)
    assert len(await store.db.fetch("select distinct worker from effects")) == 3


async def _evenly(log: Log, workers: int) -> bool:
    owners = [await log.redis.get(log.keys.lease("recorder", p)) for p in range(log.partitions)]
    return None not in owners and len(set(owners)) == workers


async def test_scaling_up_and_down_under_load(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def publish() -> None:
        for start in range(0, 1500, 10):
            await log.publish(messages(log, 10, keys=9, start=start))
            await asyncio.sleep(0.005)

    publishing = asyncio.create_task(publish())
    async with working([recorder(worker="stays")], redis_url, postgres_url, settings):
        for number in range(4):
            async with working([recorder(worker=f"comes {number}")], redis_url, postgres_url, settings):
                await asyncio.sleep(0.15)
        await publishing
        await until(lambda: all_done(store, 1500))
    assert in_order(await effects(store), 1500, keys=9)


async def test_what_follows_is_published_once(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async with working([recorder(derives=True)], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        await until(lambda: _has(log, 100))
    ids = [event_.id for event_ in await published(log, "hashed")]
    assert sorted(ids) == sorted(derived(n) for n in range(100))


async def _has(log: Log, number: int) -> bool:
    return await length(log, "hashed") >= number


class Crash(BaseException):
    """A worker that dies: no `except Exception` stops it."""


@pytest.mark.parametrize("where", ["before the effects", "before publishing", "before acknowledging"])
async def test_a_death_at_any_point_changes_nothing(
    log: Log,
    store: Store,
    redis_url: str,
    postgres_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    await log.publish(messages(log, 60))
    deaths: list[str] = []

    def die(*_: object, **__: object) -> NoReturn:
        deaths.append(where)
        raise Crash(where)

    handler = recorder(derives=True)
    with monkeypatch.context() as patch:
        if where == "before the effects":
            handler = recorder(before=die)
        elif where == "before publishing":
            patch.setattr("streams.appender.Appender._calls", die)
        else:
            patch.setattr("streams.ownership.Ownership.acknowledge", die)
        with pytest.raises(BaseExceptionGroup):
            async with working([handler], redis_url, postgres_url, settings):
                await until(lambda: _any(deaths))
    async with working([recorder(derives=True)], redis_url, postgres_url, settings):
        await until(lambda: _has(log, 60))
        await until(lambda: acknowledged(log))
    assert in_order(await effects(store), 60)
    assert await length(log, "hashed") == 60


async def _any(things: list[str]) -> bool:
    return bool(things)


async def test_a_poisoned_event_is_buried_and_the_others_go_on(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    poison = event_id(33)

    async def choke(batch: Sequence[Entry]) -> None:
        if any(entry.event.id == poison for entry in batch):
            raise RuntimeError("cannot digest this")

    async with working([recorder(before=choke)], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        await until(lambda: all_done(store, 99))
        letter = (await until(store.dead_letters.page))[0]
    done = [id_ for _, id_ in await effects(store)]
    assert sorted(done) == sorted(event_id(n) for n in range(100) if n != 33)
    assert (letter.event_id, letter.attempts, letter.error) == (poison, 3, "RuntimeError: cannot digest this")
    assert "choke" in (await store.dead_letters.remains(letter.id)).traceback
    assert await length(log, "dead") == 1


async def test_a_key_waits_behind_its_held_event(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    tries = count()

    async def fail_twice(batch: Sequence[Entry]) -> None:
        if any(entry.event.id == event_id(3) for entry in batch) and next(tries) < 2 + 7:
            raise RuntimeError("not yet")

    handler = recorder(before=fail_twice)._replace(backoff=Backoff(attempts=20, base=0.02, cap=0.02))
    async with working([handler], redis_url, postgres_url, settings):
        await log.publish(messages(log, 50))
        await until(lambda: all_done(store, 50))
    done = await effects(store)
    assert in_order(done, 50)
    assert next(tries) > 2


async def test_what_can_never_be_is_buried_at_once(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def refuse(batch: Sequence[Entry]) -> None:
        if any(entry.event.id == event_id(0) for entry in batch):
            raise Rejected("never")

    async with working([recorder(before=refuse)], redis_url, postgres_url, settings):
        await log.publish(messages(log, 10))
        letter = (await until(store.dead_letters.page))[0]
        await until(lambda: all_done(store, 9))
    assert letter.attempts == 1


async def test_bytes_that_are_no_event_are_buried(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    garbage = structs.replace(messages(log, 1)[0], raw=b"\xffnot an event", id=event_id(999))
    async with working([recorder()], redis_url, postgres_url, settings):
        await log.publish([*messages(log, 5), garbage, *messages(log, 5, start=5)])
        await until(lambda: all_done(store, 10))
        letter = (await until(store.dead_letters.page))[0]
        await until(lambda: acknowledged(log))
    assert letter.event_id is None
    assert (await store.dead_letters.remains(letter.id)).raw == b"\xffnot an event"


async def test_a_dead_letter_can_be_tried_again(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    broken = True

    async def while_broken(_: Sequence[Entry]) -> None:
        if broken:
            raise RuntimeError("a bug")

    async with working([recorder(before=while_broken)], redis_url, postgres_url, settings):
        await log.publish(messages(log, 1))
        letter = (await until(store.dead_letters.page))[0]
        broken = False
        await store.commit(*store.dead_letters.decide([letter.id], "retried", "tester", now(), ""))
        await until(lambda: all_done(store, 1))
    assert in_order(await effects(store), 1)


async def test_the_same_event_appended_twice_happens_once(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """The publisher's window is no guarantee: the record of handled events is."""
    async with working([recorder(derives=True)], redis_url, postgres_url, settings):
        for _ in range(3):
            await log.publish(messages(log, 10))
            await log.redis.delete(*[key for p in range(log.partitions) for key in log.keys.seen(p)])
        await log.publish(messages(log, 10, start=10))
        await until(lambda: all_done(store, 20))
        await until(lambda: acknowledged(log))
    assert await length(log, "changes") == 40
    assert in_order(await effects(store), 20)


async def test_nothing_is_lost_when_entries_were_given_to_another(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """A reader took entries and vanished: the numbers show the hole, and its owner's list holds them."""
    async with working([recorder()], redis_url, postgres_url, settings):
        await log.publish(messages(log, 20))
        await until(lambda: all_done(store, 20))
    thief = Reader(Line(redis_url, timeout(settings)), settings, log.partitions)
    await log.publish(messages(log, 20, start=20))
    taken = await thief.new("recorder", [("changes", p) for p in range(log.partitions)], 3)
    assert taken
    await thief.close()
    async with working([recorder()], redis_url, postgres_url, settings):
        await log.publish(messages(log, 20, start=40))
        await until(lambda: all_done(store, 60))
    assert in_order(await effects(store), 60)


async def test_nothing_is_lost_when_the_last_entries_were_given_to_another(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """A reader that has lost its lease was still waiting at Redis: no later entry shows the hole."""
    patient = settings.model_copy(update={"block_ms": 60_000})
    thief = Reader(Line(redis_url, timeout(patient)), patient, log.partitions)
    published = 0
    async with working([recorder()], redis_url, postgres_url, settings):
        await log.publish(messages(log, 1, keys=1))
        await until(lambda: all_done(store, 1))
        stealing = asyncio.create_task(thief.new("recorder", [("changes", p) for p in range(log.partitions)], 1))
        while not stealing.done():
            published += 1
            await log.publish(messages(log, 1, keys=1, start=published))
            await until(lambda number=published + 1: _stolen_or_done(stealing, store, number))  # type: ignore[misc]
        await until(lambda: all_done(store, published + 1))
    await thief.close()
    assert in_order(await effects(store), published + 1, keys=1)


async def _stolen_or_done(stealing: "asyncio.Task[list[Run]]", store: Store, number: int) -> bool:
    return stealing.done() or await all_done(store, number)


async def test_a_group_without_effects_needs_no_record(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    seen: list[str] = []

    async def look(batch: Sequence[Entry], _: Deps) -> Outcome:
        seen.extend(entry.event.id for entry in batch)
        return Outcome([()] * len(batch))

    async with working([Handler("looker", ("changes",), look, once="nothing")], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        await until(lambda: _seen(seen, 100))
        await until(lambda: acknowledged(log, "looker"))
    assert sorted(seen) == sorted(event_id(n) for n in range(100))
    assert await store.db.fetchval("select count(*) from handled") == 0


async def _seen(seen: list[str], number: int) -> bool:
    return len(seen) >= number


async def test_a_stream_that_vanished_is_made_again(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async with working([recorder()], redis_url, postgres_url, settings):
        await log.publish(messages(log, 10, keys=1))
        await until(lambda: all_done(store, 10))
        partition = messages(log, 1, keys=1)[0].partition
        await log.redis.xgroup_destroy(log.keys.stream("changes", partition), "recorder")
        await log.publish(messages(log, 10, keys=1, start=10))
        await until(lambda: all_done(store, 20))
    assert in_order(await effects(store), 20, keys=1)


async def test_a_slow_key_holds_nobody_else_up(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def never(batch: Sequence[Entry]) -> None:
        if any(entry.event.subject.endswith("stuck.py") for entry in batch):
            raise RuntimeError("stuck")

    handler = recorder(before=never)._replace(backoff=Backoff(attempts=1000, base=0.05, cap=0.05))
    stuck = log.message(event(change(1), "model/stuck.py", event_id(5000)))
    async with working([handler], redis_url, postgres_url, settings):
        await log.publish([stuck, *messages(log, 200)])
        await until(lambda: all_done(store, 200))
        await until(lambda: acknowledged(log))
    assert in_order(await effects(store), 200)
    assert [(group, waiting.held) for (group, _), waiting in (await store.backlog.held()).items()] == [("recorder", 1)]
