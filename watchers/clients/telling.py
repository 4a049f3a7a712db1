"""What a sync did, as it is told to the server: a session for each client of which there is something to tell."""

import difflib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
import orjson

from schemas.base import Uuid, new_id
from schemas.clients.adapter import Place, Problem
from schemas.clients.documents import path_of
from schemas.clients.planning import Change, Deployment
from schemas.clients.reconcile import Conflict, Decision, Elements
from schemas.clients.records import MOST_EVENTS, EventType, Level, SessionEvent, Summary
from schemas.clients.secrets import masked
from schemas.clients.sessions import SentSession
from schemas.clients.unified import Element, Key, Loss
from watchers.clients.report import Report

_LOST_CONFLICTS = frozenset({"score", "last-write", "central", "strictest", "stale"})
_LONGEST = 4000


class Times(NamedTuple):
    """When a sync began and ended."""

    began: datetime
    ended: datetime


def standing_of(report: Report, client: str) -> str:
    """What is wrong with a client for as long as nobody mends it, as a digest: it is told once."""
    (deployment,) = (one for one in report.plan.deployments if one.member.client.name == client)
    events = _wrong(report, deployment)
    return hashlib.sha256(orjson.dumps([one.model_dump(mode="json") for one in events])).hexdigest()[:16]


def session_of(report: Report, deployment: Deployment, times: Times, id_: Uuid | None = None) -> SentSession:
    """What a sync did for one client."""
    name, scope = deployment.member.client.name, report.scope
    events = events_of(report, name)
    before, after = deployment.member.config.elements, deployment.after
    is_failed = name in report.failed or deployment.member.config.unreadable
    return SentSession(
        id=id_ or new_id(),
        type=name,
        status="failed" if is_failed else "success",
        started_at=times.began,
        finished_at=times.ended,
        summary=_summary(report, deployment, events),
        events=events[:MOST_EVENTS],
        snapshot=_snapshot(scope, after),
        diff=_diff(_snapshot(scope, before), _snapshot(scope, after)),
    )


def is_news(report: Report, deployment: Deployment) -> bool:
    """Whether a sync did anything for a client, or decided anything."""
    name = deployment.member.client.name
    is_decided = any(_counts(one) for one in report.plan.outcome.decisions if one.client == name)
    return bool(deployment.changes or deployment.written.files or is_decided)


def events_of(report: Report, client: str) -> list[SessionEvent]:
    """All that happened to a client: what is wrong, what waits, what was decided, what was done."""
    (deployment,) = (one for one in report.plan.deployments if one.member.client.name == client)
    done = [] if client in report.failed else _done(deployment, set(report.plan.news))
    return [*_wrong(report, deployment), *_open(report, client), *_decisions(report, client), *done]


def _wrong(report: Report, deployment: Deployment) -> Iterator[SessionEvent]:
    client = deployment.member.client.name
    if error := report.failed.get(client):
        yield _event("failed", "error", f"{error.message}; {error.remedy}")
    for problem in report.problems.get(client, ()):
        yield _problem(problem, is_unreadable=problem in deployment.member.config.unreadable)
    for refused in [one for one in report.refused if one.client == client]:
        yield _event("refused", "error", refused.why, refused.key)
    if finding := report.unchecked.get(client):
        yield _event("unchecked", "warning", f"{finding.why}; {finding.remedy}")


def _open(report: Report, client: str) -> Iterator[SessionEvent]:
    for conflict in [one for one in report.plan.outcome.conflicts if one.client == client]:
        yield _event("conflict", "warning", why_of(conflict), conflict.key, sides_of(conflict))
    for waiting in [one for one in report.plan.outcome.waiting if one.client == client]:
        yield _event("waiting", "warning", waiting.widens, waiting.key, sides_of(waiting))


def _decisions(report: Report, client: str) -> Iterator[SessionEvent]:
    for one in report.plan.outcome.decisions:
        if one.client == client and _counts(one):
            yield _event("decision", "info", _decided(one), one.key, sides_of(one))


