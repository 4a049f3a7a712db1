"""The log as a list."""

from typing import Annotated, Any

import orjson
from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt, StringConstraints

from gateway.route import Call, Route
from schemas.base import EventId, Model, Uuid
from schemas.errors import NotFound
from schemas.wire import LoggedEvent
from streams.store.events import Query

Pattern = Annotated[str, StringConstraints(max_length=300)]


class EventQuery(Model):
    """Which events. `type` and `subject` may hold `*`; `after` and `before` are places in the log."""

    after: NonNegativeInt = 0
    before: NonNegativeInt | None = None
    since: AwareDatetime | None = None
    type: Pattern | None = None
    subject: Pattern | None = None
    project: Pattern | None = None
    story: Uuid | None = Field(None, description="the id of the event that the story began with")
    newest_first: bool = False
    limit: PositiveInt = Field(100, le=1000)


async def find(call: Call[None, EventQuery]) -> list[LoggedEvent]:
    """Events of the archive, in the order of the log."""
    query = call.query
    found = await call.services.store.events.find(
        Query(
            after=query.after,
            before=query.before,
            kind=query.type,
            subject=query.subject,
            project=query.project,
            projects=call.principal.access.readable,
            story=query.story,
            since=query.since,
            newest_first=query.newest_first,
            limit=query.limit,
        )
    )
    return [logged(seq, raw) for seq, raw in found]


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
    Route("GET", "/api/events/{id:[0-9a-f-]{36}}", one, LoggedEvent, statuses=(404,), scope="anywhere"),
)
