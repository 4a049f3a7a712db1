"""Connections to PostgreSQL, and the translation of their errors."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from schemas.errors import Away, Misconfigured, Rejected
from schemas.settings import Settings

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

Executor: TypeAlias = "Pool | Kept | PoolConnectionProxy[Any]"
"""What a query runs on: the pool, one connection kept for one task, or one inside a transaction."""

Connection: TypeAlias = "asyncpg.Connection[Any]"
"""One of its own, for what takes long."""

_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection ended in the middle of something
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutdown, crash, statement time-out
    asyncpg.InsufficientResourcesError,  # disk full, too many connections
    asyncpg.TransactionRollbackError,  # deadlock, serialisation
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
    asyncpg.ObjectInUseError,
    asyncpg.LockNotAvailableError,
)

_MATTERS: tuple[tuple[type[Exception], str], ...] = (
    (asyncpg.ReadOnlySQLTransactionError, "is read-only"),
    (asyncpg.DiskFullError, "has no space left"),
    (asyncpg.TooManyConnectionsError, "takes no more connections"),
    (asyncpg.DeadlockDetectedError, "has ended a deadlock"),
    (asyncpg.QueryCanceledError, "has ended a statement"),
    (asyncpg.LockNotAvailableError, "has not given a lock"),
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn PostgreSQL's errors into ours, where the world may change; the rest are bugs and pass."""
    try:
        yield
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise Misconfigured(
            f"PostgreSQL refuses us: {error}", "check user and password in HEADRACE_POSTGRES_URL"
        ) from error
    except asyncpg.InvalidCatalogNameError as error:
        raise Misconfigured(str(error), "create the database that HEADRACE_POSTGRES_URL names") from error
    except asyncpg.DataError as error:
        raise Rejected(f"PostgreSQL cannot take this: {_said(error)}") from error
    except _AWAY as error:
        raise Away(_why(error), "it is tried again until it is back") from error


def _why(error: BaseException) -> str:
    """What is the matter with PostgreSQL, in words; its own tell more, but no values of ours."""
    matter = next((matter for kind, matter in _MATTERS if isinstance(error, kind)), "is away")
    return f"PostgreSQL {matter}: {_said(error) or 'no answer in time'}"


def _said(error: BaseException) -> str:
    return str(error).partition("\nDETAIL")[0][:300]


class Pool:
    """Connections. Whatever is asked of them raises Away where PostgreSQL is."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows."""
        with translated():
            return await self._pool.fetch(query, *arguments)

    async def fetchrow(self, query: str, *arguments: Any) -> asyncpg.Record | None:
        """The first row."""
        with translated():
            return await self._pool.fetchrow(query, *arguments)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        with translated():
            return await self._pool.fetchval(query, *arguments)

    async def execute(self, query: str, *arguments: Any) -> str:
        """The command's status."""
        with translated():
            return await self._pool.execute(query, *arguments)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator["PoolConnectionProxy[Any]"]:
        """One connection."""
        with translated():
            async with self._pool.acquire() as connection:
                yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["PoolConnectionProxy[Any]"]:
        """One connection, in a transaction."""
        with translated():
            async with self._pool.acquire() as connection, connection.transaction():
                yield connection

    def terminate(self) -> None:
        """Close the connections at once."""
        self._pool.terminate()


class Kept:
    """One connection for one task: it spares what a pool does before and after each statement. Opened when needed."""

    def __init__(self, url: str, settings: Settings, search_path: str | None = None) -> None:
        self._url = url
        self._options = _options(settings, search_path)
        self._connection: asyncpg.Connection[Any] | None = None

    async def _open(self) -> "asyncpg.Connection[Any]":
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(self._url, **self._options)
        return self._connection

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """All rows."""
        with translated():
            return await (await self._open()).fetch(query, *arguments)

    async def fetchrow(self, query: str, *arguments: Any) -> asyncpg.Record | None:
        """The first row."""
        with translated():
            return await (await self._open()).fetchrow(query, *arguments)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        with translated():
            return await (await self._open()).fetchval(query, *arguments)

    async def execute(self, query: str, *arguments: Any) -> str:
        """The command's status."""
        with translated():
            return await (await self._open()).execute(query, *arguments)

    def terminate(self) -> None:
        """Close the connection at once."""
        if self._connection is not None:
            self._connection.terminate()


def _options(settings: Settings, search_path: str | None = None) -> dict[str, Any]:
    """What is the same for all connections."""
    where = {"search_path": search_path, "synchronous_commit": "off"} if search_path else {}
    return {
        "timeout": settings.postgres_timeout,
        "command_timeout": settings.postgres_timeout,
        "server_settings": {
            "application_name": "headrace",
            "jit": "off",
            # Each statement is planned once, so it must not be planned for tables that are still empty.
            "plan_cache_mode": "force_generic_plan",
            "enable_seqscan": "off",
            "enable_hashjoin": "off",
            "enable_mergejoin": "off",
            **where,
        },
    }


async def connect(url: str, settings: Settings) -> Pool:
    """A pool. Raises Away or Misconfigured where no connection can be made."""
    with translated():
        made = await asyncpg.create_pool(
            url, min_size=0, max_size=settings.postgres_pool, reset=_keep, **_options(settings)
        )
    pool = Pool(made)
    try:
        await pool.execute("select 1")
    except BaseException:
        pool.terminate()
        raise
    return pool


async def _keep(_: object) -> None:
    """Nothing that is done here outlives its transaction: no settings, no locks, no cursors to be reset."""


@asynccontextmanager
async def patient(url: str, settings: Settings, search_path: str = "public") -> AsyncIterator[Connection]:
    """A connection for questions about all of a table, which may take as long as they take. Raises Away."""
    with translated():
        connection = await asyncpg.connect(
            url, timeout=settings.postgres_timeout, server_settings={"search_path": search_path}
        )
        try:
            yield connection
        finally:
            connection.terminate()


def count(status: str) -> int:
    """The number of rows in a command's status, such as `UPDATE 3`."""
    return int(status.rpartition(" ")[2])


def array(values: Iterable[str | int | None]) -> str:
    """Values as a PostgreSQL array literal, for a parameter such as `$1::text::uuid[]`.

    The driver encodes arrays element by element, in Python; this is one join.
    """
    values = list(values)
    if values and isinstance(values[0], int):
        return "{" + str(values)[1:-1].replace("None", "null") + "}"
    try:
        joined = '","'.join(values)  # type: ignore[arg-type] # the common case, and the others are caught
    except TypeError:
        joined = "\\"
    if not values or "\\" in joined or joined.count('"') != 2 * len(values) - 2:
        return "{" + ",".join([_element(value) for value in values]) + "}"
    return '{"' + joined + '"}'


def _element(value: str | int | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def arrays(rows: Sequence[Sequence[str | int | None]], width: int) -> list[str]:
    """Rows as array literals, column by column, for `unnest`; `width` columns even where there are no rows."""
    return [array(column) for column in zip(*rows, strict=True)] if rows else ["{}"] * width
