"""An event as it lies in a stream, and the numbers that say where."""

from typing import NamedTuple, TypeAlias

from schemas.base import Topic
from schemas.envelope import Envelope, Event
from schemas.errors import Rejected
from schemas.events import decode

Stream: TypeAlias = tuple[Topic, int]
"""A topic and a partition."""


class Place(NamedTuple):
    """Where an event stands. `seq` counts all events of the log from 1, `offset` those of its stream."""

    topic: Topic
    partition: int
    seq: int
    offset: int

    @property
    def stream(self) -> Stream:
        """The stream it lies in."""
        return self.topic, self.partition

    @property
    def entry_id(self) -> str:
        """The stream entry's id."""
        return f"{self.seq}-{self.offset}"

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The partition, the offset in the stream, and the number in the log."""
        return self.partition, self.offset, self.seq


class Entry:
    """One event as it is read, and as a handler gets it. What it says is worked out when it is asked for."""

    __slots__ = ("_event", "id", "raw", "stream")

    def __init__(self, stream: Stream, entry_id: bytes, raw: bytes, event: Envelope[Event] | None = None) -> None:
        """`event` is what `raw` says, where that is known."""
        self.stream = stream
        self.id = entry_id
        self.raw = raw
        self._event = event

    @property
    def event(self) -> Envelope[Event]:
        """The event. Raises Rejected where the bytes are none."""
        if self._event is None:
            self._event = decode(self.raw)
        return self._event

    @property
    def partition(self) -> int:
        """The partition it lies in."""
        return self.stream[1]

    @property
    def seq(self) -> int:
        """Its number among all events."""
        return int(self.id.partition(b"-")[0])

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(*self.stream, *entry_numbers(self.id))

    @property
    def key(self) -> str:
        """Its partition key; what cannot be parsed has one of its own."""
        event = self.parsed
        return event.key if event else f"?/{self.stream[0]}/{self.id.decode()}"

    @property
    def ids(self) -> dict[str, str | int]:
        """What to find it by, for the log of a process; `trace` is the id of the event that its story began with."""
        event = self.parsed
        known = {"event": event.id, "trace": event.correlationid} if event else {}
        return {**known, "topic": self.stream[0], "partition": self.partition, "sequence": self.seq}

    @property
    def parsed(self) -> Envelope[Event] | None:
        """The event, or None where the bytes are none."""
        try:
            return self.event
        except Rejected:
            return None


class Run(NamedTuple):
    """Entries of one stream, one after another. `lost` of those asked for were trimmed away before anyone read them."""

    stream: Stream
    entries: list[Entry]
    first: Place
    last: Place
    lost: int = 0


def entry_numbers(entry_id: bytes) -> tuple[int, int]:
    """The event's number and its offset in the stream, from an entry's id."""
    seq, _, offset = entry_id.partition(b"-")
    return int(seq), int(offset)
