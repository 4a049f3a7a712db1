"""Which server is meant, and that nobody but it is told the key."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from headrace import remote as remote_module
from headrace.home import Home, Running
from headrace.remote import Remote, Server
from schemas.errors import Away, Denied, HeadraceError, Misconfigured, NotFound, Rejected
from schemas.settings import Settings
from streams.embedded import free_port

OURS, OTHER = "http://127.0.0.1:8001", "http://127.0.0.1:8002"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A data directory on which an `up` runs, at OURS, with a key of its own making."""
    made = Home(tmp_path / "data")
    made.make()
    lock = made.lock()
    made.announce(Running(pid=os.getpid(), url=OURS, redis_url="redis://x", postgres_url="postgresql://x"))
    made.make_admin_key()
    yield made
    os.close(lock)


def settings(**given: Any) -> Settings:
    return Settings(**given)


@pytest.mark.parametrize("named", [None, OURS, f"{OURS}/"])
def test_our_own_server_gets_the_key(home: Home, named: str | None) -> None:
    assert Server.find(named, home.path, settings()) == (OURS, home.admin_key())


@pytest.mark.parametrize("named", [OTHER, "http://localhost:8001", "https://127.0.0.1:8001", "http://127.0.0.1:8010"])
def test_no_other_server_gets_our_key(home: Home, named: str) -> None:
    assert Server.find(named, home.path, settings()) == (named, None)
    assert Server.find(None, None, settings(url=named, data=home.path)) == (named, None)


def test_an_address_that_is_set_gives_way_to_a_directory_that_is_given(home: Home) -> None:
    assert Server.find(None, home.path, settings(url=OTHER)).url == OURS
    assert Server.find(OTHER, home.path, settings(url=OURS)).url == OTHER


def test_a_key_that_is_set_is_meant(home: Home) -> None:
    assert Server.find(None, home.path, settings(api_key="k")) == (OURS, "k")
    assert Server.find(OTHER, home.path, settings(api_key="k")) == (OTHER, "k")


def test_who_took_our_port_since_gets_nothing(tmp_path: Path) -> None:
    """`up` was killed; somebody else listens at its address now."""
    home = Home(tmp_path)
    home.announce(Running(pid=os.getpid(), url=OURS, redis_url="redis://x", postgres_url="postgresql://x"))
    home.make_admin_key()
    assert Server.find(OURS, home.path, settings()) == (OURS, None)
    with pytest.raises(Misconfigured, match="no server runs on"):
        Server.find(None, home.path, settings())


@pytest.mark.parametrize(
    "url", ["foo", "127.0.0.1:8000", "ftp://x", "http://", "http://h:x", "http://[::1", "http://h:0"]
)
def test_what_is_no_address(home: Home, url: str) -> None:
    for given, where in ((url, settings()), (None, settings(url=url, data=home.path))):
        with pytest.raises(Misconfigured, match="not the address of a server"):
            Server.find(given, None, where)


@asynccontextmanager
async def serving(handle: Any) -> AsyncIterator[TestServer]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    server = TestServer(app)
    async with server:
        yield server


def remote(server: TestServer) -> Remote:
    return Remote(Server(str(server.make_url("")).rstrip("/"), "secret"))


async def first(remote: Remote) -> dict[str, Any]:
    """The first event of the feed."""
    return await anext(remote.follow("0"))


async def test_nobody_is_followed_elsewhere() -> None:
    heard: list[str] = []

    async def hear(request: web.Request) -> web.Response:
        heard.append(str(request.headers.get("X-API-Key")))
        return web.json_response({"success": True, "data": None})

    async with serving(hear) as other:

        async def send_on(_: web.Request) -> web.Response:
            raise web.HTTPTemporaryRedirect(other.make_url("/api/status"))

        async with serving(send_on) as server, remote(server) as client:
            for ask in (
                lambda: client.call("GET", "/api/status"),
                lambda: client.call("POST", "/x"),
                lambda: first(client),
            ):
                with pytest.raises(Misconfigured, match="sends us on to") as refused:
                    await ask()
                assert str(other.port) in refused.value.message
    assert heard == []


@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"5", b"{}", b'{"success": false}', b'{"success": true}'])
async def test_who_is_no_headrace_server(status: int, body: bytes) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body)

    async with serving(answer) as server, remote(server) as client:
        with pytest.raises(Misconfigured, match=f"no Headrace server: it answers {status}"):
            await client.call("GET", "/api/status")
        with pytest.raises(HeadraceError):
            await first(client)


COMPLAINTS = [{"loc": ["limit"], "msg": "Input should be less", "type": "less"}]


@pytest.mark.parametrize(
    ("status", "detail", "error", "says"),
    [
        (401, "send your API key", Denied, "set HEADRACE_API_KEY to a key of this server"),
        (403, None, Denied, "set HEADRACE_API_KEY to a key of this server"),
        (404, None, NotFound, "no"),
        (422, COMPLAINTS, Rejected, "no; limit: Input should be less"),
        (503, "it is tried again", Away, "it is tried again"),
        (500, None, Rejected, "no"),
    ],
)
async def test_what_a_server_complains_of(status: int, detail: object, error: type[HeadraceError], says: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"success": False, "error": {"message": "no", "detail": detail}}, status=status)

    async with serving(answer) as server, remote(server) as client:
        with pytest.raises(error) as refused:
            await client.call("GET", "/api/status")
        assert says in (refused.value.message, refused.value.remedy)


async def test_nothing_to_say() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=204)

    async with serving(answer) as server, remote(server) as client:
        assert await client.call("DELETE", "/api/session") is None


async def test_nobody_there() -> None:
    async with Remote(Server(f"http://127.0.0.1:{free_port()}", None)) as client:
        for ask in (lambda: client.call("GET", "/api/status"), lambda: first(client)):
            with pytest.raises(Away, match="no answer from .*: Connection refused"):
                await ask()


async def test_a_feed_that_breaks_off_is_taken_up_where_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(remote_module, "AGAIN_SECONDS", 0.01)
    asked: list[str] = []

    async def feed(request: web.Request) -> web.StreamResponse:
        asked.append(request.query["after"])
        if len(asked) == 2:
            return web.Response(status=503)
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        for seq in range(int(asked[-1]) + 1, int(asked[-1]) + 3):
            await ws.send_json({"sequence": str(seq)})
        return ws

    async with serving(feed) as server, remote(server) as client:
        events = client.follow("7", type="head.*")
        async with asyncio.timeout(20):
            seen = [(await anext(events))["sequence"] for _ in range(4)]
        await events.aclose()  # type: ignore[attr-defined]
    assert (seen, asked) == (["8", "9", "10", "11"], ["7", "9", "9"])
    assert "broke off at event 9" in capsys.readouterr().err


async def test_a_feed_that_is_refused() -> None:
    async def refuse(_: web.Request) -> web.Response:
        return web.Response(status=401)

    async with serving(refuse) as server, remote(server) as client:
        with pytest.raises(Denied, match="refuses the live feed"):
            await first(client)
