"""The way to the server: through everything that servers, networks and the watcher's own death can do to it."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from loguru import logger

from gateway.app import serve
from handlers import HANDLERS
from schemas.components import ComponentPath
from schemas.settings import Settings
from streams.embedded import free_port
from streams.store import Store
from streams.store.components import Page
from tests.build import until
from tests.streams.runner import working
from tests.watchers.answering import Answer, Gateway, Sent, hang, named, published, raw, saying, soon, spoilt, told
from tests.watchers.emitting import Daemon, spooled
from tests.watchers.observed import digest
from watchers import daemon as daemon_module
from watchers import server as server_module
from watchers.daemon import Options, run
from watchers.roots import Root


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    made = Gateway()
    async with made.serving():
        yield made


# The watcher


async def save(root: Path, data: Path, *names: str) -> list[tuple[str, str | None]]:
    """Save files, one after the other, while nothing can be sent; how the server will know them."""
    wanted: list[tuple[str, str | None]] = []
    for number, name in enumerate(names):
        path, content = f"agent/{name}.py", f"{name} {number}\n".encode()
        (root / path).write_bytes(content)
        wanted.append((path, digest(content)))
        await soon(lambda: spooled(data)[-len(wanted) :] == wanted)
    return wanted


@asynccontextmanager
async def watching(root: Path, data: Path, url: str) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(run([Root(root)], Options(data, server=url, key="key", settle=0.02), stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


@pytest.fixture
def root(root: Path) -> Path:
    """A tree with a place for components."""
    (root / "agent").mkdir()
    return root


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that make tests short."""
    monkeypatch.setattr(server_module, "BACKOFF_FIRST", 0.01)
    monkeypatch.setattr(server_module, "BACKOFF_LAST", 0.03)
    monkeypatch.setattr(server_module, "DENIED_WAIT", 0.03)


@pytest.fixture
def log() -> Iterator[list[str]]:
    """What the user reads."""
    lines: list[str] = []
    number = logger.add(lambda message: lines.append(message.record["message"]), level="INFO")
    yield lines
    logger.remove(number)


# Whatever it answers

