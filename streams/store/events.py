"""The archive: everything that ever happened, in its canonical bytes and in order."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from schemas.base import EventId
from schemas.errors import Rejected
from streams.entry import Entry
from streams.store.connection import Executor, array
from streams.store.patterns import matches
from streams.store.write import Write

# PostgreSQL takes the events apart itself: in C, in one pass, a third of the price of doing it here. They come as one
# text, a line each: JSON has no line breaks of its own, and what is not JSON makes the lines too many.
_APPEND = """
insert into events (seq, topic, partition, entry_offset, digest, id, kind, project, subject, actor, time, correlation,
    event)
select seq, topic, partition, entry_offset, digest, (event ->> 'id')::uuid, event ->> 'type', event ->> 'project',
    event ->> 'subject', event ->> 'actor', (event ->> 'time')::timestamptz, (event ->> 'correlationid')::uuid, raw
from (
    select *, raw::jsonb as event
    from unnest($1::text::text[], $2::text::int[], $3::text::bigint[], $4::text::bigint[], $6::bytea[],
        string_to_array($5, E'\\n')) as row (topic, partition, seq, entry_offset, digest, raw)
    offset 0
) parsed
"""

_APPEND_UNREADABLE = """
insert into events (seq, topic, partition, entry_offset, kind, project, subject, actor, event, time, digest)
values ($3::text::bigint, $1, $2, $4::text::bigint, '?', '?', '?', '?', $5, $6, $7)
"""


class Query(NamedTuple):
    """Which events to list. `kind` and `subject` may hold `*`; `after` and `before` are event numbers."""

    after: int = 0
    before: int | None = None
    kind: str | None = None
    subject: str | None = None
    project: str | None = None
    story: EventId | None = None
    since: datetime | None = None
    newest_first: bool = False
    limit: int = 100


class Events:
    """The `events` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def append(entries: Sequence[Entry], digests: Sequence[bytes]) -> Write:
        """Archive events with their links in the chain: Rejected where one of them cannot be read."""
        numbers = [entry.id.decode().split("-") for entry in entries]
        columns = zip(*(entry.stream for entry in entries), strict=True), zip(*numbers, strict=True)
        literals = [array(column) for columns_ in columns for column in columns_]
        try:
            raws = b"\n".join([entry.raw for entry in entries]).decode()
            return Write(_APPEND, (*literals, raws, list(digests)))
        except UnicodeDecodeError as error:
            raise Rejected(f"not an event: {error}") from error

    @staticmethod
    def append_unreadable(entry: Entry, time: datetime, digest: bytes) -> Write:
        """Archive bytes that are no event, as of some time."""
        text = archived_bytes(entry.raw).decode()
        return Write(_APPEND_UNREADABLE, (*entry.stream, *entry.id.decode().split("-"), text, time, digest))

    async def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """The next events after `seq`, as (seq, bytes). Holes are events not archived yet."""
        query = "select seq, event from events where seq > $1 order by seq limit $2"
        return [(row["seq"], row["event"]) for row in await self._db.fetch(query, seq, limit)]

    async def find(self, query: Query) -> list[tuple[int, str]]:
        """The events that a query names, as (seq, bytes)."""
        conditions = ["seq > $1"]
        values: list[object] = [query.after]

        def where(condition: str, value: object) -> None:
            values.append(value)
            conditions.append(condition.format(f"${len(values)}"))

        if query.before is not None:
            where("seq < {}", query.before)
        if query.kind:
            where(*matches("kind", query.kind))
        if query.subject:
            where(*matches("subject", query.subject))
        if query.project:
            where("project = {}", query.project)
        if query.story:
            where("correlation = {}", query.story)
        if query.since:
            where("time >= {}", query.since)
        order = "desc" if query.newest_first else "asc"
        sql = (
            f"select seq, event from events where {' and '.join(conditions)} order by seq {order} limit {query.limit:d}"  # noqa: S608 - made of constants and one integer
        )
        return [(row["seq"], row["event"]) for row in await self._db.fetch(sql, *values)]

    async def get(self, event_id: EventId) -> tuple[int, str] | None:
        """One event, as (seq, bytes)."""
        row = await self._db.fetchrow("select seq, event from events where id = $1 order by seq limit 1", event_id)
        return (row["seq"], row["event"]) if row else None

    async def last(self) -> int:
        """The number of the newest archived event; 0 where there is none."""
        return await self._db.fetchval("select seq from events order by seq desc limit 1") or 0


def archived_bytes(raw: bytes) -> bytes:
    """What is kept of bytes that are no event: text, of which PostgreSQL can keep all but the zero byte."""
    return raw.decode(errors="backslashreplace").replace("\0", "\\x00").encode()
