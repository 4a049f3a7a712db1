"""Events that cannot be handled: buried once, with their reason, after their own number of tries."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import NoReturn

import asyncpg
import pytest
from msgspec import structs

from schemas.base import EventId, now
from schemas.errors import Rejected
from schemas.settings import Settings
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.log import Log
from streams.retry import Backoff
from streams.store import Store
from streams.store.letters import DeadLetter, Filter
from tests.build import event, event_id, until
from tests.streams.runner import change, did, effects, in_order, length, messages, published, recorder, working

pytestmark = pytest.mark.usefixtures("effects_table")

POISON = event_id(33)
OF_ITS_KEY = [n for n in range(100) if n % 5 == 33 % 5]
BEHIND = [n for n in OF_ITS_KEY if n > 33]

Fail = Callable[[], Awaitable[None]]


class Choker:
    """A group that cannot digest one event, until it is mended."""

    def __init__(self, fail: Fail) -> None:
        self.mended = False
        self.tries: list[int] = []
        self._fail = fail

    async def before(self, batch: Sequence[Entry]) -> None:
        if any(entry.event.id == POISON for entry in batch):
            self.tries.append(len(batch))
            if not self.mended:
                await self._fail()

    def handler(self, **more: object) -> Handler:
        return recorder(before=self.before, derives=True)._replace(**more)  # type: ignore[arg-type]


async def fail() -> None:
    raise RuntimeError("cannot digest this")


async def refuse() -> None:
    raise Rejected("never")


async def hang() -> None:
    await asyncio.sleep(3600)


async def one_letter(store: Store) -> DeadLetter:
    (letter,) = await until(store.dead_letters.page)
    return letter


async def done(store: Store, number: int) -> bool:
    return len(await effects(store)) == number


async def decide(store: Store, letter: DeadLetter, decision: str) -> None:
    await store.commit(*store.dead_letters.decide([letter.id], decision, "tester", now(), "why"))  # type: ignore[arg-type]


async def test_what_hangs_is_tried_alone_at_once_and_not_half_by_half(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """Ten halves of a batch of a thousand would each take all the time there is."""
    choker = Choker(hang)
    async with working([choker.handler(limit=0.4)], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        letter = await one_letter(store)
        await until(lambda: done(store, 99))
    assert letter.error == "TimeLimitExceeded: the handler took longer than 0.4 s"
    assert "hang" in (await store.dead_letters.remains(letter.id)).traceback
    assert letter.attempts == 3
    assert choker.tries in ([1, 1, 1], [choker.tries[0], 1, 1, 1])
    assert in_order(await effects(store), 100, without={33})


async def test_what_hangs_in_a_query_leaves_its_connection_usable(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def sleep_there(batch: Sequence[Entry], deps: Deps) -> Outcome:
        if any(entry.event.id == POISON for entry in batch):
            await deps.store.db.execute("select pg_sleep(3600)")
        return Outcome([()] * len(batch), [did("one", batch)])

    handler = recorder()._replace(react=sleep_there, limit=0.4)
    async with working([handler], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        assert (await one_letter(store)).error.startswith("TimeLimitExceeded")
        await until(lambda: done(store, 99))
    assert in_order(await effects(store), 100, without={33})


async def test_a_slow_batch_is_no_failure(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """Each event for itself has time enough."""

    async def plod(batch: Sequence[Entry]) -> None:
        await asyncio.sleep(0.02 * len(batch))

    await log.publish(messages(log, 100, keys=1))
    async with working([recorder(before=plod)._replace(limit=1.0)], redis_url, postgres_url, settings):
        await until(lambda: done(store, 100))
    assert in_order(await effects(store), 100, keys=1)
    assert await store.dead_letters.page(Filter(state=None)) == []


async def test_new_events_do_not_wait_until_all_that_hang_were_tried_again(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    bad = [event(change(n), f"model/bad{n}.py", event_id(5000 + n)) for n in range(30)]
    hanging = {one.id for one in bad}

    tries = 0

    async def hang_on_these(batch: Sequence[Entry]) -> None:
        nonlocal tries
        if any(entry.event.id in hanging for entry in batch):
            tries += 1
            await asyncio.sleep(3600)

    handler = recorder(before=hang_on_these)._replace(limit=0.1, backoff=Backoff(attempts=10_000, base=0.01, cap=0.01))
    async with working([handler], redis_url, postgres_url, settings):
        await log.publish([log.message(one) for one in bad])
        await until(lambda: _held(store, 30))
        for n in range(4):
            before = tries
            await log.publish(messages(log, 1, start=n))
            await until(lambda n=n: done(store, n + 1))  # type: ignore[misc]
            assert tries - before < 15
    assert await _held(store, 30)


async def _held(store: Store, number: int) -> bool:
    query = "select count(*) = $1 from held where group_name = 'recorder'"
    return bool(await store.db.fetchval(query, number))


@pytest.mark.parametrize("failing", [fail, refuse])
async def test_later_events_of_its_key_go_on(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, failing: Fail
) -> None:
    choker = Choker(failing)
    async with working([choker.handler()], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        letter = await one_letter(store)
        await until(lambda: done(store, 99))
        choker.mended = True
        await decide(store, letter, "retried")
        await until(lambda: done(store, 100))
    assert in_order((await effects(store))[:99], 100, without={33})
    assert await store.db.fetchval("select count(*) = 0 from held")


@pytest.mark.parametrize("failing", [fail, refuse])
@pytest.mark.parametrize("decision", ["retried", "discarded"])
async def test_later_events_of_its_key_wait_for_a_person(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, failing: Fail, decision: str
) -> None:
    choker = Choker(failing)
    free = 100 - 1 - len(BEHIND)
    handler = choker.handler(after_burial="wait")
    async with working([handler], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        await one_letter(store)
        await until(lambda: done(store, free))
        await until(lambda: _held(store, 1 + len(BEHIND)))
    async with working([handler], redis_url, postgres_url, settings):  # another owner waits as well
        await log.publish(messages(log, 5, start=100))
        await until(lambda: done(store, free + 4))
        assert in_order(await effects(store), 105, without={33, *BEHIND, 103})
        (letter,) = await store.dead_letters.page()
        choker.mended = True
        await decide(store, letter, decision)
        await until(lambda: done(store, 105 - (decision == "discarded")))
    assert in_order(await effects(store), 105, without={33} if decision == "discarded" else ())
    assert await store.db.fetchval("select count(*) = 0 from held")


async def test_an_error_that_no_table_can_hold_does_not_come_back_for_ever(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def fail_badly() -> None:
        raise ValueError("a zero byte \0, half a character \ud800, " + "x" * 1_000_000)

    async with working([Choker(fail_badly).handler()], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        letter = await one_letter(store)
        await until(lambda: done(store, 99))
    assert letter.error.startswith(r"ValueError: a zero byte \x00, half a character \ud800, xxx")
    assert len(letter.error) < 3000
    assert len((await store.dead_letters.remains(letter.id)).traceback) < 60_000


BYTES = [
    pytest.param(b"\xffnot an event", id="no text"),
    pytest.param(b"{}", id="no event"),
    pytest.param(b"", id="nothing"),
    pytest.param(b"[" * 100_000, id="deeply nested"),
    pytest.param("zero", id="a name with a zero byte"),
]


@pytest.mark.parametrize("raw", BYTES)
async def test_what_does_not_parse(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, raw: bytes | str
) -> None:
    sane = messages(log, 1)[0]
    raw = raw if isinstance(raw, bytes) else sane.raw.replace(b"components/model/", rb"components/model/\u0000")
    assert raw != sane.raw
    async with working([recorder()], redis_url, postgres_url, settings):
        await log.publish([*messages(log, 5), structs.replace(sane, raw=raw, id=event_id(999))])
        await log.publish(messages(log, 5, start=5))
        letter = await one_letter(store)
        await until(lambda: done(store, 10))
        assert await store.dead_letters.untold([letter.id], 10) == []
    assert letter.error.startswith("Rejected: not an event")
    assert (letter.attempts, letter.event_id, letter.kind) == (1, None, "?")
    assert in_order(await effects(store), 10)


class Crash(BaseException):
    """A worker that dies: no `except Exception` stops it."""


@pytest.fixture
def crashes() -> list[str]:
    """Where workers died."""
    return []


def crash_at(target: str, crashes: list[str], patch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> NoReturn:
        crashes.append(target)
        raise Crash(target)

    patch.setattr(target, crash)


@pytest.mark.parametrize("failing", [fail, refuse])
@pytest.mark.parametrize(
    "where",
    ["streams.effects.Effects.bury", "streams.consumer.tell", "streams.store.letters.DeadLetters.told"],
)
async def test_a_death_while_burying(
    log: Log,
    store: Store,
    redis_url: str,
    postgres_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    crashes: list[str],
    failing: Fail,
    where: str,
) -> None:
    """Before it, after it is in the store, after it is told: it is buried once, told once, and never tried again."""
    choker = Choker(failing)
    await log.publish(messages(log, 100))
    with monkeypatch.context() as patch:
        crash_at(where, crashes, patch)
        with pytest.raises(BaseExceptionGroup):
            async with working([choker.handler()], redis_url, postgres_url, settings):
                await until(lambda: _any(crashes))
    tries = len(choker.tries)
    choker.mended = where != "streams.effects.Effects.bury"
    async with working([choker.handler()], redis_url, postgres_url, settings):
        letter = await one_letter(store)
        await until(lambda: done(store, 99))
        await until(lambda: _told(store, letter.id))
    assert len(choker.tries) == tries or not choker.mended
    assert in_order(await effects(store), 100, without={33})
    assert [act.act for act in await store.dead_letters.acts(letter.id)] == ["buried"]
    (told,) = await published(log, "dead")
    assert told.data.event == POISON  # type: ignore[attr-defined]
    assert await length(log, "hashed") == 99


async def _any(things: list[str]) -> bool:
    return bool(things)


async def _told(store: Store, letter: EventId) -> bool:
    return not await store.dead_letters.untold([letter], 1)


async def test_a_worker_killed_while_it_buries(log: Log, store: Store, redis_url: str, postgres_url: str) -> None:
    """With `kill -9`, while PostgreSQL makes it wait for the very row: the row may come or not."""
    settings = log.settings.model_copy(update={"max_deliveries": 1000})
    command = [sys.executable, "-m", "tests.streams.poison_worker", "cancel", redis_url, postgres_url]
    given = settings.model_dump_json(exclude_unset=True)
    await log.publish(messages(log, 100))
    locker = await asyncpg.connect(postgres_url)
    await locker.execute("begin; lock table dead_letters in exclusive mode")
    worker = await asyncio.create_subprocess_exec(*command, given)
    try:
        await until(lambda: _waits_for_the_lock(locker), 60)
        worker.kill()
        await worker.wait()
        await locker.execute("commit")
        await locker.close()
        worker = await asyncio.create_subprocess_exec(*command, given)
        letter = (await until(store.dead_letters.page, 60))[0]
        await until(lambda: done(store, 99), 60)
        await until(lambda: _told(store, letter.id))
    finally:
        worker.kill()
        await worker.wait()
    assert letter.attempts == 2
    assert in_order(await effects(store), 100, without={33})
    assert [act.act for act in await store.dead_letters.acts(letter.id)] == ["buried"]
    assert await length(log, "dead") == 1


async def _waits_for_the_lock(connection: "asyncpg.Connection[asyncpg.Record]") -> bool:
    query = "select count(*) from pg_locks where not granted and relation = 'dead_letters'::regclass"
    return bool(await connection.fetchval(query))


async def test_what_follows_from_a_retry_survives_a_death_before_it_is_published(
    log: Log,
    store: Store,
    redis_url: str,
    postgres_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    crashes: list[str],
) -> None:
    """Its entry was acknowledged long ago: nobody reads it again."""
    choker = Choker(fail)
    handler = choker.handler(backoff=Backoff(attempts=1000, base=0.05, cap=0.05))
    async with working([handler], redis_url, postgres_url, settings):
        await log.publish(messages(log, 100))
        await until(lambda: done(store, 100 - 1 - len(BEHIND)))
        await until(lambda: _held(store, 1 + len(BEHIND)))
    published_before = await length(log, "hashed")
    with monkeypatch.context() as patch:
        crash_at("streams.appender.Appender._calls", crashes, patch)
        choker.mended = True
        with pytest.raises(BaseExceptionGroup):
            async with working([handler], redis_url, postgres_url, settings):
                await until(lambda: _any(crashes))
    assert await length(log, "hashed") == published_before
    async with working([handler], redis_url, postgres_url, settings):
        await until(lambda: done(store, 100))
        await until(lambda: _length(log, 100))
    assert in_order(await effects(store), 100)
    assert len({one.id for one in await published(log, "hashed")}) == 100


async def _length(log: Log, number: int) -> bool:
    return await length(log, "hashed") == number


async def test_an_event_that_waits_keeps_its_number_of_tries_when_it_is_read_again(
    log: Log,
    store: Store,
    redis_url: str,
    postgres_url: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    crashes: list[str],
) -> None:
    """Its owner died before it acknowledged: it must not come back as if it had never failed."""
    choker = Choker(fail)
    handler = choker.handler(backoff=Backoff(attempts=2, base=3600.0, cap=3600.0))
    await log.publish(messages(log, 100))
    with monkeypatch.context() as patch:

        async def crash(_: object, last: Iterable[object]) -> None:
            if list(last):
                crashes.append("acknowledging")
                raise Crash

        patch.setattr("streams.ownership.Ownership.acknowledge", crash)
        with pytest.raises(BaseExceptionGroup):
            async with working([handler], redis_url, postgres_url, settings):
                await until(lambda: _any(crashes))
    tries = len(choker.tries)
    async with working([handler], redis_url, postgres_url, settings):
        await until(lambda: done(store, 100 - 1 - len(BEHIND)))
        await until(lambda: _held(store, 1 + len(BEHIND)))
        await log.publish(messages(log, 2, start=100))
        await until(lambda: done(store, 102 - 1 - len(BEHIND)))
    assert len(choker.tries) == tries
    assert await store.db.fetchval("select max(attempts) from held") == 1
