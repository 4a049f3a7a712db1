"""Read your writes: publish a change, and answer when the log has carried it through."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import orjson

from gateway.frames import Frame
from gateway.route import Answer, Principal
from gateway.services import Services
from gateway.stories import began
from schemas.base import Document, EventId, derived_id, new_id, now
from schemas.changes import OUTCOMES, ChangeObserved, Content
from schemas.envelope import Envelope, Event, Origin, root
from schemas.errors import Away, Busy, Rejected
from schemas.hashing import Fingerprint
from schemas.wire import Pending
from streams.entry import Place
from streams.retry import Backoff, jittered
from streams.store.blobs import Blob
from streams.store.events import Query

_KEYS = EventId("0b5c2ad6-8a3f-5d0e-8d7b-3f1f6c1a9e44")


class Outcome(NamedTuple):
    """What a change came to: the kind of the event that ended its way, and that event's own part."""

    kind: str
    data: dict[str, object]

    @property
    def refusal(self) -> str:
        """Why it came to nothing; empty where it did not."""
        if self.kind == "change.rejected":
            return str(self.data["reason"])
        if self.kind == "event.buried":
            return f"the group {self.data['group']} gave this up: {self.data['error']}"
        return ""


def event_id(principal: Principal, idempotency_key: str | None) -> EventId:
    """The id of what somebody asks for: the same key from the same caller is the same event."""
    return derived_id(_KEYS, f"{principal.name}/{idempotency_key}") if idempotency_key else new_id()


async def observed(services: Services, content: bytes, found: Fingerprint, change: ChangeObserved) -> ChangeObserved:
    """The change with its bytes: inside it where they are small, else in the blob store. Raises Collision, Away."""
    fields = {name: getattr(change, name) for name in change.__struct_fields__}
    fields |= {"hash": found.hash, "size": found.size}
    if found.size <= services.settings.inline_limit:
        return ChangeObserved(**fields | {"content": Content.of(content)})
    await services.store.commit(services.store.blobs.put([Blob(found, content)]))
    return ChangeObserved(**fields | {"content": None})


def begin(services: Services, principal: Principal, document: Document, body: Event, id_: EventId) -> Envelope[Event]:
    """The event that starts a story at the gateway."""
    return began(root(body, document, Origin(principal.name, "headrace/gateway", now()), id_))


async def carry(services: Services, events: Sequence[Envelope[Event]], seconds: float) -> list[Outcome | None]:
    """Publish events and wait up to `seconds` for what each comes to; None where that is not known by then.

    Raises:
        Busy: the log is full; nothing was published. Away: it cannot be reached; something may have been.
    """
    futures = {event.id: services.hub.expect(event.id) for event in events}
    seen = services.hub.seq
    try:
        places = await publish(services, events, seconds)
        told_before = [event for event, place in zip(events, places, strict=True) if place.seq <= seen]
        known = {event.id: await _archived(services, event) for event in told_before}
        waiting = [future for id_, future in futures.items() if not known.get(id_)]
        if waiting:
            await asyncio.wait(waiting, timeout=seconds)
        return [known.get(event.id) or await _ended(services, event, futures[event.id]) for event in events]
    finally:
        for future in futures.values():
            future.cancel()


async def _ended(services: Services, event: Envelope[Event], future: "asyncio.Future[Frame]") -> Outcome | None:
    return _outcome(future.result()) if future.done() else await _archived(services, event)


async def carry_all(services: Services, events: Sequence[Envelope[Event]]) -> list[Outcome]:
    """The same, to the end. Raises Busy where the log takes too long: asking again with the same ids does no harm."""
    if not events:
        return []
    outcomes = await carry(services, events, services.settings.answer_ms / 1000)
    ended = [outcome for outcome in outcomes if outcome is not None]
    if len(ended) < len(events):
        raise Busy("the log has taken this, and has not carried it through yet")
    return ended


async def publish(services: Services, events: Sequence[Envelope[Event]], seconds: float) -> list[Place]:
    """Publish, again and again while the log is away, for `seconds`: the events have ids, so nothing is doubled."""
    deadline = asyncio.get_running_loop().time() + seconds
    patience, failures = Backoff(base=0.05, cap=1.0), 0
    while True:
        try:
            return await services.publisher.publish(list(events))
        except Away:
            failures += 1
            wait = jittered(patience.delay(failures))
            if asyncio.get_running_loop().time() + wait > deadline:
                raise
            await asyncio.sleep(wait)


def _outcome(frame: Frame) -> Outcome:
    event = orjson.loads(frame.wire[frame.wire.index(b"{") :])
    return Outcome(event["type"], event["data"])


async def _archived(services: Services, event: Envelope[Event]) -> Outcome | None:
    """What the archive knows: the same event may have been published, and have come to its end, long before."""
    try:
        story = await services.store.events.find(Query(story=event.id, limit=20))
    except Away:
        return None
    events = [orjson.loads(raw) for _, raw in story]
    return next((Outcome(e["type"], e["data"]) for e in events if e["type"] in OUTCOMES), None)


def check(outcome: Outcome) -> Outcome:
    """Raises Rejected where the change was refused, or buried because handling it failed."""
    if outcome.refusal:
        raise Rejected(outcome.refusal, "see: headrace dead list" if outcome.kind == "event.buried" else "")
    return outcome


def pending(services: Services, id_: EventId) -> Answer:
    """202, with the place to ask."""
    url = f"/api/changes/{id_}"
    return Answer(Pending(change=id_, url=url), "taken; not carried through yet", 202, {"Location": url})
