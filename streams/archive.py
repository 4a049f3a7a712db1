"""The archive as one sequence: all that ever happened, in the order of its numbers, page by page."""

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import starmap
from typing import NamedTuple
from uuid import UUID

from schemas.base import Topic
from streams.store import Store

PAGE = 2000

_NEEDED = "seq, topic, partition, entry_offset, event, digest"
_COLUMNS = f"{_NEEDED}, id, kind, project, subject, actor, time, correlation"
# No upper bound: with one, the planner may expect so few rows that it sorts them, in each page all that are left.
_PAGE = "select {columns} from events where seq > $1 order by seq limit {limit:d}"


class Row(NamedTuple):
    """An archived event: its place, its bytes as text, and its link in the chain; then what it was found by."""

    seq: int
    topic: Topic
    partition: int
    offset: int
    event: str
    digest: bytes
    id: UUID | None = None
    kind: str = ""
    project: str = ""
    subject: str = ""
    actor: str = ""
    time: datetime | None = None
    correlation: UUID | None = None


class Archive:
    """All archived events."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def rows(self, after: int = 0, until: int | None = None, *, columns: bool = True) -> AsyncIterator[list[Row]]:
        """The events behind the number `after`, up to `until`, in pages; without `columns`, only what is chained.

        They are those that the archive has when it is first asked: each chain is whole up to where it ended then, and
        what is archived meanwhile is left out, also where its number is below one that was read.
        """
        chains = await self._store.chains.all()
        ends = {stream: end.offset for stream, end in chains.items()}
        newest = max((end.seq for end in chains.values()), default=0)
        last = newest if until is None else min(until, newest)
        while after < last and (page := await self._page(after, columns=columns)):
            after = page[-1].seq
            old = [row for row in page if row.seq <= last and row.offset <= ends.get((row.topic, row.partition), 0)]
            if old:
                yield old

    async def _page(self, after: int, *, columns: bool) -> list[Row]:
        query = _PAGE.format(columns=_COLUMNS if columns else _NEEDED, limit=PAGE)
        return list(starmap(Row, await self._store.db.fetch(query, after)))
