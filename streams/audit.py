"""Read the archive as an auditor: is it what was written, all of it, in its order?

Every event's digest is computed anew from its bytes, its place and the digest before it. What an event is found by
(its kind, its subject, …) must be what its bytes say. Where a chain ends must be where the archive says it does, and
what was signed must still be so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from schemas.base import Topic
from streams.archive import Row
from streams.chain import GENESIS, digest_of, link
from streams.entry import Place, Stream
from streams.kafka.naming import place as on_kafka

Crime = Literal["altered", "removed", "reordered", "inserted", "rewritten"]


class Finding(NamedTuple):
    """The first event that is not what was archived, and what was done."""

    crime: Crime
    says: str
    topic: Topic
    partition: int
    offset: int
    seq: int
    id: str | None = None


class Mark(NamedTuple):
    """What a checkpoint says of one event: its digest. `number` is the checkpoint's."""

    digest: bytes
    number: int


class _Head(msgspec.Struct):
    """What an event is found by, as its own bytes say it."""

    id: str
    type: str
    project: str
    subject: str
    actor: str
    time: datetime
    correlationid: str


class _Chain:
    """One stream's chain: where it stands, where it stood one event earlier, and what was signed of it."""

    __slots__ = ("before", "digest", "marks", "offset", "where")

    def __init__(self, stream: Stream, offset: int = 0, digest: bytes = GENESIS) -> None:
        self.where = f"{stream[0]}/{stream[1]}/".encode()
        self.offset = offset
        self.digest = digest
        self.before = GENESIS
        self.marks: dict[int, Mark] = {}


_HEAD = msgspec.json.Decoder(_Head)
UNREADABLE = "?"
"""The kind of what is archived and is no event."""


class Audit:
    """An audit under way. Give it the archive page by page; it stops at the first finding."""

    def __init__(self, ends: Mapping[Stream, tuple[int, bytes]], marks: Mapping[tuple[Topic, int, int], Mark]) -> None:
        """`ends`: what each chain is trusted to have come to (offset, digest) before the first page.

        `marks`: what was signed, by topic, partition and offset.
        """
        self._chains = {stream: _Chain(stream, *end) for stream, end in ends.items()}
        for (topic, partition, offset), mark in marks.items():
            self._chain((topic, partition)).marks[offset] = mark
        self._seq = 0
        self.events = 0

    def _chain(self, stream: Stream) -> _Chain:
        return self._chains.get(stream) or self._chains.setdefault(stream, _Chain(stream))

    @property
    def ends(self) -> dict[Stream, tuple[int, bytes]]:
        """What each chain has come to."""
        return {stream: (chain.offset, chain.digest) for stream, chain in self._chains.items() if chain.offset}

    def take(self, rows: Sequence[Row]) -> tuple[Row, Crime, str] | None:
        """Check a page. The first row that is not right, with what is wrong, as far as that row says it."""
        chains = self._chains
        for row in rows:
            seq, topic, partition, offset, text, digest = row[:6]
            chain = chains.get((topic, partition)) or self._chain((topic, partition))
            if (offset != chain.offset + 1 or seq <= self._seq) and (wrong := _misplaced(row, chain.offset, self._seq)):
                return row, *wrong
            # The same as `chain.link`, which costs twice as much: this is done for every event there ever was.
            if digest_of(chain.digest + chain.where + b"%d/%d\n" % (offset, seq) + text.encode()) != digest:
                return row, "altered", "its bytes, its place or its digest"
            if offset in chain.marks and (mark := chain.marks[offset]).digest != digest:
                return row, "rewritten", f"checkpoint {mark.number} was signed over another one"
            chain.before, chain.digest, chain.offset = chain.digest, digest, offset
            self._seq = seq
            self.events += 1
        return None

    def explain(self, row: Row, crime: Crime, says: str, following: Sequence[Row]) -> Finding:
        """Say what was done, from a suspicious row and those that follow it in its stream."""
        chain = self._chain((row.topic, row.partition))
        place = Place(row.topic, row.partition, row.seq, row.offset)
        if crime == "altered":
            crime, says = _closer(row, chain, following) or (crime, says)
        return Finding(crime, says, *place.stream, place.offset, place.seq, str(row.id) if row.id else None)


def contradiction(row: Row) -> str:
    """In what an event's columns are not what its bytes say; empty where they are."""
    raw = row.event.encode()
    if row.kind == UNREADABLE:
        return "it is hidden as something that cannot be read" if _is_event(raw) else ""
    try:
        said = _HEAD.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return "it is no event"
    found = (row.kind, row.project, row.subject, row.actor, row.time, str(row.id), str(row.correlation))
    says = (said.type, said.project, said.subject, said.actor, said.time, said.id, said.correlationid)
    return "" if found == says else "what it is found by is not what it says"


def _misplaced(row: Row, had: int, last: int) -> tuple[Crime, str] | None:
    """What is wrong with a place that is not the next one. Kafka leaves offsets out: there only the digest can tell."""
    if row.seq <= last:
        return "inserted", f"there are two events with number {row.seq}"
    if row.offset <= had:
        return "inserted", f"there are two events at offset {row.offset}"
    if on_kafka((row.topic, row.partition), row.offset).seq == row.seq:
        return None
    missing = row.offset - had - 1
    return "removed", f"{missing} event{'s' * (missing > 1)} before it, at offset {had + 1}"


def _closer(row: Row, chain: _Chain, following: Sequence[Row]) -> tuple[Crime, str] | None:
    """Whether a row that does not fit is one that was put in, or stands in another's place."""
    place = Place(row.topic, row.partition, row.seq, row.offset)
    if link(chain.before, place._replace(offset=row.offset - 1), row.event.encode()) == row.digest:
        return "inserted", "the event before it"
    for other in following:
        raw = other.event.encode()
        if link(chain.digest, place._replace(seq=other.seq), raw) == other.digest:
            return "inserted", "it stands before an event that fits in its place"
        if link(chain.digest, place, raw) in {row.digest, other.digest}:
            return "reordered", f"in its place stood what is now event {other.seq}"
    return None


def _is_event(raw: bytes) -> bool:
    try:
        _HEAD.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return False
    return True
