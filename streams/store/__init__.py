"""What has happened: everything that lasts, in PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Self, cast

from schemas.errors import Away
from schemas.settings import Settings
from streams.store.audit import Audit
from streams.store.backlog import Backlog
from streams.store.blobs import Blobs
from streams.store.chains import Chains
from streams.store.checkpoints import Checkpoints
from streams.store.clients import Clients
from streams.store.components import Components
from streams.store.conflicts import Conflicts
from streams.store.connection import Executor, Kept, Pool, connect
from streams.store.credentials import Credentials
from streams.store.events import Events
from streams.store.failures import Held
from streams.store.judged import Judged
from streams.store.letters import DeadLetters
from streams.store.logs import Logs
from streams.store.manifests import Manifests
from streams.store.migrate import migrate, pending
from streams.store.months import Months, MonthWork, at_work
from streams.store.outbox import Outbox
from streams.store.progress import Handled, Positions
from streams.store.projects import Projects
from streams.store.sync import Syncs
from streams.store.users import Users
from streams.store.versions import Versions
from streams.store.write import Write, commit

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy


class Store:
    """All tables. What their static methods return is written by `commit`, together with other writes or alone."""

    def __init__(self, db: Executor) -> None:
        self.db = db
        self.audit = Audit(db)
        self.backlog = Backlog(db)
        self.blobs = Blobs(db)
        self.chains = Chains(db)
        self.checkpoints = Checkpoints(db)
        self.clients = Clients(db)
        self.components = Components(db)
        self.conflicts = Conflicts(db)
        self.credentials = Credentials(db)
        self.dead_letters = DeadLetters(db)
        self.events = Events(db)
        self.handled = Handled(db)
        self.held = Held(db)
        self.judged = Judged(db)
        self.logs = Logs(db)
        self.manifests = Manifests(db)
        self.outbox = Outbox(db)
        self.months = Months(db)
        self.positions = Positions(db)
        self.syncs = Syncs(db)
        self.users = Users(db)
        self.projects = Projects(db)
        self.versions = Versions(db)

    @classmethod
    async def connect(cls, url: str, settings: Settings) -> Self:
        """Open the store. Raises Away or Misconfigured."""
        return cls(await connect(url, settings))

    @classmethod
    def kept(cls, url: str, settings: Settings) -> Self:
        """The store for one task, on one connection."""
        return cls(Kept(url, settings))

    @property
    def _pool(self) -> Pool:
        return cast("Pool", self.db)

    async def close(self) -> None:
        """Close the connections, at once where some are stuck."""
        cast("Pool | Kept", self.db).terminate()

    async def commit(self, *writes: Write) -> None:
        """Make these changes, all or none: `streams.store.write.commit`."""
        await commit(self.db, writes)

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncIterator["Store"]:
        """Be the only one, among all processes, who does this: on one connection."""
        async with self._pool.connection() as connection:
            await connection.execute("select pg_advisory_lock(hashtext($1))", what)
            try:
                yield Store(connection)
            finally:
                await connection.execute("select pg_advisory_unlock(hashtext($1))", what)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """All that is done on this one connection happens, or nothing."""
        async with cast("PoolConnectionProxy[Any]", self.db).transaction():
            yield

    def in_transaction(self) -> "AbstractAsyncContextManager[PoolConnectionProxy[Any]]":
        """One connection, in a transaction."""
        return self._pool.transaction()

    def months_alone(self, *, snapshot: bool = False) -> AbstractAsyncContextManager[MonthWork]:
        """A transaction for whoever works on whole months: `streams.store.months.at_work`."""
        return at_work(self._pool, snapshot=snapshot)

    async def migrate(self) -> list[str]:
        """Bring the schema up to date; the names of the steps taken."""
        return [step.name for step in await migrate(self._pool)]

    async def pending(self) -> list[str]:
        """The names of the migrations that are still to be taken."""
        return [step.name for step in await pending(self.db)]

    async def check_writable(self) -> None:
        """Raises Away where PostgreSQL cannot be reached, or takes no changes: it is a standby, or set read-only."""
        if await self.db.fetchval("show transaction_read_only") == "on":
            raise Away("PostgreSQL is read-only", "make it writable, or name the primary in HEADRACE_POSTGRES_URL")

    async def ping(self) -> str:
        """The server's version. Raises Away."""
        return str(await self.db.fetchval("show server_version"))
