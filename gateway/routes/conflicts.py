"""Conflicts about components: what waits for a person, what was decided, and deciding."""

from typing import Any

from gateway.deciding import ConflictsQuery, decided, one_of, page_of
from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Route
from gateway.writes import begin, carry_all, check, observed
from schemas.changes import ChangeObserved
from schemas.components import DOMAIN, ComponentPath, check_bytes
from schemas.envelope import Envelope, Event
from schemas.hashing import fingerprint
from schemas.sync import Conflict, ConflictDetail, Decide, Question, Questions


async def page(call: Call[None, ConflictsQuery]) -> list[Conflict]:
    """What waits for a person, or all there ever was, newest first."""
    return await page_of(call, DOMAIN)


async def one(call: Call[Any, ProjectQuery]) -> ConflictDetail:
    """A conflict, with both sides."""
    return await one_of(call, DOMAIN)


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
    return await decided(call, DOMAIN)


_BASE = "/api/components/conflicts"
_ONE = f"{_BASE}/{{id:[0-9a-f-]{{36}}}}"

ROUTES = (
    Route("GET", _BASE, page, list[Conflict], query=ConflictsQuery),
    Route("POST", _BASE, ask, list[Conflict], "user", Questions, ProjectQuery, (400, 413, 422)),
    Route("GET", _ONE, one, ConflictDetail, query=ProjectQuery, statuses=(404,)),
    Route("POST", _ONE, decide, Conflict, "user", Decide, ProjectQuery, (400, 404, 409, 422)),
)
