"""Where a person must decide between two sides: what was asked, what is asked already, what was decided."""

from collections.abc import Sequence

from schemas.base import EventId, document_id
from schemas.changes import (
    ChangeAccepted,
    ChangeConflicted,
    ChangeHashed,
    ChangeRejected,
    ChangeUnchanged,
    ConflictDecided,
    ConflictSettled,
)
from schemas.envelope import Envelope, Event
from streams.entry import Entry
from streams.store import Store
from streams.store.conflicts import Asked, Conflicts
from streams.store.write import Write


class Desk:
    """The conflicts that a batch speaks of, as they grow and are settled."""

    def __init__(self, conflicts: Sequence[Asked] = ()) -> None:
        self._by_id = {one.id: one for one in conflicts}
        self._newest = {(one.document, one.worker): one for one in sorted(conflicts, key=lambda one: one.turn)}
        self._old = frozenset(self._by_id)
        self._touched: dict[str, Asked] = {}

    @classmethod
    async def of(cls, batch: Sequence[Entry], store: Store) -> "Desk":
        """What must be known to judge this batch: nothing, for most."""
        asked = [
            (document_id(entry.event.key), entry.event.data.asker)
            for entry in batch
            if isinstance(entry.event.data, ChangeHashed) and entry.event.data.asker
        ]
        ids = [id_ for entry in batch if (id_ := _settled_by(entry.event.data))]
        newest = await store.conflicts.newest(list(dict.fromkeys(asked))) if asked else []
        return cls([*newest, *(await store.conflicts.by_id(ids) if ids else [])])

    @property
    def writes(self) -> list[Write]:
        """All that has happened to them."""
        added = [one for id_, one in self._touched.items() if id_ not in self._old]
        return Conflicts.save(added, [one for id_, one in self._touched.items() if id_ in self._old])

    def ask(self, event: Envelope[Event], change: ChangeHashed, worker: str, head: str | None) -> bool:
        """Open a conflict; False where a person sees this very one, or has said to leave it."""
        document = document_id(event.key)
        before = self._newest.get((document, worker))
        is_same = before and (before.hash, before.base, before.head) == (change.hash, change.base, head)
        if before and is_same and before.state in {"pending", "skip"}:
            return False
        if before and before.state == "pending":
            self._settle(event, before, "superseded", before.head)
        one = Asked(
            event.correlationid,
            document,
            event.project,
            event.document.path,
            worker,
            before.turn + 1 if before else 1,
            change.hash,
            change.base,
            head,
            "pending",
            event.time,
            domain=event.document.domain,
            why=change.why,
            said=change.said,
        )
        self._put(one)
        return True

    def decide(self, event: Envelope[Event], decided: ConflictDecided, head: str | None) -> Event:
        """What a decision leads to. `ChangeAccepted` is still to be noted by the judge."""
        one = self._seen(event, decided.conflict, decided.head, head)
        if not isinstance(one, Asked):
            return one
        self._settle(event, one, decided.decision, head)
        if decided.decision != "upload":
            return ConflictSettled(conflict=one.id, decision=decided.decision)
        if one.hash == head:
            return ChangeUnchanged(hash=one.hash, reason="same")
        return ChangeAccepted(append=False, activate=True, reason="decided", hash=one.hash, over=head)

    def merge(self, event: Envelope[Event], change: ChangeHashed, head: str | None, *, known: bool) -> Event:
        """What follows where a person has made something of both sides. `ChangeAccepted` is still to be noted."""
        one = self._seen(event, EventId(change.settles or ""), change.base, head)
        if not isinstance(one, Asked):
            return one
        self._settle(event, one._replace(merged=change.hash), "merge", head)
        if change.hash == head:
            return ConflictSettled(conflict=one.id, decision="merge")
        return ChangeAccepted(
            append=not known, activate=True, reason="decided", hash=change.hash, size=change.size, over=head
        )

    def _seen(
        self, event: Envelope[Event], conflict: EventId, seen: str | None, head: str | None
    ) -> Asked | ChangeRejected | ChangeUnchanged:
        """The conflict that a person has decided, where it still waits and is what was seen; else what follows."""
        one = self._by_id.get(conflict)
        if one is None or one.document != document_id(event.key):
            return ChangeRejected(reason=f"there is no conflict {conflict}")
        if one.state != "pending" or seen != head:
            return ChangeUnchanged(hash=one.hash, reason="overtaken")
        return one

    def _settle(self, event: Envelope[Event], one: Asked, state: str, head: str | None) -> None:
        self._put(one._replace(state=state, head=head, decided_at=event.time, decided_by=event.actor))

    def _put(self, one: Asked) -> None:
        self._by_id[one.id] = self._newest[one.document, one.worker] = self._touched[one.id] = one


def _settled_by(body: Event) -> str | None:
    """The conflict that an event settles, if it does."""
    if isinstance(body, ChangeHashed):
        return body.settles
    return body.conflict if isinstance(body, ConflictDecided) else None


def conflicted(change: ChangeHashed, worker: str, head: str | None, *, append: bool) -> ChangeConflicted:
    """Say that a person is asked."""
    return ChangeConflicted(
        append=append, worker=worker, hash=change.hash, size=change.size, base=change.base, head=head
    )
