"""Write down what was accepted: append versions, move heads by compare-and-swap."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from handlers.domain import New
from handlers.domains import DOMAINS
from schemas.base import Document, document_id
from schemas.changes import ChangeAccepted, ChangeConflicted, ConflictOpened, HeadMoved, VersionCreated
from schemas.envelope import Envelope, Event
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.store import Store
from streams.store.versions import Head, NewMove, NewVersion, Saved, Versions
from streams.store.write import Write

_TABLES = ("documents", "versions", "head_moves", *(name for one in DOMAINS.values() for name in one.tables))


class Ledger:
    """The documents of one batch, as they grow."""

    def __init__(self, heads: dict[str, Head], newest: dict[tuple[str, str], int]) -> None:
        self._was = heads
        self._newest = dict(newest)
        self._now: dict[str, tuple[Document, Head]] = {}
        self._times: dict[str, list[datetime]] = defaultdict(list)
        self.versions: list[NewVersion] = []
        self.moves: list[NewMove] = []

    def saved(self) -> list[Saved]:
        """The documents that have changed."""
        return [
            Saved(document, head, self._was.get(id_, Head()), times[0].isoformat(), max(times).isoformat())
            for id_, (document, head) in self._now.items()
            if (times := self._times[id_])
        ]

    def enter(self, event: Envelope[Event], accepted: ChangeAccepted) -> list[Event]:
        """Enter one accepted change; what has happened to its document by it."""
        document, id_, at = event.document, document_id(event.key), event.time.isoformat()
        before = self._now[id_][1] if id_ in self._now else self._was.get(id_, Head())
        number, hash_, versions, moves = before
        happened: list[Event] = []
        if accepted.append and accepted.hash is not None:
            versions += 1
            self._newest[id_, accepted.hash] = versions
            self.versions.append(
                NewVersion(id_, versions, accepted.hash, accepted.size, accepted.reason, event.id, event.actor, at)
            )
            happened.append(VersionCreated(number=versions, hash=accepted.hash, size=accepted.size))
        if accepted.activate:
            hash_ = accepted.hash
            number = self._newest[id_, hash_] if hash_ is not None else None
            moves += 1
            self.moves.append(NewMove(id_, moves, number, accepted.reason, event.id, event.actor, at))
            happened.append(_moved(before, Head(number, hash_, versions, moves), accepted))
        self._now[id_] = document, Head(number, hash_, versions, moves)
        self._times[id_].append(event.time)
        return happened


def _moved(before: Head, after: Head, accepted: ChangeAccepted) -> HeadMoved:
    return HeadMoved(
        move=after.moves,
        number=after.number,
        hash=after.hash,
        from_number=before.number,
        from_hash=before.hash,
        reason=accepted.reason,
    )


async def persist(batch: Sequence[Entry], deps: Deps) -> Outcome:
    """Enter what was accepted, or is kept for a person to decide; pass over what was not."""
    accepted = [(entry.event, _accepted(entry.event.data)) for entry in batch]
    documents = {document_id(event.key) for event, body in accepted if body}
    old = [(document_id(event.key), body.hash) for event, body in accepted if body and body.hash and not body.append]
    ledger = Ledger(await deps.store.versions.heads(documents), await deps.store.versions.newest(old))
    entered = [ledger.enter(event, body) if body else [] for event, body in accepted]
    derived = [[*events, *_opened(entry.event)] for events, entry in zip(entered, batch, strict=True)]
    writes = Versions.save(ledger.saved(), ledger.versions, ledger.moves)
    return Outcome(derived, [*writes, *await _beside(ledger, deps.store)])


def _opened(event: Envelope[Event]) -> list[Event]:
    """A conflict's sides are both kept now."""
    body = event.data
    if not isinstance(body, ChangeConflicted):
        return []
    return [ConflictOpened(conflict=event.correlationid, worker=body.worker, hash=body.hash, head=body.head)]


def _accepted(body: Event) -> ChangeAccepted | None:
    """What is to be entered, if anything is."""
    if isinstance(body, ChangeConflicted) and body.append:
        return ChangeAccepted(append=True, activate=False, reason="conflicted", hash=body.hash, size=body.size)
    return body if isinstance(body, ChangeAccepted) else None


async def _beside(ledger: Ledger, store: Store) -> list[Write]:
    """What the domains of these versions keep beside them."""
    documents = {saved.document.id: saved.document for saved in ledger.saved()}
    writes: list[Write] = []
    for name in sorted({document.domain for document in documents.values()}):
        if beside := DOMAINS[name].beside:
            news = [New(documents[version.document], version) for version in ledger.versions]
            writes += await beside([new for new in news if new.document.domain == name], store)
    return writes


HANDLERS = (Handler("persist", ("resolved",), persist, tables=_TABLES),)
