"""Audit the archive: the chains from a trusted beginning, and what was signed of them."""

import asyncio
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from streams.archive import Archive, Row, ahead
from streams.audit import Audit, Finding, Mark, contradiction
from streams.checkpoints import Broken, Signatures
from streams.entry import Stream
from streams.store import Store
from streams.store.chains import End

NEIGHBOURS = 1_000
"""Events looked at behind a suspicious one, to say what was done."""

SLICE = 20_000
"""Numbers of events looked at in one statement."""

END = 0
"""The number of the mark that the end of a chain is."""


class Verdict(NamedTuple):
    """What an audit came to. `unsigned`: events behind the newest checkpoint, which only the chain protects."""

    events: int
    chains: int
    checkpoints: int
    unsigned: int
    finding: Finding | None = None
    broken: Broken | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return self.finding is None and self.broken is None


class Span(NamedTuple):
    """Which events to audit: those behind the number `after`, up to `until`."""

    after: int = 0
    until: int | None = None


async def verify(
    store: Store,
    key: Ed25519PublicKey | None,
    span: Span,
    watch: Callable[[int, int], None],
    exports: Path | None = None,
) -> Verdict:
    """Audit a span of the archive, while others go on writing. `watch` hears the number of the last event checked.

    `store` needs a connection for each of two who read at once; `exports` is where months lie that were dropped.

    What stands before the span is taken as it is. Raises Away.
    """
    signatures = Signatures(key)
    async for checkpoint in store.checkpoints.all():
        if broken := signatures.take(checkpoint):
            return Verdict(0, 0, signatures.count, 0, broken=broken)
    ends = await store.chains.all()
    marks = signatures.marks | {(*stream, end.offset): _end(stream, end, signatures) for stream, end in ends.items()}
    audit = Audit(await store.events.ends_before(span.after), marks)
    last = span.until or max((end.seq for end in ends.values()), default=0)
    archive = Archive(store, exports)
    found = await asyncio.gather(
        _scan(archive, audit, span, lambda seq: watch(seq, last)), _contradict(store, span.after, last)
    )
    finding = min((one for one in found if one), key=lambda one: one.seq, default=None)
    if finding is None and span.until is None:
        finding = _shortened(audit, ends) or await _lengthened(store)
    signed = await store.checkpoints.stated()
    unsigned = sum(end.offset - signed.get(stream, 0) for stream, end in ends.items())
    return Verdict(audit.events, len(audit.ends), signatures.count, unsigned, finding)


def _end(stream: Stream, end: End, signatures: Signatures) -> Mark:
    return signatures.marks.get((*stream, end.offset)) or Mark(end.digest, END)


async def _scan(archive: Archive, audit: Audit, span: Span, watch: Callable[[int], None]) -> Finding | None:
    async for rows in ahead(archive.rows(span.after, span.until, columns=False)):
        if suspicion := audit.take(rows):
            row, crime, says = suspicion
            return audit.explain(row, crime, says, await _following(archive, row))
        watch(rows[-1].seq)
    return None


async def _contradict(store: Store, after: int, last: int) -> Finding | None:
    """The first event of the database that is found by what it does not say. It reads beside who checks the chains."""
    for at in range(after, last, SLICE):
        for row in await store.events.doubtful(at, min(at + SLICE, last)):
            if says := contradiction(row):
                return Finding("altered", says, row.topic, row.partition, row.offset, row.seq, str(row.id))
    return None


async def _following(archive: Archive, row: Row) -> list[Row]:
    found: list[Row] = []
    async for rows in archive.rows(row.seq - 1, row.seq + NEIGHBOURS * 50):
        mine = (other for other in rows if other[1:3] == row[1:3] and other != row)
        found += islice(mine, NEIGHBOURS - len(found))
        if len(found) == NEIGHBOURS:
            break
    return found


def _shortened(audit: Audit, ends: Mapping[Stream, End]) -> Finding | None:
    """The chain that ends before its end."""
    reached = audit.ends
    for stream, end in sorted(ends.items(), key=lambda item: item[1].seq):
        offset, _ = reached.get(stream, (0, b""))
        if offset < end.offset:
            says = f"the last {end.offset - offset} of its stream"
            return Finding("removed", says, *stream, offset + 1, end.seq)
    return None


async def _lengthened(store: Store) -> Finding | None:
    """The first event that stands behind the end of its chain."""
    row = await store.events.beyond_the_end()
    if row is None:
        return None
    return Finding("inserted", "it stands behind the end of its chain", *row)
