"""What has happened: everything that lasts, in PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Self, cast

from schemas.settings import Settings
from streams.store.blobs import Blobs
from streams.store.components import Components
from streams.store.connection import Executor, Pool, connect
from streams.store.credentials import Credentials
from streams.store.events import Events
from streams.store.failures import DeadLetters, Held
from streams.store.judged import Judged
from streams.store.migrate import migrate, pending
from streams.store.progress import Handled, Positions
from streams.store.versions import Versions


class Store:
    """All tables, on the pool or inside one transaction."""

    def __init__(self, db: Executor) -> None:
        self.db = db
        self.blobs = Blobs(db)
        self.components = Components(db)
        self.credentials = Credentials(db)
        self.dead_letters = DeadLetters(db)
        self.events = Events(db)
        self.handled = Handled(db)
        self.held = Held(db)
        self.judged = Judged(db)
        self.positions = Positions(db)
        self.versions = Versions(db)

    @classmethod
    async def connect(cls, url: str, settings: Settings) -> Self:
        """Open the store. Raises Away or Misconfigured."""
        return cls(await connect(url, settings))

    @property
    def _pool(self) -> Pool:
        return cast("Pool", self.db)

    async def close(self) -> None:
        """Close the connections, at once where some are stuck."""
        self._pool.terminate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Self]:
        """The same store inside a transaction: what it writes commits together, or not at all."""
        async with self._pool.transaction() as connection:
            yield type(self)(connection)

    async def migrate(self) -> list[str]:
        """Bring the schema up to date; the names of the steps taken."""
        return [step.name for step in await migrate(self._pool)]

    async def pending(self) -> list[str]:
        """The names of the migrations that are still to be taken."""
        return [step.name for step in await pending(self.db)]

    async def ping(self) -> str:
        """The server's version. Raises Away."""
        return str(await self.db.fetchval("show server_version"))
