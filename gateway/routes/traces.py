"""What followed from one event, from a file's being saved to its being everywhere, with the times."""

import re
from datetime import datetime
from typing import Any

import orjson

from gateway.route import Call, Route
from gateway.services import Services
from schemas.access import Access
from schemas.base import EventId
from schemas.errors import NotFound
from schemas.wire import Step, Trace
from streams.store.events import Query

_MOST = 1000
_NAME = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]{1,18}")
_GROUP = "headrace/"


async def show(call: Call[None, None]) -> Trace:
    """The story of an event, named by its id or its sequence, or by the id of any other event of that story."""
    named = call.path["id"]
    story = await _story(call.services, named, call.principal.access)
    if not story:
        raise NotFound(f"the archive has no event {named}", "it may still be on its way: ask again in a moment")
    first = story[0][1]
    began = datetime.fromisoformat(first["time"])
    times = await call.services.store.handled.times(EventId(event["id"]) for _, event in story)
    steps = [_step(seq, event, _concluded(event, began, times), began) for seq, event in story]
    return Trace(trace=first["correlationid"], began_at=began, seen_at=first["data"].get("seen_at"), steps=steps)


async def _story(services: Services, named: str, access: Access) -> list[tuple[int, dict[str, Any]]]:
    events = services.store.events
    if not _NAME.fullmatch(named):
        raise NotFound(f"{named!r} is neither the id nor the sequence of an event")
    if named.isdecimal():
        found = [one for one in await events.find(Query(after=int(named) - 1, limit=1)) if one[0] == int(named)]
    else:
        one = await events.get(EventId(named))
        found = [one] if one else []
    if not found:
        return []
    query = Query(story=orjson.loads(found[0][1])["correlationid"], projects=access.readable, limit=_MOST)
    return [(seq, orjson.loads(raw)) for seq, raw in await events.find(query)]


def _concluded(event: dict[str, Any], began: datetime, times: dict[tuple[EventId, str], datetime]) -> datetime | None:
    """When it came to be: when the group that concluded it was done with its cause."""
    cause = event.get("causationid")
    return times.get((cause, event["source"].removeprefix(_GROUP))) if cause else began


def _step(seq: int, event: dict[str, Any], at: datetime | None, began: datetime) -> Step:
    data = {name: value for name, value in event["data"].items() if name != "content"}
    return Step(
        sequence=str(seq),
        id=event["id"],
        type=event["type"],
        project=event["project"],
        subject=event["subject"],
        by=event["source"].removeprefix(_GROUP),
        because_of=event.get("causationid"),
        at=at,
        after=None if at is None else round((at - began).total_seconds(), 6),
        data=data,
    )


ROUTES = (Route("GET", "/api/traces/{id}", show, Trace, statuses=(404,), scope="anywhere"),)
