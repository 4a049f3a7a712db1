"""Months go to files and come back, and nothing is lost on the way, whatever happens."""

import os
from datetime import UTC, date, timedelta
from itertools import count, pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from handlers.archive import archive as archive_handler
from schemas.base import now
from schemas.errors import Away, Misconfigured, NotFound, Rejected, Retry
from streams import archive, exports, part
from streams.archive import Archive, Row
from streams.exports import Exports
from streams.files import sha256_of
from streams.handler import Deps
from streams.store import Store
from streams.store.months import Part
from tests.build import START
from tests.streams.archived import entries, follow, keep, read
from tests.streams.mortal import mortal

JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
MONTHS = (JANUARY, FEBRUARY, MARCH)


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (archive, exports, part):
        monkeypatch.setattr(module, "PAGE", 7)


@pytest.fixture
async def rows(store: Store) -> list[Row]:
    """Three months of events; around the turn of a month they lie in both, in turn."""
    await store.db.execute("drop table if exists events_2026_01, events_2026_02, events_2026_03")
    slow, fast = entries(290), entries(290, start=START + timedelta(days=3))
    await keep(store, [pair[number % 2] for number, pair in enumerate(zip(slow, fast, strict=True))])
    return await read(Archive(store))


async def drop(store: Store, month: date, folder: Path) -> list[Part]:
    await Exports(store).export(month, folder)
    return await Exports(store).drop(month)


async def where(store: Store) -> dict[date, int]:
    """How many events of each month the database has."""
    return {table.month: table.events for table in await store.months.tables() if table.events}


@pytest.mark.parametrize(
    "gone", [(JANUARY,), (FEBRUARY,), (MARCH,), (JANUARY, MARCH), MONTHS], ids=lambda months: str(len(months))
)
async def test_dropped_months_are_read_from_their_files(
    store: Store, rows: list[Row], tmp_path: Path, gone: tuple[date, ...]
) -> None:
    for month in gone:
        await drop(store, month, tmp_path)
    assert set(await where(store)) == set(MONTHS) - set(gone)
    assert await read(Archive(store)) == rows
    assert await store.events.last() == rows[-1].seq
    assert await read(Archive(store), 77, 222, columns=False) == [Row(*row[:6]) for row in rows[77:222]]
    assert follow(rows) == {stream: end.digest for stream, end in (await store.chains.all()).items()}


async def test_an_export_is_a_file_that_others_can_read(store: Store, rows: list[Row], tmp_path: Path) -> None:
    (exported,) = await Exports(store).export(FEBRUARY, tmp_path)
    mine = [row for row in rows if row.time and row.time.astimezone(UTC).month == 2]
    assert exported[:2] == (FEBRUARY, 1)
    assert (exported.events, exported.first_seq, exported.last_seq) == (len(mine), mine[0].seq, mine[-1].seq)
    file = tmp_path / "events-2026-02.parquet"
    assert exported.path == str(file)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    table = pq.read_table(file)
    assert table.column("event").to_pylist() == [row.event for row in mine]
    assert table.column("time").to_pylist() == [row.time for row in mine]
    assert await read(Archive(store)) == rows


