"""API keys: for programs, each no better than whoever made it."""

import re
import secrets
from typing import Any

from gateway.acts import noted
from gateway.auth import check_role
from gateway.projects import check_projects
from gateway.route import Answer, Call, Principal, Route
from schemas.access import Key, MadeKey, NewKey, reaches
from schemas.base import new_id, now
from schemas.errors import Denied, NotFound, Rejected
from streams.store.credentials import Credential, KeyRow

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _rules(principal: Principal) -> bool:
    return reaches(principal.access.role, "admin")


async def every(call: Call[None, None]) -> list[Key]:
    """Your API keys, newest first; for an administrator everybody's, for a key itself and those that it made."""
    return [_shown(one) for one in await _keys(call)]


async def _keys(call: Call[Any, None], id_: str | None = None) -> list[KeyRow]:
    principal, credentials = call.principal, call.services.store.credentials
    if _rules(principal):
        return await credentials.keys(id_=id_)
    return await credentials.keys(principal.user, id_, principal.key) if principal.user or principal.key else []


def _shown(row: KeyRow) -> Key:
    return Key.model_validate(row._asdict())


async def add(call: Call[NewKey, None]) -> Answer:
    """Make an API key. Its secret is in this answer and nowhere else."""
    body, who = call.body, call.principal
    if who.user is None and not _rules(who):
        raise Denied("this key makes no keys", "log in as a user", known=True)
    if body.expires_at is not None and body.expires_at <= now():
        raise Rejected("it would have expired already")
    projects = _projects(call)
    secret, id_ = f"hr_{secrets.token_urlsafe(32)}", new_id()
    credential = Credential(
        "key", f"{who.name}:{body.name}", body.role, projects, who.user, None, who.key, who.name, id_
    )
    store = call.services.store
    added = store.credentials.added(secret, credential, now(), body.expires_at)
    await store.commit(added, noted(call.request, who.name, "key.created", credential.name))
    (row,) = await store.credentials.keys(id_=id_)
    return Answer(MadeKey.model_validate(row._asdict() | {"secret": secret}), headers={"Cache-Control": "no-store"})


def _projects(call: Call[NewKey, None]) -> list[str] | None:
    """Where the key may be used. Raises Denied where that would be more than its maker may."""
    body, access = call.body, call.principal.access
    projects = body.projects if body.projects or access.role else list(access.projects)
    if projects is None:
        check_role(call.principal, access.role, body.role, " in all projects")
    else:
        check_projects(call.principal, body.role, projects)
    return projects


async def remove(call: Call[None, None]) -> None:
    """Revoke an API key, with the sessions and keys that came by it."""
    id_ = call.path["id"]
    found = await _keys(call, id_) if _ID.fullmatch(id_) else []
    if not found:
        raise NotFound(f"there is no key {id_}", "headrace keys list shows them")
    note = noted(call.request, call.principal.name, "key.revoked", found[0].name)
    await call.services.store.commit(call.services.store.credentials.removed(id_), note)


_BASE = "/api/v1/keys"

ROUTES = (
    Route("GET", _BASE, every, list[Key], scope="self"),
    Route("POST", _BASE, add, MadeKey, body=NewKey, statuses=(400, 413, 422), scope="self"),
    Route("DELETE", f"{_BASE}/{{id:[0-9a-f-]{{36}}}}", remove, None, statuses=(404,), scope="self"),
)
