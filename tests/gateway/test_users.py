"""Users: made, changed, removed, by administrators alone."""

import pytest

from schemas.access import Role
from streams.store import Store
from tests.gateway.access import PASSWORD, bearer, log_in, make_user
from tests.gateway.conftest import KEY, Client
from tests.gateway.test_auth import add_key

USERS = "/api/v1/users"


async def test_make_list_change_and_remove(idle: Client) -> None:
    made = await make_user(idle, "kim", None, a="user")
    assert (made["username"], made["role"], made["projects"], made["disabled"]) == ("kim", None, {"a": "user"}, False)
    assert (made["last_login_at"], "password" in made) == (None, False)
    changed = (await idle.call("PATCH", f"{USERS}/KIM", {"role": "viewer"}))[1]
    assert (changed["role"], changed["projects"]) == ("viewer", {"a": "user"})
    await log_in(idle)
    (listed,) = await idle.get(USERS)
    assert listed["last_login_at"] is not None
    assert await idle.get(f"{USERS}/kim") == listed
    async with idle.raw.delete(f"{USERS}/kim", headers=KEY) as response:
        assert response.status == 204
    assert await idle.get(USERS) == []
    assert (await idle.call("DELETE", f"{USERS}/kim"))[0] == 404


async def test_a_name_is_had_once_in_letters_of_either_size(idle: Client) -> None:
    await make_user(idle)
    for name, status in (("KIM", 409), ("Admin", 422)):
        body = {"username": name, "password": PASSWORD, "role": "user"}
        assert (await idle.call("POST", USERS, body))[0] == status


async def test_a_role_can_be_taken_away(idle: Client) -> None:
    await make_user(idle)
    changed = (await idle.call("PATCH", f"{USERS}/kim", {"role": None}))[1]
    assert (changed["role"], changed["projects"]) == (None, {})
    headers = bearer(await log_in(idle))
    assert (await idle.call("GET", "/api/session", headers=headers))[0] == 200
    for path in ("/api/components/versions", "/api/events", "/api/status", "/api/v1/clients"):
        assert (await idle.call("GET", path, headers=headers))[0] == 403


async def test_a_short_password_is_not_taken(idle: Client) -> None:
    status, error = await idle.call("POST", USERS, {"username": "kim", "password": "short", "role": "user"})
    assert (status, "short" in str(error["detail"][0].get("input"))) == (422, False)


@pytest.mark.parametrize("role", ["viewer", "user"])
async def test_only_an_administrator_may(idle: Client, store: Store, role: Role) -> None:
    headers = await add_key(store, role)
    await make_user(idle)
    body = {"username": "lee", "password": PASSWORD, "role": "admin"}
    for method, path in (("GET", USERS), ("POST", USERS), ("PATCH", f"{USERS}/kim"), ("DELETE", f"{USERS}/kim")):
        assert (await idle.call(method, path, body, headers=headers))[0] == 403


async def test_the_last_administrator_may_go(idle: Client) -> None:
    """The server's own key is always there."""
    await make_user(idle, "boss", "admin")
    headers = bearer(await log_in(idle, "boss"))
    async with idle.raw.delete(f"{USERS}/boss", headers=headers) as response:
        assert response.status == 204
    assert (await idle.call("GET", USERS, headers=headers))[0] == 401
    assert (await idle.call("GET", USERS))[0] == 200
