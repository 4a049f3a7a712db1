"""What watchers send, and what became of a change."""

from base64 import b64decode

import orjson

from gateway.projects import check_projects
from gateway.route import Call, Principal, Route
from gateway.services import Services
from gateway.stories import began
from gateway.writes import observed, publish
from schemas.base import Document, EventId, now
from schemas.changes import OUTCOMES, ChangeObserved
from schemas.clients import documents as clients
from schemas.envelope import Envelope, Event, Origin, root
from schemas.errors import NotFound, Rejected
from schemas.hashing import Fingerprint, fingerprint
from schemas.wire import ChangeState, Published, Refused, SentChange, SentChanges
from streams.store.events import Query

_STATES = {
    "version.created": "accepted",
    "conflict.opened": "accepted",
    "conflict.settled": "accepted",
    "head.moved": "accepted",
    "change.unchanged": "unchanged",
    "change.rejected": "rejected",
    "event.buried": "buried",
}


async def receive(call: Call[SentChanges, None]) -> Published:
    """Put what a watcher saw into the log. What is published is safe; what is refused will never be taken.

    Raises:
        Denied: a change is of a project where the caller may not write; none was taken, and all may be sent again.
    """
    check_projects(call.principal, "user", {change.project for change in call.body.changes})
    events: list[Envelope[Event]] = []
    refused: list[Refused] = []
    for change in call.body.changes:
        try:
            events.append(await _event(call.services, call.principal, call.body.watcher, change))
        except (ValueError, Rejected) as error:
            refused.append(Refused(id=change.id, reason=str(error)))
    await publish(call.services, events, call.services.settings.answer_ms / 1000)
    return Published(published=[event.id for event in events], refused=refused)


async def _event(services: Services, principal: Principal, watcher: str, change: SentChange) -> Envelope[Event]:
    body = ChangeObserved(base=change.base, seen_at=change.seen_at)
    if change.hash is not None:
        content = _content(change, services.settings.content_limit)
        if change.domain == clients.DOMAIN:
            clients.read(change.path, content)  # before it is anywhere: it may hold a secret
        body = await observed(services, content, _identity(change, content), body)
    origin = Origin(principal.name, f"watcher/{watcher}", now())
    return began(root(body, Document(change.project, change.domain, change.path), origin, change.id))


def _content(change: SentChange, limit: int) -> bytes:
    if change.content is None:
        raise ValueError(f"it came without its content; a file may have {limit} bytes")
    sent = change.content
    content = sent.text.encode() if sent.text is not None else b64decode(sent.base64 or "", validate=True)
    if len(content) > limit:
        raise ValueError(f"the content is {len(content)} bytes; a file may have {limit}")
    return content


def _identity(change: SentChange, content: bytes) -> Fingerprint:
    found = fingerprint(content)
    if found.hash != change.hash:
        raise ValueError(f"the bytes are not what was announced: their hash is {found.hash}, not {change.hash}")
    return found


async def state(call: Call[None, None]) -> ChangeState:
    """What became of a change."""
    id_ = EventId(call.path["id"])
    query = Query(story=id_, projects=call.principal.access.readable, limit=100)
    story = [orjson.loads(raw) for _, raw in await call.services.store.events.find(query)]
    if not story:
        raise NotFound(f"the archive knows no change {id_}", "it may still be on its way: ask again in a moment")
    ends = [event for event in story if event["type"] in OUTCOMES]
    end = min(ends, key=lambda event: event["type"] == "event.buried", default=None)  # it may have been tried again
    for event in story:
        event["data"].pop("content", None)
    reason = end["data"].get("reason") or end["data"].get("error") if end else None
    return ChangeState(change=id_, state=_STATES[end["type"]] if end else "pending", reason=reason, events=story)


ROUTES = (
    Route("POST", "/api/changes", receive, Published, "user", SentChanges, statuses=(400, 413, 422), scope="anywhere"),
    Route("GET", "/api/changes/{id:[0-9a-f-]{36}}", state, ChangeState, statuses=(404,), scope="anywhere"),
)
