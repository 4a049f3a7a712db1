"""A replay of all that happened comes to what is there; and where it does not, it says what and why."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from itertools import count
from time import time_ns

import pytest
from msgspec.structs import replace

from handlers import HANDLERS
from schemas.base import now
from schemas.changes import ChangeAccepted, ChangeObserved, ConflictDecided, VersionActivate
from schemas.envelope import Envelope, Event
from schemas.errors import Away
from schemas.hashing import fingerprint
from schemas.settings import Settings
from streams import proof
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.log import Log
from streams.proof import Report, prove
from streams.store import Store
from streams.store.blobs import Blob
from streams.store.events import Query
from streams.store.scratch import scratch
from tests.build import event, event_id, hash_of, observed, until
from tests.streams.runner import working

REPLAYED = [handler for handler in HANDLERS if handler.tables]


def change(text: str | None, path: str = "model/a.py", **fields: object) -> Envelope[Event]:
    body = observed(text)
    named = {name: getattr(body, name) for name in body.__struct_fields__}
    return event(ChangeObserved(**named | fields), path)


def story(seed: int, number: int) -> list[Envelope[Event]]:
    """What people do: edit, go back, remove, ask for old versions, leave what they should not have left."""
    dice = random.Random(seed)
    events: list[Envelope[Event]] = []
    for _ in range(number):
        path, text = f"model/m{dice.randrange(6)}.py", f"x = {dice.randrange(12)}\n"
        base = dice.choice([None, hash_of(f"x = {dice.randrange(12)}\n")])
        kind = dice.random()
        if kind < 0.6:
            events.append(change(text, path, base=base, forced=dice.random() < 0.2, swap=dice.random() < 0.2))
        elif kind < 0.75:
            wanted = dice.choice([text, text, None])
            events.append(change(wanted, path, base=base, asker=f"worker-{dice.randrange(2)}", why="both"))
        elif kind < 0.85:
            events.append(change(None, path, base=base))
        elif kind < 0.95:
            events.append(event(VersionActivate(hash=hash_of(text)), path))
        else:
            events.append(change("x = (", path))
    return events


async def publish(log: Log, events: Sequence[Envelope[Event]]) -> None:
    for at in range(0, len(events), 20):
        await log.publish([log.message(one) for one in events[at : at + 20]])


async def settled(log: Log, store: Store) -> bool:
    """Whether all groups have handled all there is."""
    last = await log.last_seq()
    rows = await store.db.fetch("select sum(entry_offset) as n from chains")
    if rows[0]["n"] != last:
        return False
    await asyncio.sleep(0.05)
    return await log.last_seq() == last


@pytest.fixture
async def at_work(log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings) -> AsyncIterator[None]:
    """All groups at work."""
    async with working(HANDLERS, redis_url, postgres_url, settings):
        yield


async def check(url: str, settings: Settings, handlers: Sequence[Handler] = REPLAYED) -> Report:
    return await prove(handlers, url, settings, lambda *_: None)


@pytest.mark.parametrize("seed", range(3))
async def test_it_comes_to_the_same(
    at_work: None, log: Log, store: Store, postgres_url: str, settings: Settings, seed: int
) -> None:
    await publish(log, story(seed, 200))
    await until(lambda: settled(log, store))
    for conflict in await store.db.fetch("select id::text, path, worker, head from conflicts where state = 'pending'"):
        body: Event = ConflictDecided(conflict=conflict["id"], decision="upload", head=conflict["head"])
        if conflict["worker"] == "worker-1":
            body = replace(observed("x = 'made of both'\n", conflict["head"]), settles=conflict["id"])
        await log.publish([log.message(event(body, conflict["path"]))])
    large = f"y = '{'x' * 100_000}'\n".encode()
    found = fingerprint(large)
    await store.commit(store.blobs.put([Blob(found, large)]))
    await publish(log, [event(ChangeObserved(hash=found.hash, size=found.size), "model/large.py")])
    await until(lambda: settled(log, store))
    report = await check(postgres_url, settings)
    assert report.differences == []
    assert report.derived > 400
    assert report.underway == report.spare == 0
    assert await store.db.fetchval("select count(*) from pg_namespace where nspname like 'replay%'") == 0


@pytest.mark.parametrize("group", [handler.name for handler in REPLAYED])
async def test_one_group(
    at_work: None, log: Log, store: Store, postgres_url: str, settings: Settings, group: str
) -> None:
    await publish(log, story(7, 100))
    await until(lambda: settled(log, store))
    one = [handler for handler in REPLAYED if handler.name == group]
    assert (await check(postgres_url, settings, one)).identical


PLANTED = {
    "versions": "update versions set actor = 'nobody' where number = 2",
    "documents": "update documents set head = 1 where head > 1",
    "head_moves": "delete from head_moves where move = 2",
    "judged": "update judged set head = null",
    "judged_hashes": "insert into judged_hashes select document, 'ffffffffffffffff' from judged limit 1",
    "conflicts": "update conflicts set state = 'skip' where state = 'pending'",
    "blobs": "update blobs set content = content || 'x'",
}


@pytest.mark.parametrize("table", PLANTED)
async def test_what_was_planted_is_found(
    at_work: None, log: Log, store: Store, postgres_url: str, settings: Settings, table: str
) -> None:
    await publish(log, story(1, 100))
    await until(lambda: settled(log, store))
    assert await store.db.execute(PLANTED[table])
    report = await check(postgres_url, settings)
    assert {found.what.partition(":")[0] for found in report.differences} == {table}
    if table != "blobs":
        assert report.differences[0].subject.startswith("components/model/m") or table in {"judged", "judged_hashes"}


async def test_an_event_that_was_altered_is_found(
    at_work: None, log: Log, store: Store, postgres_url: str, settings: Settings
) -> None:
    await publish(log, [change("x = 1\n"), change("x = 2\n")])
    await until(lambda: settled(log, store))
    await store.db.execute(
        "update events set event = replace(event, '\"size\":6', '\"size\":7') where topic = 'hashed'"
    )
    report = await check(postgres_url, settings)
    assert report.differences
    assert "hash derives something else" in report.differences[0].what


async def test_under_load(at_work: None, log: Log, store: Store, postgres_url: str, settings: Settings) -> None:
    stop = asyncio.Event()

    async def load() -> None:
        for seed in count():
            if stop.is_set():
                return
            await publish(log, story(seed, 40))
            await asyncio.sleep(0.02)

    loading = asyncio.create_task(load())
    for _ in range(3):
        report = await check(postgres_url, settings)
        assert report.differences == []
    stop.set()
    await loading
    assert report.events > 100


async def test_what_was_given_up_and_tried_again_later(
    at_work: None, log: Log, store: Store, postgres_url: str, settings: Settings
) -> None:
    """Its key went on without it: it was handled after events that came later."""
    late = b"x = 'late'\n"
    found = fingerprint(late)
    await publish(log, [event(ChangeObserved(hash=found.hash, size=len(late)), id_=event_id(1)), change("x = 1\n")])

    async def buried() -> bool:
        await store.db.execute("update held set due_at = now() - interval '1 s'")
        return len(await store.dead_letters.page()) == 1

    await until(buried)
    await publish(log, [change("x = 2\n"), change("x = 3\n")])
    await until(lambda: settled(log, store))
    assert (await check(postgres_url, settings)).identical
    await store.commit(store.blobs.put([Blob(found, late)]))
    (letter,) = await store.dead_letters.page()
    await store.commit(*store.dead_letters.decide([letter.id], "retried", "me", now(), ""))

    async def handled() -> bool:
        return len(await store.events.find(Query(story=event_id(1)))) >= 4 and await settled(log, store)

    await until(handled)
    assert (await check(postgres_url, settings)).differences == []


async def test_a_handler_that_reads_a_clock_is_caught(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    async def react(batch: Sequence[Entry], _: Deps) -> Outcome:
        return Outcome([[ChangeAccepted(append=False, activate=False, reason="stored", size=time_ns())] for _ in batch])

    clocky = Handler("clocky", ("changes",), react, tables=("judged",))
    archive = [handler for handler in HANDLERS if handler.name == "archive"]
    async with working([clocky, *archive], redis_url, postgres_url, settings):
        await publish(log, [change("x = 1\n")])
        await until(lambda: settled(log, store))
        report = await check(postgres_url, settings, [clocky])
    assert "clocky derives something else" in report.differences[0].what


async def test_nothing_stays_open_while_it_replays(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """No row version that anybody replaces could be thrown away: the longer it took, the slower it would become."""
    open_: list[int] = []

    async def react(batch: Sequence[Entry], deps: Deps) -> Outcome:
        query = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in %'"
        open_.append(await deps.store.db.fetchval(query))
        return Outcome([[] for _ in batch])

    quiet = Handler("quiet", ("changes",), react, tables=("judged",))
    archive = [handler for handler in HANDLERS if handler.name == "archive"]
    async with working([quiet, *archive], redis_url, postgres_url, settings):
        await publish(log, [change("x = 1\n")])
        await until(lambda: settled(log, store))
    open_.clear()
    assert (await check(postgres_url, settings, [quiet])).identical
    assert open_ == [0]


async def test_it_waits_for_the_archive_and_no_longer(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(REPLAYED, redis_url, postgres_url, settings):
        await publish(log, [change("x = 1\n")])
        await until(lambda: store.db.fetchval("select count(*) = 1 from versions"))
        monkeypatch.setattr(proof, "PATIENCE", 0.3)
        with pytest.raises(Away, match="the archive is behind"):
            await check(postgres_url, settings)


async def test_what_a_killed_replay_left_is_swept(store: Store, postgres_url: str, settings: Settings) -> None:
    await store.db.execute(f"create schema replay_{'0' * 32}")
    async with scratch(postgres_url, settings) as (_, mine), scratch(postgres_url, settings) as (_, another):
        rows = await store.db.fetch("select nspname from pg_namespace where nspname like 'replay%'")
        assert {row["nspname"] for row in rows} == {mine, another}


async def test_every_table_is_either_replayed_or_tells_of_our_own_work(store: Store) -> None:
    ours = {
        "positions",
        "handled",
        "held",
        "dead_letters",
        "letter_acts",
        "suspects",  # how far each group has come
        "chains",
        "checkpoints",
        "exported_months",
        "logs",
        "outbox",
        "migrations",  # the log itself
        "credentials",
        "users",
        "spent_tokens",
        "signing_key",
        "access_acts",  # who may
    }  # fmt: skip - by what they are for
    rows = await store.db.fetch(
        "select relname from pg_class join pg_namespace n on n.oid = relnamespace"
        " where nspname = 'public' and relkind in ('r', 'p') and relname !~ '^events'"
    )
    replayed = {table for handler in HANDLERS for table in handler.tables}
    assert {row["relname"] for row in rows} - {"effects", "bench"} == ours | replayed
    assert not ours & replayed
