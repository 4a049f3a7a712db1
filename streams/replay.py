"""Do everything over: feed the archived events to the real handlers, in a store of its own, and compare.

Each group is given what it was given then, in the order in which it was given it: the archived events of its topics.
What it derives from them must be, byte for byte, the events that the archive has from it; so all that is not derived
is a root, and the state is made of the roots alone. What it writes must be what the real store has.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from schemas.base import EventId
from schemas.changes import ChangeObserved
from schemas.envelope import Envelope, Event
from schemas.events import derive, encode
from streams.archive import Row
from streams.entry import Entry
from streams.handler import Deps, Handler
from streams.store import Store
from streams.store.moment import Cut

BATCH = 1000

LENT = 20
"""Contents taken over from the real store at once: each may be large."""


class Difference(NamedTuple):
    """Something that is not as it should be. `event`: the one that it hangs on, `subject` what that is about."""

    what: str
    was: str = ""
    now: str = ""
    event: EventId | None = None
    subject: str = ""


class Progress(NamedTuple):
    """How far a replay has come: the number of the last event, how many were read, and how many were derived."""

    seq: int = 0
    events: int = 0
    derived: int = 0


Wanted = Callable[[Envelope[Event]], bool]
"""Says whether an event is to be replayed."""


def everything(_: Envelope[Event]) -> bool:
    """All of it."""
    return True


class _Awaited(NamedTuple):
    """An event that must be in the archive, in exactly these bytes, because a group derives it."""

    event: Envelope[Event]
    group: str


_Texts: TypeAlias = Mapping[str, _Awaited]
"""By the event's bytes, as text."""


class Replay:
    """Some handlers at work on a store of their own. Feed it the archive's pages in order, then `finish`."""

    def __init__(
        self, handlers: Sequence[Handler], store: Store, cut: Cut, bytes_of: Store, wanted: Wanted = everything
    ) -> None:
        """`store` is the one to fill; `bytes_of` the real one, for contents that were never in an event.

        Only stories of which all events are `wanted`, or none, can be told right.
        """
        self._wanted = wanted
        self.progress = Progress()
        self.differences: list[Difference] = []
        self._groups = [_Group(handler, cut) for handler in handlers]
        self._names = {f"headrace/{handler.name}" for handler in handlers}
        self._takes_in = any("blobs" in handler.tables for handler in handlers)
        self._store = store
        self._bytes_of = bytes_of
        self._repeated = cut.repeated
        self._awaited: dict[str, _Awaited] = {}
        self._met: set[EventId] = set()

    async def take(self, rows: Sequence[Row]) -> None:
        """Handle a page of the archive."""
        last, count = rows[-1].seq, len(rows)
        if self._repeated or self._wanted is not everything:
            rows = [row for row in rows if self._takes(_entry(row))]
        read: dict[int, Entry] = {}
        for group in self._groups:
            chosen = group.choose(rows, self._awaited)
            read.update([(entry.seq, entry) for entry in chosen])
            await self._work(group, chosen)
        derived = sum([self._compare(row, read) for row in rows])
        _, events, before = self.progress
        self.progress = Progress(last, events + count, before + derived)

    def _takes(self, entry: Entry) -> bool:
        """Whether an event is wanted, and not one that was appended twice: that was handled once."""
        event = entry.parsed
        if event is None:
            return False
        if event.id in self._repeated:
            if event.id in self._met:
                return False
            self._met.add(event.id)
        return self._wanted(event)

    async def finish(self) -> dict[EventId, bytes]:
        """Handle what was put off to the end; what was derived and was not in the pages, by id."""
        for group in self._groups:
            await self._work(group, group.rest())
        return {awaited.event.id: text.encode() for text, awaited in self._awaited.items()}

    async def _work(self, group: "_Group", entries: list[Entry]) -> None:
        for at in range(0, len(entries), BATCH):
            batch = entries[at : at + BATCH]
            await self._lend_bytes(batch)
            await self._handle(group, batch)

    async def _lend_bytes(self, entries: Iterable[Entry]) -> None:
        """Contents that only the real store has. The handler that takes them in proves them by their hashes."""
        wanted = {hash_ for entry in entries if (hash_ := self._hash_to_lend(entry.event.data))}
        hashes = sorted(wanted)
        for at in range(0, len(hashes), LENT):
            blobs = await self._bytes_of.blobs.find(hashes[at : at + LENT])
            if blobs:
                await self._store.commit(self._store.blobs.put(blobs))

    def _hash_to_lend(self, body: Event) -> str | None:
        if self._takes_in and not (isinstance(body, ChangeObserved) and body.content is None):
            return None
        hash_: str | None = getattr(body, "hash", None)
        return hash_

    async def _handle(self, group: "_Group", entries: list[Entry]) -> None:
        try:
            outcome = await group.handler.react(entries, Deps(self._store))
            await self._store.commit(*outcome.writes)
        except Exception as error:  # noqa: BLE001 - a handler may fail in any way
            if len(entries) > 1:
                half = len(entries) // 2
                await self._handle(group, entries[:half])
                await self._handle(group, entries[half:])
            else:
                self._differ(f"{group.name} fails now: {type(error).__name__}: {error}", entries[0].event)
            return
        name, awaited = group.name, self._awaited
        for entry, bodies in zip(entries, outcome.derived, strict=True):
            cause = entry.event
            for number, body in enumerate(bodies):
                event = derive(cause, name, number, body)
                awaited[encode(event).decode()] = _Awaited(event, name)

    def _compare(self, row: Row, read: Mapping[int, Entry]) -> bool:
        """Whether it is an event that was awaited. Those that should be and are not are differences."""
        if self._awaited.pop(row.event, None):
            return True
        event = (read.get(row.seq) or _entry(row)).parsed
        if event and event.source in self._names and event.type != "event.buried":
            self._find_fault(event, row.event)
        return False

    def _find_fault(self, event: Envelope[Event], was: str) -> None:
        """Say in what an event is not the one that was awaited."""
        found = next(((now, one) for now, one in self._awaited.items() if one.event.id == event.id), None)
        if found is None:
            self._differ(f"{event.source} derives no {event.type} from what it was given", event, was)
            return
        now, awaited = found
        del self._awaited[now]
        self._differ(f"{awaited.group} derives something else from {event.causationid}", event, was, now)

    def _differ(self, what: str, event: Envelope[Event], was: str = "", now: str = "") -> None:
        self.differences.append(Difference(what, was, now, event.id, event.subject))


