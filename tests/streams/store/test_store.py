"""The store keeps what it is given, adds and never changes, and finds it by an index."""

import asyncio
from typing import Any, cast

import asyncpg
import pytest

from schemas.errors import Away, Collision, Misconfigured, Retry
from schemas.hashing import Fingerprint, fingerprint
from schemas.settings import Settings
from streams.store import Store
from streams.store.blobs import Blob
from streams.store.connection import Pool, array
from streams.store.events import Query
from streams.store.migrate import migrations
from streams.store.outbox import CLEAR
from streams.store.progress import FORGET, Step
from streams.store.versions import Head, NewVersion, Saved
from streams.store.write import commit
from tests.build import START, document, entry, event, event_id, observed


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


async def test_migrations_are_numbered_and_taken_once(store: Store) -> None:
    steps = migrations()
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert await store.pending() == []
    assert await asyncio.gather(*(store.migrate() for _ in range(4))) == [[], [], [], []]


async def test_a_newer_database_is_a_clear_refusal(store: Store) -> None:
    await store.db.execute("insert into migrations (number, name) values (9999, 'from the future')")
    try:
        with pytest.raises(Misconfigured, match="9999"):
            await store.pending()
    finally:
        await store.db.execute("delete from migrations where number = 9999")


async def test_blobs_are_kept_once_and_a_collision_is_refused(store: Store) -> None:
    content = b"\x00\xff binary"
    blob = Blob(fingerprint(content), content)
    await store.commit(store.blobs.put([blob, blob]))
    await store.commit(store.blobs.put([blob]))
    assert await store.blobs.get(blob.fingerprint.hash) == content
    other = b"other"
    forged = Fingerprint(blob.fingerprint.hash, fingerprint(other).digest, len(other))
    with pytest.raises(Collision):
        await store.commit(store.blobs.put([Blob(forged, other)]))
    with pytest.raises(Collision):
        store.blobs.put([blob, Blob(forged, other)])
    assert await store.blobs.get(blob.fingerprint.hash) == content


async def test_positions_are_fenced(store: Store) -> None:
    from schemas.errors import Fenced

    old = (await store.positions.adopt("g", 0, ("changes",)))["changes"].epoch
    await store.commit(store.positions.advance("g", [Step("changes", 0, old, 5, 5)]))
    new = (await store.positions.adopt("g", 0, ("changes",)))["changes"]
    assert (new.epoch, new.offset) == (old + 1, 5)
    with pytest.raises(Fenced):
        await store.commit(store.positions.advance("g", [Step("changes", 0, old, 9, 9)]))
    await store.commit(store.positions.advance("g", [Step("changes", 0, new.epoch, 3, 3)]))
    assert (await store.positions.all())["g", "changes", 0].offset == 5


async def test_heads_move_by_compare_and_swap(store: Store) -> None:
    text = b"x"
    found = fingerprint(text)
    await store.commit(store.blobs.put([Blob(found, text)]))
    at, doc = "2026-01-01T00:00:00+00:00", document()
    version = NewVersion(doc.id, 1, found.hash, 1, "first", event_id(1), "me", at)
    new = Saved(doc, Head(1, found.hash, 1, 1), Head(), at, at)
    await store.commit(*store.versions.save([new], [version], []))
    with pytest.raises(Retry):
        await store.commit(*store.versions.save([new], [], []))
    assert (await store.versions.heads([doc.id]))[doc.id] == Head(1, found.hash, 1, 1)
    stale = Saved(doc, Head(None, None, 1, 1), Head(1, found.hash, 1, 0), at, at)
    with pytest.raises(Retry):
        await store.commit(*store.versions.save([stale], [], []))
    assert (await store.versions.heads([doc.id]))[doc.id].number == 1


@pytest.mark.parametrize(
    "values", [[], ["a"], ["a", None], [1, 2, None], ['"', "\\", "{}", ",", "null", "", " ", "\n"], ["한글", "a,b"]]
)
async def test_array_literals_say_what_is_meant(store: Store, values: list[Any]) -> None:
    type_ = "int" if values and isinstance(values[0], int) else "text"
    assert await store.db.fetchval(f"select $1::text::{type_}[]", array(values)) == values


