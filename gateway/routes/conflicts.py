"""Conflicts: what waits for a person, what was decided, and deciding."""

from typing import Any, Literal

from pydantic import Field, PositiveInt

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Route
from gateway.writes import begin, carry_all, check, observed
from schemas.base import EventId, Instant, Uuid, new_id
from schemas.changes import ChangeObserved, ConflictDecided
from schemas.components import ComponentPath, check_bytes
from schemas.envelope import Envelope, Event
from schemas.errors import NotFound, Overtaken
from schemas.hashing import fingerprint
from schemas.sync import Conflict, ConflictDetail, Decide, Question, Questions
from schemas.wire import Name
from streams.store.conflicts import Before

_REMEDY = "headrace conflicts list shows them"


class ConflictsQuery(ProjectQuery):
    """A part of the list, newest first. `before` and `before_id`: of the last one seen."""

    state: Literal["pending", "all"] = "pending"
    worker: Name | None = None
    limit: PositiveInt = Field(100, le=1000)
    before: Instant | None = None
    before_id: Uuid | None = None


async def page(call: Call[None, ConflictsQuery]) -> list[Conflict]:
    """What waits for a person, or all there ever was, newest first."""
    query = call.query
    before = Before()
    if query.before is not None:
        before = Before(query.before.isoformat(), query.before_id or before.id)
    return await call.services.store.conflicts.page(
        project_of(call), before, query.limit, pending=query.state == "pending", worker=query.worker
    )


async def one(call: Call[Any, ProjectQuery]) -> ConflictDetail:
    """A conflict, with both sides."""
    found = await call.services.store.conflicts.get(project_of(call), call.path["id"])
    if found is None:
        raise NotFound(f"there is no conflict {call.path['id']}", _REMEDY)
    return found


async def ask(call: Call[Questions, ProjectQuery]) -> list[Conflict]:
    """Let a person decide what a worker may not; an answer that was given already stands."""
    events = [await _question(call, question) for question in call.body.conflicts]
    for outcome in await carry_all(call.services, events):
        check(outcome)
    documents = {question.path: _path(question).document(project_of(call)).id for question in call.body.conflicts}
    found = await call.services.store.conflicts.of(documents.values(), call.body.worker)
    newest = {(conflict.path, conflict.local_hash): conflict for conflict in reversed(found)}
    asked = [(question.path, fingerprint(question.content.encode()).hash) for question in call.body.conflicts]
    return [newest[question] for question in asked if question in newest]


def _path(question: Question) -> ComponentPath:
    return ComponentPath.parse(question.path)


async def _question(call: Call[Questions, ProjectQuery], question: Question) -> Envelope[Event]:
    content = question.content.encode()
    check_bytes(content, call.services.settings.content_limit)
    change = ChangeObserved(base=question.base, asker=call.body.worker)
    body = await observed(call.services, content, fingerprint(content), change)
    return begin(call.services, call.principal, _path(question).document(project_of(call)), body, question.id)


async def decide(call: Call[Decide, ProjectQuery]) -> Conflict:
    """Settle a conflict: the worker's side, the active version, or neither."""
    found = await one(call)
    seen = call.body.server_hash if "server_hash" in call.body.model_fields_set else found.server_hash
    document = ComponentPath.parse(found.path).document(project_of(call))
    body = ConflictDecided(conflict=EventId(found.id), decision=call.body.decision, head=seen)
    event = begin(call.services, call.principal, document, body, new_id())
    outcome = check((await carry_all(call.services, [event]))[0])
    now = await one(call)
    if outcome.kind == "change.unchanged" and outcome.data["reason"] == "overtaken":
        raise Overtaken(_told(now, seen), "look at both sides again, then decide")
    return now


def _told(now: Conflict, seen: str | None) -> str:
    """Who was first."""
    if now.state != "pending":
        return f"{now.path} was decided already: {now.state}, by {now.decided_by or 'what has happened since'}"
    return f"the active version of {now.path} is {now.server_hash} by now, not {seen}"


_BASE = "/api/components/conflicts"
_ONE = f"{_BASE}/{{id:[0-9a-f-]{{36}}}}"

ROUTES = (
    Route("GET", _BASE, page, list[Conflict], query=ConflictsQuery),
    Route("POST", _BASE, ask, list[Conflict], "user", Questions, ProjectQuery, (400, 413, 422)),
    Route("GET", _ONE, one, ConflictDetail, query=ProjectQuery, statuses=(404,)),
    Route("POST", _ONE, decide, Conflict, "user", Decide, ProjectQuery, (400, 404, 409, 422)),
)
