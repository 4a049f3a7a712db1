"""Order per key and effects once, on Kafka: whoever works, however many, and whatever fails."""

from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING, NoReturn

import pytest
from msgspec import structs

from schemas.events import decode
from schemas.settings import Settings
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.retry import Backoff
from streams.store import Store
from tests.build import event_id, until
from tests.streams.kafka.runner import committed, messages, values, working
from tests.streams.runner import derived, effects, in_order, recorder

if TYPE_CHECKING:
    from streams.kafka.publisher import Publisher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240), pytest.mark.usefixtures("effects_table")]


async def all_done(store: Store, number: int) -> bool:
    return len(await effects(store)) >= number


async def all_committed(brokers: list[str], settings: Settings, group: str = "recorder") -> bool:
    return (await committed(brokers, settings, group, "changes")).whole


async def test_every_event_once_and_in_order(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    await publisher.publish(messages(200))
    async with working([recorder(derives=True)], brokers, postgres_url, settings):
        await publisher.publish(messages(200, start=200))
        await until(lambda: all_done(store, 400), 40)
        await until(lambda: all_committed(brokers, settings))
    assert in_order(await effects(store), 400)
    ids = [decode(value).id for value in await values(brokers, settings, "hashed")]
    assert sorted(ids) == sorted(derived(n) for n in range(400))


async def test_a_handler_that_raises_loses_nothing(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    """With Faust alone, what follows a batch whose agent raised is committed, and the batch is gone."""
    tries = count()

    async def fail_at_first(_: Sequence[Entry]) -> None:
        if next(tries) < 100:
            raise RuntimeError("not yet")

    handler = recorder(before=fail_at_first)._replace(backoff=Backoff(attempts=1000, base=0.02, cap=0.02))
    await publisher.publish(messages(60))
    async with working([handler], brokers, postgres_url, settings):
        await until(lambda: all_done(store, 60), 40)
        await publisher.publish(messages(60, start=60))
        await until(lambda: all_done(store, 120), 40)
        await until(lambda: all_committed(brokers, settings))
    assert in_order(await effects(store), 120)


async def test_an_agent_that_cannot_write_stops_where_it_stands(
    publisher: "Publisher",
    store: Store,
    brokers: list[str],
    postgres_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An error that is no handler's, such as a bug of ours, is borne until it is mended."""
    broken = True
    apply = "streams.effects.Effects.apply"
    from streams.effects import Effects

    healthy = Effects.apply

    async def fail(self: Effects, *args: object, **more: object) -> list[object]:
        if broken:
            raise OSError("a bug")
        return await healthy(self, *args, **more)  # type: ignore[arg-type, return-value]

    async def die(*_: object) -> NoReturn:
        raise OSError("a bug here too")

    with monkeypatch.context() as patch:
        patch.setattr(apply, fail)
        patch.setattr("streams.effects.Effects.hold", die)
        await publisher.publish(messages(50))
        async with working([recorder()], brokers, postgres_url, settings):
            await publisher.publish(messages(50, start=50))
            await until(lambda: _noted(store), 40)
            broken = False
            await until(lambda: all_done(store, 100), 40)
    assert in_order(await effects(store), 100)


async def _noted(store: Store) -> bool:
    return bool(await store.db.fetchval("select count(*) from suspects"))


async def _any(things: list[str]) -> bool:
    return bool(things)


class Crash(BaseException):
    """A worker that dies: no `except Exception` stops it."""


@pytest.mark.parametrize("where", ["before the effects", "before publishing", "before committing"])
async def test_a_death_at_any_point_changes_nothing(
    publisher: "Publisher",
    store: Store,
    brokers: list[str],
    postgres_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    await publisher.publish(messages(60))
    deaths: list[str] = []

    def die(*_: object, **__: object) -> NoReturn:
        deaths.append(where)
        raise Crash(where)

    handler = recorder(derives=True)
    with monkeypatch.context() as patch:
        if where == "before the effects":
            handler = recorder(before=die)
        elif where == "before publishing":
            patch.setattr("streams.kafka.publisher.Publisher.publish", die)
        else:
            patch.setattr("streams.kafka.source.Source.commit", die)
        with pytest.raises(BaseExceptionGroup):
            async with working([handler], brokers, postgres_url, settings):
                await until(lambda: _any(deaths), 40)
    async with working([recorder(derives=True)], brokers, postgres_url, settings):
        await until(lambda: all_committed(brokers, settings), 40)
    assert in_order(await effects(store), 60)
    ids = [decode(value).id for value in await values(brokers, settings, "hashed")]
    assert set(ids) == {derived(n) for n in range(60)}


async def test_a_poisoned_event_is_buried_and_its_stream_goes_on(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    poison = event_id(33)

    async def choke(batch: Sequence[Entry]) -> None:
        if any(entry.event.id == poison for entry in batch):
            raise RuntimeError("cannot digest this")

    async with working([recorder(before=choke)], brokers, postgres_url, settings):
        await publisher.publish(messages(100, keys=1))
        await until(lambda: all_done(store, 99), 40)
        letter = (await until(store.dead_letters.page))[0]
        await until(lambda: all_committed(brokers, settings))
    assert [id_ for _, id_ in await effects(store)] == [event_id(n) for n in range(100) if n != 33]
    assert (letter.event_id, letter.attempts, letter.error) == (poison, 3, "RuntimeError: cannot digest this")
    assert [decode(value).type for value in await values(brokers, settings, "dead")] == ["event.buried"]


async def test_bytes_that_are_no_event_are_buried(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    """A tombstone among them: to Kafka it is a message without a value."""
    first = messages(1)[0]
    hostile = [b"\xffnot an event", b'{"project": 1}', b'{"specversion": "2"}', b"\0" * 1000, b""]
    async with working([recorder()], brokers, postgres_url, settings):
        await publisher.publish([*messages(5), *(structs.replace(first, raw=raw) for raw in hostile)])
        await publisher.publish(messages(5, start=5))
        await until(lambda: all_done(store, 10), 40)
        await until(lambda: all_committed(brokers, settings))
        letters = await store.dead_letters.page()
    kept = [(await store.dead_letters.remains(letter.id)).raw for letter in letters]
    assert sorted(kept) == sorted(hostile)


async def test_the_same_event_appended_twice_happens_once(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    async with working([recorder(derives=True)], brokers, postgres_url, settings):
        for _ in range(3):
            await publisher.publish(messages(10))
        await publisher.publish(messages(10, start=10))
        await until(lambda: all_done(store, 20), 40)
        await until(lambda: all_committed(brokers, settings))
    assert len(await values(brokers, settings, "changes")) == 40
    assert in_order(await effects(store), 20)


async def test_two_workers_share_the_partitions(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    """And while one comes and goes, every event happens once and in order."""
    published = 0

    async def both_have_worked() -> bool:
        nonlocal published
        if await all_done(store, published):  # however long they take to share: no more waits in the end
            await publisher.publish(messages(20, keys=12, start=published))
            published += 20
        return len(await store.db.fetch("select distinct worker from effects")) == 2

    async with working([recorder(worker="stays")], brokers, postgres_url, settings):
        await publisher.publish(messages(1, keys=12))
        await until(lambda: all_done(store, 1), 40)
        published = 1
        async with working([recorder(worker="comes")], brokers, postgres_url, settings):
            await until(both_have_worked, 40)
        await publisher.publish(messages(100, keys=12, start=published))
        await until(lambda: all_done(store, published + 100), 40)
    assert in_order(await effects(store), published + 100, keys=12)


async def test_a_group_without_effects_needs_no_record(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    seen: list[str] = []

    async def look(batch: Sequence[Entry], _: Deps) -> Outcome:
        seen.extend(entry.event.id for entry in batch)
        return Outcome([()] * len(batch))

    handler = Handler("looker", ("changes",), look, once="nothing")
    for start in (0, 100):
        async with working([handler], brokers, postgres_url, settings):
            await publisher.publish(messages(100, start=start))
            await until(lambda: all_committed(brokers, settings, "looker"), 40)
    assert sorted(seen) == sorted(event_id(n) for n in range(200))
    assert await store.db.fetchval("select count(*) from handled") == 0
