"""Run a handler so that its effects happen once, whatever happens to the process that runs it.

Effects, the record of having handled the event, the events derived from it and the check that the partition is still
ours are one PostgreSQL statement: all of it happens or nothing. Only then are the derived events published and the
entry acknowledged; who dies in between is followed by someone who finds the record and publishes the same.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from traceback import clear_frames
from typing import NamedTuple, TypeAlias

from loguru import logger

from schemas.base import EventId, now
from schemas.envelope import Event
from schemas.events import decode_body, derive, encode
from streams.appender import Message
from streams.entry import Entry, Stream
from streams.handler import Deps, Derived, Handler, Outcome
from streams.letters import letter_id
from streams.retry import Failure
from streams.store import Store
from streams.store.failures import HeldEvent
from streams.store.letters import DeadLetter, Remains
from streams.store.progress import AlreadyHandled, Note, Step
from streams.store.write import Write
from streams.watchdog import Watchdog

Epochs: TypeAlias = Callable[[Stream], int]
"""Under which epoch a stream is ours."""

_UNTIL_DECIDED = datetime.max.replace(tzinfo=UTC)


class _Handled(NamedTuple):
    """A batch that the handler is done with: what to write, and then to publish."""

    messages: list[Message]
    writes: Sequence[Write]


class Effects:
    """One handler's effects in the store."""

    def __init__(self, handler: Handler, store: Store, watchdog: Watchdog) -> None:
        self._handler = handler
        self._group = handler.name
        self._store = store
        self._watchdog = watchdog

    async def apply(
        self, entries: Sequence[Entry], epochs: Epochs, behind: Sequence[Entry] = (), *, news: bool = False
    ) -> list[Message]:
        """Handle `entries`, let those `behind` a held event of their key wait; return what to publish.

        Where they are `news`, never given to anyone before, it does not ask first whether they were handled.

        Raises:
            Fenced: a partition has another owner. Away: the store cannot be reached. In both cases, and when the
            handler raises, nothing has happened.
        """
        try:
            batch = await self._handle(entries, ask=not news)
            await self._commit(batch, entries, epochs, behind)
        except AlreadyHandled:
            logger.debug("{}: an event came again", self._group)
            batch = await self._handle(entries, ask=True)
            await self._commit(batch, entries, epochs, behind)
        return batch.messages

    async def recall(self, entries: Sequence[Entry]) -> list[Message]:
        """What followed from entries that the group has dealt with: it may not have been published. Nothing happens."""
        if self._handler.once != "event":
            return []
        readable = [entry for entry in entries if entry.parsed]
        done = await self._store.handled.find(self._group, [entry.event.id for entry in readable])
        messages: list[Message] = []
        for entry in readable:
            if (lines := done.get(entry.event.id)) is not None:
                messages += self._derive(entry, _recall(lines))
        return messages

    async def retry(self, held: HeldEvent, epochs: Epochs) -> list[Message]:
        """Handle an event that was held; as `apply`. Where something is to be published, `release` it after that.

        Nobody reads its entry again: until then the place where it waits is what brings its next owner back to it.
        """
        batch = await self._handle([held.entry], ask=True)
        release = () if batch.messages else (self._store.held.release(self._group, held),)
        await self._store.commit(self._advance([held.entry], epochs), *release, *batch.writes)
        return batch.messages

    async def release(self, held: HeldEvent, epochs: Epochs) -> None:
        """It is dealt with: let those behind it go on."""
        release = self._store.held.release(self._group, held)
        await self._store.commit(self._advance([held.entry], epochs), release)

    async def without_buried(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of these entries, read again, that were not buried by an owner who did not live to acknowledge them."""
        ids = [letter_id(self._group, entry.place) for entry in entries]
        letters = await self._store.dead_letters.find(ids)
        return [entry for entry, id_ in zip(entries, ids, strict=True) if id_ not in letters]

    async def _commit(self, batch: _Handled, entries: Sequence[Entry], epochs: Epochs, behind: Sequence[Entry]) -> None:
        if self._handler.once == "nothing" and not behind:
            return
        advance = self._advance(entries, epochs, behind)
        why = "waits for an earlier event of its key"
        waiting = [self._store.held.queue(self._group, [HeldEvent.of(entry, 0, why) for entry in behind], now())]
        await self._store.commit(advance, *batch.writes, *(waiting if behind else ()))

    def _advance(self, entries: Sequence[Entry], epochs: Epochs, behind: Sequence[Entry] = ()) -> Write:
        return self._store.positions.advance(self._group, _steps(entries, epochs, behind))

    async def _handle(self, entries: Sequence[Entry], *, ask: bool) -> _Handled:
        """Let the handler work; where we `ask`, only on what it has not handled before."""
        if self._handler.once != "event":
            outcome = await self._react(entries)
            return _Handled(self._messages(entries, outcome.derived), outcome.writes)
        first: dict[EventId, Entry] = {}
        for entry in entries:
            first.setdefault(entry.event.id, entry)
        done = await self._store.handled.find(self._group, first) if ask else {}
        fresh = {id_: entry for id_, entry in first.items() if id_ not in done}
        outcome = await self._react(list(fresh.values()))
        bodies: dict[EventId, Derived] = {id_: _recall(lines) for id_, lines in done.items()}
        bodies.update(zip(fresh, outcome.derived, strict=True))
        notes = [Note(id_, entry.seq, _record(bodies[id_])) for id_, entry in fresh.items()]
        noted = [self._store.handled.note(self._group, notes)] if notes else []
        return _Handled(self._messages(first.values(), [bodies[id_] for id_ in first]), [*noted, *outcome.writes])

    async def _react(self, entries: Sequence[Entry]) -> Outcome:
        if not entries:
            return Outcome(())
        async with self._watchdog.limited(self._group, self._handler.limit):
            try:
                return await self._handler.react(entries, Deps(self._store))
            except MemoryError as error:  # let go of what it took first of all: not even a time-out ends without memory
                clear_frames(error.__traceback__)
                raise

    def _messages(self, entries: Iterable[Entry], derived: Sequence[Derived]) -> list[Message]:
        pairs = zip(entries, derived, strict=True)
        return [message for entry, bodies in pairs if bodies for message in self._derive(entry, bodies)]

    def _derive(self, cause: Entry, bodies: Derived) -> list[Message]:
        event, partition = cause.event, cause.partition
        derived = [derive(event, self._group, number, body) for number, body in enumerate(bodies)]
        return [Message(one.data.topic, partition, one.id, encode(one)) for one in derived]

    async def hold(self, held: HeldEvent, failure: Failure, seconds: float, epochs: Epochs) -> None:
        """Let an event that failed wait for another try."""
        due = now() + timedelta(seconds=seconds)
        again = self._store.held.hold(self._group, [held._replace(error=failure.error)], due)
        await self._store.commit(self._advance([held.entry], epochs), again)

    async def bury(self, held: HeldEvent, failure: Failure, epochs: Epochs) -> EventId:
        """Give an event up, for a person to look at; its letter's id, to be told about."""
        letter = self._letter(held, failure)
        if self._handler.after_burial == "wait":
            place = self._store.held.hold(self._group, [held._replace(error=failure.error)], _UNTIL_DECIDED)
        else:
            place = self._store.held.release(self._group, held)
        burial = self._store.dead_letters.bury(letter, Remains(held.raw, failure.traceback))
        await self._store.commit(self._advance([held.entry], epochs), place, *burial)
        return letter.id

    def _letter(self, held: HeldEvent, failure: Failure) -> DeadLetter:
        event = held.entry.parsed
        return DeadLetter(
            id=letter_id(self._group, held.place),
            group=self._group,
            event_id=event.id if event else None,
            kind=event.type if event else "?",
            project=event.project if event else "?",
            subject=event.subject if event else "?",
            place=held.place,
            key=held.key,
            attempts=held.attempts,
            error=failure.error,
            buried_at=now(),
        )


def _steps(entries: Sequence[Entry], epochs: Epochs, behind: Sequence[Entry] = ()) -> list[Step]:
    """How far these entries bring the group in each stream. In each sequence, those of one stream are in order."""
    places = [entry.place for part in (entries, behind) for entry in {entry.stream: entry for entry in part}.values()]
    last = {place.stream: place for place in sorted(places)}
    return [
        Step(place.topic, place.partition, epochs(place.stream), place.seq, place.offset) for place in last.values()
    ]


def _record(bodies: Derived) -> str:
    """What was derived from one event, as JSON lines."""
    return b"\n".join([encode(body) for body in bodies]).decode()


def _recall(lines: str) -> list[Event]:
    return [decode_body(line) for line in lines.splitlines()]
