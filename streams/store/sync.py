"""What syncs of clients' configurations did: sessions, what happened in them, what they left to look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from asyncpg import Record

from schemas.base import Document, EventId, derived_id
from schemas.clients.adapters import CLIENTS
from schemas.clients.records import DOMAIN, ArtifactType, SessionRecord
from schemas.clients.sessions import ClientShown, LogLine, SessionShown
from streams.store.connection import Executor, array, arrays
from streams.store.write import Write

_RANK = "array_position(array['pending', 'running', 'success', 'failed'], {}.status)"

_SAVE_SESSIONS = f"""
insert into sync_sessions (id, client_id, project, client, trigger, started_at, finished_at, status, summary)
select * from unnest($1::text::uuid[], $2::text::uuid[], $3::text::text[], $4::text::text[], $5::text::text[],
    $6::text::timestamptz[], $7::text::timestamptz[], $8::text::text[], $9::text::jsonb[])
on conflict (id) do update set started_at = excluded.started_at, finished_at = excluded.finished_at,
    status = excluded.status, summary = excluded.summary
where {_RANK.format("excluded")} > {_RANK.format("sync_sessions")}
"""  # noqa: S608 - a constant

_ADD_EVENTS = """
insert into sync_events
    (id, session_id, number, project, client, event_type, level, element, message, payload, created_at)
select * from unnest($1::text::uuid[], $2::text::uuid[], $3::text::int[], $4::text::text[], $5::text::text[],
    $6::text::text[], $7::text::text[], $8::text::text[], $9::text::text[], $10::text::jsonb[],
    $11::text::timestamptz[])
on conflict do nothing
"""

_ADD_ARTIFACTS = """
insert into artifacts (id, session_id, artifact_type, storage_path, checksum, size)
select * from unnest($1::text::uuid[], $2::text::uuid[], $3::text::text[], $4::text::text[], $5::text::text[],
    $6::text::bigint[])
on conflict do nothing
"""

_ADD_ADAPTERS = """
insert into adapters (id, client_type, version, schema_version, metadata)
select * from unnest($1::text::uuid[], $2::text::text[], $3::text::text[], $4::text::int[], $5::text::jsonb[])
on conflict do nothing
"""

_SHOWN = """
    s.id::text, s.client, s.trigger, s.status, s.started_at, s.finished_at, s.summary,
    (select e.message from sync_events e where e.session_id = s.id and s.status = 'failed'
        order by e.level <> 'error', e.number limit 1) as why
from sync_sessions s
"""

_CLIENTS = f"""
select c.id::text, c.name, c.type, c.scope, c.config_path, c.machine, c.settings, c.created_at, c.updated_at,
    last.session as last, open.session as open
from clients c
left join lateral (
    select to_jsonb(shown) as session from (
        select {_SHOWN} where s.client_id = c.id and s.status in ('success', 'failed')
        order by s.started_at desc, s.id desc limit 1
    ) shown
) last on true
left join lateral (
    select to_jsonb(shown) as session from (
        select {_SHOWN} where s.project = c.project and s.client = c.name and s.status in ('pending', 'running')
        order by s.started_at desc, s.id desc limit 1
    ) shown
) open on true
where c.project = $1 and ($2::text is null or c.name = $2)
order by c.name
"""  # noqa: S608 - a constant

_SESSIONS = f"""
select {_SHOWN}
where s.project = $1 and ($2::text is null or s.client = $2) and ($3::text is null or s.status = $3)
    and ($4::text is null or (s.started_at, s.id) < (
        select b.started_at, b.id from sync_sessions b where b.id = $4::text::uuid))
order by s.started_at desc, s.id desc limit $5
"""  # noqa: S608 - a constant

_SESSION = f"select {_SHOWN} where s.project = $1 and s.id = $2::text::uuid"

_ARTIFACTS = """
select artifact_type, substr(storage_path, 7), checksum, size from artifacts where session_id = $1::text::uuid
order by artifact_type
"""

_SNAPSHOTS = """
select distinct on (s.client) s.client, s.finished_at, b.content
from sync_sessions s
join artifacts a on a.session_id = s.id and a.artifact_type = 'config_snapshot'
join blobs b on b.hash = substr(a.storage_path, 7)
where s.project = $1 and s.client = any($2::text::text[]) and s.status = 'success'
order by s.client, s.started_at desc, s.id desc
"""

_LINES = """
select e.id::text, e.created_at as at, e.client, e.session_id::text as session, e.level, e.event_type as type,
    e.element, e.message, e.payload
