"""Tell in the log what became of dead letters: that one was buried, that a person has decided.

The store knows first: there each act happens once, whoever else would act at the same time, and is marked as untold.
Then it is published, by whoever acted; only then it is marked as told. Who dies in between is followed by a worker,
which looks for what was left untold. An act's id is a function of the letter and the number of the act, so that
telling it twice is harmless.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from loguru import logger
from msgspec import structs

from schemas.base import EventId, derived_id
from schemas.changes import EventBuried
from schemas.envelope import Envelope, Event, Origin, root
from schemas.errors import Rejected, Retry
from schemas.events import decode, derive
from schemas.operations import LetterDecided, system
from streams.entry import Place
from streams.store import Store
from streams.store.letters import Untold

_LETTERS = "8a1f1d5c-6f1e-5c0b-9a51-3a0f5a4f7d21"
_PAGE = 200


def letter_id(group: str, place: Place) -> EventId:
    """The id of the letter that an entry becomes where a group gives it up."""
    return derived_id(_LETTERS, f"{group}:{place.topic}:{place.partition}:{place.entry_id}")


Publish: TypeAlias = Callable[[Sequence[Envelope[Event]]], Awaitable[object]]
"""Puts events into a log, once each."""


async def tell(publish: Publish, store: Store, ids: Sequence[EventId] | None = None) -> None:
    """Publish what was not told yet about these letters, or about all. Where that is not possible now, it stays so."""
    try:
        while untold := await store.dead_letters.untold(ids, _PAGE):
            events = [event for one in untold if (event := announcement(one))]
            await publish(events)
            await store.commit(store.dead_letters.told(untold))
    except Retry as error:
        logger.debug("what became of dead letters is told later: {}", error)


def announcement(untold: Untold) -> Envelope[Event] | None:
    """What to say of an act. The burial of bytes that are no event has nobody to be told about."""
    letter, act, raw = untold
    try:
        cause = decode(raw)
    except Rejected:
        cause = None
    id_ = derived_id(letter.id, f"{act.act}:{act.number}")
    if act.act != "buried":
        body = LetterDecided(letter.id, letter.group, act.act, letter.event_id, act.words)
        return _decision(cause, body, Origin(act.actor, "headrace/gateway", act.at), id_)
    if cause is None:
        return None
    buried = EventBuried(event=cause.id, group=letter.group, attempts=act.attempts, error=act.words)
    return structs.replace(derive(cause, letter.group, 0, buried), id=id_)


def _decision(
    cause: Envelope[Event] | None, body: LetterDecided, origin: Origin, id_: EventId
) -> Envelope[LetterDecided]:
    """In the story of the event where there is one."""
    if cause is None:
        return root(body, system(f"letters/{body.letter}"), origin, id_)
    told = root(body, cause.document, origin, id_)
    return structs.replace(told, subject=cause.subject, correlationid=cause.correlationid, causationid=cause.id)
