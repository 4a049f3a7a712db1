"""`WS /ws/replay`: history, shown to one viewer as it happened, at a chosen speed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import NamedTuple

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from gateway.frames import Filter, Frame, frame
from gateway.live import Viewer
from gateway.services import SERVICES, Services
from gateway.socket import admitted, filter_of, start_of, watch_access
from schemas.errors import Rejected
from streams.archive import Archive
from streams.tail import Logged

LONGEST_PAUSE = 5.0
"""Seconds that nothing may happen for: nobody waits for a night to pass."""

FASTEST = 1e6

BREATH = 0.02
"""Seconds after which to look again whether a slow viewer has taken what it was sent."""


class _Timed(msgspec.Struct):
    time: datetime


_TIME = msgspec.json.Decoder(_Timed)


class Part(NamedTuple):
    """What of the log is played, and how fast: `speed` times as fast as it happened, at once where it is 0."""

    after: int
    until: datetime | None
    speed: float
    filter: Filter


async def replay(request: web.Request) -> web.StreamResponse:
    """Send archived events as they happened, then close.

    Query: `speed` (10: ten times as fast as it happened; 0: at once), `after` (an event's id or sequence), `until` (a
    time), and `type`, `subject`, `project`, `actor`, `text` as for the live feed.
    """
    principal = await admitted(request)
    services = request.app[SERVICES]
    part = Part(
        await start_of(services, request.query.get("after", "0")), *_pace(request), filter_of(request, principal)
    )
    ws = web.WebSocketResponse(heartbeat=services.settings.heartbeat, compress=False, max_msg_size=4096)
    await ws.prepare(request)
    if request.transport is None:
        return ws
    viewer = Viewer(request.transport, part.filter, part.after)
    playing = asyncio.create_task(_play(ws, viewer, services, part))
    watching = asyncio.create_task(watch_access(request, ws, viewer, principal))
    try:
        async for message in ws:
            if message.type is WSMsgType.ERROR:
                break
    finally:
        viewer.leave()
        playing.cancel()
        watching.cancel()
    return ws


def _pace(request: web.Request) -> tuple[datetime | None, float]:
    try:
        speed = float(request.query.get("speed", "10"))
        until = datetime.fromisoformat(text).astimezone() if (text := request.query.get("until")) else None
    except ValueError:
        raise Rejected("`speed` is a number and `until` a time", "such as speed=10&until=2026-01-31T12:00Z") from None
    if not 0 <= speed <= FASTEST:
        raise Rejected(f"`speed` is between 0 and {FASTEST:g}")
    return until, speed


async def _play(ws: web.WebSocketResponse, viewer: Viewer, services: Services, part: Part) -> None:
    last: datetime | None = None
    async for time, found in _frames(services, part):
        if part.speed and last and time > last:
            await asyncio.sleep(min(LONGEST_PAUSE, (time - last).total_seconds() / part.speed))
        last = max(time, last) if last else time
        while viewer.unsent > services.settings.viewer_buffer and not viewer.gone:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(BREATH)
        if viewer.gone:
            return
        viewer.write(found.wire, found.seq)
    await ws.close(code=WSCloseCode.OK, message=b"that was all")


async def _frames(services: Services, part: Part) -> AsyncIterator[tuple[datetime, Frame]]:
    async for rows in Archive(services.store, services.settings.exports).rows(part.after, columns=False):
        for row in rows:
            found = frame(Logged(row.seq, row.event.encode()))
            if found.wire and part.filter.takes(found):
                time = _TIME.decode(row.event).time
                if part.until is None or time <= part.until:
                    yield time, found
