"""The log as a list."""

from typing import Annotated, Any

import orjson
from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt, StringConstraints

from gateway.route import Answer, Call, Route
from schemas.base import EventId, Model, Uuid
from schemas.errors import NotFound
from schemas.wire import LoggedEvent
from streams.store.events import LOOKED, Query

Pattern = Annotated[str, StringConstraints(max_length=300)]
_MAY_END = f"one answer looks through {LOOKED} events at most for it: go on at the `next` of the answer's `meta`"


class EventQuery(Model):
    """Which events. `type`, `subject` and `actor` may hold `*`; `after` and `before` are places in the log."""

    after: NonNegativeInt = 0
    before: NonNegativeInt | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = Field(None, description="before this time")
    type: Pattern | None = None
    subject: Pattern | None = None
    project: Pattern | None = None
    actor: Pattern | None = Field(None, description=_MAY_END)
    text: Pattern | None = Field(None, description=f"anywhere in the event's bytes, in any case; {_MAY_END}")
    story: Uuid | None = Field(None, description="the id of the event that the story began with")
    newest_first: bool = False
    limit: PositiveInt = Field(100, le=1000)


async def find(call: Call[None, EventQuery]) -> Answer:
    """Events of the archive, in the order of the log; `next` in `meta` says where to go on, if there may be more."""
    asked = call.query.model_dump(exclude={"type"})
    query = Query(**asked, kind=call.query.type, projects=call.principal.access.readable)
    found = await call.services.store.events.search(query)
    following = None if found.next is None else str(found.next)
    return Answer([logged(seq, raw) for seq, raw in found.events], next=following)


async def one(call: Call[None, None]) -> LoggedEvent:
    """One event, whole."""
    found = await call.services.store.events.get(EventId(call.path["id"]))
    event = logged(*found) if found else None
    if event is None or not call.principal.access.reads(event.project):
        raise NotFound(f"the archive has no event {call.path['id']}")
    return event


def logged(seq: int, raw: str) -> LoggedEvent:
    """An archived event as it is shown; what could not be read is shown as it is."""
    try:
        event: dict[str, Any] = orjson.loads(raw)
        return LoggedEvent.model_validate({"sequence": str(seq), **event})
    except (ValueError, TypeError):
        nothing = dict.fromkeys(("id", "source", "subject", "time", "project", "actor", "correlationid"), "")
        unreadable = {"sequence": str(seq), "specversion": "1.0", "type": "unreadable", "data": {"raw": raw}}
        return LoggedEvent.model_validate(nothing | unreadable)


ROUTES = (
    Route("GET", "/api/events", find, list[LoggedEvent], query=EventQuery, statuses=(422,), scope="anywhere"),
    Route("GET", "/api/events/{id:[0-9a-f-]{36}}", one, LoggedEvent, statuses=(404, 422), scope="anywhere"),
)
