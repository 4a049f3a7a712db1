"""Copy every event to PostgreSQL, in its canonical bytes, also those that this version cannot read, and chain them."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson

from schemas.base import TOPICS
from schemas.errors import Rejected
from schemas.events import time_of
from streams.chain import Chain, link
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.store import Store
from streams.store.chains import Chains, End
from streams.store.events import Events, archived_bytes
from streams.trim import ARCHIVE

_UNIVERSAL = re.compile(rb'"time":"(\d{4}-\d\d)-\d\dT[0-9:.]+Z"')
"""Where an event says its time, as this program writes it: nothing before it can look like that."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def archive(batch: Sequence[Entry], deps: Deps) -> Outcome:
    """Append the batch to the archive."""
    if len(batch) == 1 and not _readable(batch[0].raw):
        return await _archive_unreadable(batch[0], deps.store)
    had = await deps.store.chains.load({entry.stream for entry in batch}, _months(batch))
    chains = {stream: Chain(stream, end.digest) for stream, end in had.items()}
    digests = [chains[entry.stream].add(entry.id, entry.raw) for entry in batch]
    last = {entry.stream: entry for entry in batch}
    ends = {
        stream: End(entry.place.offset, entry.seq, chains[stream].digest, time_of(entry.raw))
        for stream, entry in last.items()
    }
    return Outcome([()] * len(batch), [Events.append(batch, digests), *Chains.extend(had, ends)])


async def _archive_unreadable(entry: Entry, store: Store) -> Outcome:
    """What has no time of its own is kept with the event before it."""
    had = await store.chains.load([entry.stream])
    before = had[entry.stream]
    time = before.time or _EPOCH
    await store.chains.load([], [time])
    digest = link(before.digest, entry.place, archived_bytes(entry.raw))
    end = End(entry.place.offset, entry.seq, digest, time)
    return Outcome([()], [Events.append_unreadable(entry, time, digest), *Chains.extend(had, {entry.stream: end})])


def _months(batch: Sequence[Entry]) -> list[datetime]:
    """The months of some events. Raises Rejected where one of them is none."""
    months: set[str] = set()
    for entry in batch:
        found = _UNIVERSAL.search(entry.raw)
        months.add(found[1].decode() if found else time_of(entry.raw).astimezone(UTC).isoformat()[:7])
    return [datetime.fromisoformat(f"{month}-01T00:00:00+00:00") for month in sorted(months)]


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
