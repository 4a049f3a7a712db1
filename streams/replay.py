"""Do everything over: feed the archived events to the real handlers, in a store of its own, and compare.

Each group is given what it was given then, in the order in which it was given it: the archived events of its topics.
What it derives from them must be, byte for byte, the events that the archive has from it; so all that is not derived
is a root, and the state is made of the roots alone. What it writes must be what the real store has.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

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
    """An event that must be in the archive, because a handler derived it."""

    raw: bytes
    cause: Envelope[Event]
    group: str


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
        self._awaited: dict[EventId, _Awaited] = {}
        self._met: set[EventId] = set()

    async def take(self, rows: Sequence[Row]) -> None:
        """Handle a page of the archive."""
        entries = [entry for row in rows if self._is_new(entry := _entry(row)) and self._is_wanted(entry)]
        for group in self._groups:
            await self._work(group, group.choose(entries))
        for entry in entries:
            if (event := entry.parsed) and event.source in self._names and event.type != "event.buried":
                self._compare(event, entry.raw)
        last = rows[-1].seq
        self.progress = self.progress._replace(seq=last, events=self.progress.events + len(rows))

    def _is_wanted(self, entry: Entry) -> bool:
        return self._wanted is everything or (entry.parsed is not None and self._wanted(entry.parsed))

    def _is_new(self, entry: Entry) -> bool:
        """What was appended twice was handled once."""
        event = entry.parsed
        if event is None or event.id not in self._repeated:
            return True
        was_met = event.id in self._met
        self._met.add(event.id)
        return not was_met

    async def finish(self) -> dict[EventId, bytes]:
        """Handle what was put off to the end; what was derived and was not in the pages, by id."""
        for group in self._groups:
            await self._work(group, group.rest())
        return {id_: awaited.raw for id_, awaited in self._awaited.items()}

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
        for entry, bodies in zip(entries, outcome.derived, strict=True):
            cause = entry.event
            for number, body in enumerate(bodies):
                event = derive(cause, group.name, number, body)
                self._awaited[event.id] = _Awaited(encode(event), cause, group.name)

    def _compare(self, event: Envelope[Event], raw: bytes) -> None:
        awaited = self._awaited.pop(event.id, None)
        if awaited is None:
            self._differ(f"{event.source} derives no {event.type} from what it was given", event, was=raw.decode())
        elif awaited.raw != raw:
            what = f"{awaited.group} derives something else from {awaited.cause.id}"
            self._differ(what, event, raw.decode(), awaited.raw.decode())
        else:
            self.progress = self.progress._replace(derived=self.progress.derived + 1)

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
        self._cut = cut
        self._apart = cut.apart.get(handler.name, set())
        self._late_keys = cut.late.get(handler.name, set())
        self._late: dict[EventId, Entry] = {}

    def choose(self, entries: Iterable[Entry]) -> list[Entry]:
        """What it handled of these, in its order."""
        chosen: list[Entry] = []
        for entry in entries:
            event = entry.parsed
            if event is None:
                continue
            if self._late and event.source == self._source and event.causationid in self._late:
                chosen.append(self._late.pop(event.causationid))
            if not self._has_handled(entry):
                continue
            if event.key in self._late_keys:
                self._late[event.id] = entry
            else:
                chosen.append(entry)
        return chosen

    def _has_handled(self, entry: Entry) -> bool:
        if entry.stream[0] not in self.handler.topics or entry.seq in self._apart:
            return False
        return entry.place.offset <= self._cut.handled.get((self.name, *entry.stream), 0)

    def rest(self) -> list[Entry]:
        """What it handled at some time, without any trace in the log."""
        return list(self._late.values())


def _entry(row: Row) -> Entry:
    return Entry((row.topic, row.partition), f"{row.seq}-{row.offset}".encode(), row.event.encode())
