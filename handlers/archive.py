"""Copy every event to PostgreSQL, in its canonical bytes, also those that this version cannot read."""

from collections.abc import Sequence

import orjson

from schemas.base import TOPICS
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.store.events import Events
from streams.trim import ARCHIVE


async def archive(batch: Sequence[Entry], _: Deps) -> Outcome:
    """Append the batch to the archive."""
    unreadable = len(batch) == 1 and not _readable(batch[0].raw)
    write = Events.append_unreadable(batch[0]) if unreadable else Events.append(batch)
    return Outcome([()] * len(batch), [write])


def _readable(raw: bytes) -> bool:
    """Whether the store can take the envelope apart."""
    try:
        event = orjson.loads(raw)
    except ValueError:
        return False
    needed = {"id", "type", "project", "subject", "actor", "time", "correlationid"}
    return isinstance(event, dict) and needed <= event.keys() and b"\\u0000" not in raw and b"\n" not in raw


HANDLERS = (Handler(ARCHIVE, TOPICS, archive, once="entry", urgent=False),)
