"""PostgreSQL that is there and does not serve: read-only, full, slow, deadlocked, cutting connections.

One worker lives through all of it, under load: nothing is lost, doubled or reordered, readiness says what is the
matter, and when it is over the work goes on by itself.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

from streams import embedded
from tests.build import until
from tests.conftest import Servers, start
from tests.site import Site, is_well, says

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ROUND = 400


@pytest.fixture(scope="module")
def site(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One for all of it."""
    folder = tmp_path_factory.mktemp("site")
    program = embedded.postgres_program(folder / "pg")
    server = asyncio.run(start(program))
    try:
        site = Site(program.url, servers.redis["6.2"], folder)
        asyncio.run(site.migrate())
        with site.working():
            yield site
    finally:
        server.kill()
        server.wait()


SET, RESET = "alter system set {} = '{}'", "alter system reset {}"
RELOAD = "select pg_reload_conf()"
CUT = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'headrace'"


@pytest.mark.parametrize(
    ("begin", "end", "problem", "logged"),
    [
        pytest.param(
            [SET.format("default_transaction_read_only", "on"), RELOAD],
            [RESET.format("default_transaction_read_only"), RELOAD],
            "^PostgreSQL is read-only$",
            "is read-only: cannot execute",
            id="read-only at once, on every connection",
        ),
        pytest.param(
            ["alter database postgres set default_transaction_read_only = on", CUT],
            ["alter database postgres reset default_transaction_read_only", CUT],
            "^PostgreSQL is read-only$",
            "is read-only: cannot execute",
            id="a fail-over to a standby and back: connections break, the new ones cannot write",
        ),
        pytest.param(
            [SET.format("statement_timeout", "1ms"), RELOAD],
            [RESET.format("statement_timeout"), RELOAD],
            "PostgreSQL has ended a statement",
            "statement timeout",
            id="a statement may take a millisecond",
        ),
    ],
)
async def test_it_is_set_so_for_a_while(
    site: Site, begin: Sequence[str], end: Sequence[str], problem: str, logged: str
) -> None:
    async with site.services() as services:
        await site.publish(ROUND)
        await site.execute(*begin)
        try:
            await site.publish(ROUND)
            await until(lambda: says(services, problem))
            await until(lambda: has_said(site, logged))
        finally:
            await site.execute(*end)
        await site.publish(ROUND)
        await site.check()
        await until(lambda: is_well(services))


async def has_said(site: Site, words: str) -> bool:
    return words in site.said


async def test_connections_are_cut_in_the_middle_of_batches(site: Site) -> None:
    over = asyncio.Event()

    async def cut() -> int:
        times = 0
        while not over.is_set():
            await site.execute(CUT)
            times += 1
        return times

    cutting = asyncio.create_task(cut())
    await site.publish(3 * ROUND)
    over.set()
    assert await cutting > 5
    await site.check()
    async with site.services() as services:
        await until(lambda: is_well(services))


async def test_a_table_is_locked_for_longer_than_a_lock_may_take(site: Site) -> None:
    await site.execute(SET.format("lock_timeout", "50ms"), RELOAD)
    try:
        async with site.services() as services, site.admin() as other:
            async with other.transaction():
                await other.execute("lock table documents in exclusive mode")
                await site.publish(ROUND)
                await until(lambda: says(services, "persist waits: PostgreSQL has not given a lock"))
            await site.check()
            await until(lambda: is_well(services))
    finally:
        await site.execute(RESET.format("lock_timeout"), RELOAD)


async def test_deadlocks_with_somebody_else(site: Site) -> None:
    """A stranger takes rows in the other order: first those that the group writes last. PostgreSQL ends one of us."""
    await site.publish(ROUND)
    await site.check()
    ours = site.said.count("has ended a deadlock")
    while site.said.count("has ended a deadlock") < ours + 2:
        async with site.admin() as other:
            with suppress(asyncpg.DeadlockDetectedError):
                async with other.transaction():
                    await other.execute("set local deadlock_timeout = '60s'")  # so that it is the worker who finds it
                    await other.execute("select * from documents for update")
                    await site.publish(40)
                    await until(lambda: _waits(other))
                    await other.execute("select * from positions where group_name = 'persist' for update")
    await site.check()


async def _waits(connection: "asyncpg.Connection[Any]") -> bool:
    query = "select count(*) from pg_stat_activity where application_name = 'headrace' and wait_event_type = 'Lock'"
    return bool(await connection.fetchval(query))
