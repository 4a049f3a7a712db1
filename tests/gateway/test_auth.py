"""Who may do what."""

from datetime import timedelta

import pytest

from gateway.auth import COOKIE
from schemas.access import Role
from schemas.base import now
from streams.log import Log
from streams.store import Store
from streams.store.credentials import Credential
from tests.build import ADMINISTRATOR, until
from tests.gateway.conftest import KEY, Client

UPLOAD = {"path": "model/a.py", "content": "a"}


async def add_key(store: Store, role: Role, hours: float | None = None) -> dict[str, str]:
    expires = None if hours is None else now() + timedelta(hours=hours)
    await store.credentials.add(f"key-{role}", Credential("key", f"a {role}", role), now(), expires)
    return {"X-API-Key": f"key-{role}"}


@pytest.mark.parametrize(
    ("role", "may_write", "may_rule"), [("viewer", 403, 403), ("user", 200, 403), ("admin", 200, 200)]
)
async def test_roles(client: Client, store: Store, role: Role, may_write: int, may_rule: int) -> None:
    headers = await add_key(store, role)
    assert (await client.call("GET", "/api/components/versions", headers=headers))[0] == 200
    assert (await client.call("POST", "/api/components/versions/upload", UPLOAD, headers=headers))[0] == may_write
    assert (await client.call("POST", "/api/login-links", headers=headers))[0] == may_rule


async def test_an_actor_is_named_in_the_log(client: Client, store: Store) -> None:
    await client.post("/api/components/versions/upload", UPLOAD, headers=await add_key(store, "user"))
    events = await until(lambda: client.get("/api/events?limit=1"))
    assert events[0]["actor"] == "a user"


async def test_an_old_key_is_no_key(idle: Client, store: Store) -> None:
    headers = await add_key(store, "user", hours=-1)
    assert (await idle.call("GET", "/api/components/versions", headers=headers))[0] == 401


async def test_keys_are_not_kept(idle: Client, store: Store) -> None:
    await add_key(store, "user")
    (row,) = await store.db.fetch("select * from credentials")
    assert b"key-user" not in bytes(row["sha256"])


async def test_a_bearer_token_serves_too(idle: Client) -> None:
    headers = {"Authorization": f"Bearer {KEY['X-API-Key']}"}
    assert (await idle.call("GET", "/api/session", headers=headers))[1] == ADMINISTRATOR


async def test_a_link_logs_one_browser_in_once(idle: Client) -> None:
    link = (await idle.post("/api/login-links"))["url"]
    path = link[link.index("/login") :]
    async with idle.raw.get(path, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/")
        cookie = response.cookies[COOKIE]
        assert cookie["httponly"] is True
        assert cookie["samesite"] == "Strict"
    assert (await idle.call("GET", "/api/session", headers={}))[1]["name"] == "admin"
    async with idle.raw.get(path, allow_redirects=False) as response:
        assert response.status == 401


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    "path", ["/login", "/login?once=", "/login?once=x", f"/login?once={'%00' * 50}", "/login?once=<b>"]
)
async def test_a_link_that_is_no_good(idle: Client, path: str) -> None:
    """A browser is led to words, away from the token; a program is told as ever."""
    status, error = await idle.call("GET", path, headers={})
    assert status in {401, 422}
    assert error["detail"] == "make another with: headrace login-link"
    async with idle.raw.get(path, headers=BROWSER, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (303, "/login-link")
        assert COOKIE not in response.cookies
    async with idle.raw.get(path, headers=BROWSER) as response:
        assert (response.status, response.content_type) == (200, "text/html")


async def test_log_in_with_a_key_and_out_again(idle: Client) -> None:
    async with idle.raw.post("/api/session", json={"key": "wrong"}) as response:
        assert response.status == 401
    async with idle.raw.post("/api/session", json={"key": KEY["X-API-Key"]}) as response:
        assert response.status == 204
    assert (await idle.call("GET", "/api/status", headers={}))[0] == 200
    async with idle.raw.delete("/api/session") as response:
        assert response.status == 204
    assert (await idle.call("GET", "/api/status", headers={}))[0] == 401


async def test_another_site_cannot_use_the_cookie(idle: Client) -> None:
    async with idle.raw.post("/api/session", json={"key": KEY["X-API-Key"]}):
        pass
    foreign = {"Origin": "https://evil.example"}
    status, error = await idle.call("POST", "/api/login-links", headers=foreign)
    assert (status, "evil.example" in error["message"]) == (403, True)
    own = {"Origin": f"http://{idle.raw.host}:{idle.raw.port}"}
    assert (await idle.call("POST", "/api/login-links", headers=own))[0] == 200
    async with idle.raw.get(
        "/ws/sync", headers=foreign | {"Connection": "Upgrade", "Upgrade": "websocket"}
    ) as response:
        assert response.status == 403


async def test_pages_tell_the_browser_to_be_careful(idle: Client) -> None:
    async with idle.raw.get("/") as response:
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "<title>Headrace</title>" in await response.text()


async def test_too_many_requests(idle: Client, log: Log, store: Store) -> None:
    headers = await add_key(store, "user")
    seconds, _ = await log.redis.time()
    await log.redis.set(log.keys.rate("admin"), (seconds + 3600) * 1_000_000)  # as if so many were made just now
    async with idle.raw.get("/api/session", headers=KEY) as response:
        assert (response.status, 3000 < int(response.headers["Retry-After"]) < 3600) == (429, True)
        assert "requests a second" in (await response.json())["error"]["message"]
    for path in ("/ws/sync", "/ws/replay"):
        assert (await idle.call("GET", path))[0] == 429
    assert (await idle.call("GET", "/api/session", headers=headers))[0] == 200  # another caller
