"""Syncs of clients: how they do, what they did, and asking for one."""

from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import Any

from aiohttp import web
from pydantic import Field, PositiveInt

from gateway.projects import ProjectQuery, project_of
from gateway.records import keep
from gateway.route import Call, Route
from schemas.base import Instant, Uuid, new_id, now
from schemas.clients.records import RunRecord, SessionRecord, Status
from schemas.clients.sessions import (
    ArtifactShown,
    AskForSync,
    ClientShown,
    SessionDetail,
    SessionShown,
    SyncStatus,
)
from schemas.errors import NotFound, Rejected
from streams.store.sync import Left, LogFilter

RECENT = 20
"""Events that the status shows."""

_MOST_LINES = 2000
_DAY = timedelta(days=1)
_TYPES: dict[str, str] = {"config_snapshot": "application/json", "diff": "text/x-diff", "log": "application/jsonl"}


class StatusQuery(ProjectQuery):
    """Since when syncs are counted; the last 24 hours where nothing is said."""

    since: Instant | None = None


class SessionsQuery(ProjectQuery):
    """A part of the list, newest first; `before`: the id of the last one seen."""

    client: str | None = None
    status: Status | None = None
    limit: PositiveInt = Field(100, le=1000)
    before: Uuid | None = None


async def status(call: Call[None, StatusQuery]) -> SyncStatus:
    """How syncs do, client by client, and what happened last."""
    syncs, project = call.services.store.syncs, project_of(call)
    since = call.query.since or now() - _DAY
    counts = await syncs.counts(project, since)
    return SyncStatus(
        since=since,
        **counts._asdict(),
        clients=await syncs.clients(project),
        events=await syncs.log(project, LogFilter(), None, RECENT),
    )


async def trigger(call: Call[AskForSync, ProjectQuery]) -> list[SessionShown]:
    """Ask for a sync. Who watches a place does it at once, others when they sync next; who was asked is not again."""
    project = project_of(call)
    async with call.services.store.alone(f"trigger {project}"):
        clients = _named(await call.services.store.syncs.clients(project), call.body.clients)
        asked = await _asked(call, [one for one in clients if one.open is None])
    open_ = [client.open.id for client in clients if client.open]
    found = [await call.services.store.syncs.session(project, id_) for id_ in (*open_, *asked)]
    return [one for one in found if one]


async def _asked(call: Call[AskForSync, ProjectQuery], clients: Sequence[ClientShown]) -> list[str]:
    """Ask, site by site; the ids of the sessions."""
    sites: dict[str, list[ClientShown]] = {}
    for client in clients:
        sites.setdefault(client.site, []).append(client)
    ids: list[str] = []
    for site, there in sites.items():
        run = RunRecord(trigger="request", version=version("headrace"), sessions=[_pending(one) for one in there])
        await keep(call, f"requests/{site}", run)
        ids += [one.id for one in run.sessions]
    return ids


def _named(clients: Sequence[ClientShown], names: Sequence[str] | None) -> list[ClientShown]:
    if names is None:
        return [one for one in clients if one.settings.enabled]
    found = [one for one in clients if one.name in names]
    unknown = set(names) - {one.name for one in found}
    if unknown:
        raise NotFound(f"there is no client {min(unknown)!r}", "GET /api/v1/clients lists them")
    if off := [one.name for one in found if not one.settings.enabled]:
        raise Rejected(f"{off[0]} is not enabled", f"PATCH /api/v1/clients/{off[0]} enables it")
    return found


def _pending(client: ClientShown) -> SessionRecord:
    return SessionRecord(id=new_id(), client=client.name, type=client.type, status="pending", started_at=now())


async def page(call: Call[None, SessionsQuery]) -> list[SessionShown]:
    """What was synced, newest first."""
    query = call.query
    return await call.services.store.syncs.sessions(
        project_of(call), query.client, query.status, query.before, query.limit
    )


async def one(call: Call[Any, ProjectQuery]) -> SessionDetail:
    """One session: what it did, decided and met with, and what it left to look at."""
    syncs, project = call.services.store.syncs, project_of(call)
    found = await _session(call)
    lines = await syncs.log(project, LogFilter(session=found.id), None, _MOST_LINES)
    left = [_artifact(found.id, one) for one in await syncs.artifacts(found.id)]
    return SessionDetail(**found.model_dump(), events=lines[::-1], artifacts=left)


async def _session(call: Call[Any, ProjectQuery]) -> SessionShown:
    found = await call.services.store.syncs.session(project_of(call), call.path["id"])
    if found is None:
        raise NotFound(f"there is no session {call.path['id']}", "GET /api/v1/sync/sessions lists them")
    return found


def _artifact(session: str, left: Left) -> ArtifactShown:
    url = f"{_SESSIONS}/{session}/artifacts/{left.type}"
    return ArtifactShown(type=left.type, checksum=left.checksum, size=left.size, url=url)


async def artifact(call: Call[None, ProjectQuery]) -> web.Response:
    """The configuration that a session left, how it differs from the one before, or its log."""
    store, type_ = call.services.store, call.path["type"]
    left = [one for one in await store.syncs.artifacts((await _session(call)).id) if one.type == type_]
    content = await store.blobs.get(left[0].hash) if left else None
    if content is None:
        raise NotFound(f"the session left no {type_}")
    return web.Response(body=content, content_type=_TYPES[type_], charset="utf-8")


_BASE = "/api/v1/sync"
_SESSIONS = f"{_BASE}/sessions"
_ONE = f"{_SESSIONS}/{{id:[0-9a-f-]{{36}}}}"
_LEFT = f"{_ONE}/artifacts/{{type}}"

ROUTES = (
    Route("GET", f"{_BASE}/status", status, SyncStatus, query=StatusQuery),
    Route(
        "POST", f"{_BASE}/trigger", trigger, list[SessionShown], "user", AskForSync, ProjectQuery, (400, 404, 413, 422)
    ),
    Route("GET", _SESSIONS, page, list[SessionShown], query=SessionsQuery),
    Route("GET", _ONE, one, SessionDetail, query=ProjectQuery, statuses=(404,)),
    Route("GET", _LEFT, artifact, str, query=ProjectQuery, statuses=(404,)),
)
