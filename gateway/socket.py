"""`WS /ws/sync`: the live feed for one viewer."""

import asyncio
import re
from contextlib import suppress

import orjson
from aiohttp import WSCloseCode, WSMsgType, web

from gateway.auth import check_role, identify, still_there
from gateway.frames import Filter, text_frame
from gateway.live import Viewer
from gateway.route import Principal
from gateway.services import SERVICES, Services
from schemas.base import EventId, now
from schemas.errors import NotFound, Rejected

LONGEST_FILTER = 300
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


async def sync(request: web.Request) -> web.StreamResponse:
    """Send events as they happen.

    Query: `type` (several, by comma), `subject`, `project`, `actor`, each a pattern such as `change.*`; `text`: found
    anywhere in what is sent, which is an event without the content of its file; `after`: the last event seen, by its id
    or its sequence, to go on from there without a gap; `heartbeat=1`: a message every few seconds even when nothing
    happens, and at once when a proof begins or ends, or a replay into the log gets on: `proofs`, or `replays`, is
    another word then.
    """
    principal = await admitted(request)
    services = request.app[SERVICES]
    filter_ = filter_of(request, principal)
    start = await start_of(services, request.query.get("after", ""))
    ws = web.WebSocketResponse(heartbeat=services.settings.heartbeat, compress=False, max_msg_size=4096)
    await ws.prepare(request)
    if request.transport is None:
        return ws
    viewer = Viewer(request.transport, filter_, start)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(services.hub.serve(viewer))
        tasks.create_task(watch_access(request, ws, viewer, principal))
        if request.query.get("heartbeat"):
            tasks.create_task(_beat(viewer, services))
        try:
            async for message in ws:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            viewer.leave()
    return ws


async def admitted(request: web.Request) -> Principal:
    """Who wants a feed, if some project may be read. Raises Denied, RateLimited."""
    principal = await identify(request)
    await request.app[SERVICES].limits.admit(principal.name)
    check_role(principal, principal.access.highest, "viewer")
    return principal


async def watch_access(request: web.Request, ws: web.WebSocketResponse, viewer: Viewer, principal: Principal) -> None:
    """End the feed of a viewer whose credential ends, or comes to say something else."""
    while not viewer.gone:
        with suppress(TimeoutError):
            await asyncio.wait_for(viewer.left.wait(), request.app[SERVICES].settings.heartbeat)
        if not viewer.gone and not await still_there(request, principal):
            await ws.close(code=WSCloseCode.POLICY_VIOLATION, message=b"log in again")


def filter_of(request: web.Request, principal: Principal) -> Filter:
    """Which events a viewer asks for, of those that it may see. Raises Rejected."""
    types, subject, project, actor = (request.query.get(name, "*") for name in ("type", "subject", "project", "actor"))
    text = request.query.get("text", "")
    if any(len(asked) > LONGEST_FILTER for asked in (types, subject, project, actor, text)):
        raise Rejected(f"a filter may have {LONGEST_FILTER} characters")
    return Filter(types, subject, project, actor, text.encode().lower(), principal.access.readable)


async def start_of(services: Services, after: str) -> int:
    """The event number to begin after."""
    if not after:
        return services.hub.seq
    if after.isdecimal() and len(after) <= 18:
        return min(int(after), services.hub.seq)
    seq = await _seq_of(services, after) if _ID.fullmatch(after) else None
    if seq is None:
        raise NotFound(f"the log has no event {after!r}", "leave `after` out to begin now, or give a sequence")
    return seq


async def _seq_of(services: Services, event_id: str) -> int | None:
    if (seq := services.hub.find(event_id)) is not None:
        return seq
    archived = await services.store.events.get(EventId(event_id))
    return archived[0] if archived else None


async def _beat(viewer: Viewer, services: Services) -> None:
    while not viewer.gone:
        viewer.stirred.clear()
        proofs, replays = services.proofs.stand, services.reinjections.stand
        stands = {"live": services.hub.connected, "proofs": proofs, "replays": replays}
        beat = {"type": "heartbeat", "sequence": str(viewer.seq), "time": now(), **stands}
        viewer.write(text_frame(orjson.dumps(beat)), viewer.seq)
        with suppress(TimeoutError):
            await asyncio.wait_for(viewer.stirred.wait(), services.settings.heartbeat)
