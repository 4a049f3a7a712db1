"""The embedded servers: real ones, one at a time on a directory, back on their old address."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError

from schemas.errors import Misconfigured
from streams import embedded
from tests.build import until
from tests.conftest import start


@asynccontextmanager
async def running(program: embedded.Program) -> AsyncIterator[embedded.Program]:
    """A server that is killed in the end."""
    process = await start(program)
    try:
        yield program
    finally:
        process.kill()
        process.wait()


async def test_redis_keeps_everything_through_kill_9(tmp_path: Path) -> None:
    folder = tmp_path / "a directory" / "redis"
    async with running(embedded.redis_program(folder)) as first, Redis.from_url(first.url) as client:
        await client.set("kept", "yes")
    async with running(embedded.redis_program(folder)) as again, Redis.from_url(again.url) as client:
        assert again.url == first.url
        assert await client.get("kept") == b"yes"


async def test_a_long_file_is_shortened_at_every_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Redis by itself would wait until it is twice as long as it was at the start, and a start may come before that."""
    program = embedded.redis_program(tmp_path)
    file = tmp_path / "appendonly.aof"
    async with running(program), Redis.from_url(program.url) as client:
        for _ in range(20):
            await client.set("k", "x" * 100_000)
    length = file.stat().st_size
    assert length > 2_000_000
    async with running(program), Redis.from_url(program.url) as client:
        assert await embedded.works(program)
        assert (await client.info("persistence"))["aof_rewrite_in_progress"] == 0, "it is short"
    monkeypatch.setattr(embedded, "LONG_FILE", 1_000_000)
    async with running(program), Redis.from_url(program.url) as client:
        assert await embedded.works(program)
        await until(lambda: _is_short(file))
        assert await client.get("k") == b"x" * 100_000
        assert await embedded.works(program)
    assert not await embedded.works(program)


async def _is_short(file: Path) -> bool:
    return file.stat().st_size < 200_000


async def test_a_password_is_needed(tmp_path: Path) -> None:
    async with running(embedded.redis_program(tmp_path / "redis")) as program:
        port = program.url.rpartition(":")[2]
        async with Redis.from_url(f"redis://127.0.0.1:{port}") as stranger:
            with pytest.raises(AuthenticationError):
                await stranger.get("x")
    for secret in ("password", "redis.conf"):
        assert (tmp_path / "redis" / secret).stat().st_mode & 0o077 == 0


async def test_postgres_survives_the_death_of_all_its_processes(tmp_path: Path) -> None:
    async with running(embedded.postgres_program(tmp_path / "pg")) as program:
        connection = await asyncpg.connect(program.url)
        await connection.execute("create table kept (x int)")
        connection.terminate()
    async with running(embedded.postgres_program(tmp_path / "pg")) as again:
        connection = await asyncpg.connect(again.url)
        assert await connection.fetchval("select count(*) from kept") == 0
        await connection.close()


async def test_two_cannot_work_on_one_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LOCK_SECONDS", 0.2)
    async with running(embedded.redis_program(tmp_path / "redis")):
        with pytest.raises(Misconfigured, match="another redis"):
            await embedded.start(embedded.redis_program(tmp_path / "redis"), 1)


async def test_it_ends_with_whoever_started_it(tmp_path: Path) -> None:
    """A parent that is killed takes its servers along."""
    program = embedded.redis_program(tmp_path / "redis")
    readable, writable = os.pipe()
    parent = os.fork()
    if parent == 0:
        child = asyncio.new_event_loop().run_until_complete(embedded.start(program, 1))
        os.write(writable, str(child.pid).encode())
        signal.pause()
    pid = int(os.read(readable, 20))
    os.close(readable)
    os.close(writable)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    async with asyncio.timeout(10):
        while Path(f"/proc/{pid}/stat").exists() and ") Z " not in Path(f"/proc/{pid}/stat").read_text():
            await asyncio.sleep(0.02)


def test_a_taken_port_is_left_alone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert embedded.free_port(port) != port
    assert embedded.free_port(port) == port
