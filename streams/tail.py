"""The whole log in order, from any point on: the archive, then the streams, then what comes.

The numbers of the log have no holes. So whatever is read is right as far as it is without holes, wherever it was
read, and what is missing lies in the other place. Only where Redis has lost numbers for good there are some, up to the
number that is settled.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import NamedTuple

from loguru import logger

from streams.reader import Reader
from streams.store import Store

PATIENCE = 50
"""Reads, 0.1 s apart, after which a hole is taken for a loss."""


class Logged(NamedTuple):
    """One event with its number."""

    seq: int
    raw: bytes


class Tail:
    """Reads the log of one Redis and its archive."""

    def __init__(self, reader: Reader, store: Store, page: int) -> None:
        self._reader = reader
        self._store = store
        self._page = page
        self._settled = 0

    async def page(self, after: int) -> list[Logged]:
        """The next events after number `after`; none where there are none yet. Raises Away."""
        if after < self._settled:
            return await self._page_with_holes(after)
        entries = await self._reader.after(after, self._page)
        found = _whole((Logged(entry.seq, entry.raw) for entry in entries), after) or await self._archived(after)
        if found:
            return found
        self._settled = await self._store.logs.settled()
        return await self._page_with_holes(after) if after < self._settled else []

    async def _archived(self, after: int) -> list[Logged]:
        archived = await self._store.events.after(after, self._page)
        return _whole((Logged(seq, event.encode()) for seq, event in archived), after)

    async def _page_with_holes(self, after: int) -> list[Logged]:
        """The same among numbers of which some were lost: what neither the streams nor the archive has is no more."""
        entries = await self._reader.after(after, self._page)
        archived = await self._store.events.after(after, self._page)
        whole_up_to = [self._settled]
        if len(archived) == self._page:
            whole_up_to.append(archived[-1][0])
        for stream in {entry.stream for entry in entries}:
            of_stream = [entry.seq for entry in entries if entry.stream == stream]
            if len(of_stream) == self._page:
                whole_up_to.append(of_stream[-1])
        merged = {entry.seq: entry.raw for entry in entries} | {seq: event.encode() for seq, event in archived}
        found = [Logged(seq, merged[seq]) for seq in sorted(merged) if seq <= min(whole_up_to)]
        if found or min(whole_up_to) < self._settled:
            return found
        return await self.page(self._settled)

    async def follow(self, after: int, stop: asyncio.Event) -> AsyncIterator[list[Logged]]:
        """The events after number `after`, page by page, until `stop` is set. Raises Away.

        Set `stop` rather than cancel: a cancelled read may take the cancellation for its own time-out.
        """
        while not stop.is_set():
            entries = await self._reader.after(after, self._page, wait=True)
            found = _whole((Logged(entry.seq, entry.raw) for entry in entries), after)
            if entries and not found:
                found = await self._across_a_hole(after)
            if found:
                yield found
                after = found[-1].seq

    async def _across_a_hole(self, after: int) -> list[Logged]:
        for _ in range(PATIENCE):
            if found := await self.page(after):
                return found
            await asyncio.sleep(0.1)
        entries = await self._reader.after(after, self._page)
        if not entries:
            return []
        logger.error("events {} to {} of the log are lost", after + 1, entries[0].seq - 1)
        return _whole((Logged(entry.seq, entry.raw) for entry in entries), entries[0].seq - 1)


def _whole(events: Iterable[Logged], after: int) -> list[Logged]:
    """The events up to the first hole in their numbers."""
    found: list[Logged] = []
    for event in events:
        if event.seq != after + 1:
            break
        found.append(event)
        after = event.seq
    return found