PAGE = "<html>a proxy</html>"
ANSWERS: dict[str, Answer] = {
    "an error": saying(500, PAGE),
    "a proxy": saying(502, PAGE),
    "busy": saying(503, Retry_After="0.05"),
    "too many": saying(429, Retry_After="0"),
    "busy until a date": saying(503, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"),
    "busy for no time that there is": saying(503, Retry_After="nan"),
    "denied": saying(401),
    "a page": saying(200, PAGE),
    "null": saying(200, "null"),
    "a list": saying(200, "[]"),
    "other data": saying(200, '{"data": {"published": [[1]], "refused": [{"id": {}}]}}'),
    "none of them": saying(200, '{"data": {"published": ["another"], "refused": []}}'),
    "nowhere": saying(307, Location="ftp://nowhere"),
    "no HTTP": raw(b"\x00\xff garbage\r\n\r\n"),
    "the end of the connection": raw(b""),
    "half an answer": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"),
    "no gzip": raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"),
    "an encoding that nobody knows": raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: zz\r\nContent-Length: 2\r\n\r\n{}"),
}


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("what", ANSWERS)
async def test_what_is_not_confirmed_is_kept_and_sent_again_in_order(
    root: Path, data: Path, gateway: Gateway, what: str
) -> None:
    gateway.answer = ANSWERS[what]
    async with watching(root, data, gateway.url):
        wanted = await save(root, data, "a", "b", "a")
        await soon(lambda: len(gateway.heard) > 1)
        gateway.answer = published
        sent = await gateway.takes(3)
        assert told(sent) == wanted
        await soon(lambda: not spooled(data))
    assert [one["base"] for one in sent] == [None, None, wanted[0][1]]
    assert gateway.confirmed == sent
    first = {one["id"]: one for request in gateway.heard for one in request}
    assert all(one == first[one["id"]] for request in gateway.heard for one in request), "repeated to the letter"
    assert len(first) == 3


@pytest.mark.usefixtures("impatient")
async def test_an_answer_about_others_is_a_trouble(root: Path, data: Path, gateway: Gateway, log: list[str]) -> None:
    gateway.answer = ANSWERS["none of them"]
    async with watching(root, data, gateway.url):
        await save(root, data, "a")
        await soon(lambda: log)
        gateway.answer = published
        await gateway.takes(1)
    assert log[0] == f"changes wait in the spool: {gateway.url} took none of 1 changes"


@pytest.mark.usefixtures("impatient")
async def test_nobody_listens_for_a_while(root: Path, data: Path, log: list[str]) -> None:
    gateway = Gateway()
    async with watching(root, data, gateway.url):
        wanted = await save(root, data, "a", "b", "a", "b")
        await soon(lambda: len(log) == 1)
        async with gateway.serving():
            assert told(await gateway.takes(4)) == wanted
            await soon(lambda: f"{gateway.url} is back" in log)
        more = await save(root, data, "c")
        await soon(lambda: len(log) == 3)
        async with gateway.serving():
            assert told(await gateway.takes(5)) == wanted + more
            await soon(lambda: log.count(f"{gateway.url} is back") == 2)
    assert [f"{gateway.url} cannot be reached" in line for line in log] == [True, False, True, False]


@pytest.mark.usefixtures("impatient")
async def test_it_waits_as_long_as_it_is_asked_to(root: Path, data: Path, gateway: Gateway) -> None:
    gateway.answer = saying(503, Retry_After="0.5")
    async with watching(root, data, gateway.url):
        await save(root, data, "a")
        await soon(lambda: len(gateway.heard) == 2)
        gateway.answer = published
        await gateway.takes(1)
    waits = [later - earlier for earlier, later in zip(gateway.times, gateway.times[1:], strict=False)]
    assert all(wait >= 0.49 for wait in waits), waits


async def test_a_server_that_hangs_is_asked_again(
    root: Path, data: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_TIMEOUT", aiohttp.ClientTimeout(total=0.5))
    gateway.answer = hang
    async with watching(root, data, gateway.url):
        wanted = await save(root, data, "a")
        await soon(lambda: len(gateway.heard) > 1)
        gateway.answer = published
        assert told((await gateway.takes(1))[:1]) == wanted


async def test_a_server_that_hangs_cannot_hold_up_the_end(
    root: Path, data: Path, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "FLUSH", 0.2)
    gateway.answer = hang
    async with watching(root, data, gateway.url):
        wanted = await save(root, data, "a", "b")
        await soon(lambda: gateway.heard)
    assert spooled(data) == wanted
    gateway.answer = published
    async with watching(root, data, gateway.url):
        assert told(await gateway.takes(2)) == wanted
    assert gateway.heard[0] == gateway.heard[1][: len(gateway.heard[0])]


@pytest.mark.usefixtures("impatient")
async def test_a_wrong_key_is_said_once_and_how_to_mend_it(
    root: Path, data: Path, gateway: Gateway, log: list[str]
) -> None:
    gateway.answer = saying(401)
    async with watching(root, data, gateway.url):
        await save(root, data, "a", "b")
        await soon(lambda: len(gateway.heard) > 5)
        gateway.answer = published
        await gateway.takes(2)
        await soon(lambda: len(log) > 1)
    assert log == [
        "changes wait in the spool: the server denies access (401): set HEADRACE_API_KEY to a key that may write",
        f"{gateway.url} is back",
    ]


# Whom it refuses


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("answer", [spoilt(400), spoilt(413), spoilt(422), named])
async def test_one_that_is_refused_holds_nobody_up(
    root: Path, data: Path, gateway: Gateway, log: list[str], answer: Answer
) -> None:
    gateway.answer = saying(500)
    async with watching(root, data, gateway.url):
        wanted = await save(root, data, "a", "b", "bad", "c", "a", "bad", "d")
        gateway.answer = answer
        good = [one for one in wanted if "bad" not in one[0]]
        assert told(await gateway.takes(len(good))) == good
        await soon(lambda: not spooled(data))
    refusals = [line for line in log if "refuses agent/bad.py" in line]
    assert len(refusals) == 2
    assert told(gateway.confirmed) == good


@pytest.mark.usefixtures("impatient")
async def test_what_was_confirmed_in_part_is_not_sent_whole(root: Path, data: Path, gateway: Gateway) -> None:
    async def one_at_a_time(gateway: Gateway, _request: web.Request, sent: Sent) -> web.StreamResponse:
        return gateway.confirm(sent[:1])

    gateway.answer = saying(500)
    async with watching(root, data, gateway.url):
        wanted = await save(root, data, "a", "b", "c", "d")
        gateway.answer = one_at_a_time
        assert told(await gateway.takes(4)) == wanted
        await soon(lambda: not spooled(data))
    assert told(gateway.confirmed) == wanted


async def test_what_the_server_can_never_take_is_said_and_passed_over(
    root: Path, data: Path, gateway: Gateway, log: list[str]
) -> None:
    async with watching(root, data, gateway.url):
        (root / "agent" / os.fsdecode(b"not\xffutf-8.py")).write_bytes(b"odd")
        (root / "agent" / "con.py").write_bytes(b"reserved")
        (root / "agent" / "large.py").write_bytes(b"#" * ((1 << 20) + 1))
        (root / "agent" / "bytes.py").write_bytes(b"\xff")
        (root / "agent" / "notes.txt").write_bytes(b"no component")
        sent = {one["path"]: one["content"] for one in await gateway.takes(2)}
        (root / "agent" / "z.py").write_bytes(b"the end")
        await soon(lambda: gateway.confirmed[-1]["path"] == "agent/z.py" and len(log) > 1)
    assert sent == {"agent/bytes.py": {"base64": "/w=="}, "agent/large.py": None}
    assert sorted(line.split(" is not published: ")[1] for line in log) == [
        "'con.py' is a reserved name",
        "the path is not valid UTF-8",
    ]


# Its own death


@pytest.fixture
def killable(tmp_path: Path, root: Path, gateway: Gateway) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path / "home", root, more=["--server", gateway.url], HEADRACE_API_KEY="key")
    yield daemon
    daemon.kill()


async def test_killed_before_the_server_has_answered(root: Path, gateway: Gateway, killable: Daemon) -> None:
    gateway.answer = hang
    killable.launch()
    first = await save(root, killable.data, "a")
    await soon(lambda: gateway.heard)
    more = await save(root, killable.data, "b", "a")
    killable.kill()
    gateway.answer = published
    killable.launch()
    assert told(await gateway.takes(3)) == first + more
    assert gateway.confirmed[0] == gateway.heard[0][0]
    await soon(lambda: not spooled(killable.data))
    killable.kill()
    killable.launch()
    (root / "agent" / "z.py").write_bytes(b"the only news")
    assert told(await gateway.takes(4))[3:] == [("agent/z.py", digest(b"the only news"))]


async def test_killed_before_it_noted_the_answer(root: Path, gateway: Gateway, killable: Daemon) -> None:
    async def while_nothing_can_be_noted(gateway: Gateway, _request: web.Request, sent: Sent) -> web.StreamResponse:
        held.execute("BEGIN IMMEDIATE")
        return gateway.confirm(sent)

    gateway.answer = hang
    killable.launch()
    wanted = await save(root, killable.data, "a", "b")
    killable.kill()
    with closing(sqlite3.connect(killable.state, isolation_level=None)) as held:
        gateway.answer = while_nothing_can_be_noted
        killable.launch()
        assert told(await gateway.takes(2)) == wanted
        killable.kill()
    gateway.answer = published
    killable.launch()
    await soon(lambda: len(gateway.heard) >= 3)
    assert gateway.heard[2] == gateway.heard[1], "the server knows them by their ids"
    await soon(lambda: not spooled(killable.data))
    assert len({one["id"] for one in gateway.confirmed}) == 2


# The real one


Real = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def real(port: int, redis_url: str, postgres_url: str, settings: Settings) -> AsyncIterator[Real]:
    """The gateway, up for as long as one is inside; its worker is up all the time."""

    @asynccontextmanager
    async def serving() -> AsyncIterator[None]:
        stop = asyncio.Event()
        task = asyncio.create_task(serve(redis_url, postgres_url, settings.model_copy(update={"port": port}), stop))
        try:
            yield
        finally:
            stop.set()
            await task

    async with working(HANDLERS, redis_url, postgres_url, settings):
        yield serving


async def contents(store: Store) -> list[str | None]:
    """The history of agent/a, oldest first."""
    found = await store.components.history("default", ComponentPath("agent", "a"), Page(2**31 - 1, 100), content=True)
    return [version.content for version in reversed(found)]


async def reaches(store: Store, *history: str) -> None:
    async def check() -> bool:
        return await contents(store) == list(history)

    await until(check)


async def spools(daemon: Daemon, file: Path, text: str, count: int) -> None:
    file.write_text(text)
    await soon(lambda: len(spooled(daemon.data)) == count)


@pytest.fixture
def sending(tmp_path: Path, root: Path, port: int) -> Iterator[Daemon]:
    to = ["--server", f"http://127.0.0.1:{port}"]
    with Daemon(tmp_path / "home", root, more=to, HEADRACE_API_KEY="key-of-the-tests") as daemon:
        yield daemon


async def test_the_history_through_outages_and_deaths(root: Path, sending: Daemon, store: Store, real: Real) -> None:
    file = root / "agent" / "a.py"
    async with real():
        file.write_text("0")
        await reaches(store, "0")
        await soon(lambda: not spooled(sending.data))
    await spools(sending, file, "1", 1)
    await spools(sending, file, "2", 2)
    sending.kill()
    file.write_text("3")
    sending.launch()
    async with real():
        await reaches(store, *"0123")
        sending.kill()
        file.write_text("4")
        (root / "agent" / "large.py").write_bytes(b"#" * ((1 << 20) + 1))
        sending.launch()
        await reaches(store, *"01234")
        await soon(lambda: "the server refuses agent/large.py" in sending.err)
    reasons = await store.db.fetch("select reason from head_moves order by move")
    assert [row["reason"] for row in reasons] == ["first", *["fast-forward"] * 4]
