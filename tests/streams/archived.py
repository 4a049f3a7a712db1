"""Archives to try things on: events over many months, kept as the group keeps them, and read back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from handlers.archive import archive
from schemas.envelope import Origin, root
from schemas.events import encode
from streams.archive import Archive, Row
from streams.chain import GENESIS, link
from streams.entry import Entry, Place, Stream
from streams.handler import Deps
from streams.store import Store
from tests.build import START, document, event_id, observed

STREAMS: tuple[Stream, ...] = (("changes", 0), ("changes", 1), ("hashed", 0))


def entries(count: int, first: int = 1, every: timedelta = timedelta(hours=7), start: datetime = START) -> list[Entry]:
    """Events dealt out to some streams, `every` so often from `start`."""
    made = []
    for seq in range(first, first + count):
        origin = Origin("tester", "tests", start + every * (seq - 1))
        event = root(observed(f"한글 {seq}"), document(f"model/m{seq}.py"), origin, event_id(seq))
        offset = (seq - 1) // len(STREAMS) + 1
        made.append(Entry(STREAMS[(seq - 1) % len(STREAMS)], f"{seq}-{offset}".encode(), encode(event)))
    return made


async def keep(store: Store, batch: Sequence[Entry]) -> None:
    """Archive a batch as the group does."""
    await store.commit(*(await archive(batch, Deps(store))).writes)


async def read(reader: Archive, after: int = 0, until: int | None = None, *, columns: bool = True) -> list[Row]:
    """All pages as one."""
    return [row async for page in reader.rows(after, until, columns=columns) for row in page]


def follow(rows: Sequence[Row]) -> dict[Stream, bytes]:
    """Follow all chains, link by link; where they end."""
    ends: dict[Stream, bytes] = {}
    for row in rows:
        place = Place(row.topic, row.partition, row.seq, row.offset)
        ends[place.stream] = link(ends.get(place.stream, GENESIS), place, row.event.encode())
        assert row.digest == ends[place.stream], place
    return ends
