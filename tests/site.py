"""A place whose PostgreSQL gets into trouble under load, and what must have become of the load afterwards."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from gateway.app import make_services
from gateway.services import Services
from gateway.status import find_problems
from schemas.settings import Settings
from streams.connection import connect
from streams.log import Log
from streams.store import Store
from tests.build import until
from tests.conftest import QUICK
from tests.faults import environment, process
from tests.test_faults import all_there, check, publish


class Site:
    """A PostgreSQL of our own, a worker on it, and how many changes were published so far."""

    def __init__(self, url: str, redis_url: str, folder: Path) -> None:
        self.url, self.redis_url, self.folder = url, redis_url, folder
        self.settings = Settings(prefix=folder.name.lower(), api_key="k", **QUICK)  # type: ignore[arg-type]
        self.total = 0

    @property
    def said(self) -> str:
        """What the worker has logged."""
        return (self.folder / "worker.log").read_text()

    @asynccontextmanager
    async def admin(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        """A connection to which none of the trouble applies."""
        quiet = {"default_transaction_read_only": "off", "statement_timeout": "0", "lock_timeout": "0"}
        connection = await asyncpg.connect(self.url, server_settings=quiet | {"application_name": "admin"})
        try:
            yield connection
        finally:
            await connection.close()

    async def execute(self, *queries: str) -> None:
        """As an administrator."""
        async with self.admin() as connection:
            for query in queries:
                await connection.execute(query)

    @asynccontextmanager
    async def services(self) -> AsyncIterator[Services]:
        """What a gateway has."""
        async with AsyncExitStack() as stack:
            services = await make_services(self.redis_url, self.url, self.settings, stack)
            services.hub.connected = True
            yield services

    async def publish(self, number: int) -> None:
        """So many more changes."""
        log = Log(connect(self.redis_url, 5.0), self.settings)
        await log.open()
        for at in range(self.total, self.total + number, 20):
            await publish(log, range(at, at + 20))
            await asyncio.sleep(0)
        self.total += number
        await log.close()

    async def check(self) -> None:
        """Everything that was published is there, once and in order."""
        store = await Store.connect(self.url, self.settings)
        try:
            await until(lambda: all_there(store, self.total), 60)
            await check(store, self.total)
        finally:
            await store.close()

    async def migrate(self) -> None:
        """Make the tables."""
        store = await Store.connect(self.url, self.settings)
        await store.migrate()
        await store.close()

    @contextmanager
    def working(self) -> Iterator[None]:
        """With the worker."""
        env = environment(self.settings, HEADRACE_REDIS_URL=self.redis_url, HEADRACE_POSTGRES_URL=self.url)
        with process(["worker"], env, self.folder / "worker.log"):
            yield


async def says(services: Services, problem: str) -> bool:
    """Whether readiness tells of a problem."""
    return any(re.search(problem, one) for one in await find_problems(services))


async def is_well(services: Services) -> bool:
    """Whether it tells of none."""
    return await find_problems(services) == []
