"""Everything is archived in its own bytes, also what nobody can read."""

import pytest

from handlers.archive import archive
from schemas.errors import Rejected
from schemas.events import encode
from streams.entry import Entry
from streams.handler import Deps
from streams.store import Store
from streams.store.events import Query
from tests.build import entry, event, observed


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


async def _archive(store: Store, *entries: Entry) -> None:
    await store.commit(*(await archive(entries, Deps(store))).writes)


async def test_bytes_are_kept_as_they_are(store: Store) -> None:
    events = [event(observed(f'한글 " \\ {n}\n')) for n in range(5)]
    await _archive(store, *(entry(one, n + 1) for n, one in enumerate(events)))
    found = await store.events.find(Query())
    assert [raw.encode() for _, raw in found] == [encode(one) for one in events]


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b"\xff\xfe\x00",
    b'{"id": 1}',
    b'{"id":"x","type":"t","project":"p","subject":"s\\u0000"}',
]


@pytest.mark.parametrize("raw", UNREADABLE)
async def test_what_nobody_can_read_is_archived_alone(store: Store, raw: bytes) -> None:
    bad = Entry(("changes", 1), b"7-3", raw)
    with pytest.raises(Rejected):
        await _archive(store, entry(event(observed("x")), 1), bad)
    await _archive(store, bad)
    assert await store.db.fetchval("select kind from events where seq = 7") == "?"


async def test_a_kind_from_the_future_is_archived(store: Store) -> None:
    raw = encode(event(observed("x"))).replace(b"change.observed", b"change.imagined")
    await _archive(store, Entry(("changes", 1), b"9-9", raw))
    assert await store.db.fetchval("select kind from events") == "change.imagined"
