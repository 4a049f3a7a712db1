"""The months of the archive: what lies in the database, and what lies in files."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import starmap
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg

from schemas.errors import Retry
from streams.store.connection import Executor, Pool
from streams.store.events import COLUMNS, Row

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

_PATIENCE = 24 * 3600.0
"""Seconds for a statement that goes through a whole month."""

# The planner's own way to tell how many rows there are without counting them.
_TABLES = """
select relname as name, pg_total_relation_size(oid) as size,
    case when reltuples >= 0
        then (reltuples * pg_relation_size(oid) / greatest(relpages, 1) / current_setting('block_size')::int)::bigint
    end as events
from pg_inherits join pg_class on oid = inhrelid where inhparent = 'events'::regclass order by name
"""

_RECORD = """
insert into exported_months (month, part, path, sha256, events, first_seq, last_seq, exported_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


class Part(NamedTuple):
    """A file with events of a month. Those of a dropped one lie nowhere else."""

    month: date
    part: int
    path: str
    sha256: str
    events: int
    first_seq: int
    last_seq: int
    exported_at: datetime
    dropped_at: datetime | None = None


class Table(NamedTuple):
    """A month's events in the database. How many they are is an estimate where it is an old table."""

    month: date
    size: int
    events: int
    first_seq: int | None
    last_seq: int | None


def name_of(month: date) -> str:
    """Such as `2026-01`."""
    return f"{month:%Y-%m}"


def end_of(month: date) -> datetime:
    """When the next one begins."""
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=UTC)


def _table(month: date) -> str:
    return f"events_{month:%Y_%m}"


class Months:
    """The partitions of `events`, and the `exported_months` table."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def tables(self) -> list[Table]:
        """What lies in the database, oldest first."""
        return [await self._measure(row) for row in await self._db.fetch(_TABLES)]

    async def _measure(self, row: asyncpg.Record) -> Table:
        first = await self._db.fetchval(f"select seq from {row['name']} order by seq limit 1")  # noqa: S608 - a table of ours
        last = await self._db.fetchval(f"select seq from {row['name']} order by seq desc limit 1")  # noqa: S608 - the same
        count = row["events"]
        if count is None:  # too young to have been looked at
            count = await self._db.fetchval(f"select count(*) from {row['name']}")  # noqa: S608 - the same
        month = datetime.strptime(f"{row['name']}_01 +0000", "events_%Y_%m_%d %z").date()
        return Table(month, row["size"], count if last else 0, first, last)

    async def parts(self, month: date | None = None, *, dropped: bool | None = None) -> list[Part]:
        """The files of a month, or of all; where it matters, only those that are `dropped`, or are not."""
        query = """
            select month, part, path, sha256, events, first_seq, last_seq, exported_at, dropped_at from exported_months
            where ($1::date is null or month = $1) and ($2::bool is null or (dropped_at is not null) = $2)
            order by first_seq, part
        """
        return list(starmap(Part, await self._db.fetch(query, month, dropped)))

    async def dropped_files(self) -> list[tuple[date, str, str]]:
        """Month, path and digest of the files whose events lie nowhere else."""
        query = "select month, path, sha256 from exported_months where dropped_at is not null order by first_seq"
        return [(row["month"], row["path"], row["sha256"]) for row in await self._db.fetch(query)]

    async def record(self, part: Part) -> None:
        """Remember a file. It takes the place of those whose events are still in the database."""
        await self._db.execute("delete from exported_months where month = $1 and dropped_at is null", part.month)
        await self._db.execute(_RECORD, *part[:-1])

    async def digest(self, seq: int, month: date) -> bytes | None:
        """The digest of an event that lies in the database."""
        query = f"select digest from {_table(month)} where seq = $1"  # noqa: S608 - a table of ours
        found: bytes | None = await self._db.fetchval(query, seq)
        return found


class MonthWork:
    """What is done to a whole month, in one transaction, by one person at a time."""

    def __init__(self, connection: "PoolConnectionProxy[Any]") -> None:
        self._connection = connection
        self.months = Months(connection)

    async def is_there(self, month: date) -> bool:
        """Whether the database has a table for the month."""
        return bool(await self._connection.fetchval("select to_regclass($1) is not null", _table(month)))

    async def count(self, month: date) -> int:
        """How many events of the month the database has, exactly."""
        if not await self.is_there(month):
            return 0
        query = f"select count(*) from {_table(month)}"  # noqa: S608 - a table of ours
        return int(await self._connection.fetchval(query, timeout=_PATIENCE))

    async def pages(self, month: date, size: int) -> AsyncIterator[list[Row]]:
        """The month's events in the database in their order, as they are at this moment."""
        query = f"select {COLUMNS} from {_table(month)} order by seq"  # noqa: S608 - constants
        await self._connection.execute(f"declare month no scroll cursor for {query}")
        while records := await self._connection.fetch(f"fetch forward {size:d} from month"):
            yield list(starmap(Row, records))
        await self._connection.execute("close month")

    async def drop(self, month: date, events: int, now: datetime) -> bool:
        """Drop the month from the database, if it still has that many events; its files are all there is then."""
        table = _table(month)
        await self._connection.execute(f"lock table {table} in share mode")  # late events wait
        if await self.count(month) != events:
            return False
        await self._connection.execute(f"alter table events detach partition {table}")
        await self._connection.execute(f"drop table {table}")
        await self._connection.execute(
            "update exported_months set dropped_at = $2 where month = $1 and dropped_at is null", month, now
        )
        return True

    async def make(self, month: date) -> None:
        """Make room for the month's events."""
        await self._connection.execute("select make_events_month($1)", end_of(month) - timedelta(days=1))

    async def fill(self, month: date, rows: Sequence[Row]) -> None:
        """Put events back."""
        await self._connection.copy_records_to_table(_table(month), records=rows, columns=COLUMNS.split(", "))

    async def undrop(self, month: date) -> None:
        """The month's files are no longer all there is."""
        await self._connection.execute("update exported_months set dropped_at = null where month = $1", month)


@asynccontextmanager
async def at_work(pool: Pool, *, snapshot: bool = False) -> AsyncIterator[MonthWork]:
    """Work on months; with a `snapshot`, all of it sees the same moment.

    Raises:
        Retry: somebody else works on them, or reads what is to go.
    """
    isolation = "repeatable read" if snapshot else "read committed"
    async with pool.transaction() as connection:
        try:
            await connection.execute(f"set transaction isolation level {isolation}; set local lock_timeout = '10s'")
            await connection.execute("lock table exported_months in share row exclusive mode nowait")
            yield MonthWork(connection)
        except asyncpg.LockNotAvailableError as error:
            raise Retry(f"somebody else is at work on the archive: {error}", "try again when they are done") from error