class _Group:
    """One group, and which events it has handled when.

    Events of a key in which one was given up and tried again later were handled out of the log's order: each of them
    just before the first event that was derived from it was published.
    """

    def __init__(self, handler: Handler, cut: Cut) -> None:
        self.handler = handler
        self.name = handler.name
        self._source = f"headrace/{handler.name}"
        self._handled = {
            (topic, partition): offset
            for (name, topic, partition), offset in cut.handled.items()
            if name == handler.name and topic in handler.topics
        }
        self._apart = cut.apart.get(handler.name, set())
        self._late_keys = cut.late.get(handler.name, set())
        self._late: dict[EventId, Entry] = {}

    def choose(self, rows: Iterable[Row], awaited: _Texts) -> list[Entry]:
        """What it handled of these, in its order. Those that were `awaited` need not be parsed: we made them."""
        if self._late_keys:
            return self._choose_late(rows)
        topics, handled, apart = self.handler.topics, self._handled, self._apart
        mine = [row for row in rows if row[1] in topics and row[3] <= handled.get(row[1:3], 0) and row[0] not in apart]
        entries = [_entry(row, awaited.get(row.event)) for row in mine]
        return [entry for entry in entries if entry.parsed]

    def _choose_late(self, rows: Iterable[Row]) -> list[Entry]:
        """The same where some were handled out of order."""
        chosen: list[Entry] = []
        for row in rows:
            entry = _entry(row)
            if (cause := self._cause(entry)) in self._late:
                chosen.append(self._late.pop(cause))
            if row.offset > self._handled.get(entry.stream, 0) or row.seq in self._apart or entry.parsed is None:
                continue
            if entry.event.key in self._late_keys:
                self._late[entry.event.id] = entry
            else:
                chosen.append(entry)
        return chosen

    def _cause(self, entry: Entry) -> EventId:
        """What it has derived this event from; empty where it has not."""
        event = entry.parsed
        return EventId(event.causationid or "") if event and event.source == self._source else EventId("")

    def rest(self) -> list[Entry]:
        """What it handled at some time, without any trace in the log."""
        return list(self._late.values())


def _entry(row: Row, known: _Awaited | None = None) -> Entry:
    """A row as it was read from its stream; where its event is `known`, it is not parsed."""
    seq, topic, partition, offset, text = row[:5]
    return Entry((topic, partition), b"%d-%d" % (seq, offset), text.encode(), known.event if known else None)
