"""The elements of clients' configurations: how they stand, how they stood, and what clients' files make of them."""

from pydantic import PositiveInt

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Principal, Route
from gateway.services import Services
from gateway.stories import began
from gateway.writes import Outcome, carry_all, observed
from schemas.base import Document, Instant, now
from schemas.changes import ChangeObserved
from schemas.clients.adapter import Scope
from schemas.clients.documents import DOMAIN, key_of, read
from schemas.clients.wire import (
    CentralElement,
    ElementMove,
    ElementsThen,
    SentElement,
    SentElements,
    SettledElement,
)
from schemas.envelope import Envelope, Event, Origin, root
from schemas.errors import NotFound, Rejected
from schemas.hashing import fingerprint
from streams.store.clients import Move, Standing

FIRST = 2**31 - 1
"""Before the newest move of any element."""


class ScopeQuery(ProjectQuery):
    """Which scope of a project is meant."""

    scope: Scope = "project"


class ThenQuery(ScopeQuery):
    """And at what time."""

    at: Instant


class HistoryQuery(ProjectQuery):
    """Whose history, newest first: a part of it, before the move that was seen last."""

    path: str
    limit: PositiveInt = 100
    before: PositiveInt = FIRST


async def every(call: Call[None, ScopeQuery]) -> list[CentralElement]:
    """All elements that a scope has or had."""
    found = await call.services.store.clients.standing(project_of(call), call.query.scope)
    return [_central(one) for one in found]


def _central(one: Standing) -> CentralElement:
    return CentralElement(
        path=one.path,
        hash=one.hash,
        content=_text(one.content),
        last=_text(one.last),
        author=one.author,
        changed_at=one.changed_at,
    )


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


async def then(call: Call[None, ThenQuery]) -> ElementsThen:
    """The elements of a scope as they stood at a time."""
    scope, at = call.query.scope, call.query.at
    found = await call.services.store.clients.then(project_of(call), scope, at)
    return ElementsThen(scope=scope, at=at, contents={path: content.decode() for path, content in found.items()})


async def history(call: Call[None, HistoryQuery]) -> list[ElementMove]:
    """How an element came to be what it is, newest first."""
    query = call.query
    moves = await call.services.store.clients.moves(project_of(call), query.path, query.before, query.limit)
    if not moves and query.before == FIRST:
        raise NotFound(f"there is no element {query.path!r}", "see: headrace clients list")
    return [_move(one) for one in moves]


def _move(one: Move) -> ElementMove:
    return ElementMove(
        move=one.move,
        version=one.number,
        hash=one.hash,
        content=_text(one.content),
        author=one.author,
        at=one.at,
        reason=one.reason,
    )


async def change(call: Call[SentElements, ProjectQuery]) -> list[SettledElement]:
    """Take what a client's files have changed, each only in the place of what it was made from."""
    project = project_of(call)
    begun: dict[str, Envelope[Event]] = {}
    errors: dict[str, str] = {}
    for sent in call.body.elements:
        try:
            begun[sent.id] = await _event(call.services, call.principal, project, call.body.client, sent)
        except (ValueError, Rejected) as error:
            errors[sent.id] = str(error)
    outcomes = dict(zip(begun, await carry_all(call.services, list(begun.values())), strict=True))
    heads = await call.services.store.versions.heads(_document(project, sent).id for sent in call.body.elements)
    return [
        _settled(sent, heads[id_].hash if (id_ := _document(project, sent).id) in heads else None, outcomes, errors)
        for sent in call.body.elements
    ]


def _document(project: str, sent: SentElement) -> Document:
    return Document(project, DOMAIN, sent.path)


async def _event(
    services: Services, principal: Principal, project: str, client: str, sent: SentElement
) -> Envelope[Event]:
    key_of(sent.path)
    body = ChangeObserved(base=sent.base, swap=True)
    if sent.content is not None:
        content = sent.content.encode()
        read(sent.path, content)  # before it is anywhere: it may hold a secret
        body = await observed(services, content, fingerprint(content), body)
    origin = Origin(f"{principal.name}/{client}", f"client/{client}", now())
    return began(root(body, _document(project, sent), origin, sent.id))


def _settled(
    sent: SentElement, active: str | None, outcomes: dict[str, Outcome], errors: dict[str, str]
) -> SettledElement:
    outcome = outcomes.get(sent.id)
    error = errors.get(sent.id) or (outcome.refusal if outcome else "")
    wanted = None if sent.content is None else fingerprint(sent.content.encode()).hash
    return SettledElement(
        id=sent.id,
        path=sent.path,
        stands=not error and active == wanted,
        active_hash=active,
        error=error or None,
    )


_BASE = "/api/v1/elements"

ROUTES = (
    Route("GET", _BASE, every, list[CentralElement], query=ScopeQuery, statuses=(422,)),
    Route("POST", _BASE, change, list[SettledElement], "user", SentElements, ProjectQuery, (400, 413, 422)),
    Route("GET", f"{_BASE}/then", then, ElementsThen, query=ThenQuery, statuses=(422,)),
    Route("GET", f"{_BASE}/history", history, list[ElementMove], query=HistoryQuery, statuses=(404, 422)),
)