from sync_events e
"""

_LINE = f"{_LINES} where e.project = $1 and e.id = $2::text::uuid"

_LOG = f"""
{_LINES}
where e.project = $1 and ($2::text is null or e.client = $2) and ($3::text is null or e.level = $3)
    and ($4::timestamptz is null or e.created_at >= $4) and ($5::timestamptz is null or e.created_at < $5)
    and ($6::text is null or strpos(lower(e.message || ' ' || coalesce(e.element, '')), lower($6)) > 0)
    and ($7::text is null or e.session_id = $7::text::uuid)
    and ($8::text is null or e.event_type = $8) and ($9::text is null or e.element = $9)
    and ($10::text is null or (e.created_at, e.session_id, e.number) < (
        select b.created_at, b.session_id, b.number from sync_events b where b.id = $10::text::uuid))
order by e.created_at desc, e.session_id desc, e.number desc limit $11
"""  # noqa: S608 - a constant

_COUNTS = """
select count(*) filter (where status = 'success') as success, count(*) filter (where status = 'failed') as failed,
    (select count(*) from conflicts c where c.project = $1 and c.domain = 'clients' and c.state = 'pending') as waiting,
    (select max(started_at) from sync_sessions where project = $1) as last_run
from sync_sessions where project = $1 and started_at >= $2
"""

_RECORDS = f"""
select d.path, b.content from documents d
join versions v on v.document = d.id and v.number = d.head join blobs b on b.hash = v.hash
where d.domain = '{DOMAIN}' and d.project = $1 and starts_with(d.path, $2)
order by d.path
"""  # noqa: S608 - a constant

_EXPORTS = f"""
select d.project, substr(d.path, 9), b.content from documents d
join versions v on v.document = d.id and v.number = d.head join blobs b on b.hash = v.hash
where d.domain = '{DOMAIN}' and d.path like 'exports/%'
order by d.project, d.path
"""  # noqa: S608 - a constant

_ADAPTERS = EventId("7d5f7a0c-6f0f-5d52-9d0e-0c8f6b0a7f21")
TITLES = {client.name: client.title for client in CLIENTS}
_ORDER = {"pending": 0, "running": 1, "success": 2, "failed": 3}


class Session(NamedTuple):
    """A session of a project, and what it was begun by."""

    project: str
    trigger: str
    record: SessionRecord

    @property
    def client_id(self) -> str:
        """The id of the client's record."""
        return Document(self.project, DOMAIN, f"clients/{self.record.client}").id


class Adapter(NamedTuple):
    """A program that has synced a client."""

    client_type: str
    version: str
    schema_version: int
    title: str


class Left(NamedTuple):
    """What a session left: its kind, where it is in the blob store, BLAKE3 of its bytes, how many these are."""

    type: ArtifactType
    hash: str
    checksum: str
    size: int


class Snapshot(NamedTuple):
    """What a client's files held after its last sync that succeeded."""

    at: datetime
    content: bytes


class LogFilter(NamedTuple):
    """Which events of sessions are wanted: of a client, a level, a time, with a text in them, of a session, of a type,
    about an element.
    """

    client: str | None = None
    level: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    session: str | None = None
    type: str | None = None
    element: str | None = None


class Counts(NamedTuple):
    """How many sessions have ended in which way, how much waits for a person, and when the last session began."""

    success: int
    failed: int
    waiting: int
    last_run: datetime | None


