"""The archive: everything that ever happened, in its canonical bytes and in order."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import starmap
from typing import NamedTuple, TypeAlias
from uuid import UUID

from schemas.base import EventId, Topic
from schemas.errors import Rejected
from streams.entry import Entry, Stream
from streams.store.connection import Executor, array
from streams.store.patterns import matches
from streams.store.write import Write

Condition: TypeAlias = tuple[str, object]
"""What is asked for, with `{}` for its parameter, and the parameter."""

# PostgreSQL takes the events apart itself: in C, in one pass, a third of the price of doing it here. They come as one
# text, a line each, and so do their places: JSON has no line breaks of its own, and what is not JSON makes the lines
# too many.
_APPEND = """
insert into events (seq, topic, partition, entry_offset, digest, id, kind, project, subject, actor, time, correlation,
    event)
select seq, topic, partition, entry_offset, digest, (event ->> 'id')::uuid, event ->> 'type', event ->> 'project',
    event ->> 'subject', event ->> 'actor', (event ->> 'time')::timestamptz, (event ->> 'correlationid')::uuid, raw
from (
    select split_part(stream, '/', 1) as topic, split_part(stream, '/', 2)::int as partition,
        split_part(id, '-', 1)::bigint as seq, split_part(id, '-', 2)::bigint as entry_offset,
        raw, raw::jsonb as event, substr($4::bytea, 32 * place::int - 31, 32) as digest
    from unnest(string_to_array($1, E'\\n'), string_to_array($2, E'\\n'), string_to_array($3, E'\\n'))
        with ordinality as row (stream, id, raw, place)
    offset 0
) parsed
"""

_APPEND_UNREADABLE = """
insert into events (seq, topic, partition, entry_offset, kind, project, subject, actor, event, time, digest)
values ($3::text::bigint, $1, $2, $4::text::bigint, '?', '?', '?', '?', $5, $6, $7)
"""

CHAINED = "seq, topic, partition, entry_offset, event, digest"
COLUMNS = f"{CHAINED}, id, kind, project, subject, actor, time, correlation"

# No upper bound: with one, the planner may expect so few rows that it sorts them, in each page all that are left.
_PAGE = "select {columns} from events where seq > $1 order by seq limit {limit:d}"


class Row(NamedTuple):
    """An archived event: its place, its bytes as text, and its link in the chain; then what it was found by."""

    seq: int
    topic: Topic
    partition: int
    offset: int
    event: str
    digest: bytes
    id: UUID | None = None
    kind: str = ""
    project: str = ""
    subject: str = ""
    actor: str = ""
    time: datetime | None = None
    correlation: UUID | None = None


# An event as this program writes it begins with these very words, and no string inside it can hold them: its quotes
# would be escaped. What is written otherwise is looked at more closely.
_DOUBTFUL = f"""
select {COLUMNS} from events
where seq > $1 and seq <= $2 and not coalesce(
    starts_with(event, '{{"specversion":"1.0","id":"' || id || '","source":"')
    and strpos(event, '","type":"' || kind || '","subject":"' || subject || '","time":"'
        || to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || 'Z","project":"' || project
        || '","actor":"' || actor || '","correlationid":"' || correlation || '"') > 0,
    false)
order by seq
"""  # noqa: S608 - made of constants

_ENDS_BEFORE = """
select chains.topic, chains.partition, last.entry_offset, last.digest
from chains cross join lateral (
    select entry_offset, digest from events
    where events.topic = chains.topic and events.partition = chains.partition and seq <= $1
    order by entry_offset desc limit 1
) last
"""

_OF_STREAM = """
select seq, entry_offset, event from events
where topic = $1 and partition = $2 and entry_offset > $3 and entry_offset < $4 order by entry_offset limit $5
"""

_BEYOND = """
select events.topic, events.partition, events.entry_offset, events.seq, events.id::text
from events left join chains using (topic, partition)
where events.entry_offset > coalesce(chains.entry_offset, 0)
    and (select count(*) from events)
        + (select coalesce(sum(events), 0) from exported_months where dropped_at is not null)
        <> (select coalesce(sum(entry_offset), 0) from chains)
