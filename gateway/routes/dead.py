"""Dead letters: events that a group gave up, until a person decides."""

from pydantic import Field, NonNegativeInt, PositiveInt

from gateway.route import Call, Route
from schemas.base import EventId, Model, now
from schemas.errors import NotFound
from schemas.wire import DeadEvent, DeadEventDetail
from streams.store.failures import DeadLetter, HeldEvent


class DeadQuery(Model):
    """Which letters, newest first."""

    group: str | None = None
    before: NonNegativeInt | None = None
    limit: PositiveInt = Field(100, le=1000)


async def waiting(call: Call[None, DeadQuery]) -> list[DeadEvent]:
    """What waits for a decision."""
    query = call.query
    letters = await call.services.store.dead_letters.waiting(query.group, query.before, query.limit)
    return [DeadEvent.model_validate(_fields(letter)) for letter in letters]


async def show(call: Call[None, None]) -> DeadEventDetail:
    """One letter, with the event and the traceback."""
    return _detail(await _letter(call))


async def retry(call: Call[None, None]) -> DeadEventDetail:
    """Let the group try again."""
    store, letter = call.services.store, await _letter(call)
    held = HeldEvent(letter.place, "", letter.raw, 0, "retried by hand")
    await store.commit(
        store.dead_letters.decide(letter.id, "retried", call.principal.name, now()),
        store.held.hold(letter.group, [held._replace(key=held.entry.key)], now()),
    )
    return _detail(letter)


async def drop(call: Call[None, None]) -> DeadEventDetail:
    """Give the event up for good. It stays in the archive."""
    store, letter = call.services.store, await _letter(call)
    await store.commit(store.dead_letters.decide(letter.id, "dropped", call.principal.name, now()))
    return _detail(letter)


async def _letter(call: Call[None, None]) -> DeadLetter:
    letter = await call.services.store.dead_letters.get(EventId(call.path["id"]))
    if letter is None:
        raise NotFound(f"there is no dead letter {call.path['id']}")
    return letter


def _fields(letter: DeadLetter) -> dict[str, object]:
    names = ("id", "group", "event_id", "kind", "project", "subject", "attempts", "error", "buried_at")
    return {"sequence": letter.place.seq, **{name: getattr(letter, name) for name in names}}


def _detail(letter: DeadLetter) -> DeadEventDetail:
    more = {"traceback": letter.traceback, "event": letter.raw.decode(errors="backslashreplace")}
    return DeadEventDetail.model_validate(_fields(letter) | more)


_ONE = "/api/dead/{id:[0-9a-f-]{36}}"

ROUTES = (
    Route("GET", "/api/dead", waiting, list[DeadEvent], query=DeadQuery, statuses=(422,)),
    Route("GET", _ONE, show, DeadEventDetail, statuses=(404,)),
    Route("POST", f"{_ONE}/retry", retry, DeadEventDetail, "admin", statuses=(404,)),
    Route("POST", f"{_ONE}/drop", drop, DeadEventDetail, "admin", statuses=(404,)),
)
