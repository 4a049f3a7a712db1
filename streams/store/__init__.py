"""What has happened: everything that lasts, in PostgreSQL."""

from typing import Self, cast

from schemas.settings import Settings
from streams.store.blobs import Blobs
from streams.store.chains import Chains
from streams.store.components import Components
from streams.store.conflicts import Conflicts
from streams.store.connection import Executor, Kept, Pool, connect
from streams.store.credentials import Credentials
from streams.store.events import Events
from streams.store.failures import Held
from streams.store.judged import Judged
from streams.store.letters import DeadLetters
from streams.store.manifests import Manifests
from streams.store.migrate import migrate, pending
from streams.store.progress import Handled, Positions
from streams.store.versions import Versions
from streams.store.write import Write, commit


class Store:
    """All tables. What their static methods return is written by `commit`, together with other writes or alone."""

    def __init__(self, db: Executor) -> None:
        self.db = db
        self.blobs = Blobs(db)
        self.chains = Chains(db)
        self.components = Components(db)
        self.conflicts = Conflicts(db)
        self.credentials = Credentials(db)
        self.dead_letters = DeadLetters(db)
        self.events = Events(db)
        self.handled = Handled(db)
        self.held = Held(db)
        self.judged = Judged(db)
        self.manifests = Manifests(db)
        self.positions = Positions(db)
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

    async def migrate(self) -> list[str]:
        """Bring the schema up to date; the names of the steps taken."""
        return [step.name for step in await migrate(self._pool)]

    async def pending(self) -> list[str]:
        """The names of the migrations that are still to be taken."""
        return [step.name for step in await pending(self.db)]

    async def ping(self) -> str:
        """The server's version. Raises Away."""
        return str(await self.db.fetchval("show server_version"))
