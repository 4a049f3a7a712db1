"""Deciding conflicts, of whichever domain: what waits for a person, both sides, and what was decided."""

from typing import Any, Literal

from pydantic import Field, PositiveInt

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call
from gateway.writes import begin, carry_all, check
from schemas.base import Document, EventId, Instant, Uuid, new_id
from schemas.changes import ConflictDecided
from schemas.errors import NotFound, Overtaken
from schemas.sync import Conflict, ConflictDetail, Decide
from schemas.wire import Name
from streams.store.conflicts import Before


class ConflictsQuery(ProjectQuery):
    """A part of the list, newest first. `before` and `before_id`: of the last one seen."""

    state: Literal["pending", "all"] = "pending"
    worker: Name | None = None
    limit: PositiveInt = Field(100, le=1000)
    before: Instant | None = None
    before_id: Uuid | None = None


async def page_of(call: Call[Any, ConflictsQuery], domain: str) -> list[Conflict]:
    """What waits for a person, or all there ever was, newest first."""
    query = call.query
    before = Before()
    if query.before is not None:
        before = Before(query.before.isoformat(), query.before_id or before.id)
    return await call.services.store.conflicts.page(
        project_of(call), before, query.limit, pending=query.state == "pending", worker=query.worker, domain=domain
    )


async def one_of(call: Call[Any, ProjectQuery], domain: str) -> ConflictDetail:
    """A conflict, with both sides. Raises NotFound."""
    found = await call.services.store.conflicts.get(project_of(call), call.path["id"], domain)
    if found is None:
        raise NotFound(f"there is no conflict {call.path['id']}", "it may be another project's")
    return found


async def decided(call: Call[Decide, ProjectQuery], domain: str) -> Conflict:
    """Settle a conflict: the worker's side, the active version, or neither. Raises NotFound, Rejected, Overtaken."""
    found = await one_of(call, domain)
    seen = call.body.server_hash if "server_hash" in call.body.model_fields_set else found.server_hash
    document = Document(project_of(call), domain, found.path)
    body = ConflictDecided(conflict=EventId(found.id), decision=call.body.decision, head=seen)
    event = begin(call.services, call.principal, document, body, new_id())
    outcome = check((await carry_all(call.services, [event]))[0])
    now = await one_of(call, domain)
    if outcome.kind == "change.unchanged" and outcome.data["reason"] == "overtaken":
        raise Overtaken(told(now, seen), "look at both sides again, then decide")
    return now


def told(now: Conflict, seen: str | None) -> str:
    """Who was first."""
    if now.state != "pending":
        return f"{now.path} was decided already: {now.state}, by {now.decided_by or 'what has happened since'}"
    return f"the active version of {now.path} is {now.server_hash} by now, not {seen}"
