"""Compare tables row by row: as they are in two schemas, or in one at two moments."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import asyncpg
import orjson

from schemas.settings import Settings
from streams.store.connection import translated

PAGE = 5_000

_KEY = """
select array_agg(quote_ident(attname) order by position) from pg_index
cross join unnest(indkey) with ordinality as part (number, position)
join pg_attribute on attrelid = indrelid and attnum = number
where indrelid = $1::text::regclass and indisprimary
"""

_ROWS = """
select row({key})::text collate "C" as key, to_jsonb(row)::text as row from ({table}) row order by 1
"""

_SHORT = {"blobs": "select hash, digest, size, encode(sha256(content), 'hex') as content from blobs"}
"""How to read tables whose rows are too large to be sent."""


class RowDifference(NamedTuple):
    """A row that is not the same; None where it is missing."""

    table: str
    key: str
    was: dict[str, Any] | None
    now: dict[str, Any] | None

    @property
    def columns(self) -> list[str]:
        """The columns that differ, where both sides have the row."""
        if self.was is None or self.now is None:
            return []
        return [name for name in self.was if self.was[name] != self.now.get(name)]


@asynccontextmanager
async def reader(url: str, settings: Settings, schema: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """A connection to look at the tables of a schema through cursors. Raises Away."""
    with translated():
        connection = await asyncpg.connect(
            url, timeout=settings.postgres_timeout, server_settings={"search_path": schema}
        )
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                yield connection
        finally:
            connection.terminate()


async def differences(
    was: "asyncpg.Connection[Any]", now: "asyncpg.Connection[Any]", table: str
) -> AsyncIterator[RowDifference | int]:
    """The rows of a table that are not the same, in the order of its key; in between, how many were compared."""
    key = await was.fetchval(_KEY, table)
    query = _ROWS.format(key=", ".join(key), table=_SHORT.get(table, f"select * from {table}"))  # noqa: S608 - our own
    left, right = _Rows(was, query), _Rows(now, query)
    compared = 0
    one, other = await left.next(), await right.next()
    while one or other:
        compared += 1
        if compared % PAGE == 0:
            yield PAGE
        if one and (other is None or one[0] < other[0]):
            yield RowDifference(table, one[0], orjson.loads(one[1]), None)
            one = await left.next()
        elif other and (one is None or other[0] < one[0]):
            yield RowDifference(table, other[0], None, orjson.loads(other[1]))
            other = await right.next()
        elif one and other:
            if one[1] != other[1]:
                yield RowDifference(table, one[0], orjson.loads(one[1]), orjson.loads(other[1]))
            one, other = await left.next(), await right.next()
    yield compared % PAGE


class _Rows:
    """A query's rows, one by one, read in pages."""

    def __init__(self, connection: "asyncpg.Connection[Any]", query: str) -> None:
        self._connection = connection
        self._query = query
        self._cursor: Any = None
        self._page: Sequence[Any] = ()
        self._at = 0

    async def next(self) -> tuple[str, str] | None:
        """(key, row as JSON); None behind the last."""
        if self._cursor is None:
            self._cursor = await self._connection.cursor(self._query)
        if self._at == len(self._page):
            self._page, self._at = await self._cursor.fetch(PAGE), 0
        if not self._page:
            return None
        self._at += 1
        found = self._page[self._at - 1]
        return found["key"], found["row"]
