"""Dead letters: events that a group gave up, until a person decides."""

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from pydantic import Field, NonNegativeInt, PositiveInt

from gateway.route import Call, Route
from gateway.services import Services
from schemas.base import EventId, Uuid, now
from schemas.errors import Busy, NotFound, Overtaken
from schemas.letters import (
    MOST,
    Choice,
    Cursor,
    DeadEvent,
    DeadEventDetail,
    Decided,
    Discard,
    DiscardChoice,
    LetterAct,
    LetterFilter,
    State,
)
from schemas.wire import Refused
from streams.letters import tell
from streams.store.letters import Before, DeadLetter, Filter

_REMEDY = "headrace dead list shows those that wait"
_TRIES = 10
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class DeadQuery(LetterFilter):
    """A part of the list, newest event first. `before` and `before_id`: of the last one seen."""

    state: State | Literal["all"] = "buried"
    before: NonNegativeInt | None = None
    before_id: Uuid | None = None
    limit: PositiveInt = Field(100, le=MOST)


class _Decision(NamedTuple):
    state: Literal["retried", "discarded"]
    actor: str
    reason: str = ""


async def page(call: Call[None, DeadQuery]) -> list[DeadEvent]:
    """What waits for a decision, or was decided."""
    query = call.query
    wanted = _filter(query, None if query.state == "all" else query.state)
    wanted = wanted._replace(projects=call.principal.access.readable)
    before = Before(query.before, query.before_id or "") if query.before is not None else Before()
    letters = await call.services.store.dead_letters.page(wanted, before, query.limit)
    return [DeadEvent.model_validate(_fields(letter)) for letter in letters]


async def show(call: Call[Any, None]) -> DeadEventDetail:
    """One letter, with the event, the traceback and what became of it."""
    letter = await _letter(call)
    letters = call.services.store.dead_letters
    raw, traceback = await letters.remains(letter.id)
    history = [LetterAct.model_validate(act._asdict()) for act in await letters.acts(letter.id)]
    more = {"traceback": traceback, "event": raw.decode(errors="backslashreplace"), "history": history}
    return DeadEventDetail.model_validate(_fields(letter) | more)


async def retry(call: Call[None, None]) -> DeadEventDetail:
    """Let the group try again."""
    return await _decide_one(call, _Decision("retried", call.principal.name))


async def discard(call: Call[Discard, None]) -> DeadEventDetail:
    """Give the event up for good. It stays in the archive."""
    return await _decide_one(call, _Decision("discarded", call.principal.name, call.body.reason))


async def retry_many(call: Call[Choice, None]) -> Decided:
    """Let the groups try many events again."""
    return await _decide_many(call.services, call.body, _Decision("retried", call.principal.name))


async def discard_many(call: Call[DiscardChoice, None]) -> Decided:
    """Give many events up for good."""
    decision = _Decision("discarded", call.principal.name, call.body.reason)
    return await _decide_many(call.services, call.body, decision)


async def _decide_one(call: Call[Any, None], decision: _Decision) -> DeadEventDetail:
    letter = await _letter(call)
    if letter.state != "buried" or not await _decide(call.services, [letter.id], decision):
        raise Overtaken(_told(await _letter(call)), _REMEDY)
    return await show(call)


async def _decide(services: Services, ids: Sequence[EventId], decision: _Decision) -> bool:
    """Decide about all of these letters, and tell; False where somebody else was first about one of them."""
    letters = services.store.dead_letters
    try:
        await services.store.commit(*letters.decide(ids, decision.state, decision.actor, now(), decision.reason))
    except Overtaken:
        return False
    await tell(services.log.publish_events, services.store, ids)
    return True


async def _decide_many(services: Services, choice: Choice, decision: _Decision) -> Decided:
    """Where somebody else is first about some of them, look again: each time there is less to decide."""
    for _ in range(_TRIES):
        chosen, refused = await _choose(services, choice)
        if choice.dry_run:
            counted = await services.store.dead_letters.count(_filter(choice.filter)) if choice.filter else len(chosen)
            return Decided(matched=counted, decided=[], refused=refused)
        if not chosen or await _decide(services, [letter.id for letter in chosen], decision):
            break
    else:
        raise Busy("others decide about the same dead letters at this moment")
    more = choice.filter is not None and len(chosen) == choice.limit
    last = Cursor(before=chosen[-1].place.seq, before_id=chosen[-1].id) if more else None
    return Decided(matched=len(chosen), decided=[letter.id for letter in chosen], refused=refused, next=last)


async def _choose(services: Services, choice: Choice) -> tuple[list[DeadLetter], list[Refused]]:
    """The letters that wait, of those that are meant, and why the others do not."""
    letters = services.store.dead_letters
    if choice.filter is not None:
        before = Before(choice.behind.before, choice.behind.before_id) if choice.behind else Before()
        return await letters.page(_filter(choice.filter), before, 1 if choice.dry_run else choice.limit), []
    ids = list(dict.fromkeys(choice.ids or ()))
    found = await letters.find(ids)
    chosen = [found[id_] for id_ in ids if id_ in found and found[id_].state == "buried"]
    decided = [Refused(id=id_, reason=_told(found[id_])) for id_ in ids if id_ in found and found[id_] not in chosen]
    unknown = [Refused(id=id_, reason=f"there is no dead letter {id_}") for id_ in ids if id_ not in found]
    return chosen, [*decided, *unknown]


async def _letter(call: Call[Any, None]) -> DeadLetter:
    id_ = EventId(call.path["id"])
    found = await call.services.store.dead_letters.find([id_]) if _UUID.fullmatch(id_) else {}
    if id_ not in found or not call.principal.access.reads(found[id_].project):
        raise NotFound(f"there is no dead letter {id_}", _REMEDY)
    return found[id_]


def _told(letter: DeadLetter) -> str:
    """Who was first."""
    return f"the dead letter {letter.id} was {letter.state} already, by {letter.decided_by or 'somebody else'}"


def _filter(wanted: LetterFilter, state: State | None = "buried") -> Filter:
    return Filter(wanted.group, wanted.kind, wanted.project, wanted.subject, wanted.error, wanted.since, state=state)


def _fields(letter: DeadLetter) -> dict[str, object]:
    fields = {name: value for name, value in letter._asdict().items() if name in DeadEvent.model_fields}
    return {"sequence": letter.place.seq} | fields


_BASE = "/api/dead"
_ONE = f"{_BASE}/{{id:[0-9a-f-]{{36}}}}"

ROUTES = (
    Route("GET", _BASE, page, list[DeadEvent], query=DeadQuery, statuses=(422,), scope="anywhere"),
    Route("POST", f"{_BASE}/retry", retry_many, Decided, "admin", Choice, statuses=(400, 422)),
    Route("POST", f"{_BASE}/discard", discard_many, Decided, "admin", DiscardChoice, statuses=(400, 422)),
    Route("GET", _ONE, show, DeadEventDetail, statuses=(404,), scope="anywhere"),
    Route("POST", f"{_ONE}/retry", retry, DeadEventDetail, "admin", statuses=(404, 409)),
    Route("POST", f"{_ONE}/discard", discard, DeadEventDetail, "admin", Discard, statuses=(400, 404, 409, 422)),
)
