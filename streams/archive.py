"""The archive as one sequence: all that ever happened, in the order of its numbers, page by page."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

from streams.part import PAGE, PartFile, Source, merged
from streams.store import Store
from streams.store.events import Row
from streams.store.months import Part

__all__ = ["Archive", "Row", "ahead"]

T = TypeVar("T")


class Archive:
    """All archived events: those in the database, and those of months that were dropped from it, in their files."""

    def __init__(self, store: Store, exports: Path | None = None) -> None:
        self._store = store
        self._exports = exports

    async def rows(self, after: int = 0, until: int | None = None, *, columns: bool = True) -> AsyncIterator[list[Row]]:
        """The events behind the number `after`, up to `until`, in pages; without `columns`, only what is chained.

        They are those that the archive has when it is first asked: each chain is whole up to where it ended then, and
        what is archived meanwhile is left out, also where its number is below one that was read.

        Raises:
            Misconfigured: a month's file is missing, or is not what was written.
        """
        chains = await self._store.chains.all()
        ends = {stream: end.offset for stream, end in chains.items()}
        newest = max((end.seq for end in chains.values()), default=0)
        last = newest if until is None else min(until, newest)
        if after >= last:
            return
        async for page in self._pages(after, last, columns=columns):
            old = [row for row in page if row.seq <= last and row.offset <= ends.get((row.topic, row.partition), 0)]
            if old:
                yield old
            if page[-1].seq >= last:
                return

    async def _pages(self, after: int, last: int, *, columns: bool) -> AsyncIterator[list[Row]]:
        while True:
            try:
                async for page in merged(await self._sources(after, last, columns=columns), after):
                    after = page[-1].seq
                    yield page
            except _Moved:
                continue
            return

    async def _sources(self, after: int, last: int, *, columns: bool) -> list[Source]:
        dropped = await self._store.months.parts(dropped=True)
        needed = [part for part in dropped if part.last_seq > after and part.first_seq <= last]
        files = [PartFile(part, self._exports, columns=columns) for part in needed]
        return [_Database(self._store, dropped, columns=columns), *files]


async def ahead(pages: AsyncIterator[T]) -> AsyncIterator[T]:
    """The same pages, the next of which is asked for while one is worked on."""
    asked = asyncio.ensure_future(anext(pages, None))
    try:
        while (page := await asked) is not None:
            asked = asyncio.ensure_future(anext(pages, None))
            await asyncio.sleep(0)
            yield page
    finally:
        asked.cancel()


class _Moved(Exception):
    """A month went from the database to its file, or came back, while it was read."""


class _Database:
    """What lies in PostgreSQL, as a source."""

    first = 0

    def __init__(self, store: Store, dropped: list[Part], *, columns: bool) -> None:
        self._store = store
        self._dropped = dropped
        self._columns = columns

    async def page(self, after: int) -> list[Row]:
        """See `Source`. Raises _Moved where the page may lack events of a month, or have those of a file."""
        page = await self._store.events.page(after, PAGE, columns=self._columns)
        if await self._store.months.parts(dropped=True) != self._dropped:
            raise _Moved
        return page
