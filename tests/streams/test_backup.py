"""A backup is one moment of everything, and comes back whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from handlers import HANDLERS
from schemas.errors import Misconfigured, Rejected
from schemas.settings import Settings
from streams.archive import Archive
from streams.backup import back_up, check_version, restore
from streams.backup_file import Reader
from streams.exports import Exports, no_one
from streams.log import Log
from streams.settled import missing
from streams.store import Store
from streams.store.migrate import migrations, take
from tests.build import event, event_id, observed, until
from tests.streams.archived import entries, follow, keep, read
from tests.streams.mortal import mortal
from tests.streams.runner import working
from tests.streams.test_exports import JANUARY

_names = count()


class Spare:
    """Databases of one's own."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._made: list[str] = []
        self._stores: list[Store] = []

    async def url(self) -> str:
        """The address of a new, empty one."""
        name = f"spare{next(_names)}"
        await self._execute(f"create database {name}")
        self._made.append(name)
        return f"{self._url.rpartition('/')[0]}/{name}"

    async def empty(self) -> Store:
        """A new, empty one."""
        return await self.at(await self.url())

    async def at(self, url: str) -> Store:
        """The one at an address."""
        store = await Store.connect(url, Settings())
        self._stores.append(store)
        return store

    async def remove(self) -> None:
        """Remove all of them."""
        for store in self._stores:
            await store.close()
        for name in self._made:
            await self._execute(f"drop database {name} with (force)")

    async def _execute(self, query: str) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute(query)
        await connection.close()


@pytest.fixture
async def spare(postgres_url: str) -> AsyncIterator[Spare]:
    made = Spare(postgres_url)
    yield made
    await made.remove()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "all.backup"


async def write(store: Store, file: Path) -> None:
    await back_up(store, file, "1.2.3", lambda *_: None, complete=True)


async def bring_back(store: Store, file: Path) -> Any:
    with Reader(file, no_one) as backup:
        return await restore(store, backup, no_one)


