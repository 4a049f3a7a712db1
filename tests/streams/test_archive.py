"""The archive is read in order, page by page, and as it was when it was first asked."""

from datetime import timedelta
from itertools import pairwise

import pytest

from streams import archive, part
from streams.archive import Archive, Row
from streams.store import Store
from streams.store.events import _PAGE, COLUMNS
from tests.build import START, event_id
from tests.streams.archived import STREAMS, entries, follow, keep, read


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "PAGE", 7)
    monkeypatch.setattr(part, "PAGE", 7)


@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 14, 300])
async def test_all_of_it_in_order(store: Store, count: int) -> None:
    given = entries(count)
    if given:
        await keep(store, given)
    found = await read(Archive(store))
    assert [(row.seq, row.event.encode()) for row in found] == [(entry.seq, entry.raw) for entry in given]


async def test_the_chain_can_be_followed(store: Store) -> None:
    await keep(store, entries(50))
    ends = follow(await read(Archive(store), columns=False))
    assert ends == {stream: end.digest for stream, end in (await store.chains.all()).items()}


@pytest.mark.parametrize(("after", "until"), [(0, 0), (0, 1), (10, 30), (7, 14), (49, None), (50, None), (99, None)])
async def test_a_part_of_it(store: Store, after: int, until: int | None) -> None:
    await keep(store, entries(50))
    found = [row.seq for row in await read(Archive(store), after, until)]
    assert found == list(range(after + 1, min(until if until is not None else 50, 50) + 1))


async def test_the_columns_where_they_are_wanted(store: Store) -> None:
    await keep(store, entries(2))
    full, bare = (await read(Archive(store)))[1], (await read(Archive(store), columns=False))[1]
    assert bare == Row(*full[:6])
    assert (str(full.id), full.kind, full.subject) == (event_id(2), "change.observed", "components/model/m2.py")
    assert (full.project, full.actor, full.time) == ("default", "tester", START + timedelta(hours=7))


async def test_what_is_archived_meanwhile_is_left_out(store: Store) -> None:
    """Also where its number is below one that was read: another stream's archiver was slower."""
    given = entries(60)
    slow = [entry for entry in given if entry.stream == STREAMS[0]]
    await keep(store, [entry for entry in given if entry.stream != STREAMS[0]])
    found: list[Row] = []
    async for page in Archive(store).rows():
        if not found:
            await keep(store, slow)
        found += page
    assert [row.seq for row in found] == [entry.seq for entry in given if entry.stream != STREAMS[0]]


async def test_pages_are_bounded_and_never_empty(store: Store) -> None:
    await keep(store, entries(60))
    pages = [page async for page in Archive(store).rows()]
    assert all(0 < len(page) <= part.PAGE for page in pages)
    assert all(one[-1].seq < other[0].seq for one, other in pairwise(pages))


async def test_pages_come_from_an_index(store: Store) -> None:
    """Whatever there is: no scan of a month, and no sort of all that is left."""
    await keep(store, entries(3000, every=timedelta(hours=1)))
    await store.db.execute("analyze events")
    plan = await store.db.fetch(f"explain {_PAGE.format(columns=COLUMNS, limit=7)}".replace("$1", "5"))
    steps = "\n".join(row[0] for row in plan)
    assert "Index Scan using events_2026_01_pkey" in steps
    assert "Merge Append" in steps
    assert "Seq Scan" not in steps
