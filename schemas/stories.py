"""What happened to one document, told from its events: who did what, why it was taken so, and what came of it."""

from collections.abc import Iterable
from typing import Literal

from schemas.base import ContentHash, Instant, Model, Uuid
from schemas.changes import (
    ChangeAccepted,
    ChangeConflicted,
    ChangeObserved,
    ChangeRejected,
    ChangeUnchanged,
    ConflictDecided,
    ConflictSettled,
    EventBuried,
    HeadMoved,
    VersionActivate,
    VersionCreated,
)
from schemas.envelope import Envelope, Event
from schemas.operations import LetterDecided

Deed = Literal["wrote", "removed", "activated", "decided", "retried", "discarded", "did"]
Outcome = Literal["pending", "accepted", "unchanged", "conflict", "settled", "rejected", "buried"]


class Sides(Model):
    """The two sides of a conflict: what a worker has, and what was active. `decision`: what became of it here."""

    mine: ContentHash | None = None
    theirs: ContentHash | None = None
    worker: str | None = None
    decision: str | None = None


class Chapter(Model):
    """One thing that somebody did, and what came of it. `policy` is the rule by which it was judged.

    `base`: what its author started from; `over`: what was active before; `version`: what it became, if it did;
    `reason`: why it was activated, in the words of who did it.
    """

    story: Uuid
    sequence: str
    time: Instant
    actor: str
    source: str
    subject: str
    did: Deed
    outcome: Outcome = "pending"
    policy: str | None = None
    reason: str | None = None
    hash: ContentHash | None = None
    base: ContentHash | None = None
    over: ContentHash | None = None
    version: int | None = None
    active: bool = False
    conflict: Sides | None = None
    says: str | None = None


def tell(events: Iterable[tuple[int, Envelope[Event]]]) -> list[Chapter]:
    """The chapters of these events, by the order in which they began."""
    told: dict[str, dict[str, object]] = {}
    for seq, event in events:
        chapter = told.setdefault(event.correlationid, _begin(seq, event))
        chapter.update(_said(event.data))
    return [Chapter.model_validate(chapter) for chapter in told.values()]


def _begin(seq: int, event: Envelope[Event]) -> dict[str, object]:
    return {
        "story": event.correlationid,
        "sequence": str(seq),
        "time": event.time,
        "actor": event.actor,
        "source": event.source,
        "subject": event.subject,
        "did": "did",
    }


def _said(body: Event) -> dict[str, object]:
    """What one event adds to its chapter."""
    return _begun(body) or _judged(body) or _ended(body)


def _begun(body: Event) -> dict[str, object]:
    if isinstance(body, ChangeObserved) and body.settles:
        return {"did": "decided", "hash": body.hash, "conflict": Sides(theirs=body.base, decision="merge")}
    if isinstance(body, ChangeObserved):
        return {"did": "wrote" if body.hash else "removed", "hash": body.hash, "base": body.base}
    if isinstance(body, VersionActivate):
        did: Deed = "activated" if body.hash else "removed"
        return {"did": did, "hash": body.hash, "base": body.base, "reason": body.reason or None}
    if isinstance(body, ConflictDecided):
        return {"did": "decided", "conflict": Sides(theirs=body.head, decision=body.decision)}
    if isinstance(body, LetterDecided):
        return {"did": body.decision, "outcome": "settled", "says": body.reason or None}
    return {}


def _judged(body: Event) -> dict[str, object]:
    if isinstance(body, ChangeAccepted):
        return {"outcome": "accepted", "policy": body.reason, "hash": body.hash, "over": body.over}
    if isinstance(body, ChangeUnchanged):
        return {"outcome": "unchanged", "policy": body.reason}
    if isinstance(body, ChangeConflicted):
        sides = Sides(mine=body.hash, theirs=body.head, worker=body.worker)
        return {"outcome": "conflict", "policy": "manual", "base": body.base, "over": body.head, "conflict": sides}
    if isinstance(body, ChangeRejected):
        return {"outcome": "rejected", "says": body.reason}
    return {}


def _ended(body: Event) -> dict[str, object]:
    if isinstance(body, VersionCreated):
        return {"version": body.number, "hash": body.hash}
    if isinstance(body, HeadMoved):
        return {"active": body.hash is not None, "version": body.number, "over": body.from_hash}
    if isinstance(body, ConflictSettled):
        return {"outcome": "settled", "policy": "decided"}
    if isinstance(body, EventBuried):
        return {"outcome": "buried", "says": f"{body.group}: {body.error}"}
    return {}
