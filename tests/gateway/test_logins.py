"""Log in, stay, and be sent away."""

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp.test_utils import TestClient, TestServer

from gateway import passwords
from gateway.app import make_app, make_services
from gateway.auth import COOKIE
from schemas.base import new_id, now
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from tests.gateway.access import LOGIN, PASSWORD, REFRESH, bearer, log_in, make_user
from tests.gateway.conftest import KEY, Client

WHO = "/api/session"


async def status_of(client: Client, headers: dict[str, str], path: str = WHO) -> int:
    return (await client.call("GET", path, headers=headers))[0]


async def refresh(client: Client, token: str) -> tuple[int, Any]:
    return await client.call("POST", REFRESH, {"refresh_token": token}, headers={})


async def test_log_in_with_a_password(idle: Client) -> None:
    await make_user(idle, "Kim", None, a="user", b="viewer")
    tokens = await log_in(idle, "kIM")
    assert (tokens["token_type"], tokens["expires_in"], tokens["refresh_expires_in"]) == ("Bearer", 3600, 30 * 86400)
    who = await idle.get(WHO, headers=bearer(tokens))
    assert who.pop("sequence").isdecimal()
    projects = {"a": "user", "b": "viewer"}
    assert who == {"name": "Kim", "project": "default", "role": None, "projects": projects, "user": True}


async def test_neither_password_nor_token_is_kept(idle: Client, store: Store) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    rows = str(await store.db.fetch("select * from users")) + str(await store.db.fetch("select * from credentials"))
    assert "$argon2id$" in rows
    assert PASSWORD not in rows
    assert tokens["refresh_token"] not in rows


