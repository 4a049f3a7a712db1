"""All tables as bytes, out of one database and into another: PostgreSQL's own binary COPY, over our connection."""

import re
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg

from schemas.errors import Rejected, Retry
from streams.store.connection import count

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

_PATIENCE = 24 * 3600.0
"""Seconds for the bytes of one table."""

_TABLES = """
select relname::text as name, pg_table_size(pg_class.oid) as size,
    array_agg(attname::text order by attnum) as columns
from pg_class join pg_attribute on attrelid = pg_class.oid
where relnamespace = current_schema()::regnamespace and relkind = 'r' and relname <> 'migrations'
    and attnum > 0 and not attisdropped and attgenerated = ''
group by pg_class.oid order by relname
"""

_REFERENCES = """
select conrelid::regclass::text as name, confrelid::regclass::text as needs
from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace
"""

_SEQUENCES = "select sequencename::text as name, last_value from pg_sequences where schemaname = current_schema()"

_MONTH = re.compile(r"events_([12]\d{3})_(0[1-9]|1[0-2])")


class Table(NamedTuple):
    """A table: its name, about how many bytes it has, its columns."""

    name: str
    size: int
    columns: list[str]


async def freeze(connection: "Connection") -> list[Table]:
    """See one moment from now on; the tables that there are, each behind those that it refers to.

    Raises:
        Retry: a table went at that very moment.
    """
    await connection.execute("set transaction isolation level repeatable read, read only")
    tables = await tables_of(connection)
    try:
        names = ", ".join(_quoted(table.name) for table in tables)
        await connection.execute(f"lock table {names} in access share mode")
    except asyncpg.UndefinedTableError as error:
        raise Retry(f"a month was dropped just now: {error}", "try again") from error
    return tables


async def tables_of(connection: "Connection") -> list[Table]:
    """All tables with rows of their own, each behind those that it refers to."""
    tables = {row["name"]: Table(**row) for row in await connection.fetch(_TABLES)}
    order = TopologicalSorter[str](dict.fromkeys(tables, ()))
    for row in await connection.fetch(_REFERENCES):
        if row["name"] != row["needs"]:
            order.add(row["name"], row["needs"])
    return [tables[name] for name in order.static_order()]


async def migrations_of(connection: "Connection") -> list[str]:
    """The names of the migrations that the database has taken."""
    return [row["name"] for row in await connection.fetch("select name from migrations order by number")]


async def sequences_of(connection: "Connection") -> dict[str, int]:
    """The last number that each sequence gave."""
    return {row["name"]: row["last_value"] for row in await connection.fetch(_SEQUENCES) if row["last_value"]}


async def copy_out(connection: "Connection", table: Table, write: Callable[[bytes], Coroutine[Any, Any, None]]) -> int:
    """Give all rows of a table to `write`, in pieces; how many there are."""
    query = f"select {_columns(table.columns)} from only {_quoted(table.name)}"  # noqa: S608 - quoted
    status: str = await connection.copy_from_query(query, output=write, format="binary", timeout=_PATIENCE)
    return count(status)


async def copy_in(connection: "Connection", table: Table, source: AsyncIterator[bytes]) -> int:
    """Fill a table with what `copy_out` gave; how many rows that were.

    Raises:
        Rejected: they do not fit.
    """
    try:
        status: str = await connection.copy_to_table(
            table.name, source=source, columns=table.columns, format="binary", timeout=_PATIENCE
        )
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        raise Rejected(f"the rows of {table.name} do not fit: {error}", "use another backup") from error
    return count(status)


async def check_empty(connection: "Connection") -> None:
    """See that nobody has anything here.

    Raises:
        Rejected: somebody does.
    """
    names = [table.name for table in await tables_of(connection)]
    if names:
        raise Rejected(
            f"the database is not empty: it has {len(names)} tables, such as {names[0]}",
            "restore into a new database, or a new --data directory",
        )


async def make_months(connection: "Connection", names: Iterable[str]) -> None:
    """Make the tables of months among these names."""
    for name in names:
        if found := _MONTH.fullmatch(name):
            await connection.execute(
                "select make_events_month($1)", datetime(int(found[1]), int(found[2]), 1, tzinfo=UTC)
            )


async def set_sequences(connection: "Connection", last: dict[str, int]) -> None:
    """Go on counting where others stopped."""
    for row in await connection.fetch(_SEQUENCES):
        if row["name"] in last:
            await connection.execute("select setval($1::text::regclass, $2)", _quoted(row["name"]), last[row["name"]])


async def analyze(connection: "Connection") -> None:
    """Let the planner know what there is."""
    await connection.execute("analyze", timeout=_PATIENCE)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _columns(names: Iterable[str]) -> str:
    return ", ".join(map(_quoted, names))
