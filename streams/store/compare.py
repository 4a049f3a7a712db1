"""Compare tables row by row: as they were at one moment, and as they were made again in a schema of its own.

What they were is kept as one digest for each row, which a short transaction writes down. One that stayed open while all
is made again would see the same, but as long as it is open PostgreSQL can throw away no row version that anybody
replaces: the few rows that are written all the time would become slower to read by the minute, there and here.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import orjson

from streams.store.connection import Connection, count

_KEY = """
select string_agg(quote_ident(attname), ', ' order by position) from pg_index
cross join unnest(indkey) with ordinality as part (number, position)
join pg_attribute on attrelid = indrelid and attnum = number
where indrelid = $1::text::regclass and indisprimary
"""

_SHORT = {"blobs": "select hash, digest, size, encode(sha256(content), 'hex') as content from blobs"}
"""How to read tables whose rows are too large to be made into JSON."""

_DIGEST = "sha256(convert_to(to_jsonb(row)::text, 'UTF8')) as digest"

_DIGESTS = f"select row({{key}})::text as key, {_DIGEST} from ({{rows}}) row"  # noqa: S608 - a constant

_DIFFERENT = """
select key, was.digest as was, now.digest as now from was_{table} was full join ({digests}) now using (key)
where was.digest is distinct from now.digest order by key
"""

_ROW = f"select to_jsonb(row)::text as row, {_DIGEST} from ({{rows}}) row where row({{key}})::text = $1"  # noqa: S608 - a constant


class Differing(NamedTuple):
    """A row that is not what it was, by its key, with the digests of both; None where it is missing."""

    table: str
    key: str
    was: bytes | None
    now: bytes | None


Row: TypeAlias = dict[str, Any]


async def keep(live: Connection, tables: Sequence[str], schema: str) -> dict[str, int]:
    """Write down what these tables are, in a schema for `differences` to find; how many rows each of them has."""
    return {
        table: count(await live.execute(f"create unlogged table {schema}.was_{table} as {await _digests(live, table)}"))
        for table in tables
    }


async def differences(made: Connection, table: str) -> AsyncIterator[Differing]:
    """The rows that are not what they were, in the order of their keys. `made` looks at the schema."""
    query = _DIFFERENT.format(table=table, digests=await _digests(made, table))
    async with made.transaction(isolation="repeatable_read", readonly=True):
        async for row in made.cursor(query):
            yield Differing(table, *row)


async def row_of(connection: Connection, table: str, key: str, digest: bytes | None) -> Row | None:
    """One row as it is here; empty where its digest is another one: it has been replaced since."""
    if digest is None:
        return None
    asked = _ROW.format(key=await connection.fetchval(_KEY, table), rows=_rows(table))
    found = await connection.fetchrow(asked, key)
    return orjson.loads(found["row"]) if found and found["digest"] == digest else {}


async def _digests(connection: Connection, table: str) -> str:
    return _DIGESTS.format(key=await connection.fetchval(_KEY, table), rows=_rows(table))


def _rows(table: str) -> str:
    return _SHORT.get(table, f"select * from {table}")  # noqa: S608 - one of our own
