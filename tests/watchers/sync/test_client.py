"""Servers that are away, busy, wrong, newer than we are, or lie."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientTimeout, web
from aiohttp.test_utils import TestServer

from schemas.errors import Away, Denied, Misconfigured
from schemas.sync import Held, Sent
from streams.embedded import free_port
from tests.build import event_id, hash_of
from tests.watchers.sync.conftest import A, B, Worker, config, lists
from watchers import connection
from watchers.connection import Address
from watchers.sync.client import Client

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
PNG = b"\x89PNG"


@asynccontextmanager
async def server(handler: Handler) -> AsyncIterator[str]:
    """A server that answers everything so."""
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{path:.*}", handler)
    async with TestServer(app) as started:
        yield str(started.make_url("")).rstrip("/")


def said(data: Any) -> web.Response:
    return web.json_response({"success": True, "data": data, "meta": {"message": ""}})


def refused(status: int, message: str = "no", detail: Any = None) -> web.Response:
    return web.json_response({"success": False, "error": {"message": message, "detail": detail}}, status=status)


@asynccontextmanager
async def client(url: str, **more: Any) -> AsyncIterator[Client]:
    async with Client(Address(url, **{"key": "k", "project": "p", "worker": "w", **more})) as opened:
        yield opened


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "PAUSES", (0.0, 0.0))


async def test_nobody_listens() -> None:
    async with client(f"http://127.0.0.1:{free_port()}") as one:
        with pytest.raises(Away, match="refused"):
            await one.compare({A: Held()})


async def test_a_short_absence_is_waited_out() -> None:
    answers = [refused(503), web.Response(status=502, text="bad gateway"), said({"components": {}})]

    async def handle(_: web.Request) -> web.Response:
        return answers.pop(0)

    async with server(handle) as url, client(url) as one:
        assert await one.compare({A: Held()}) == {}
    assert answers == []


async def test_a_long_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.path)
        return refused(503)

    async with server(handle) as url, client(url) as one:
        with pytest.raises(Away):
            await one.compare({A: Held()})
        assert len(seen) == 3
        monkeypatch.setattr(connection, "IN_ALL", -1.0)
        with pytest.raises(Away):
            await one.compare({A: Held()})
        assert len(seen) == 4


async def test_a_server_that_hangs_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    monkeypatch.setattr(connection, "_TIMEOUT", ClientTimeout(total=0.1))
    monkeypatch.setattr(connection, "PAUSES", ())
    over = asyncio.Event()

    async def handle(_: web.Request) -> web.Response:
        await over.wait()
        return said({})

    async with server(handle) as url, client(url) as one:
        with pytest.raises(Away, match="too long"):
            await one.compare({A: Held()})
        over.set()


WRONG = [
    pytest.param(refused(401), Denied, id="no key"),
    pytest.param(refused(403), Denied, id="a key that may not"),
    pytest.param(web.Response(text="<html>"), Misconfigured, id="a web page"),
    pytest.param(web.Response(body=PNG, status=404), Misconfigured, id="something else"),
    pytest.param(web.json_response([1]), Misconfigured, id="another API"),
    pytest.param(said({"components": {A: {"known": "perhaps"}}}), Misconfigured, id="another meaning"),
    pytest.param(web.HTTPFound("http://127.0.0.1:1/"), Misconfigured, id="sends us on, with our key"),
    pytest.param(refused(500), Away, id="a fault of the server"),
]


@pytest.mark.parametrize(("answer", "error"), WRONG)
async def test_wrong_answers(answer: web.Response, error: type[Exception]) -> None:
    seen: list[str | None] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append(request.headers.get("X-API-Key"))
        return web.Response(body=answer.body, status=answer.status, headers=answer.headers)

    async with server(handle) as url, client(url) as one:
        with pytest.raises(error):
            await one.compare({A: Held()})
    assert set(seen) == {"k"}


async def test_what_a_newer_server_says_beyond_is_passed_over() -> None:
    async def handle(_: web.Request) -> web.Response:
        standing = {"active_hash": hash_of("s"), "exists": True, "known": False, "mood": "good"}
        return said({"components": {A: standing}, "weather": {"fine": True}})

    async with server(handle) as url, client(url) as one:
        assert (await one.compare({A: Held()}))[A].active_hash == hash_of("s")


@pytest.mark.parametrize(("project", "expected"), [("p", "p"), (None, None)])
async def test_key_and_project_are_said(project: str | None, expected: str | None) -> None:
    async def handle(request: web.Request) -> web.Response:
        assert request.query.get("project") == expected
        assert request.headers.get("X-API-Key") == (None if project is None else "k")
        return said({"components": {}})

    async with server(handle) as url, client(url, project=project, key=project and "k") as one:
        await one.compare({A: Held()})


async def test_contents_are_asked_for_until_all_are_here() -> None:
    asked: list[list[str]] = []

    async def handle(request: web.Request) -> web.Response:
        asked.append((await request.json())["hashes"])
        if len(asked) == 3:
            return said({"contents": {}, "missing": asked[-1]})
        return said({"contents": {asked[-1][0]: "x"}, "missing": []})

    hashes = [hash_of(text) for text in "abcd"]
    async with server(handle) as url, client(url) as one:
        found = [hash_ async for part in one.contents(hashes) for hash_ in part]
    assert found == hashes[:2]
    assert asked == [hashes, hashes[1:], hashes[2:]]


async def test_a_server_that_gives_nothing_is_not_asked_for_ever() -> None:
    async def handle(_: web.Request) -> web.Response:
        return said({"contents": {}, "missing": []})

    async with server(handle) as url, client(url) as one:
        assert [part async for part in one.contents([hash_of("a")])] == []


async def test_much_is_sent_in_parts() -> None:
    sizes: list[int] = []

    async def handle(request: web.Request) -> web.Response:
        uploads = (await request.json())["uploads"]
        sizes.append(len(uploads))
        return said([{"id": one["id"], "path": one["path"], "hash": hash_of(one["content"])} for one in uploads])

    many = [Sent(id=event_id(n), path=A, content="") for n in range(1001)]
    large = [Sent(id=event_id(n), path=A, content="x" * (1 << 20)) for n in range(5)]
    async with server(handle) as url, client(url) as one:
        assert [len(part) async for part in one.send(many)] == [1000, 1]
        assert [len(part) async for part in one.send(large)] == [4, 1]
        assert [part async for part in one.send([])] == []
    assert sizes == [1000, 1, 4, 1]


def standing(hash_: str) -> dict[str, Any]:
    return {"active_hash": hash_, "exists": True, "known": True, "nearest": []}


async def test_a_content_that_is_not_what_was_announced_is_not_written(tmp_path: Path) -> None:
    async def handle(request: web.Request) -> web.Response:
        if request.path.endswith("/compare"):
            return said({"components": {A: standing(hash_of("s")), B: standing(hash_of("t"))}})
        return said({"contents": {hash_of("s"): "evil", hash_of("t"): "t"}, "missing": []})

    async with server(handle) as url:
        one = Worker(tmp_path / "one", url)
        one.write(A, "a")
        result = await one.sync(A, B)
        assert lists(result) == {"synced": [B], "failed": [A]}
        assert hash_of("evil") in result.errors[A]
        assert one.text(A) == "a"
        assert result.component_hashes == {A: hash_of("a"), B: hash_of("t")}


async def test_a_content_that_the_server_does_not_have_fails(tmp_path: Path) -> None:
    async def handle(request: web.Request) -> web.Response:
        if request.path.endswith("/compare"):
            return said({"components": {A: standing(hash_of("s"))}})
        return said({"contents": {}, "missing": [hash_of("s")]})

    async with server(handle) as url:
        result = await Worker(tmp_path / "one", url).sync(A)
        assert "does not have the content" in result.errors[A]


async def test_places_that_a_server_invents_are_none(tmp_path: Path) -> None:
    evil = ["../../evil.py", "/tmp/evil.py", "model/../../../evil.py", "core/evil.py"]

    async def handle(request: web.Request) -> web.Response:
        if "/manifest/" in request.path:
            used = dict.fromkeys([*evil, A], hash_of("s"))
            return said(
                {"experiment_uid": "e", "components": used, "created_at": "2026-01-01T00:00:00+00:00"}
                | {"revision": 1, "revisions": 1}
            )
        if request.path.endswith("/compare"):
            asked = (await request.json())["files"]
            assert set(asked) == {A}
            return said({"components": dict.fromkeys([*asked, *evil], standing(hash_of("s")))})
        return said({"contents": {hash_of("s"): "s"}, "missing": []})

    async with server(handle) as url:
        one = Worker(tmp_path / "one", url)
        result = await one.manager.restore_from_manifest("e")
        assert lists(result) == {"synced": [A], "failed": evil}
        assert lists(await one.sync(A)) == {"skipped": [A]}
        assert sorted(path.name for path in one.tree.parent.rglob("*.py")) == ["a.py"]


@pytest.mark.parametrize(
    "options",
    [
        {"server_url": "localhost:8000"},
        {"server_url": "ftp://host"},
        {"server_url": "http://host:port"},
        {"base_path": "/nowhere"},
        {"sync_strategy": "hope"},
        {"project": "Not A Project"},
        {"worker": "-"},
    ],
)
def test_wrong_options_are_told_at_once(tmp_path: Path, options: dict[str, Any]) -> None:
    from headrace import AsyncComponentManager

    with pytest.raises(Misconfigured):
        AsyncComponentManager(**{"server_url": "http://host", "base_path": tmp_path, **options})


def test_key_project_and_name_without_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from headrace import AsyncComponentManager

    monkeypatch.setenv("CVLABKIT_API_KEY", "secret")
    one = AsyncComponentManager("http://host/", tmp_path)
    assert (one._address.url, one._address.key, one._address.project) == ("http://host", "secret", None)
    (tmp_path / "two").mkdir()
    monkeypatch.setenv("HEADRACE_PROJECT", "vision")
    two = AsyncComponentManager("http://host/", tmp_path / "two", "mine")
    assert (two._address.key, two._address.project) == ("mine", "vision")
    assert one._address.worker != two._address.worker
    assert AsyncComponentManager("http://host/", tmp_path)._address.worker == one._address.worker
    monkeypatch.setenv("HEADRACE_PORT", "many")
    with pytest.raises(Misconfigured, match=r"(?i)port"):
        AsyncComponentManager("http://host/", tmp_path)


async def test_a_damaged_state_is_told(tmp_path: Path) -> None:
    one = Worker(tmp_path / "one", "http://127.0.0.1:9")
    (one.tree / ".headrace").mkdir()
    (one.tree / ".headrace" / "sync.db").write_bytes(b"no database" * 1000)
    with pytest.raises(Misconfigured, match=r"sync\.db"):
        await one.manager.sync_with_strategy(config(A))
