"""Compare tables row by row: as they are in two schemas, or in one at two moments."""

import asyncio
from collections.abc import AsyncIterator
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
    while True:
        await asyncio.gather(left.fill(), right.fill())
        if same := _skip_same(left, right):
            yield same
            continue
        one, other = left.first(), right.first()
        if not (one or other):
            return
        yield 1
        if one and (other is None or one[0] < other[0]):
            yield RowDifference(table, one[0], orjson.loads(one[1]), None)
            left.at += 1
        elif other and (one is None or other[0] < one[0]):
            yield RowDifference(table, other[0], None, orjson.loads(other[1]))
            right.at += 1
        elif one and other:
            if one[1] != other[1]:
                yield RowDifference(table, one[0], orjson.loads(one[1]), orjson.loads(other[1]))
            left.at += 1
            right.at += 1


class _Rows:
    """A query's rows, read in pages."""

    def __init__(self, connection: "asyncpg.Connection[Any]", query: str) -> None:
        self._connection = connection
        self._query = query
        self._cursor: Any = None
        self.page: list[Any] = []
        self.at = 0

    async def fill(self) -> None:
        """Read the next page, behind the end of the last."""
        if self.at < len(self.page):
            return
        if self._cursor is None:
            self._cursor = await self._connection.cursor(self._query)
        self.page, self.at = await self._cursor.fetch(PAGE), 0

    def first(self) -> tuple[str, str] | None:
        """(key, row as JSON); None behind the last."""
        return (self.page[self.at]["key"], self.page[self.at]["row"]) if self.at < len(self.page) else None


def _skip_same(one: _Rows, other: _Rows) -> int:
    """Go behind two pages that are the same, as most are; how many rows they have."""
    if one.at or other.at or one.page != other.page:
        return 0
    one.at = other.at = len(one.page)
    return one.at