async def test_row_groups_are_bounded(
    store: Store, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.parquet._GROUP_ROWS", 10)
    await drop(store, JANUARY, tmp_path)
    metadata = pq.ParquetFile(tmp_path / "events-2026-01.parquet").metadata
    sizes = [metadata.row_group(group).num_rows for group in range(metadata.num_row_groups)]
    assert max(sizes) < 10 + part.PAGE
    assert len(sizes) > 5
    assert await read(Archive(store), 55) == rows[55:]


async def test_all_of_it_again_changes_nothing(store: Store, rows: list[Row], tmp_path: Path) -> None:
    done = Exports(store)
    for _ in range(2):
        (exported,) = await done.export(JANUARY, tmp_path)
    for _ in range(2):
        (dropped,) = await done.drop(JANUARY)
        assert dropped == exported._replace(dropped_at=dropped.dropped_at)
    assert await done.export(JANUARY, tmp_path) == [dropped]
    for _ in range(2):
        assert await done.restore(JANUARY) == [exported]
    assert set(await where(store)) == set(MONTHS)
    await done.drop(JANUARY)
    assert await read(Archive(store)) == rows


async def test_late_events_of_a_dropped_month_have_a_file_of_their_own(
    store: Store, rows: list[Row], tmp_path: Path
) -> None:
    await drop(store, JANUARY, tmp_path)
    await keep(store, entries(310, every=timedelta(seconds=1))[290:])
    rows = await read(Archive(store))
    assert len(rows) == 310
    parts = await drop(store, JANUARY, tmp_path)
    assert [Path(one.path).name for one in parts] == ["events-2026-01.parquet", "events-2026-01.2.parquet"]
    assert parts[1].events == 20
    assert await read(Archive(store)) == rows
    await Exports(store).restore(JANUARY)
    assert await read(Archive(store)) == rows
    (one,) = await drop(store, JANUARY, tmp_path)
    assert one.events == parts[0].events + 20
    assert await read(Archive(store)) == rows


async def test_what_came_after_the_export_is_not_dropped(store: Store, rows: list[Row], tmp_path: Path) -> None:
    await Exports(store).export(JANUARY, tmp_path)
    await keep(store, entries(291, every=timedelta(seconds=1))[290:])
    with pytest.raises(Rejected, match="event 291"):
        await Exports(store).drop(JANUARY)
    assert len(await read(Archive(store))) == len(rows) + 1
    await drop(store, JANUARY, tmp_path)
    assert len(await read(Archive(store))) == len(rows) + 1


async def test_what_comes_while_it_is_compared_is_not_dropped(store: Store, rows: list[Row], tmp_path: Path) -> None:
    await Exports(store).export(JANUARY, tmp_path)
    async with store.months_alone() as work:
        events = await work.count(JANUARY)
        await keep(store, entries(291, every=timedelta(seconds=1))[290:])
        assert not await work.drop(JANUARY, events, now())
    assert len(await read(Archive(store))) == len(rows) + 1


async def test_the_archiver_tries_again_where_a_month_goes_under_its_hands(
    store: Store, rows: list[Row], tmp_path: Path
) -> None:
    late = await archive_handler(entries(291, every=timedelta(seconds=1))[290:], Deps(store))
    await drop(store, JANUARY, tmp_path)
    with pytest.raises(Away, match="was dropped just now"):
        await store.commit(*late.writes)
    await keep(store, entries(291, every=timedelta(seconds=1))[290:])
    assert len(await read(Archive(store))) == len(rows) + 1


async def test_a_file_that_does_not_hold_the_month_drops_nothing(store: Store, rows: list[Row], tmp_path: Path) -> None:
    """Though it is the one that was written: the comparison trusts no digest."""
    await Exports(store).export(JANUARY, tmp_path)
    await store.db.execute("update events set event = event || ' ' where seq = 50")
    with pytest.raises(Rejected, match="event 50"):
        await Exports(store).drop(JANUARY)
    await store.db.execute("delete from events where seq = 50")
    with pytest.raises(Rejected):
        await Exports(store).drop(JANUARY)
    assert JANUARY in await where(store)


@pytest.mark.parametrize("harm", ["missing", "altered", "cut"])
async def test_a_file_that_is_not_as_it_was(store: Store, rows: list[Row], tmp_path: Path, harm: str) -> None:
    await Exports(store).export(JANUARY, tmp_path)
    await drop(store, FEBRUARY, tmp_path)
    for month in ("01", "02"):
        path = tmp_path / f"events-2026-{month}.parquet"
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 1
        path.unlink()
        if harm != "missing":
            path.write_bytes(raw if harm == "altered" else raw[: len(raw) // 2])
    with pytest.raises(Misconfigured, match=r"2026-01 in .*events-2026-01.parquet"):
        await Exports(store).drop(JANUARY)
    with pytest.raises(Misconfigured, match=r"2026-02 in .*events-2026-02.parquet"):
        await Exports(store).restore(FEBRUARY)
    with pytest.raises(Misconfigured, match=r"2026-02 in .*events-2026-02.parquet"):
        await read(Archive(store))
    assert await read(Archive(store), 0, 50) == rows[:50]
    assert set(await where(store)) == {JANUARY, MARCH}


async def test_files_may_be_moved(store: Store, rows: list[Row], tmp_path: Path) -> None:
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    await drop(store, JANUARY, there)
    there.rename(here)
    assert await read(Archive(store, here)) == rows
    await Exports(store, here).restore(JANUARY)
    assert await read(Archive(store)) == rows


async def test_a_month_that_is_not_over_stays(store: Store, rows: list[Row], tmp_path: Path) -> None:
    this = now().date().replace(day=1)
    with pytest.raises(Rejected, match="may still get events"):
        await Exports(store).export(this, tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_what_is_not_there(store: Store, rows: list[Row], tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no events of 2020-01"):
        await Exports(store).export(date(2020, 1, 1), tmp_path)
    with pytest.raises(NotFound, match="not exported"):
        await Exports(store).drop(JANUARY)
    with pytest.raises(NotFound, match="not exported"):
        await Exports(store).restore(JANUARY)
    with pytest.raises(NotFound, match="no directory"):
        await Exports(store).export(JANUARY, tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"a letter", b"PAR1"])
async def test_another_file_is_not_overwritten(store: Store, rows: list[Row], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "events-2026-01.parquet"
    path.write_bytes(content)
    with pytest.raises(Rejected, match="another file"):
        await Exports(store).export(JANUARY, tmp_path)
    assert path.read_bytes() == content


async def test_the_file_of_another_archive_is_not_overwritten(store: Store, rows: list[Row], tmp_path: Path) -> None:
    (mine,) = await Exports(store).export(JANUARY, tmp_path)
    await store.db.execute("update events set digest = sha256(digest)")
    with pytest.raises(Rejected, match="another file"):
        await Exports(store).export(JANUARY, tmp_path)
    assert sha256_of(Path(mine.path)) == mine.sha256


async def test_one_at_a_time(store: Store, rows: list[Row], tmp_path: Path) -> None:
    async with store.months_alone():
        mine = Exports(store)
        for do in (mine.export(JANUARY, tmp_path), mine.drop(JANUARY), mine.restore(JANUARY)):
            with pytest.raises(Retry, match="somebody else"):
                await do
    assert await read(Archive(store)) == rows


async def test_readers_do_not_notice(store: Store, rows: list[Row], tmp_path: Path) -> None:
    """A month goes and comes back between any two pages."""
    await Exports(store).export(FEBRUARY, tmp_path)
    found: list[Row] = []
    async for page in Archive(store).rows():
        found += page
        parts = await store.months.parts(FEBRUARY)
        await (Exports(store).restore if parts[0].dropped_at else Exports(store).drop)(FEBRUARY)
    assert found == rows
    assert all(one.seq < other.seq for one, other in pairwise(found))


@pytest.mark.slow
async def test_killed_at_each_step(store: Store, rows: list[Row], tmp_path: Path, postgres_url: str) -> None:
    """After each death all events are there, and in the end the command does its work as if nothing had been."""
    steps = {}
    async with mortal() as die:
        for command in ("export", "drop", "import"):
            for step in count(1):
                died = await die(step, command, postgres_url, tmp_path, JANUARY)
                assert await read(Archive(store)) == rows, (command, step)
                if not died:
                    break
            steps[command] = step
    assert steps["export"] > 8
    assert steps["drop"] > 2
    assert steps["import"] > 6
    assert os.listdir(tmp_path) == ["events-2026-01.parquet"]  # noqa: PTH208 - names