class Syncs:
    """The tables `sync_sessions`, `sync_events`, `artifacts` and `adapters`.

    A session is told of again as it goes on, perhaps from elsewhere: a later state is never replaced by an earlier one.
    """

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def save(sessions: Sequence[Session], adapters: Sequence[Adapter]) -> list[Write]:
        """Keep what syncs did."""
        latest: dict[str, Session] = {}
        for one in sorted(sessions, key=lambda one: _ORDER[one.record.status]):
            latest[one.record.id] = one
        rows = list(latest.values())
        parts = (
            (_SAVE_SESSIONS, [_session(one) for one in rows], 9),
            (_ADD_EVENTS, [row for one in rows for row in _events(one)], 11),
            (_ADD_ARTIFACTS, [row for one in rows for row in _artifacts(one)], 6),
            (_ADD_ADAPTERS, [_adapter(one) for one in adapters], 5),
        )
        return [Write(sql, tuple(arrays(found, width))) for sql, found, width in parts if found]

    async def record(self, project: str, path: str) -> bytes | None:
        """The record at a path, as it stands."""
        return (await self.records(project, path)).get(path)

    async def records(self, project: str, start: str) -> dict[str, bytes]:
        """The records whose paths start so, as they stand."""
        return {row["path"]: row["content"] for row in await self._db.fetch(_RECORDS, project, start)}

    async def exports(self) -> list[tuple[str, str, bytes]]:
        """The project, the name and the record of every export that is made again and again."""
        return [tuple(row) for row in await self._db.fetch(_EXPORTS)]

    async def clients(self, project: str, name: str | None = None) -> list[ClientShown]:
        """The clients of a project, or one, each with its last session and one that is open."""
        return [_client(row) for row in await self._db.fetch(_CLIENTS, project, name)]

    async def sessions(
        self, project: str, client: str | None, status: str | None, before: str | None, limit: int
    ) -> list[SessionShown]:
        """Sessions, newest first, behind the one with the id `before`."""
        return [_shown(row) for row in await self._db.fetch(_SESSIONS, project, client, status, before, limit)]

    async def session(self, project: str, id_: str) -> SessionShown | None:
        """One session."""
        row = await self._db.fetchrow(_SESSION, project, id_)
        return _shown(row) if row else None

    async def snapshots(self, project: str, clients: Sequence[str]) -> dict[str, Snapshot]:
        """The newest one of each of these clients that has one."""
        rows = await self._db.fetch(_SNAPSHOTS, project, array(clients))
        return {row["client"]: Snapshot(row["finished_at"], row["content"]) for row in rows}

    async def artifacts(self, session: str) -> list[Left]:
        """What a session left to look at."""
        return [Left(*row) for row in await self._db.fetch(_ARTIFACTS, session)]

    async def log(self, project: str, wanted: LogFilter, before: str | None, limit: int) -> list[LogLine]:
        """What happened in sessions, newest first, behind the event with the id `before`."""
        return [_line(row) for row in await self._db.fetch(_LOG, project, *wanted, before, limit)]

    async def line(self, project: str, id_: str) -> LogLine | None:
        """One event of a session."""
        row = await self._db.fetchrow(_LINE, project, id_)
        return _line(row) if row else None

    async def counts(self, project: str, since: datetime) -> Counts:
        """How many sessions have ended in which way since a time, and what waits."""
        row = await self._db.fetchrow(_COUNTS, project, since)
        return Counts(*(row or ()))


def _session(one: Session) -> tuple[str | None, ...]:
    record = one.record
    return (
        record.id,
        one.client_id,
        one.project,
        record.client,
        one.trigger,
        record.started_at.isoformat(),
        record.finished_at.isoformat() if record.finished_at else None,
        record.status,
        record.summary.model_dump_json(),
    )


def _events(one: Session) -> list[tuple[str | int | None, ...]]:
    record = one.record
    at = (record.finished_at or record.started_at).isoformat()
    return [
        (
            derived_id(record.id, f"event/{number}"),
            record.id,
            number,
            one.project,
            record.client,
            event.type,
            event.level,
            event.element,
            event.message,
            orjson.dumps(event.payload).decode(),
            at,
        )
        for number, event in enumerate(record.events, 1)
    ]


def _artifacts(one: Session) -> list[tuple[str | int, ...]]:
    return [
        (derived_id(one.record.id, left.type), one.record.id, left.type, f"blobs/{left.hash}", left.digest, left.size)
        for left in one.record.artifacts
    ]


def _adapter(one: Adapter) -> tuple[str | int, ...]:
    id_ = derived_id(_ADAPTERS, f"{one.client_type}/{one.version}")
    return id_, one.client_type, one.version, one.schema_version, orjson.dumps({"title": one.title}).decode()


def _client(row: Record) -> ClientShown:
    return ClientShown(
        id=row["id"],
        name=row["name"],
        type=row["type"],
        title=TITLES.get(row["type"], row["type"]),
        scope=row["scope"],
        config_path=row["config_path"],
        machine=row["machine"],
        settings=orjson.loads(row["settings"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        last=_session_of(row["last"]),
        open=_session_of(row["open"]),
    )


def _session_of(raw: str | None) -> SessionShown | None:
    return None if raw is None else SessionShown.model_validate_json(raw)


def _shown(row: Record) -> SessionShown:
    return SessionShown(**{**row, "summary": orjson.loads(row["summary"])})


def _line(row: Record) -> LogLine:
    return LogLine(**{**row, "payload": orjson.loads(row["payload"])})
