"""Real servers for every test: started once, with a prefix of its own in Redis and emptied tables for each test."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

import hypothesis
import pytest
from loguru import logger
from redis.asyncio import Redis

from schemas.settings import Settings
from streams import embedded
from streams.connection import connect
from streams.log import Log
from streams.store import Store

hypothesis.settings.register_profile("suite", max_examples=50, deadline=None)
hypothesis.settings.load_profile("suite")

IN_CI = bool(os.environ.get("CI"))
REDIS_7 = shutil.which("redis-server")
TABLES = (
    "positions, handled, held, dead_letters, events, versions, head_moves, documents, blobs, judged, judged_hashes,"
    " conflicts, manifest_entries, credentials, letter_acts, suspects, chains, checkpoints, exported_months, logs,"
    " outbox, adapters, sync_sessions, sync_events, artifacts, users, spent_tokens, signing_key, access_acts"
)
QUICK = {
    "block_ms": 50,
    "tick_ms": 50,
    "lease_ms": 1500,
    "renew_ms": 400,
    "trim_ms": 100,
    "retry_base_ms": 20,
    "retry_cap_ms": 200,
    "partitions": 4,
}
"""Settings that make tests short. Figures are never taken with them."""

NOBODY = 65534
"""The user of that name."""

_numbers = count()


def _say(words: str) -> None:
    sys.stderr.write(words)  # whatever it is by now: pytest exchanges it for each test


def log_to_stderr() -> None:
    """Have the log beside the outcome of each test."""
    logger.remove()
    logger.add(_say, level="INFO", diagnose=False, backtrace=False)


log_to_stderr()


class Servers(NamedTuple):
    """URLs of the servers that all tests share. `redis` by version."""

    redis: dict[str, str]
    postgres: str


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The quick tests first."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Redis 6.2 and PostgreSQL from wheels; Redis 7 where the system has it (in CI it must)."""
    folder = tmp_path_factory.mktemp("servers")
    programs = {"6.2": embedded.redis_program(folder / "redis"), "postgres": embedded.postgres_program(folder / "pg")}
    if REDIS_7:
        program = embedded.redis_program(folder / "redis7")
        programs["7"] = program._replace(command=[REDIS_7, *program.command[1:]])
    elif IN_CI:
        pytest.fail("CI needs Debian's redis-server: apt-get install redis-server")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes += [asyncio.run(start(program)) for program in programs.values()]
        urls = {name: program.url for name, program in programs.items()}
        asyncio.run(_migrate(urls["postgres"]))
        yield Servers({name: url for name, url in urls.items() if name != "postgres"}, urls["postgres"])
    finally:
        for process in processes:
            process.kill()
            process.wait()


async def start(program: embedded.Program) -> "subprocess.Popen[bytes]":
    """Start a server and wait until it answers."""
    process = await embedded.start(program, subprocess.DEVNULL)
    async with asyncio.timeout(30):
        while not await embedded.answers(program):
            assert process.poll() is None, f"{program.name} ended"
            await asyncio.sleep(0.02)
    return process


async def _migrate(url: str) -> None:
    store = await Store.connect(url, Settings())
    await store.migrate()
    await store.close()


@pytest.fixture
def redis_url(servers: Servers) -> str:
    """The embedded Redis."""
    return servers.redis["6.2"]


@pytest.fixture
def postgres_url(servers: Servers) -> str:
    """The embedded PostgreSQL."""
    return servers.postgres


@pytest.fixture
def settings() -> Settings:
    """Quick settings with a key prefix that no other test has."""
    return Settings(prefix=f"t{next(_numbers)}", api_key="key-of-the-tests", **QUICK)  # type: ignore[arg-type]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of its own, for looking."""
    client = connect(redis_url, 5.0)
    yield client
    await client.aclose()


@pytest.fixture
async def log(redis_url: str, settings: Settings) -> AsyncIterator[Log]:
    """An open, empty log."""
    opened = Log(connect(redis_url, 5.0), settings)
    await opened.open()
    await opened.admit()
    yield opened
    await opened.close()


@pytest.fixture
async def store(postgres_url: str, settings: Settings) -> AsyncIterator[Store]:
    """An empty store."""
    opened = await Store.connect(postgres_url, settings)
    await opened.db.execute(f"truncate {TABLES}")
    yield opened
    await opened.close()


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A copy of the example tree."""
    return Path(shutil.copytree(Path(__file__).parent.parent / "examples" / "cvlab", tmp_path / "lab"))


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of one's own, as a user to whom permissions mean something."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        privileged = os.geteuid() == 0
        if privileged:
            os.chown(folder, NOBODY, NOBODY)
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(folder)
        finally:
            if privileged:
                os.seteuid(0)
                os.setegid(0)
