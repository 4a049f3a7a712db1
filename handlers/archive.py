"""Copy every event to PostgreSQL, in its canonical bytes, also those that this version cannot read, and chain them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from schemas.base import TOPICS
from schemas.errors import Rejected
from schemas.events import time_of
from streams.chain import link
from streams.entry import Entry, Stream
from streams.handler import Deps, Handler, Outcome
from streams.store import Store
from streams.store.chains import Chains, End
from streams.store.events import Events, archived_bytes
from streams.trim import ARCHIVE

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def archive(batch: Sequence[Entry], deps: Deps) -> Outcome:
    """Append the batch to the archive."""
    if len(batch) == 1 and not _readable(batch[0].raw):
        return await _archive_unreadable(batch[0], deps.store)
    times = [time_of(entry.raw) for entry in batch]
    had = await deps.store.chains.load({entry.stream for entry in batch}, _months(times))
    digests: list[bytes] = []
    ends: dict[Stream, End] = {}
    for entry, time in zip(batch, times, strict=True):
        place = entry.place
        before = ends.get(entry.stream) or had[entry.stream]
        digests.append(link(before.digest, place, entry.raw))
        ends[entry.stream] = End(place.offset, place.seq, digests[-1], time)
    return Outcome([()] * len(batch), [Events.append(batch, digests), *Chains.extend(had, ends)])


async def _archive_unreadable(entry: Entry, store: Store) -> Outcome:
    """What has no time of its own is kept with the event before it."""
    had = await store.chains.load([entry.stream])
    before = had[entry.stream]
    time = before.time or _EPOCH
    await store.chains.load([], _months([time]))
    digest = link(before.digest, entry.place, archived_bytes(entry.raw))
    end = End(entry.place.offset, entry.seq, digest, time)
    return Outcome([()], [Events.append_unreadable(entry, time, digest), *Chains.extend(had, {entry.stream: end})])


def _months(times: Sequence[datetime]) -> list[datetime]:
    universal = {time.astimezone(UTC) for time in set(times)}
    return [datetime(*month, 1, tzinfo=UTC) for month in {(time.year, time.month) for time in universal}]


def _readable(raw: bytes) -> bool:
    """Whether the store can take the envelope apart."""
    try:
        event = orjson.loads(raw)
        time_of(raw)
    except (ValueError, Rejected):
        return False
    needed = {"id", "type", "project", "subject", "actor", "time", "correlationid"}
    return isinstance(event, dict) and needed <= event.keys() and b"\\u0000" not in raw and b"\n" not in raw


HANDLERS = (Handler(ARCHIVE, TOPICS, archive, once="entry", urgent=False),)
