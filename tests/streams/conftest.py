"""The log is tested on every Redis there is."""

from collections.abc import AsyncIterator

import pytest

from streams.store import Store
from tests.conftest import REDIS_7, Servers
from tests.streams.runner import EFFECTS

ENGINES = ["6.2", "7"] if REDIS_7 else ["6.2"]


@pytest.fixture(params=ENGINES)
def redis_url(request: pytest.FixtureRequest, servers: Servers) -> str:
    """Each Redis in turn."""
    return servers.redis[request.param]


@pytest.fixture
async def effects_table(store: Store) -> AsyncIterator[None]:
    """An empty table for what the tests' handlers do."""
    await store.db.execute(EFFECTS)
    await store.db.execute("truncate effects")
    yield
    await store.db.execute("drop table effects")