async def content(store: Store) -> dict[str, list[str]]:
    """Every row of every table."""
    tables = await store.db.fetch(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    return {
        name: sorted(row[0] for row in await store.db.fetch(f'select t::text from "{name}" t'))
        for (name,) in tables
        if name != "migrations"
    }


async def fill(store: Store) -> None:
    """Something in every kind of column."""
    await keep(store, entries(100))
    await store.db.execute(
        "insert into blobs values ('00', 'd', 3, '\\x00ff0a'); "
        "insert into outbox (id, topic, partition, event) values (gen_random_uuid(), 'changes', 1, '\\x7b7d');"
        "insert into documents values (gen_random_uuid(), 'p', 'components', 'a\\b\"한글\n', null, 1, 0, now(), now());"
        "insert into versions select id, 1, '00', 3, '', gen_random_uuid(), 'me', now() from documents"
    )


async def test_everything_comes_back(store: Store, spare: Spare, file: Path) -> None:
    await fill(store)
    await write(store, file)
    copy = await spare.empty()
    restored = await bring_back(copy, file)
    expected = await content(store)
    assert {name: rows for name, rows in (await content(copy)).items() if rows} == {
        name: rows for name, rows in expected.items() if rows
    }
    assert restored.took == restored.left_out == []
    assert restored.rows == sum(len(rows) for name, rows in expected.items() if name != "events")
    assert file.stat().st_mode & 0o777 == 0o600
    assert await copy.pending() == []
    await copy.db.execute("insert into outbox (id, topic, partition, event) values (gen_random_uuid(), 'c', 1, '')")
    assert await copy.db.fetchval("select count(distinct turn) from outbox") == 2
    await keep(copy, entries(103)[100:])
    assert follow(await read(Archive(copy)))


async def test_many_pieces(store: Store, spare: Spare, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.backup.PIECE", 1000)
    await fill(store)
    await write(store, file)
    with Reader(file, no_one) as backup:
        assert len(backup.manifest.tables["events_2026_01"].parts) > 40
    copy = await spare.empty()
    await bring_back(copy, file)
    assert (await content(copy))["events"] == (await content(store))["events"]


async def test_while_everything_runs(
    log: Log, store: Store, spare: Spare, file: Path, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    """What was acknowledged before is there; each chain holds; each history is the beginning of what it became."""
    told: list[str] = []
    enough = asyncio.Event()

    async def publish() -> None:
        for number in count():
            if enough.is_set():
                return
            batch = [event(observed(f"{number}.{n}"), f"model/m{n}.py", event_id(number * 10 + n)) for n in range(10)]
            await log.publish([log.message(one) for one in batch])
            told.extend(one.id for one in batch)
            await asyncio.sleep(0.002)

    async with working(HANDLERS, redis_url, postgres_url, settings), asyncio.TaskGroup() as tasks:
        tasks.create_task(publish())
        await until(lambda: store.db.fetchval("select count(*) > 200 from versions"))
        before = list(told)
        assert await missing(log, store, 20, no_one) == 0
        await write(store, file)
        after = len(told)
        await until(lambda: _true(len(told) > after + 50))
        enough.set()
        await until(lambda: _settled(log, store))
    copy = await spare.empty()
    await bring_back(copy, file)
    rows = await read(Archive(copy))
    assert set(before) <= {str(row.id) for row in rows}
    assert len(rows) < len(await read(Archive(store)))
    assert follow(rows) == {stream: end.digest for stream, end in (await copy.chains.all()).items()}
    theirs, ours = await _histories(copy), await _histories(store)
    assert theirs
    assert all(ours[document][: len(history)] == history for document, history in theirs.items())
    assert await copy.db.fetchval("select count(*) from versions v left join blobs b using (hash) where b is null") == 0


async def _true(what: bool) -> bool:
    return what


async def _settled(log: Log, store: Store) -> bool:
    return await missing(log, store, 0, no_one) == 0


async def _histories(store: Store) -> dict[str, list[tuple[int, str]]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for row in await store.db.fetch("select document::text, number, hash from versions order by document, number"):
        found.setdefault(row["document"], []).append((row["number"], row["hash"]))
    return found


async def test_one_altered_byte_anywhere_is_noticed(store: Store, file: Path) -> None:
    await fill(store)
    await write(store, file)
    raw = file.read_bytes()
    end = raw.rindex(b"sha256\0") + 512 + 64  # behind it there are zeros alone
    for at in [*range(0, end, 997), *range(end - 700, end, 7)]:
        altered = bytearray(raw)
        altered[at] ^= 0x20
        file.write_bytes(altered)
        with pytest.raises(Rejected):
            Reader(file, no_one)
    for length in (0, 1, 511, 512, 5000, len(raw) // 2, end - 1):
        file.write_bytes(raw[:length])
        with pytest.raises(Rejected, match="no backup|not what was written"):
            Reader(file, no_one)


async def test_a_piece_that_would_fill_the_memory_is_refused(
    store: Store, spare: Spare, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else made it, digests and all."""
    await fill(store)
    await write(store, file)
    monkeypatch.setattr("streams.backup_file.PIECE", 1000)
    copy = await spare.empty()
    with pytest.raises(Rejected, match="larger than Headrace makes them"):
        await bring_back(copy, file)
    assert await content(copy) == {}


async def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="No such file"):
        Reader(tmp_path / "nothing", no_one)
    with pytest.raises(Misconfigured, match="directory"):
        Reader(tmp_path, no_one)


async def test_a_database_that_is_not_empty_stays_as_it_is(store: Store, spare: Spare, file: Path) -> None:
    await write(store, file)
    other = await spare.empty()
    await other.db.execute("create table theirs (n int); insert into theirs values (1)")
    with pytest.raises(Rejected, match="theirs"):
        await bring_back(other, file)
    assert await content(other) == {"theirs": ["(1)"]}


async def test_two_at_once(store: Store, spare: Spare, file: Path) -> None:
    await fill(store)
    await write(store, file)
    copy = await spare.empty()
    done = await asyncio.gather(*(bring_back(copy, file) for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["Rejected", "Rejected", "Restored"]
    assert len(await read(Archive(copy))) == 100


@pytest.mark.parametrize("taken", range(1, len(migrations())))
async def test_an_older_backup_is_brought_up_to_date(spare: Spare, file: Path, taken: int) -> None:
    old, new = await spare.empty(), await spare.empty()
    names = [step.name for step in migrations()]
    async with old.in_transaction() as connection:
        await take(connection, names[:taken])
    await write(old, file)
    assert (await bring_back(new, file)).took == names[taken:]
    assert await new.pending() == []


async def test_a_newer_backup_is_refused(spare: Spare, file: Path) -> None:
    new = await spare.empty()
    await new.migrate()
    await new.db.execute("insert into migrations values (9999, '9999_future.sql')")
    await write(new, file)
    with Reader(file, no_one) as backup, pytest.raises(Misconfigured, match="9999_future"):
        check_version(backup.manifest)
    empty = await spare.empty()
    with pytest.raises(Misconfigured, match="9999_future"):
        await bring_back(empty, file)
    assert await content(empty) == {}


async def test_the_tables_of_others_are_left_out(spare: Spare, file: Path) -> None:
    shared, copy = await spare.empty(), await spare.empty()
    await shared.migrate()
    await shared.db.execute("create table theirs (n int)")
    await write(shared, file)
    assert (await bring_back(copy, file)).left_out == ["theirs"]


async def test_it_says_which_months_lie_elsewhere(store: Store, spare: Spare, file: Path, tmp_path: Path) -> None:
    await keep(store, entries(200))
    rows = await read(Archive(store))
    await Exports(store).export(JANUARY, tmp_path)
    await Exports(store).drop(JANUARY)
    await write(store, file)
    with Reader(file, no_one) as backup:
        assert [one.path for one in backup.manifest.exports] == [str(tmp_path / "events-2026-01.parquet")]
    copy = await spare.empty()
    await bring_back(copy, file)
    assert await read(Archive(copy)) == rows


@pytest.mark.slow
async def test_killed_at_each_step(store: Store, spare: Spare, file: Path, postgres_url: str) -> None:
    """There is no backup, or a whole one; an empty database, or a whole one."""
    await fill(store)
    async with mortal() as die:
        for step in count(1):
            if not await die(step, "backup", postgres_url, file):
                break
            if file.exists():  # killed after it was put in its place
                Reader(file, no_one).close()
                file.unlink()
        assert step > 30
        url = await spare.url()
        copy = await spare.at(url)
        for step in count(1):
            if not await die(step, "restore", url, file):
                break
            assert await until(lambda: _is_empty(copy)), step
        assert step > 30
    assert len(await read(Archive(copy))) == 100


async def _is_empty(store: Store) -> bool:
    """The server may take a moment to notice that its client has died."""
    return await content(store) == {}
