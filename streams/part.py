"""A file with events of a month: found, checked, and read."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Protocol

from schemas.errors import Misconfigured
from streams.files import sha256_of
from streams.store.events import Row
from streams.store.months import Part, name_of

PAGE = 2000


class Source(Protocol):
    """Something that holds events in order, none of them before `first`."""

    first: int

    async def page(self, after: int) -> list[Row]:
        """The next events behind a number; none where there are no more. Numbers that are asked for only grow."""
        ...


class PartFile:
    """A file, as a source; checked when it is first read."""

    def __init__(self, part: Part, folder: Path | None, *, columns: bool = True) -> None:
        self.first = part.first_seq
        self._part = part
        self._path = path_of(part, folder)
        self._columns = columns
        self._pages: AsyncIterator[list[Row]] | None = None
        self._rows: list[Row] = []

    async def page(self, after: int) -> list[Row]:
        """See `Source`."""
        if self._pages is None:
            await check(self._part, self._path)
            self._pages = _pages(self._path, after, columns=self._columns)
        self._rows = [row for row in self._rows if row.seq > after]
        return self._rows or await anext(self._pages, [])


def path_of(part: Part, folder: Path | None) -> Path:
    """Where a file is: where it was written, or in the folder that all of them were moved to."""
    written = Path(part.path)
    return folder / written.name if folder else written


async def check(part: Part, path: Path) -> None:
    """See that a file is the one that was written.

    Raises:
        Misconfigured: it is not there, or it is another.
    """
    name = f"the archive's month {name_of(part.month)} in {path}"
    remedy = "bring the file back, or say where the files lie: --exports DIR, or HEADRACE_EXPORTS"
    try:
        found = await asyncio.to_thread(sha256_of, path)
    except OSError as error:
        raise Misconfigured(f"cannot read {name}: {error.strerror}", remedy) from error
    if found != part.sha256:
        raise Misconfigured(f"{name} is not what was written: its SHA-256 is {found}, not {part.sha256}", remedy)


async def _pages(path: Path, after: int, *, columns: bool) -> AsyncIterator[list[Row]]:
    from streams.parquet import read

    pages = read(path, after, PAGE, columns=columns)
    while rows := await asyncio.to_thread(next, pages, None):
        yield rows


async def merged(sources: Sequence[Source], after: int) -> AsyncIterator[list[Row]]:
    """The events of all sources behind a number, in order. Each source is asked when its first event is near."""
    waiting = sorted(sources, key=lambda source: source.first, reverse=True)
    pages: dict[Source, list[Row]] = {}
    while waiting or pages:
        bound = min((page[-1].seq for page in pages.values()), default=None)
        if waiting and (bound is None or waiting[-1].first <= bound):
            source = waiting.pop()
            if page := await source.page(after):
                pages[source] = page
        elif bound is not None:
            yield _take(pages, bound)
            for source in [source for source, page in pages.items() if not page]:
                pages[source] = await source.page(bound)
            pages = {source: page for source, page in pages.items() if page}


def _take(pages: dict[Source, list[Row]], bound: int) -> list[Row]:
    """Take what is not behind the bound out of all pages."""
    if len(pages) == 1:
        (source, page), *_ = pages.items()
        pages[source] = []
        return page
    taken: list[Row] = []
    for source, page in pages.items():
        taken += [row for row in page if row.seq <= bound]
        pages[source] = [row for row in page if row.seq > bound]
    return sorted(taken)
