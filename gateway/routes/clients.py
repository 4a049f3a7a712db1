"""Clients that are kept in step: which there are, and under which policy."""

from typing import Any, get_args

from gateway.projects import ProjectQuery, project_of
from gateway.records import keep
from gateway.route import Call, Route
from schemas.clients.adapter import Scope
from schemas.clients.records import ClientRecord, PolicyRecord, decode
from schemas.clients.sessions import ChangeClient, ClientShown, NewClient
from schemas.errors import NotFound, Overtaken
from streams.store import Store

_REMEDY = "GET /api/v1/clients lists them"


class ClientsQuery(ProjectQuery):
    """Which clients: all, or those of one type or scope."""

    type: str | None = None
    scope: Scope | None = None


async def every(call: Call[None, ClientsQuery]) -> list[ClientShown]:
    """All clients that have been synced, or were added, with their last syncs."""
    found = await call.services.store.syncs.clients(project_of(call))
    query = call.query
    return [one for one in found if query.type in {None, one.type} and query.scope in {None, one.scope}]


async def one(call: Call[Any, ProjectQuery]) -> ClientShown:
    """One client."""
    return await _client(call, call.path["name"])


async def _client(call: Call[Any, ProjectQuery], name: str) -> ClientShown:
    found = await call.services.store.syncs.clients(project_of(call), name)
    if not found:
        raise NotFound(f"there is no client {name!r}", _REMEDY)
    return found[0]


async def add(call: Call[NewClient, ProjectQuery]) -> ClientShown:
    """Let a client take part: the next sync at its place writes its files, though it has none yet."""
    record = ClientRecord(**call.body.model_dump(exclude={"name"}))
    name = call.body.name or f"{record.type}@{record.site}"
    if await call.services.store.syncs.clients(project_of(call), name):
        raise Overtaken(f"there is a client {name!r} already", "give another name, or change that one")
    await keep(call, f"clients/{name}", record)
    return await _client(call, name)


async def change(call: Call[ChangeClient, ProjectQuery]) -> ClientShown:
    """Decide about a client: one that is not enabled is neither read nor written."""
    found = await one(call)
    fields = found.model_dump(include=set(ClientRecord.model_fields)) | {"settings": call.body.settings}
    await keep(call, f"clients/{found.name}", ClientRecord(**fields))
    return await one(call)


async def remove(call: Call[None, ProjectQuery]) -> None:
    """Forget a client; its history stays. Where it has files and is synced again, it is back."""
    await keep(call, f"clients/{(await one(call)).name}", None)


async def policy_of(store: Store, project: str, scope: str) -> PolicyRecord:
    """The policy of a scope."""
    content = await store.syncs.record(project, f"policies/{scope}")
    record = decode(f"policies/{scope}", content) if content else None
    return record if isinstance(record, PolicyRecord) else PolicyRecord()


async def policy(call: Call[None, ProjectQuery]) -> PolicyRecord:
    """Who wins conflicts in a scope."""
    return await policy_of(call.services.store, project_of(call), _scope(call))


async def set_policy(call: Call[PolicyRecord, ProjectQuery]) -> PolicyRecord:
    """Decide who wins conflicts in a scope from now on."""
    await keep(call, f"policies/{_scope(call)}", call.body)
    return await policy_of(call.services.store, project_of(call), _scope(call))


def _scope(call: Call[Any, ProjectQuery]) -> str:
    scope = call.path["scope"]
    if scope not in get_args(Scope):
        raise NotFound(f"there is no scope {scope!r}", f"they are {' and '.join(get_args(Scope))}")
    return scope


_BASE = "/api/v1/clients"
_ONE = f"{_BASE}/{{name}}"
_POLICY = "/api/v1/policies/{scope}"
_STATUSES = (400, 404, 409, 413, 422)

ROUTES = (
    Route("GET", _BASE, every, list[ClientShown], query=ClientsQuery),
    Route("POST", _BASE, add, ClientShown, "user", NewClient, ProjectQuery, _STATUSES),
    Route("GET", _ONE, one, ClientShown, query=ProjectQuery, statuses=(404,)),
    Route("PATCH", _ONE, change, ClientShown, "user", ChangeClient, ProjectQuery, _STATUSES),
    Route("DELETE", _ONE, remove, None, "user", query=ProjectQuery, statuses=(404,)),
    Route("GET", _POLICY, policy, PolicyRecord, query=ProjectQuery, statuses=(404,)),
    Route("PUT", _POLICY, set_policy, PolicyRecord, "user", PolicyRecord, ProjectQuery, (400, 404, 413, 422)),
)