async def test_a_refresh_token_is_good_once(idle: Client) -> None:
    await make_user(idle)
    first = await log_in(idle)
    status, second = await refresh(idle, first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert await status_of(idle, bearer(second)) == 200


async def test_who_shows_a_refresh_token_again_ends_the_log_in(idle: Client, store: Store) -> None:
    await make_user(idle)
    other = await log_in(idle)
    first = await log_in(idle)
    _, second = await refresh(idle, first["refresh_token"])
    _, third = await refresh(idle, second["refresh_token"])
    assert (await refresh(idle, first["refresh_token"]))[0] == 401
    assert (await refresh(idle, third["refresh_token"]))[0] == 401
    assert [await status_of(idle, bearer(one)) for one in (first, second, third)] == [401] * 3
    assert await status_of(idle, bearer(other)) == 200
    acts = await idle.get("/api/v1/audit?action=token.reused")
    assert [act["actor"] for act in acts] == ["kim"]


async def test_of_two_who_refresh_at_once_one_is_refused(idle: Client) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    answers = await asyncio.gather(*[refresh(idle, tokens["refresh_token"]) for _ in range(4)])
    assert sorted(status for status, _ in answers) == [200, 401, 401, 401]


async def test_log_out_ends_both_tokens(idle: Client) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    for _ in range(2):
        async with idle.raw.post("/api/v1/auth/logout", json={"refresh_token": tokens["refresh_token"]}) as response:
            assert response.status == 204
    assert await status_of(idle, bearer(tokens)) == 401
    assert (await refresh(idle, tokens["refresh_token"]))[0] == 401


CHANGES: list[Any] = [
    pytest.param("PATCH", {"disabled": True}, id="disabled"),
    pytest.param("PATCH", {"role": "viewer"}, id="another role"),
    pytest.param("PATCH", {"projects": {"a": "user"}}, id="other projects"),
    pytest.param("PATCH", {"password": "another password"}, id="another password"),
    pytest.param("DELETE", None, id="removed"),
]


@pytest.mark.parametrize(("method", "body"), CHANGES)
async def test_a_change_ends_all_log_ins_at_once(idle: Client, method: str, body: object) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    async with idle.raw.post(WHO, json={"username": "kim", "password": PASSWORD}) as response:
        assert response.status == 204
    assert [await status_of(idle, bearer(tokens)), await status_of(idle, {})] == [200, 200]
    async with idle.raw.request(method, "/api/v1/users/kim", json=body, headers=KEY) as response:
        assert response.status in {200, 204}
    assert [await status_of(idle, bearer(tokens)), await status_of(idle, {})] == [401, 401]
    assert (await refresh(idle, tokens["refresh_token"]))[0] == 401


async def test_a_user_made_anew_is_another(idle: Client) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    async with idle.raw.delete("/api/v1/users/kim", headers=KEY):
        pass
    await make_user(idle)
    assert await status_of(idle, bearer(tokens)) == 401


async def test_a_browser_logs_in_with_a_password(idle: Client) -> None:
    await make_user(idle)
    async with idle.raw.post(WHO, json={"username": "kim", "password": PASSWORD}) as response:
        cookie = response.cookies[COOKIE]
        assert (response.status, cookie["httponly"], cookie["samesite"]) == (204, True, "Strict")
    assert (await idle.get(WHO, headers={}))["name"] == "kim"
    foreign = {"Origin": "https://evil.example"}
    async with idle.raw.post(WHO, json={"key": KEY["X-API-Key"]}, headers=foreign) as response:
        assert response.status == 403


@pytest.mark.parametrize(
    "body", [{}, {"username": "kim"}, {"password": PASSWORD}, {"key": "k", "username": "kim", "password": PASSWORD}]
)
async def test_half_a_log_in(idle: Client, body: object) -> None:
    assert (await idle.call("POST", WHO, body, headers={}))[0] == 422


async def test_change_your_own_password(idle: Client) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    async with idle.raw.post(WHO, json={"username": "kim", "password": PASSWORD}):
        pass
    path, new = "/api/v1/auth/password", "battery staple"
    assert (await idle.call("POST", path, {"old": "wrong", "new": new}, headers={}))[0] == 422
    assert (await idle.call("POST", path, {"old": PASSWORD, "new": "short"}, headers={}))[0] == 422
    async with idle.raw.post(path, json={"old": PASSWORD, "new": new}) as response:
        assert response.status == 204
    assert await status_of(idle, {}) == 200  # this browser stays
    assert await status_of(idle, bearer(tokens)) == 401
    await log_in(idle, password=new)
    assert (await idle.call("POST", path, {"old": PASSWORD, "new": new}))[0] == 403  # a key has none


# --- tokens


async def forged(store: Store, tokens: dict[str, Any], key: bytes | None = None, **claims: Any) -> dict[str, str]:
    """An access token that says something else, signed with our own key or another."""
    row = await store.db.fetchval("select secret from signing_key")
    said = jwt.decode(tokens["access_token"], options={"verify_signature": False}) | claims
    said = {name: value for name, value in said.items() if value is not None}
    return {"Authorization": f"Bearer {jwt.encode(said, key or row, 'HS256')}"}


FORGERIES: list[Any] = [
    pytest.param({"exp": now() - timedelta(minutes=1)}, id="expired"),
    pytest.param({"aud": "another"}, id="for others"),
    pytest.param({"iss": "another"}, id="by others"),
    pytest.param({"sub": new_id()}, id="another user"),
    pytest.param({"sid": new_id()}, id="another log-in"),
    *[pytest.param({name: None}, id=f"no {name}") for name in ("exp", "aud", "iss", "jti", "sub", "sid", "iat")],
]


@pytest.mark.parametrize("claims", FORGERIES)
async def test_what_a_token_must_say(idle: Client, store: Store, claims: dict[str, Any]) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    assert await status_of(idle, await forged(store, tokens)) == 200
    assert await status_of(idle, await forged(store, tokens, **claims)) == 401


async def test_who_may_sign_a_token(idle: Client, store: Store) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    assert await status_of(idle, await forged(store, tokens, b"k" * 32)) == 401
    said = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    unsigned = {"Authorization": f"Bearer {jwt.encode(said, '', 'none')}"}
    assert await status_of(idle, unsigned) == 401


@pytest.mark.parametrize("token", ["..", "a.b.c", "é.é.é", "x" * 5000 + "..", "eyJhbGciOiJub25lIn0.e30."])
async def test_what_is_no_token(idle: Client, token: str) -> None:
    assert await status_of(idle, {"Authorization": f"Bearer {token}"}) == 401


# --- guessing


async def try_log_in(client: Client, name: str, password: str, **headers: str) -> tuple[int, str, int]:
    body = {"username": name, "password": password}
    async with client.raw.post(LOGIN, json=body, headers=headers) as response:
        error = (await response.json()).get("error") or {"message": ""}
        return response.status, error["message"], int(response.headers.get("Retry-After", 0))


async def test_unknown_and_wrong_sound_alike(idle: Client) -> None:
    await make_user(idle)
    await make_user(idle, "lee")
    await idle.call("PATCH", "/api/v1/users/lee", {"disabled": True})
    answers = {await try_log_in(idle, *one) for one in (("kim", "wrong"), ("nobody", "wrong"), ("lee", PASSWORD))}
    assert {(status, message) for status, message, _ in answers} == {(401, "user and password do not match")}


async def test_unknown_and_wrong_take_as_long(idle: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await make_user(idle)
    verified: list[str] = []
    original = passwords._verify

    def counted(kept: str, password: str) -> bool:
        verified.append(kept.rpartition("$")[0].rpartition("$")[0])
        return original(kept, password)

    monkeypatch.setattr(passwords, "_verify", counted)
    for name in ("kim", "nobody"):
        await try_log_in(idle, name, "wrong")
    assert len(verified) == 2
    assert verified[0] == verified[1]  # the same work: algorithm and parameters


async def test_five_failures_lock_a_user_out(idle: Client) -> None:
    await make_user(idle)
    assert [(await try_log_in(idle, "kim", "wrong"))[0] for _ in range(5)] == [401] * 5
    status, message, wait = await try_log_in(idle, "KIM", PASSWORD)
    assert (status, message, 50 <= wait <= 60) == (429, "too many log-ins have failed", True)


async def test_five_failures_lock_an_address_out(idle: Client) -> None:
    await make_user(idle)
    for number in range(5):
        await try_log_in(idle, f"somebody{number}", "wrong")
    assert (await try_log_in(idle, "kim", PASSWORD))[0] == 429


async def test_many_tries_at_once_are_many_failures(idle: Client) -> None:
    await make_user(idle)
    answers = await asyncio.gather(*[try_log_in(idle, "kim", "wrong") for _ in range(12)])
    assert sorted(status for status, _, _ in answers) == [401] * 5 + [429] * 7


async def test_who_succeeds_is_forgiven(idle: Client, log: Log) -> None:
    await make_user(idle)
    for _ in range(3):
        for _ in range(2):
            await try_log_in(idle, "kim", "wrong")
        await log.redis.delete(log.keys.failures("address", "127.0.0.1"))
        assert (await try_log_in(idle, "kim", PASSWORD))[0] == 200


@pytest.fixture
async def other(idle: Client, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path) -> Any:
    """A second gateway, behind a proxy."""
    async with AsyncExitStack() as stack:
        own = settings.model_copy(update={"data": tmp_path / "other", "proxies": 1, "heartbeat": 0.05})
        services = await make_services(redis_url, postgres_url, own, stack)
        yield Client(await stack.enter_async_context(TestClient(TestServer(make_app(services)))))


async def test_gateways_share_failures_and_log_ins(idle: Client, other: Client) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    assert await status_of(other, bearer(tokens)) == 200
    for number in range(5):
        await try_log_in(idle if number % 2 else other, "kim", "wrong")
    assert [(await try_log_in(one, "kim", PASSWORD))[0] for one in (idle, other)] == [429, 429]
    async with idle.raw.delete("/api/v1/users/kim", headers=KEY):
        pass
    assert await status_of(other, bearer(tokens)) == 401


async def test_behind_a_proxy_addresses_are_those_it_saw(other: Client) -> None:
    await make_user(other)
    for number in range(5):
        await try_log_in(other, f"somebody{number}", "wrong", **{"X-Forwarded-For": f"1.2.3.{number}, 6.6.6.6"})
    assert (await try_log_in(other, "kim", PASSWORD, **{"X-Forwarded-For": "6.6.6.6"}))[0] == 429
    assert (await try_log_in(other, "kim", PASSWORD, **{"X-Forwarded-For": "6.6.6.6, 7.7.7.7"}))[0] == 200


async def test_behind_a_proxy_that_speaks_https(other: Client) -> None:
    https = {"X-Forwarded-Proto": "https"}
    async with other.raw.post(WHO, json={"key": KEY["X-API-Key"]}, headers=https) as response:
        assert response.cookies[COOKIE]["secure"] is True
        assert "max-age" in response.headers["Strict-Transport-Security"]
    link = await other.post("/api/login-links", headers=KEY | https | {"Host": "headrace.example"})
    assert link["url"].startswith("https://headrace.example/login?once=")


async def test_a_feed_ends_with_its_user(other: Client) -> None:
    await make_user(other)
    tokens = await log_in(other)
    async with other.raw.ws_connect("/ws/sync", headers=bearer(tokens)) as ws:
        await other.call("PATCH", "/api/v1/users/kim", {"disabled": True})
        async with asyncio.timeout(20):
            async for _ in ws:
                pass
        assert ws.close_code == 1008


async def test_a_restart_keeps_sessions_and_tokens(
    idle: Client, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    await make_user(idle)
    tokens = await log_in(idle)
    async with idle.raw.post(WHO, json={"username": "kim", "password": PASSWORD}) as response:
        cookie = {"Cookie": f"{COOKIE}={response.cookies[COOKIE].value}"}
    async with AsyncExitStack() as stack:
        services = await make_services(redis_url, postgres_url, settings, stack)
        again = Client(await stack.enter_async_context(TestClient(TestServer(make_app(services)))))
        assert [await status_of(again, headers) for headers in (cookie, bearer(tokens))] == [200, 200]


@pytest.mark.parametrize(
    "name",
    ["", "a" * 51, "kim\n", "kim\0", "../kim", "ki m", "김", "kim'--", "-kim", "%6bim", None, 5, ["kim"], "kim\ud800"],
)
async def test_hostile_names(idle: Client, name: object) -> None:
    for path, more in ((LOGIN, {}), ("/api/v1/users", {"role": "user"})):
        body = {"username": name, "password": PASSWORD, **more}
        assert (await idle.call("POST", path, body))[0] in {400, 422}


async def test_hostile_passwords(idle: Client) -> None:
    await make_user(idle)
    for password in ("", "x" * 1025, "\0", None):
        started = time.monotonic()
        status, _ = await idle.call("POST", LOGIN, {"username": "kim", "password": password}, headers={})
        assert status in {401, 422}
        assert time.monotonic() - started < 5
