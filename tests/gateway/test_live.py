"""The feed: everything, in order, without a gap, and no viewer at the expense of another."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from gateway.frames import Filter, Frame, frame, text_frame
from gateway.services import SERVICES
from schemas.changes import VersionCreated
from schemas.envelope import Event, Origin, root
from schemas.events import encode
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from streams.tail import Logged
from tests.build import START, document, event, event_id, hash_of, observed, until
from tests.gateway.access import member
from tests.gateway.conftest import KEY, Client
from tests.streams.runner import messages


@asynccontextmanager
async def viewer(client: Client, **query: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with client.raw.ws_connect("/ws/sync", params=query, headers=KEY) as ws:
        yield ws


async def take(ws: aiohttp.ClientWebSocketResponse, number: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        return [json.loads(await ws.receive_str()) for _ in range(number)]


def numbers(events: list[dict[str, Any]]) -> list[int]:
    return [int(event["sequence"]) for event in events]


async def test_events_as_they_happen(client: Client) -> None:
    async with viewer(client) as ws:
        await client.upload("model/a.py", "a")
        events = await take(ws, 5)
    assert [e["type"] for e in events] == [
        "change.observed",
        "change.hashed",
        "change.accepted",
        "version.created",
        "head.moved",
    ]  # fmt: skip - the story in one line
    assert numbers(events) == [1, 2, 3, 4, 5]
    assert all(e["subject"] == "components/model/a.py" for e in events)
    assert "content" not in events[0]["data"]


async def test_filters(client: Client) -> None:
    async with (
        viewer(client, type="version.created,head.*") as by_type,
        viewer(client, subject="components/loss/*") as by_subject,
        viewer(client, project="other") as by_project,
    ):
        await client.upload("model/a.py", "a")
        await client.upload("loss/b.py", "b")
        await client.post("/api/components/versions/upload?project=other", {"path": "model/c.py", "content": "c"})
        assert {e["type"] for e in await take(by_type, 6)} == {"version.created", "head.moved"}
        assert {e["subject"] for e in await take(by_subject, 5)} == {"components/loss/b.py"}
        assert {e["project"] for e in await take(by_project, 5)} == {"other"}


@pytest.mark.parametrize("by", ["sequence", "id"])
async def test_resuming_leaves_no_gap(idle: Client, log: Log, by: str) -> None:
    await log.publish(messages(log, 100))
    async with viewer(idle, after="0") as ws:
        seen = await take(ws, 40)
    await log.publish(messages(log, 50, start=100))
    async with viewer(idle, after=seen[-1][by]) as ws:
        seen += await take(ws, 110)
    assert numbers(seen) == list(range(1, 151))


async def test_resuming_from_what_only_the_archive_has(client: Client, log: Log) -> None:
    for number in range(30):
        await client.upload("model/a.py", f"{number}")
    services = client.raw.app[SERVICES]
    await until(lambda: _archived(client, 150))
    for topic in ("changes", "hashed", "resolved", "versions"):
        for partition in range(log.partitions):
            await log.redis.xtrim(log.keys.stream(topic, partition), maxlen=0, approximate=False)
    services.hub._ring.clear()
    async with viewer(client, after="3") as ws:
        assert numbers(await take(ws, 147)) == list(range(4, 151))


async def _archived(client: Client, number: int) -> bool:
    return bool((await client.get("/api/status"))["archived"] >= number)


@pytest.mark.parametrize("after", ["nonsense", "00000000-0000-0000-0000-000000000000", "-1"])
async def test_resuming_from_nowhere_is_said(idle: Client, after: str) -> None:
    status, error = await idle.call("GET", f"/ws/sync?after={after}")
    assert (status, "no event" in error["message"]) == (404, True)


async def test_a_feed_needs_a_credential(idle: Client) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="401"):
        await idle.raw.ws_connect("/ws/sync")


async def test_the_future_is_now(idle: Client, log: Log) -> None:
    async with viewer(idle, after="999999") as ws:
        await log.publish(messages(log, 1))
        assert numbers(await take(ws, 1)) == [1]


async def test_a_slow_viewer_slows_nobody_and_misses_nothing(idle: Client, log: Log, settings: Settings) -> None:
    services = idle.raw.app[SERVICES]
    services.hub._buffer = 16 * 1024
    total = 3000
    async with viewer(idle) as slow, viewer(idle) as quick:
        reading = asyncio.create_task(take(quick, total))
        slow._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        for start in range(0, total, 100):
            wide = [event(observed("x"), f"model/{'w' * 200}{n}.py", event_id(n)) for n in range(start, start + 100)]
            await log.publish([log.message(one) for one in wide])
        assert numbers(await reading) == list(range(1, total + 1))
        behind = [one for one in services.hub._viewers if one.seq < total]
        assert all(one.unsent < 1024 * 1024 for one in behind)
        slow._response.connection.transport.resume_reading()  # type: ignore[union-attr]
        assert numbers(await take(slow, total)) == list(range(1, total + 1))


async def test_many_viewers_each_get_everything(idle: Client, log: Log) -> None:
    viewers = [await idle.raw.ws_connect("/ws/sync", headers=KEY) for _ in range(100)]
    reading = [asyncio.create_task(take(ws, 200)) for ws in viewers]
    for start in range(0, 200, 10):
        await log.publish(messages(log, 10, start=start))
    for events in await asyncio.gather(*reading):
        assert numbers(events) == list(range(1, 201))
    await asyncio.gather(*(ws.close() for ws in viewers))
    services = idle.raw.app[SERVICES]
    await until(lambda: _alone(services.hub))


async def _alone(hub: Any) -> bool:
    return bool(hub.viewers == 0)


async def test_a_heartbeat_when_asked_for(idle: Client) -> None:
    async with viewer(idle, heartbeat="1") as ws:
        (beat,) = await take(ws, 1)
    assert (beat["type"], beat["live"], beat["sequence"]) == ("heartbeat", True, "0")


async def test_bytes_that_are_no_event_do_not_stop_the_feed(idle: Client, log: Log) -> None:
    garbage = structs.replace(messages(log, 1)[0], raw=b"\xff", id=event_id(999))
    async with viewer(idle) as ws:
        await log.publish([garbage, *messages(log, 2)])
        assert len(await take(ws, 2)) == 2


@pytest.mark.parametrize("length", [0, 125, 126, 65535, 65536, 200_000])
async def test_frames_are_read_as_they_were_written(length: int) -> None:
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    async def handle(request: web.Request) -> web.StreamResponse:
        ws = web.WebSocketResponse(compress=False)
        await ws.prepare(request)
        request.transport.write(text_frame(b"x" * length))  # type: ignore[union-attr]
        await ws.receive()
        return ws

    app = web.Application()
    app.router.add_get("/", handle)
    async with TestClient(TestServer(app)) as client, client.ws_connect("/") as ws:
        assert await ws.receive_str() == "x" * length


@pytest.mark.parametrize(
    ("filter_", "takes"),
    [
        (Filter(), True),
        (Filter(types="version.created"), True),
        (Filter(types="change.*"), False),
        (Filter(types="change.*,version.*"), True),
        (Filter(subject="components/model/*"), True),
        (Filter(subject="components/loss/*"), False),
        (Filter(project="default"), True),
        (Filter(project="other"), False),
        (Filter(actor="test*"), True),
        (Filter(actor="Tester"), False),
        (Filter(text=b'"number":7'), True),
        (Filter(text=b'"sequence"'), False),  # it has that of its place, not of itself
        (Filter(readable=frozenset({"default"})), True),
        (Filter(readable=frozenset({"other"})), False),
    ],
)
def test_what_a_filter_takes(filter_: Filter, takes: bool) -> None:
    assert filter_.takes(framed(VersionCreated(number=7, hash=hash_of("x"), size=1))) is takes


def framed(body: Event, path: str = "model/a.py", actor: str = "tester") -> Frame:
    return frame(Logged(1, encode(root(body, document(path), Origin(actor, "tests", START), event_id(1)))))


NAMES = st.sampled_from(["a.py", "A_1.py", "a%.py", "[a]?.py", "a\\b.py", "\u202e한글.py"])
WORDS = st.text(st.sampled_from("aA1[]?*%_\\.한!-^"), max_size=5)


@given(name=NAMES, actor=WORDS, pattern=NAMES | WORDS, text=NAMES | WORDS)
def test_only_a_star_stands_for_anything_else(name: str, actor: str, pattern: str, text: str) -> None:
    """As in the archive, and as a person would say it."""
    found = framed(VersionCreated(number=7, hash=hash_of("x"), size=1), f"model/{name}", actor)
    like = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    wanted = pattern or "*"
    assert Filter(actor=wanted).takes(found) is bool(like.fullmatch(actor) or not pattern)
    subject = f"components/model/{pattern}"
    assert Filter(subject=subject).takes(found) is bool(like.fullmatch(name))
    meant = text.encode().lower()
    assert Filter(text=meant).takes(found) is (meant in found.event.lower())


async def test_by_actor_and_by_text(client: Client, store: Store) -> None:
    kim = await member(client, store, "kim", default="user")
    async with viewer(client, actor="k*") as by_actor, viewer(client, text="MODEL/A", type="head.*") as by_text:
        await client.upload("model/a.py", "only in the content")
        body = {"path": "model/b.py", "content": "b"}
        await client.post("/api/components/versions/upload", body, headers=kim)
        assert {e["subject"] for e in await take(by_actor, 5)} == {"components/model/b.py"}
        assert [e["subject"] for e in await take(by_text, 1)] == ["components/model/a.py"]
    async with viewer(client, text="content", after="0") as without_content:
        await client.upload("loss/content.py", "c")
        assert {e["subject"] for e in await take(without_content, 5)} == {"components/loss/content.py"}


@pytest.mark.parametrize("query", [{"text": "a" * 301}, {"actor": "a" * 301}])
async def test_what_is_too_long_is_no_filter(idle: Client, query: dict[str, str]) -> None:
    async with idle.raw.get("/ws/sync", params=query, headers=KEY) as response:
        assert response.status == 422


async def test_viewers_hear_at_once_that_a_proof_begins_and_ends(idle: Client, log: Log) -> None:
    """Long before the next heartbeat is due; who did not ask for heartbeats hears nothing."""
    proofs = idle.raw.app[SERVICES].proofs
    async with viewer(idle, heartbeat="1") as ws, viewer(idle) as other:
        (first,) = await take(ws, 1)
        proofs.begin("audit", ["no such command"], "tester")
        began, ended = await take(ws, 2)
        assert len({first["proofs"], began["proofs"], ended["proofs"]}) == 3
        assert {beat["type"] for beat in (first, began, ended)} == {"heartbeat"}
        assert [proof.state for proof in proofs.all] == ["failed"]
        await log.publish(messages(log, 1))
        assert (await take(other, 1))[0]["type"] == "change.observed"
    async with viewer(idle, heartbeat="1") as later:
        assert (await take(later, 1))[0]["proofs"] == ended["proofs"]
