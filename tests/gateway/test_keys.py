"""API keys: never better than whoever made them."""

from datetime import timedelta
from typing import Any

from schemas.base import now
from streams.store import Store
from tests.build import until
from tests.gateway.access import bearer, log_in, make_user, member
from tests.gateway.conftest import KEY, Client
from tests.gateway.test_auth import add_key

KEYS = "/api/v1/keys"
VERSIONS = "/api/components/versions"


async def make(client: Client, headers: dict[str, str] = KEY, **body: Any) -> tuple[int, Any]:
    return await client.call("POST", KEYS, {"name": "laptop", **body}, headers=headers)


def shown(made: dict[str, Any]) -> dict[str, str]:
    return {"X-API-Key": made["secret"]}


async def test_make_list_use_and_revoke(client: Client) -> None:
    _, made = await make(client, role="user")
    assert (made["name"], made["owner"], made["created_by"]) == ("admin:laptop", None, "admin")
    upload = {"path": "model/a.py", "content": "a"}
    assert (await client.call("POST", f"{VERSIONS}/upload", upload, headers=shown(made)))[0] == 200
    events = await until(lambda: client.get("/api/events?limit=1"))
    assert events[0]["actor"] == "admin:laptop"
    (listed,) = await client.get(KEYS)
    assert listed["last_used_at"] is not None
    assert "secret" not in listed
    async with client.raw.delete(f"{KEYS}/{made['id']}", headers=KEY) as response:
        assert response.status == 204
    assert (await client.call("GET", VERSIONS, headers=shown(made)))[0] == 401
    assert (await client.call("DELETE", f"{KEYS}/{made['id']}"))[0] == 404


async def test_its_use_is_written_once_a_minute(idle: Client, store: Store) -> None:
    _, made = await make(idle)

    async def used() -> Any:
        await idle.call("GET", VERSIONS, headers=shown(made))
        return (await idle.get(KEYS))[0]["last_used_at"]

    first = await used()
    assert await used() == first
    await store.db.execute("update credentials set last_used_at = last_used_at - interval '61 s'")
    assert await used() > first


async def test_it_expires(idle: Client, store: Store) -> None:
    assert (await make(idle, expires_at=(now() - timedelta(minutes=1)).isoformat()))[0] == 422
    _, made = await make(idle, expires_at=(now() + timedelta(hours=1)).isoformat())
    async with idle.raw.post("/api/session", json={"key": made["secret"]}) as response:
        assert response.status == 204
    assert (await idle.call("GET", VERSIONS, headers=shown(made)))[0] == 200
    assert (await idle.call("GET", VERSIONS, headers={}))[0] == 200
    await store.db.execute("update credentials set expires_at = now() where kind = 'key'")
    assert (await idle.call("GET", VERSIONS, headers=shown(made)))[0] == 401
    assert (await idle.call("GET", VERSIONS, headers={}))[0] == 401  # what came by it has ended too


async def test_a_key_is_no_better_than_its_owner(idle: Client) -> None:
    await make_user(idle)
    kim = bearer(await log_in(idle))
    assert (await make(idle, kim, role="admin"))[0] == 403
    _, made = await make(idle, kim, role="user")
    assert (made["name"], made["owner"]) == ("kim:laptop", "kim")
    await idle.call("PATCH", "/api/v1/users/kim", {"role": "viewer"})
    who = await idle.get("/api/session", headers=shown(made))
    assert (who["role"], who["user"]) == ("viewer", False)
    await idle.call("PATCH", "/api/v1/users/kim", {"disabled": True})
    assert (await idle.call("GET", VERSIONS, headers=shown(made)))[0] == 401
    await idle.call("PATCH", "/api/v1/users/kim", {"disabled": False})
    assert (await idle.call("GET", VERSIONS, headers=shown(made)))[0] == 200
    async with idle.raw.delete("/api/v1/users/kim", headers=KEY):
        pass
    assert (await idle.call("GET", VERSIONS, headers=shown(made)))[0] == 401
    assert await idle.get(KEYS) == []


async def test_in_projects(idle: Client, store: Store) -> None:
    kim = await member(idle, store, "kim", a="user", b="viewer")
    assert (await make(idle, kim, role="user"))[0] == 403  # not in b
    assert (await make(idle, kim, role="viewer", projects=["a", "c"]))[0] == 403
    _, both = await make(idle, kim, role="viewer")
    assert sorted(both["projects"]) == ["a", "b"]
    _, one = await make(idle, kim, role="user", projects=["a"])
    seen = [(await idle.call("GET", f"{VERSIONS}?project={p}", headers=shown(one)))[0] for p in "abc"]
    assert seen == [200, 403, 403]


async def test_keys_of_keys_go_with_them(idle: Client) -> None:
    _, boss = await make(idle, role="admin")
    _, made = await make(idle, shown(boss), role="user")
    assert made["name"] == "admin:laptop:laptop"
    async with idle.raw.delete(f"{KEYS}/{boss['id']}", headers=KEY) as response:
        assert response.status == 204
    assert (await idle.call("GET", VERSIONS, headers=shown(made)))[0] == 401


async def test_a_key_sees_itself_and_what_it_made(idle: Client) -> None:
    await make_user(idle)
    kim = bearer(await log_in(idle))
    (_, other), (_, own) = [await make(idle, kim, name=name) for name in ("other", "own")]
    _, child = await make(idle, shown(own), name="child", role="viewer")
    assert {one["id"] for one in await idle.get(KEYS, headers=shown(own))} == {own["id"], child["id"]}
    assert (await idle.call("DELETE", f"{KEYS}/{other['id']}", headers=shown(own)))[0] == 404
    assert len(await idle.get(KEYS, headers=kim)) == 3


async def test_a_session_goes_with_its_key(idle: Client) -> None:
    _, made = await make(idle, role="viewer", projects=["a"])
    async with idle.raw.post("/api/session", json={"key": made["secret"]}):
        pass
    who = await idle.get("/api/session", headers={})
    assert (who["role"], who["projects"]) == (None, {"a": "viewer"})
    async with idle.raw.delete(f"{KEYS}/{made['id']}", headers=KEY):
        pass
    assert (await idle.call("GET", "/api/session", headers={}))[0] == 401


async def test_everybodys_keys_are_for_administrators(idle: Client, store: Store) -> None:
    await make_user(idle)
    kim = bearer(await log_in(idle))
    _, others = await make(idle)
    _, own = await make(idle, kim)
    assert [one["id"] for one in await idle.get(KEYS, headers=kim)] == [own["id"]]
    assert {one["id"] for one in await idle.get(KEYS)} == {own["id"], others["id"]}
    assert (await idle.call("DELETE", f"{KEYS}/{others['id']}", headers=kim))[0] == 404
    assert (await make(idle, await add_key(store, "user")))[0] == 403  # a key of nobody
    async with idle.raw.delete(f"{KEYS}/{own['id']}", headers=kim) as response:
        assert response.status == 204
