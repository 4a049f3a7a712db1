"""Users, and what they send, for the tests about access."""

from typing import Any

from schemas.access import Access, Role
from schemas.base import new_id, now
from streams.store import Store
from streams.store.credentials import Credential
from streams.store.users import User, Users
from tests.gateway.conftest import Client

PASSWORD = "correct horse"
LOGIN = "/api/v1/auth/login"
REFRESH = "/api/v1/auth/refresh"


async def make_user(client: Client, name: str = "kim", role: Role | None = "user", **projects: Role) -> dict[str, Any]:
    """A user with the password of all users here."""
    body = {"username": name, "password": PASSWORD, "role": role, "projects": projects}
    return dict(await client.post("/api/v1/users", body))


async def log_in(client: Client, name: str = "kim", password: str = PASSWORD) -> dict[str, Any]:
    """The tokens of a log-in that must succeed."""
    status, data = await client.call("POST", LOGIN, {"username": name, "password": password}, headers={})
    assert status == 200, data
    return dict(data)


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    """A header with the access token."""
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def member(client: Client, store: Store, name: str, **projects: Role) -> dict[str, str]:
    """A header of somebody who has roles in some projects alone; without the price of a password."""
    user = User(new_id(), name, "no password", Access(None, projects), now())
    await store.commit(Users.add(user))
    credential = Credential("key", name, "admin", owner=user.id)
    await store.credentials.add(f"key-of-{name}", credential, now(), None)
    return {"X-API-Key": f"key-of-{name}"}