async def test_events_are_found(store: Store) -> None:
    events = [event(observed(str(n)), f"model/m{n % 3}.py", event_id(n)) for n in range(30)]
    await store.chains.load([], [START])
    entries = [entry(one, n + 1) for n, one in enumerate(events)]
    await store.commit(store.events.append(entries, [bytes(32)] * len(entries)))
    assert _numbers(await store.events.find(Query(limit=5))) == [1, 2, 3, 4, 5]
    assert _numbers(await store.events.find(Query(newest_first=True, limit=2))) == [30, 29]
    assert _numbers(await store.events.find(Query(after=10, before=13))) == [11, 12]
    assert len(await store.events.find(Query(subject="components/model/m1.py"))) == 10
    assert len(await store.events.find(Query(subject="components/model/*"))) == 30
    assert len(await store.events.find(Query(subject="components/mod_l/*"))) == 0
    assert len(await store.events.find(Query(kind="change.*", project="default"))) == 30
    assert _numbers(await store.events.find(Query(story=event_id(4)))) == [5]
    assert await store.events.get(event_id(7)) is not None
    assert await store.events.get(event_id(777)) is None


def _numbers(found: list[tuple[int, str]]) -> list[int]:
    return [seq for seq, _ in found]


QUERIES = [
    ("select seq, event from events where seq > 500 order by seq limit 100", "events"),
    ("select seq, event from events where id = '00000000-0000-0000-0000-000000000001'", "events"),
    ("select seq, event from events where correlation = '00000000-0000-0000-0000-000000000001' order by seq", "events"),
    ("select seq from events where project = 'p' and subject = 's' and seq > 0 order by seq limit 10", "events"),
    ("select * from versions where hash = '0000000000000000'", "versions"),
    (
        "select * from versions where document = '00000000-0000-0000-0000-000000000001' order by number desc limit 5",
        "versions",
    ),
    (
        "select * from documents where project = 'p' and domain = 'components' and path > 'a' order by path limit 9",
        "documents",
    ),
    ("select * from handled where event_id = '00000000-0000-0000-0000-000000000001'", "handled"),
    (
        "select * from conflicts where document = '00000000-0000-0000-0000-000000000001' and worker = 'w'",
        "conflicts",
    ),
    (
        "select * from conflicts where project = 'p' and created_at < now() order by created_at desc, id desc limit 10",
        "conflicts",
    ),
    ("select * from manifest_entries where hash = '0000000000000000' and path = 'model/a.py'", "manifest_entries"),
    (
        "select * from manifest_entries where document = '00000000-0000-0000-0000-000000000001' and number = 1",
        "manifest_entries",
    ),
]


@pytest.mark.parametrize(("query", "table"), QUERIES)
async def test_questions_use_an_index(store: Store, query: str, table: str) -> None:
    async with cast("Pool", store.db).transaction() as tx:
        await tx.execute("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in await tx.fetch(f"explain {query}"))
    assert "Index" in plan or "Bitmap" in plan, plan
    assert f"Seq Scan on {table}" not in plan


@pytest.mark.parametrize(
    ("query", "condition"),
    [(FORGET, "((group_name = positions.group_name) AND (seq < 10))"), (CLEAR, "(seq <= c.seq))")],
    ids=["handled", "outbox"],
)
async def test_what_is_forgotten_is_found_by_its_place(store: Store, query: str, condition: str) -> None:
    """A whole index that is read from its beginning is no help."""
    async with cast("Pool", store.db).transaction() as tx:
        await tx.execute("set local enable_seqscan = off")
        asked = query.replace("$1", "10").replace("$2", "10")
        plan = "\n".join(row[0] for row in await tx.fetch(f"explain {asked}"))
    assert condition in plan, plan


@pytest.mark.parametrize("how", ["backend killed", "statement time-out", "read-only", "deadlock"])
async def test_what_may_pass_is_away(store: Store, how: str) -> None:
    with pytest.raises(Away):
        async with cast("Pool", store.db).transaction() as tx:
            if how == "backend killed":
                await store.db.execute(f"select pg_terminate_backend({await tx.fetchval('select pg_backend_pid()')})")
                await tx.fetch("select 1")
            elif how == "statement time-out":
                await tx.execute("set local statement_timeout = 10")
                await tx.execute("select pg_sleep(5)")
            elif how == "read-only":
                await tx.execute("set transaction read only")
                await commit(tx, [store.held.release("g", _held())])
            else:
                raise asyncpg.DeadlockDetectedError("as PostgreSQL says it")


def _held() -> Any:
    from streams.store.failures import HeldEvent

    return HeldEvent.of(entry(event(observed("x"))), 0)


async def test_no_server_is_away_and_a_wrong_password_is_not(postgres_url: str, settings: Settings) -> None:
    with pytest.raises(Away):
        await Store.connect("postgresql://x@127.0.0.1:1/postgres", settings)
    user, _, place = postgres_url.rpartition("@")
    with pytest.raises(Misconfigured, match="password"):
        await Store.connect(f"{user}wrong@{place}", settings)
    with pytest.raises(Misconfigured, match="database"):
        await Store.connect(f"{postgres_url}nosuch", settings)
