"""The log is tested on every Redis there is."""

import pytest

from tests.conftest import REDIS_7, Servers

ENGINES = ["6.2", "7"] if REDIS_7 else ["6.2"]


@pytest.fixture(params=ENGINES)
def redis_url(request: pytest.FixtureRequest, servers: Servers) -> str:
    """Each Redis in turn."""
    return servers.redis[request.param]
