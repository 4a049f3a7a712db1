"""A cluster for all tests of a session, in a process of its own; every test has topics and groups of its own."""

import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from schemas.settings import Settings
from tests.conftest import IN_CI
from tests.streams.kafka.mock_cluster import let_followers_be_first

if TYPE_CHECKING:
    from streams.kafka.publisher import Publisher

MISSING = [name for name in ("confluent_kafka", "faust") if find_spec(name) is None]
MOCK = Path(__file__).with_name("mock_cluster.py")


@pytest.fixture(scope="session")
def cluster() -> Iterator["subprocess.Popen[bytes]"]:
    """The cluster's process, which says first where it listens."""
    if MISSING:
        (pytest.fail if IN_CI else pytest.skip)(f"THE KAFKA ENGINE IS NOT TESTED: pip install {' '.join(MISSING)}")
    let_followers_be_first()
    with subprocess.Popen([sys.executable, MOCK], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as mock:
        yield mock
        mock.kill()


@pytest.fixture(scope="session")
def brokers(cluster: "subprocess.Popen[bytes]") -> list[str]:
    """Where the cluster listens."""
    assert cluster.stdout is not None
    return cluster.stdout.readline().decode().strip().split(",")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The mock cluster takes three seconds to let a group's members join: a lease must outlast that."""
    return settings.model_copy(update={"lease_ms": 6000, "renew_ms": 500})


@pytest.fixture
async def publisher(brokers: list[str], settings: Settings) -> AsyncIterator["Publisher"]:
    """The end of an empty log."""
    from streams.kafka.publisher import Publisher

    opened = Publisher(brokers, settings.prefix)
    await opened.check()
    yield opened
    await opened.close()
