"""The dry run of a sync, as far as the server can know: what the machine changed since is seen only there."""

import asyncio
from datetime import datetime
from typing import Any

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Route
from schemas.clients.adapter import Scope
from schemas.clients.adapters import BY_NAME
from schemas.clients.documents import path_of
from schemas.clients.foresight import Said, foresee, said_in
from schemas.clients.planning import Deployment
from schemas.clients.sessions import ClientShown, ForeseenChange, ForeseenLoss, Preview
from schemas.clients.standings import standing_of
from schemas.clients.unified import Element, encode
from schemas.errors import NotFound


async def preview(call: Call[Any, ProjectQuery]) -> Preview:
    """What the next sync would do to a client's files. Nothing is done."""
    store, project, name = call.services.store, project_of(call), call.path["name"]
    clients = {one.name: one for one in await store.syncs.clients(project)}
    if name not in clients:
        raise NotFound(f"there is no client {name!r}", "GET /api/v1/clients lists them")
    chosen = clients[name]
    there = {one.type: one for one in clients.values() if _is_beside(one, chosen)}
    left = await store.syncs.snapshots(project, [one.name for one in there.values()])
    said = [
        Said(BY_NAME[one.type], said_in(left[one.name].content) if one.name in left else {}) for one in there.values()
    ]
    stored = await store.clients.standing(project, chosen.scope)
    centre = dict(standing_of(one.path, one.content, one.last, one.author, one.changed_at) for one in stored)
    foreseen = await asyncio.to_thread(foresee, chosen.scope, centre, said)
    (deployment,) = (one for one in foreseen if one.member.client.name == chosen.type)
    asked = await store.conflicts.of_clients(project, [name])
    waiting = {one.path for one in asked if one.state == "pending"}
    return _shown(deployment, chosen.scope, left[name].at if name in left else None, waiting)


def _is_beside(one: ClientShown, chosen: ClientShown) -> bool:
    """Whether it is synced together with the chosen one: some read files of others."""
    is_there = (one.machine, one.scope, one.config_path) == (chosen.machine, chosen.scope, chosen.config_path)
    return one == chosen or (is_there and one.type != chosen.type and one.settings.enabled)


def _shown(deployment: Deployment, scope: Scope, since: datetime | None, waiting: set[str]) -> Preview:
    changes = [
        ForeseenChange(path=path, before=_text(change.before), after=_text(change.after))
        for change in deployment.changes
        if (path := path_of(scope, change.key)) not in waiting
    ]
    losses = [
        ForeseenLoss(path=path_of(scope, loss.key), field=loss.field, why=loss.why)
        for loss in deployment.written.losses
    ]
    return Preview(since=since, changes=changes, losses=losses, waiting=sorted(waiting))


def _text(element: Element | None) -> str | None:
    return None if element is None else encode(element).decode()


ROUTES = (Route("GET", "/api/v1/clients/{name}/preview", preview, Preview, query=ProjectQuery, statuses=(404,)),)
