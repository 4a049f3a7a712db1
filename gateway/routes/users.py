"""Users: who there is, and what they may."""

from typing import Any

from gateway.acts import noted
from gateway.route import Call, Route
from schemas.access import ADMINISTRATOR, Access, ChangeUser, NewUser, User
from schemas.base import new_id, now
from schemas.errors import NotFound, Overtaken, Rejected
from streams.store.users import User as Stored
from streams.store.users import Users


async def every(call: Call[None, None]) -> list[User]:
    """All users, by name."""
    return [_shown(one) for one in await call.services.store.users.all()]


async def one(call: Call[Any, None]) -> User:
    """One user."""
    return _shown(await _user(call))


def _shown(user: Stored) -> User:
    return User(
        username=user.name,
        role=user.access.role,
        projects=dict(user.access.projects),
        disabled=user.disabled,
        created_at=user.created_at,
        last_login_at=user.last_login_at,
    )


async def _user(call: Call[Any, None]) -> Stored:
    name = call.path["name"]
    found = await call.services.store.users.find(name)
    if found is None:
        raise NotFound(f"there is no user {name!r}", "headrace users list shows them")
    return found


async def add(call: Call[NewUser, None]) -> User:
    """Make a user."""
    body, store = call.body, call.services.store
    if body.username.lower() == ADMINISTRATOR:
        raise Rejected(f"{ADMINISTRATOR!r} is who holds the server's own key", "choose another name")
    if await store.users.find(body.username):
        raise Overtaken(f"there is a user {body.username!r} already", "choose another name")
    kept = await call.services.passwords.hash(body.password)
    user = Stored(new_id(), body.username, kept, Access(body.role, body.projects), now())
    await store.commit(Users.add(user), noted(call.request, call.principal.name, "user.created", user.name))
    return _shown(user)


async def change(call: Call[ChangeUser, None]) -> User:
    """Give a user other roles or another password, or disable it. It ends all log-ins of that user."""
    found, body = await _user(call), call.body
    given = body.model_fields_set
    role = body.role if "role" in given else found.access.role
    projects = found.access.projects if body.projects is None else body.projects
    disabled = found.disabled if body.disabled is None else body.disabled
    changed = found._replace(access=Access(role, projects), disabled=disabled)
    if body.password is not None:
        changed = changed._replace(password=await call.services.passwords.hash(body.password))
    if changed != found:
        note = noted(call.request, call.principal.name, "user.changed", found.name)
        await call.services.store.commit(Users.change(changed), note)
    return _shown(changed)


async def remove(call: Call[None, None]) -> None:
    """Remove a user, with every log-in and key. What the user did stays in the log."""
    found = await _user(call)
    note = noted(call.request, call.principal.name, "user.removed", found.name)
    await call.services.store.commit(Users.remove(found), note)


_BASE = "/api/v1/users"
_ONE = f"{_BASE}/{{name}}"

ROUTES = (
    Route("GET", _BASE, every, list[User], "admin"),
    Route("POST", _BASE, add, User, "admin", NewUser, statuses=(400, 409, 413, 422)),
    Route("GET", _ONE, one, User, "admin", statuses=(404,)),
    Route("PATCH", _ONE, change, User, "admin", ChangeUser, statuses=(400, 404, 409, 413, 422)),
    Route("DELETE", _ONE, remove, None, "admin", statuses=(404, 409)),
)