order by seq limit 1
"""


LOOKED = 10_000
"""Events that one search looks through at most for an actor or a text: no index knows them."""


class Query(NamedTuple):
    """Which events to list. `kind`, `subject` and `actor` may hold `*`; `after` and `before` are event numbers.

    `projects`: those that may be seen, `ids` and `kinds`: those that are meant; None: all. `text`: found anywhere in
    the event's bytes, whatever the case of A to Z.
    """

    after: int = 0
    before: int | None = None
    kind: str | None = None
    subject: str | None = None
    project: str | None = None
    projects: Collection[str] | None = None
    story: EventId | None = None
    since: datetime | None = None
    ids: Collection[str] | None = None
    kinds: Collection[str] | None = None
    newest_first: bool = False
    limit: int = 100
    actor: str | None = None
    text: str | None = None
    until: datetime | None = None


class Found(NamedTuple):
    """Events as (seq, bytes). `next`: the number behind which to go on, where there may be more."""

    events: list[tuple[int, str]]
    next: int | None


_TEXT = 'strpos(lower(event collate "C"), lower({}::text collate "C")) > 0'
_INDEXED = {"seq > {}", "seq < {}", "time >= {}", "time < {}", "kind = {}", "correlation = {}"}
_OF_DOCUMENT = {"project = {}", "subject = {}"}


def _conditions(query: Query) -> list[Condition]:
    """All that a query asks for."""
    patterns = [("kind", query.kind), ("subject", query.subject), ("actor", query.actor)]
    others: list[Condition] = [
        ("seq > {}", query.after),
        ("seq < {}", query.before),
        ("project = {}", query.project or None),
        ("project = any({})", None if query.projects is None else list(query.projects)),
        ("correlation = {}", query.story),
        ("time >= {}", query.since),
        ("time < {}", query.until),
        ("id = any({}::text::uuid[])", None if query.ids is None else array(query.ids)),
        ("kind = any({})", None if query.kinds is None else list(query.kinds)),
        (_TEXT, query.text or None),
    ]
    asked = [(condition, value) for condition, value in others if value is not None]
    return [*asked, *[matches(column, pattern) for column, pattern in patterns if pattern]]


def _indexed(asked: Sequence[Condition]) -> list[Condition]:
    """Those of the conditions that an index serves: a subject does only with its project."""
    conditions = {condition for condition, _ in asked}
    served = _INDEXED | (_OF_DOCUMENT if conditions >= _OF_DOCUMENT else set())
    return [one for one in asked if one[0] in served]


def _select(what: str, asked: Sequence[Condition], rest: str) -> tuple[str, list[object]]:
    """A query for events, and its parameters."""
    conditions = [condition.format(f"${number}") for number, (condition, _) in enumerate(asked, 1)]
    return f"select {what} from events where {' and '.join(conditions)} {rest}", [value for _, value in asked]  # noqa: S608 - made of constants


class Count(NamedTuple):
    """How many events of a kind there are in a topic."""

    kind: str
    topic: str
    events: int


class Events:
    """The `events` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def append(entries: Sequence[Entry], digests: Sequence[bytes]) -> Write:
        """Archive events with their links in the chain: Rejected where one of them cannot be read."""
        names = {stream: f"{stream[0]}/{stream[1]}" for stream in {entry.stream for entry in entries}}
        streams = "\n".join([names[entry.stream] for entry in entries])
        ids = b"\n".join([entry.id for entry in entries]).decode()
        try:
            raws = b"\n".join([entry.raw for entry in entries]).decode()
        except UnicodeDecodeError as error:
            raise Rejected(f"not an event: {error}") from error
        return Write(_APPEND, (streams, ids, raws, b"".join(digests)))

    @staticmethod
    def append_unreadable(entry: Entry, time: datetime, digest: bytes) -> Write:
        """Archive bytes that are no event, as of some time."""
        text = archived_bytes(entry.raw).decode()
        return Write(_APPEND_UNREADABLE, (*entry.stream, *entry.id.decode().split("-"), text, time, digest))

    async def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """The next events after `seq`, as (seq, bytes). Holes are events not archived yet."""
        query = "select seq, event from events where seq > $1 order by seq limit $2"
        return [(row["seq"], row["event"]) for row in await self._db.fetch(query, seq, limit)]

    async def page(self, after: int, limit: int, *, columns: bool) -> list[Row]:
        """The next rows after `after`, whole, or as far as they are chained."""
        query = _PAGE.format(columns=COLUMNS if columns else CHAINED, limit=limit)
        return list(starmap(Row, await self._db.fetch(query, after)))

    async def find(self, query: Query) -> list[tuple[int, str]]:
        """The events that a query names, as (seq, bytes)."""
        return (await self.search(query)).events

    async def search(self, query: Query) -> Found:
        """The same, with where to go on. What takes looking at events one by one ends after LOOKED of them."""
        order, within = ("desc", "seq >= {}") if query.newest_first else ("asc", "seq <= {}")
        asked, edge = _conditions(query), None
        if (query.actor or query.text) and (edge := await self._edge(asked, order)):
            asked.append((within, edge))
        sql, values = _select("seq, event", asked, f"order by seq {order} limit {query.limit:d}")
        events = [(row["seq"], row["event"]) for row in await self._db.fetch(sql, *values)]
        return Found(events, events[-1][0] if len(events) == query.limit else edge)

    async def _edge(self, asked: Sequence[Condition], order: str) -> int | None:
        """The number of the last event that a search looks at; None where it comes to the end of the log."""
        sql, values = _select("seq", _indexed(asked), f"order by seq {order} offset {LOOKED - 1:d} limit 1")
        edge: int | None = await self._db.fetchval(sql, *values)
        return edge

    async def counts(self, query: Query) -> list[Count]:
        """How many there are of each kind."""
        sql, values = _select("kind, topic, count(*)", _conditions(query), "group by kind, topic order by kind, topic")
        return list(starmap(Count, await self._db.fetch(sql, *values)))

    async def documents(self, query: Query) -> int:
        """How many documents they are about."""
        sql, values = _select("count(distinct subject)", _conditions(query), "")
        return int(await self._db.fetchval(sql, *values))

    async def get(self, event_id: EventId) -> tuple[int, str] | None:
        """One event, as (seq, bytes)."""
        row = await self._db.fetchrow("select seq, event from events where id = $1 order by seq limit 1", event_id)
        return (row["seq"], row["event"]) if row else None

    async def known(self, ids: Iterable[EventId]) -> set[EventId]:
        """Which of these are archived."""
        rows = await self._db.fetch("select id::text from events where id = any($1::text::uuid[])", array(ids))
        return {row["id"] for row in rows}

    async def get_many(self, ids: Iterable[EventId]) -> dict[EventId, str]:
        """The bytes of those that are archived."""
        rows = await self._db.fetch("select id::text, event from events where id = any($1::text::uuid[])", array(ids))
        return {row["id"]: row["event"] for row in rows}

    async def of_stream(self, stream: Stream, after: int, before: int, limit: int) -> list[Entry]:
        """A stream's events between two offsets, as they were read from it."""
        rows = await self._db.fetch(_OF_STREAM, *stream, after, before, limit)
        return [Entry(stream, f"{row['seq']}-{row['entry_offset']}".encode(), row["event"].encode()) for row in rows]

    async def doubtful(self, after: int, until: int) -> list[Row]:
        """The events between two numbers of which it is not plain that they are found by what they say."""
        return list(starmap(Row, await self._db.fetch(_DOUBTFUL, after, until)))

    async def ends_before(self, seq: int) -> dict[Stream, tuple[int, bytes]]:
        """The offset and the digest of each stream's last event up to the number `seq`."""
        rows = await self._db.fetch(_ENDS_BEFORE, seq) if seq else []
        return {(row["topic"], row["partition"]): (row["entry_offset"], row["digest"]) for row in rows}

    async def beyond_the_end(self) -> tuple[Topic, int, int, int, str | None] | None:
        """An event behind the end of its chain, if there is one: (topic, partition, offset, seq, id)."""
        row = await self._db.fetchrow(_BEYOND)
        return tuple(row) if row else None

    async def first_since(self, time: datetime) -> int | None:
        """The number of the first event that happened at this time or later."""
        number: int | None = await self._db.fetchval("select min(seq) from events where time >= $1", time)
        return number

    async def last(self) -> int:
        """The number of the newest archived event; 0 where there is none."""
        return await self._db.fetchval("select max(seq) from chains") or 0


def archived_bytes(raw: bytes) -> bytes:
    """What is kept of bytes that are no event: text, of which PostgreSQL can keep all but the zero byte."""
    return raw.decode(errors="backslashreplace").replace("\0", "\\x00").encode()