def _done(deployment: Deployment, news: set[Key]) -> Iterator[SessionEvent]:
    """What was written, and what is lost of what is new. What was lost before was told then."""
    for change in deployment.changes:
        sides = {"before": plain(change.before), "after": plain(change.after)}
        yield _event("changed", "info", f"{change_of(change)} in its files", change.key, sides)
    told = news | {change.key for change in deployment.changes}
    for loss in [one for one in deployment.written.losses if one.key in told]:
        yield _event("loss", "info", lost(loss), loss.key, {"field": loss.field, "harmful": loss.harmful})


def _event(
    type_: EventType, level: Level, message: str, key: Key | None = None, payload: Mapping[str, Any] | None = None
) -> SessionEvent:
    text = masked(message.replace("\x00", "\\0"))[:_LONGEST].removesuffix("; ")
    return SessionEvent(
        type=type_,
        level=level,
        message=text,
        element=shown(key)[:_LONGEST] if key else None,
        payload=dict(payload or {}),
    )


def _problem(problem: Problem, *, is_unreadable: bool) -> SessionEvent:
    where = where_of(problem.place)
    line, column = problem.place.position
    payload = {"file": problem.place.location.path, "line": line, "column": column, "remedy": problem.remedy}
    said = f"{where}: {problem.why}; {problem.remedy}"
    return _event("problem", "error" if is_unreadable else "warning", said, payload=payload)


def _summary(report: Report, deployment: Deployment, events: Sequence[SessionEvent]) -> Summary:
    counts = {type_: sum(one.type == type_ for one in events) for type_ in ("conflict", "waiting", "decision")}
    is_written = deployment.member.client.name not in report.failed
    return Summary(
        files=[location.path for location in deployment.written.files] if is_written else [],
        changes=len(deployment.changes),
        decisions=counts["decision"],
        conflicts=counts["conflict"],
        waiting=counts["waiting"],
        problems=len(report.problems.get(deployment.member.client.name, ())),
        losses=len(deployment.written.losses),
    )


def _snapshot(scope: str, elements: Elements) -> dict[str, Any]:
    return {path_of(scope, key): plain(one) for key, one in sorted(elements.items())}


def _diff(before: dict[str, Any], after: dict[str, Any]) -> str:
    if before == after:
        return ""
    old, new = (orjson.dumps(one, option=orjson.OPT_INDENT_2).decode().splitlines() for one in (before, after))
    return "\n".join(difflib.unified_diff(old, new, "before", "after", lineterm="")) + "\n"


def _counts(decision: Decision) -> bool:
    """Whether a decision changed anything, or decided against somebody."""
    return decision.before != decision.after or decision.how in _LOST_CONFLICTS


def _decided(decision: Decision) -> str:
    what = (
        "kept as it stands" if decision.before == decision.after else change_of_sides(decision.before, decision.after)
    )
    return f"{what}, decided by: {decision.how}"


def change_of(change: Change) -> str:
    """What becomes of an element, in a word."""
    return change_of_sides(change.before, change.after)


def change_of_sides(before: Element | None, after: Element | None) -> str:
    """What becomes of an element, in a word."""
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


def lost(loss: Loss) -> str:
    """What a client cannot say, for people."""
    return f"not written: {loss.why}" if loss.harmful else f"without {loss.field}: {loss.why}"


def why_of(one: Conflict | Decision) -> str:
    """Why something waits for a person."""
    return one.widens if isinstance(one, Decision) else f"both sides have changed {', '.join(one.fields)}"


def sides_of(one: Conflict | Decision) -> dict[str, Any]:
    """Both sides, and what they have in common."""
    if isinstance(one, Conflict):
        return {"base": plain(one.base), "ours": plain(one.ours), "theirs": plain(one.theirs), "fields": [*one.fields]}
    sides = {"base": plain(one.base), "ours": plain(one.before), "theirs": plain(one.theirs)}
    return {**sides, "after": plain(one.after), "how": one.how}


def where_of(place: Place) -> str:
    """A place in a file, as people are told."""
    home = "~/" if place.location.scope == "user" else ""
    return f"{home}{place.location.path}:{place.position.line}:{place.position.column}"


def shown(key: Key) -> str:
    """An element's name, as people are told: `servers/docs`."""
    return f"{key.kind}/{key.name}"


def plain(element: Element | None) -> Any:
    """An element as JSON has it."""
    return None if element is None else msgspec.json.decode(msgspec.json.encode(element))
