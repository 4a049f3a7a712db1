"""The servers that everything is measured on, and processes to measure in."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple, ParamSpec, TypeVar

import uvloop
from loguru import logger

from schemas.settings import Settings
from streams import embedded
from streams.connection import connect
from streams.store import Store

P = ParamSpec("P")
T = TypeVar("T")

HEADRACE = Path(sys.executable).with_name("headrace")


class Servers(NamedTuple):
    """Where they are. The settings are the defaults: that is what people will have."""

    redis_url: str
    postgres_url: str


@asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """A new Redis and a new PostgreSQL, as `headrace up` runs them."""
    with tempfile.TemporaryDirectory() as folder:
        programs = [embedded.redis_program(Path(folder) / "redis"), embedded.postgres_program(Path(folder) / "pg")]
        running = [await embedded.start(program, subprocess.DEVNULL) for program in programs]
        try:
            for program in programs:
                await until(lambda program=program: embedded.answers(program))  # type: ignore[misc]
            yield Servers(programs[0].url, programs[1].url)
        finally:
            for process in running:
                process.kill()
                process.wait()


def environment(**settings: str) -> dict[str, str]:
    """The variables of a process with these settings, and no others of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HEADRACE_")} | settings


@asynccontextmanager
async def headrace(where: Servers, *arguments: str, **settings: str) -> AsyncIterator["subprocess.Popen[bytes]"]:
    """A `headrace` command at work on these servers."""
    env = environment(HEADRACE_REDIS_URL=where.redis_url, HEADRACE_POSTGRES_URL=where.postgres_url, **settings)
    process = subprocess.Popen([str(HEADRACE), *arguments], env=env, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


async def wipe(where: Servers) -> None:
    """Begin anew: an empty Redis, an empty database."""
    redis = connect(where.redis_url, 30.0)
    await redis.flushall()
    await redis.aclose()
    store = await Store.connect(where.postgres_url, Settings())
    await store.db.execute("drop schema public cascade; create schema public")
    await store.migrate()
    await store.close()


def in_child(function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a coroutine function in a process of its own, in which nothing else costs anything."""
    return _in_process(partial(asyncio.Runner), partial(function, *args, **kwargs))


def in_worker(function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same on the event loop that `headrace worker` has."""
    return _in_process(partial(asyncio.Runner, loop_factory=uvloop.new_event_loop), partial(function, *args, **kwargs))


def _in_process(runner: Callable[[], asyncio.Runner], call: Callable[[], Awaitable[T]]) -> T:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_run, runner, call).result()


def _run(runner: Callable[[], asyncio.Runner], call: Callable[[], Awaitable[T]]) -> T:
    logger.remove()

    async def main() -> T:
        return await call()

    with runner() as running:
        return running.run(main())


async def until(what: Callable[[], Awaitable[object]], seconds: float = 120.0, pause: float = 0.05) -> None:
    """Wait until `what` gives something true."""
    async with asyncio.timeout(seconds):
        while not await what():
            await asyncio.sleep(pause)
