"""Run a handler so that its effects happen once, whatever happens to the process that runs it.

Effects, the record of having handled the event, and the events derived from it commit in one PostgreSQL
transaction, which at its end checks that the partition is still ours. Only then are the derived events published
and the entry acknowledged; who dies in between is followed by someone who finds the record and publishes the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from loguru import logger

from schemas.base import EventId, derived_id, now
from schemas.changes import EventBuried
from schemas.envelope import Event
from schemas.events import decode_body, derive, encode
from streams.entry import Entry
from streams.handler import Deps, Derived, Handler
from streams.log import Message
from streams.retry import Bury, Failure, decide
from streams.store import Store
from streams.store.failures import DeadLetter, HeldEvent
from streams.store.progress import AlreadyHandled, Note, Step

_LETTERS = "8a1f1d5c-6f1e-5c0b-9a51-3a0f5a4f7d21"


class Effects:
    """One handler's effects in the store. `epochs` says under which epoch each partition is ours."""

    def __init__(self, handler: Handler, store: Store) -> None:
        self._handler = handler
        self._group = handler.name
        self._store = store

    async def apply(
        self, entries: Sequence[Entry], epochs: Mapping[int, int], behind: Sequence[Entry] = (), *, news: bool = False
    ) -> list[Message]:
        """Handle `entries`, let those `behind` a held event of their key wait; return what to publish.

        Where they are `news`, never given to anyone before, it does not ask first whether they were handled.

        Raises:
            Fenced: a partition has another owner. Away: the store cannot be reached. In both cases, and when the
            handler raises, nothing has happened.
        """
        if self._handler.once == "nothing" and not behind:
            return self._messages(entries, await self._react(entries, self._store))
        if news and self._handler.once == "event":
            try:
                return await self._commit(entries, epochs, behind, ask=False)
            except AlreadyHandled:
                logger.debug("{}: an event came again", self._group)
        return await self._commit(entries, epochs, behind, ask=self._handler.once == "event")

    async def _commit(
        self, entries: Sequence[Entry], epochs: Mapping[int, int], behind: Sequence[Entry], *, ask: bool
    ) -> list[Message]:
        async with self._store.transaction() as tx:
            messages, notes = await self._apply(entries, tx, ask=ask)
            for entry in behind:
                await tx.held.hold(self._group, HeldEvent.of(entry, 0, "waits for an earlier event of its key"), now())
            await tx.positions.advance(self._group, _steps(entries, epochs, behind), notes)
            return messages

    async def retry(self, held: HeldEvent, epochs: Mapping[int, int]) -> list[Message]:
        """Handle an event that was held; as `apply`."""
        entry = held.entry
        async with self._store.transaction() as tx:
            await tx.held.remove(self._group, held)
            messages, notes = await self._apply([entry], tx, ask=True)
            await tx.positions.advance(self._group, _steps([entry], epochs), notes)
            return messages

    async def _apply(self, entries: Sequence[Entry], tx: Store, *, ask: bool) -> tuple[list[Message], list[Note]]:
        """Let the handler work; what follows, and what to remember."""
        if self._handler.once != "event":
            return self._messages(entries, await self._react(entries, tx)), []
        first: dict[EventId, Entry] = {}
        for entry in entries:
            first.setdefault(entry.event.id, entry)
        done = await tx.handled.find(self._group, first) if ask else {}
        fresh = {id_: entry for id_, entry in first.items() if id_ not in done}
        bodies: dict[EventId, Derived] = {id_: _recall(lines) for id_, lines in done.items()}
        bodies.update(zip(fresh, await self._react(list(fresh.values()), tx), strict=True))
        notes = [Note(id_, entry.seq, _record(bodies[id_])) for id_, entry in fresh.items()]
        return self._messages(first.values(), [bodies[id_] for id_ in first]), notes

    async def _react(self, entries: Sequence[Entry], store: Store) -> Sequence[Derived]:
        return await self._handler.react(entries, Deps(store)) if entries else []

    def _messages(self, entries: Iterable[Entry], derived: Sequence[Derived]) -> list[Message]:
        pairs = zip(entries, derived, strict=True)
        return [message for entry, bodies in pairs if bodies for message in self._derive(entry, bodies)]

    def _derive(self, cause: Entry, bodies: Derived, first: int = 0) -> list[Message]:
        event, partition = cause.event, cause.partition
        derived = [derive(event, self._group, number, body) for number, body in enumerate(bodies, first)]
        return [Message(one.data.topic, partition, one.id, encode(one)) for one in derived]

    async def fail(self, held: HeldEvent, error: Exception, epochs: Mapping[int, int]) -> list[Message]:
        """Hold an event whose handler failed for the `held.attempts`-th time, or bury it; return what to publish."""
        failure = Failure.of(error)
        verdict = decide(error, held.attempts, self._handler.backoff)
        async with self._store.transaction() as tx:
            await tx.positions.advance(self._group, _steps([held.entry], epochs))
            if isinstance(verdict, Bury):
                await tx.held.remove(self._group, held)
                await tx.dead_letters.bury(self._letter(held, failure))
                return self._obituary(held, failure)
            await tx.held.hold(
                self._group, held._replace(error=failure.error), now() + timedelta(seconds=verdict.seconds)
            )
            return []

    def _obituary(self, held: HeldEvent, failure: Failure) -> list[Message]:
        event = held.entry.parsed
        if event is None:
            return []
        body = EventBuried(event=event.id, group=self._group, attempts=held.attempts, error=failure.error)
        return self._derive(held.entry, [body], first=held.attempts * 1000)

    def _letter(self, held: HeldEvent, failure: Failure) -> DeadLetter:
        place, event = held.place, held.entry.parsed
        return DeadLetter(
            id=derived_id(_LETTERS, f"{self._group}:{place.topic}:{place.partition}:{place.entry_id}"),
            group=self._group,
            event_id=event.id if event else None,
            kind=event.type if event else "?",
            project=event.project if event else "?",
            subject=event.subject if event else "?",
            place=place,
            raw=held.raw,
            attempts=held.attempts,
            error=failure.error,
            traceback=failure.traceback,
            buried_at=now(),
        )


def _steps(entries: Sequence[Entry], epochs: Mapping[int, int], behind: Sequence[Entry] = ()) -> list[Step]:
    """How far these entries bring the group in each stream. In each sequence, those of one stream are in order."""
    places = [entry.place for part in (entries, behind) for entry in {entry.stream: entry for entry in part}.values()]
    last = {place.stream: place for place in sorted(places)}
    return [
        Step(place.topic, place.partition, epochs[place.partition], place.seq, place.offset) for place in last.values()
    ]


def _record(bodies: Derived) -> str:
    """What was derived from one event, as JSON lines."""
    return b"\n".join([encode(body) for body in bodies]).decode()


def _recall(lines: str) -> list[Event]:
    return [decode_body(line) for line in lines.splitlines()]
