"""An empty store beside the real one, in a schema of its own, to do everything over in."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from schemas.base import new_id
from schemas.settings import Settings
from streams.store import Store
from streams.store.connection import Kept, translated
from streams.store.migrate import migrations

_NAME = re.compile(r"replay_[0-9a-f]{32}")


@asynccontextmanager
async def scratch(url: str, settings: Settings) -> AsyncIterator[tuple[Store, str]]:
    """A store, and the name of its schema. It is gone afterwards, and so are those whose makers were killed."""
    name = f"replay_{new_id().replace('-', '')}"
    with translated():
        keeper = await asyncpg.connect(url, timeout=settings.postgres_timeout)
        try:
            await keeper.execute("set client_min_messages to warning")
            await _sweep(keeper)
            await keeper.execute("select pg_advisory_lock(hashtext($1))", name)
            await keeper.execute(f"create schema {name}; set search_path to {name}")
            for migration in migrations():
                await keeper.execute(migration.sql)
            store = Store(Kept(url, settings, search_path=name))
            try:
                yield store, name
            finally:
                await store.close()
                await keeper.execute(f"drop schema {name} cascade")
        finally:
            keeper.terminate()


async def _sweep(connection: "asyncpg.Connection[Any]") -> None:
    """Take away what others have left behind. Whoever still uses one holds its lock."""
    for row in await connection.fetch("select nspname as name from pg_namespace where nspname like 'replay\\_%'"):
        name = row["name"]
        if _NAME.fullmatch(name) and await connection.fetchval("select pg_try_advisory_lock(hashtext($1))", name):
            await connection.execute(f"drop schema if exists {name} cascade")
            await connection.execute("select pg_advisory_unlock(hashtext($1))", name)
