"""Judge each change against what the document was when its turn came.

The judge decides from its own memory alone (`store.judged`): it never asks how far `persist` has come, so the same
log always gives the same verdicts, in a replay too.
"""

from collections.abc import Sequence
from typing import Literal

from handlers.conflicts import Desk, conflicted
from schemas.base import document_id
from schemas.changes import (
    ChangeAccepted,
    ChangeHashed,
    ChangeRejected,
    ChangeUnchanged,
    ConflictDecided,
    VersionActivate,
)
from schemas.envelope import Envelope, Event
from schemas.judge import Accept, Ask, Behind, Side, Verdict, judge
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.store.judged import Judged, Past


class Bench:
    """The pasts of the documents in one batch, as they grow with each verdict."""

    def __init__(self, pasts: dict[str, Past], desk: Desk) -> None:
        self.desk = desk
        self._heads = {document: past.head for document, past in pasts.items()}
        self._known = {(document, hash_) for document, past in pasts.items() for hash_ in past.known}
        self.heads: dict[str, str | None] = {}
        self.hashes: list[tuple[str, str]] = []

    def head(self, document: str) -> str | None:
        """Where the head stands after all verdicts so far."""
        return self._heads[document]

    def known(self, document: str, hash_: str | None) -> bool:
        """Whether the document has had these bytes."""
        return (document, hash_) in self._known

    def note(self, document: str, hash_: str | None, verdict: Accept) -> None:
        """Remember a verdict."""
        if verdict.append and hash_ is not None and (document, hash_) not in self._known:
            self._known.add((document, hash_))
            self.hashes.append((document, hash_))
        if verdict.activate:
            self._heads[document] = self.heads[document] = hash_


async def resolve(batch: Sequence[Entry], deps: Deps) -> Outcome:
    """Accept, reject, or say that nothing changes."""
    asked = [(document_id(entry.event.key), _hash(entry.event.data)) for entry in batch]
    bench = Bench(await deps.store.judged.load(asked), await Desk.of(batch, deps.store))
    derived = [[_conclude(entry.event, bench)] for entry in batch]
    return Outcome(derived, [*Judged.save(bench.heads, bench.hashes), *bench.desk.writes])


def _hash(body: Event) -> str | None:
    return body.hash if isinstance(body, ChangeHashed | VersionActivate) else None


def _conclude(event: Envelope[Event], bench: Bench) -> Event:
    document, body = document_id(event.key), event.data
    if isinstance(body, VersionActivate):
        return _activate(document, body, bench)
    if isinstance(body, ChangeHashed):
        return _judge(event, body, bench)
    if isinstance(body, ConflictDecided):
        return _decide(event, body, bench)
    raise TypeError(f"not for the judge: {body.kind}")


def _judge(event: Envelope[Event], change: ChangeHashed, bench: Bench) -> Event:
    if change.settles is not None:
        return _merge(event, change, bench)
    document = document_id(event.key)
    over = bench.head(document)
    side = Side(change.hash, change.base, change.forced, change.activate, change.swap, change.asker is not None)
    verdict = judge(side, over, known=bench.known(document, change.hash))
    if isinstance(verdict, Ask):
        return _ask(event, change, verdict, bench)
    if not isinstance(verdict, Accept):
        return ChangeUnchanged(hash=change.hash, reason=_why(verdict))
    bench.note(document, change.hash, verdict)
    return ChangeAccepted(
        hash=change.hash,
        size=change.size,
        append=verdict.append,
        activate=verdict.activate,
        over=over,
        reason=verdict.reason,
    )


def _ask(event: Envelope[Event], change: ChangeHashed, verdict: Ask, bench: Bench) -> Event:
    document, worker = document_id(event.key), change.asker or ""
    head = bench.head(document)
    if not bench.desk.ask(event, change, worker, head):
        return ChangeUnchanged(hash=change.hash, reason="asked")
    bench.note(document, change.hash, Accept(append=verdict.append, activate=False, reason="conflicted"))
    return conflicted(change, worker, head, append=verdict.append)


def _decide(event: Envelope[Event], decided: ConflictDecided, bench: Bench) -> Event:
    document = document_id(event.key)
    verdict = bench.desk.decide(event, decided, bench.head(document))
    if isinstance(verdict, ChangeAccepted):
        bench.note(document, verdict.hash, Accept(append=False, activate=True, reason="decided"))
    return verdict


def _merge(event: Envelope[Event], change: ChangeHashed, bench: Bench) -> Event:
    document = document_id(event.key)
    known = bench.known(document, change.hash)
    verdict = bench.desk.merge(event, change, bench.head(document), known=known)
    if isinstance(verdict, ChangeAccepted):
        bench.note(document, verdict.hash, Accept(append=verdict.append, activate=True, reason="decided"))
    return verdict


def _why(verdict: Verdict) -> Literal["same", "behind"]:
    return "behind" if isinstance(verdict, Behind) else "same"


def _activate(document: str, request: VersionActivate, bench: Bench) -> Event:
    over = bench.head(document)
    if request.hash is not None and not bench.known(document, request.hash):
        return ChangeRejected(hash=request.hash, reason=f"the document never had a version {request.hash}")
    if over == request.hash:
        return ChangeUnchanged(hash=request.hash, reason="same")
    if request.swap and over != request.base:
        return ChangeUnchanged(hash=request.hash, reason="overtaken")
    verdict = Accept(append=False, activate=True, reason="activated" if request.hash else "removed")
    bench.note(document, request.hash, verdict)
    return ChangeAccepted(hash=request.hash, size=0, append=False, activate=True, over=over, reason=verdict.reason)


HANDLERS = (Handler("resolve", ("hashed",), resolve, tables=("judged", "judged_hashes", "conflicts")),)
