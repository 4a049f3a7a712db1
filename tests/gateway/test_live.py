"""The feed: everything, in order, without a gap, and no viewer at the expense of another."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from msgspec import structs

from gateway.frames import Filter, Header, text_frame
from gateway.services import SERVICES
from schemas.settings import Settings
from streams.log import Log
from tests.build import event, event_id, observed, until
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
    ],
)
def test_what_a_filter_takes(filter_: Filter, takes: bool) -> None:
    header = Header("id", "version.created", "components/model/a.py", "default", "id")
    assert filter_.takes(header) is takes
