"""Whatever is sent, the answer is a clear 4xx of the one shape, and nothing lands anywhere."""

import json
import re
import socket
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from gateway.route import Route
from gateway.routes import ROUTES
from gateway.routes.system import OPEN
from streams.log import Log
from tests.gateway.conftest import KEY, Client
from tests.streams.runner import length

UPLOAD = "/api/components/versions/upload"
PATHS: list[Any] = [
    "../../etc/x.py",
    "/etc/x.py",
    "model/../../x.py",
    "nosuch/x.py",
    "model/x.sh",
    "model/a\0b.py",
    "",
    "model/CON.py",
    "model\\x.py",
    "C:/model/x.py",
    "model/" + "x" * 5000 + ".py",
    "model/x.py/..",
    "./model/x.py",
    "%2e%2e/x.py",
    None,
    5,
    [],
    {},
    True,
]  # fmt: skip - a list to read


@pytest.mark.parametrize("path", PATHS)
async def test_hostile_paths(idle: Client, log: Log, path: Any) -> None:
    status, error = await idle.call("POST", UPLOAD, {"path": path, "content": "x = 1"})
    assert status == 422
    assert error["message"]
    assert await length(log, "changes") == 0


BODIES = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe",
    b'{"path": "model/a.py"}',
    b'{"path": "model/a.py", "content": 5}',
    b'{"path": "model/a.py", "content": "\\ud800"}',
    b'{"path": "model/a.py", "content": "a", "more": 1}',
    b'{"path": "model/a.py", "path": "../x", "content": "a"}',
    b"[" * 100_000,
    b'{"a":' * 10_000,
]  # fmt: skip - a list


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_hostile_bodies(idle: Client, log: Log, body: bytes) -> None:
    async with idle.raw.post(UPLOAD, data=body, headers=KEY | {"Content-Type": "application/json"}) as response:
        answer = await response.json()
        assert response.status in {400, 422}
        assert answer["success"] is False
    assert await length(log, "changes") == 0


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_too_much_is_413(idle: Client) -> None:
    async with idle.raw.post(UPLOAD, data=b"x" * (33 * 1024 * 1024), headers=KEY) as response:
        assert response.status == 413
        assert (await response.json())["success"] is False


@pytest.mark.parametrize(
    "path", ["/../../etc/passwd", "/page/../app.py", "/page/%2e%2e%2fapp.py", "/page/app.py", "/%00", "/api/%ff"]
)
async def test_hostile_urls(idle: Client, path: str) -> None:
    reader_status = await _raw(idle, f"GET {path} HTTP/1.1\r\nHost: x\r\nX-API-Key: {KEY['X-API-Key']}\r\n\r\n")
    assert reader_status in {400, 404}


async def _raw(client: Client, request: str) -> int:
    """A status, for requests that no client library would send."""
    import asyncio

    reader, writer = await asyncio.open_connection(client.raw.host, client.raw.port, family=socket.AF_INET)
    writer.write(request.encode())
    line = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return int(line.split()[1])


async def test_unknown_methods_and_routes(idle: Client) -> None:
    assert (await idle.call("PUT", UPLOAD))[0] == 405
    assert (await idle.call("GET", "/api/nothing"))[0] == 404
    assert (await idle.call("DELETE", "/api/components/versions"))[0] == 405


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=x", "limit=99999999", "after=x", "since=x", "story=x", "more=1"]
)
async def test_hostile_queries(idle: Client, query: str) -> None:
    assert (await idle.call("GET", f"/api/events?{query}"))[0] == 422


@pytest.mark.parametrize("path", ["events", "changes", "dead"])
async def test_ids_that_only_look_like_some(idle: Client, path: str) -> None:
    for id_ in ("-" * 36, "f" * 35 + "-"):
        assert (await idle.call("GET", f"/api/{path}/{id_}"))[0] in {404, 422}


CLOSED = [route for route in ROUTES if route.scope != "open"]


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: f"{route.method} {route.path}")
async def test_nothing_is_answered_without_a_credential(idle: Client, route: Route) -> None:
    head, named, _ = re.sub(r"\{id:[^/]+\}", str(UUID(int=0)), route.path).partition("{name:")
    path = re.sub(r"\{\w+\}", "x", head) + ("x" if named else "")
    for headers in (
        {},
        {"X-API-Key": "wrong"},
        {"Cookie": "headrace_session=wrong"},
        {"Authorization": "Bearer wrong"},
    ):
        status, error = await idle.call(route.method, path, headers=headers)
        assert status == 401
        assert error["detail"]


async def test_only_these_are_open(idle: Client) -> None:
    assert {route.path for route in OPEN} == {"/healthz"}
    assert {(route.method, route.path) for route in ROUTES if route.scope == "open"} == {
        ("POST", "/api/v1/auth/login"),
        ("POST", "/api/v1/auth/refresh"),
        ("POST", "/api/v1/auth/logout"),
        ("POST", "/api/session"),
        ("GET", "/login"),
    }
    async with idle.raw.get("/healthz") as response:
        assert (response.status, await response.json()) == (200, {"status": "ok"})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), children, max_size=4)
    ),
    max_leaves=12,
)
WRITES = [route for route in ROUTES if route.body is not None and "{" not in route.path]


@given_settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(route=st.sampled_from(WRITES), body=JSON)
async def test_no_body_makes_it_fail(idle: Client, route: Route, body: object) -> None:
    async with idle.raw.request(route.method, route.path, data=json.dumps(body), headers=KEY) as response:
        assert response.status in {200, 202, 400, 404, 409, 422}, await response.text()


@given_settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from([r for r in ROUTES if r.method == "GET"]),
    part=st.text(st.characters(codec="utf-8"), min_size=1),
)
async def test_no_url_makes_it_fail(idle: Client, route: Route, part: str) -> None:
    segment = quote(part, safe="")
    path = "/".join(
        segment if "{" in piece else piece for piece in route.path.split("/") if "}" not in piece or "{" in piece
    )
    async with idle.raw.get(path, headers=KEY, params={"after": part, "project": part}) as response:
        assert response.status < 500 or response.status == 503, await response.text()
