"""What things are called on Kafka, and the numbers that its offsets stand for.

The log on Kafka has no clock that counts all events. So an event's `seq` is made of its place: unique, and growing
within each stream, but between streams it says nothing about who was first.
"""

from typing import NamedTuple

from schemas.base import TOPICS, Topic
from streams.entry import Entry, Place, Stream

MAX_PARTITIONS = 2**12
_MAX_STREAMS = 2**4 * MAX_PARTITIONS
"""Fixed for good: more topics or partitions must not change the numbers of what is archived already."""


class Names(NamedTuple):
    """Names below one prefix."""

    prefix: str

    def topic(self, topic: Topic) -> str:
        """The topic in Kafka."""
        return f"{self.prefix}.{topic}"

    def group(self, group: str) -> str:
        """The consumer group in Kafka: two logs in one cluster share none."""
        return f"{self.prefix}.{group}"

    def stream(self, topic: str, partition: int) -> Stream:
        """The stream that a partition in Kafka is."""
        return _TOPIC[topic.removeprefix(f"{self.prefix}.")], partition


_TOPIC: dict[str, Topic] = {topic: topic for topic in TOPICS}


def place(stream: Stream, offset: int) -> Place:
    """Where the entry with this offset stands; our offsets begin at 1, those of Kafka at 0."""
    topic, partition = stream
    return Place(topic, partition, offset * _MAX_STREAMS + _residue(stream), offset)


def entry(stream: Stream, kafka_offset: int, value: bytes | None) -> Entry:
    """What lies there, as a handler gets it. A tombstone is an entry without bytes."""
    return Entry(stream, place(stream, kafka_offset + 1).entry_id.encode(), value or b"")


def _residue(stream: Stream) -> int:
    topic, partition = stream
    return TOPICS.index(topic) * MAX_PARTITIONS + partition


class Numbers(NamedTuple):
    """The event numbers of one stream: `first`, and every `step`-th from there to before `end`."""

    first: int
    end: int
    step: int = _MAX_STREAMS

    @classmethod
    def of(cls, stream: Stream, first: int, end: int) -> "Numbers":
        """Those of the offsets from `first` to before `end`."""
        return cls(place(stream, first).seq, place(stream, end).seq)
