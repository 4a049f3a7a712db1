"""A process that works for some consumer groups."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from typing import TypeVar

from loguru import logger

from schemas.base import new_id
from schemas.errors import Retry
from schemas.settings import Settings
from streams.collector import calm
from streams.connection import connect
from streams.consumer import Consumer, Guard
from streams.errands import errands
from streams.errands import run as run_errand
from streams.handler import Handler
from streams.leases import Keeper, Leases
from streams.line import Line
from streams.log import Log
from streams.ownership import Ownership
from streams.reader import timeout
from streams.recovery import Recovery
from streams.retry import Backoff, jittered
from streams.store import Store
from streams.watchdog import STATUS, Watchdog

T = TypeVar("T")


async def work(
    handlers: Sequence[Handler],
    redis_url: str,
    postgres_url: str,
    settings: Settings,
    stop: asyncio.Event,
    others: Sequence[Handler] = (),
) -> None:
    """Work for `handlers` until `stop` is set. What `others` have to read is kept for whoever works for them.

    Raises:
        Misconfigured: Redis or PostgreSQL is not as it must be.
    """
    token = settings.worker_name or f"{socket.gethostname()}:{os.getpid()}:{new_id()[-12:]}"
    async with AsyncExitStack() as stack:
        log = Log(connect(redis_url, settings.redis_timeout), settings)
        stack.push_async_callback(log.close)
        store = await patiently(lambda: Store.connect(postgres_url, settings), settings)
        stack.push_async_callback(store.close)
        recovery = Recovery(log, store)
        await _open(log, recovery, (*handlers, *others))
        keeper = Keeper(redis_url, settings, token)
        keeper.start()
        stack.callback(keeper.stop)
        guard = _watch(handlers, settings, stack)
        consumers = []
        for handler in handlers:
            line, kept = Line(redis_url, timeout(settings)), Store.kept(postgres_url, settings)
            stack.push_async_callback(line.close)
            stack.push_async_callback(kept.close)
            ownership = Ownership(handler, log, kept, Leases(log, keeper, handler.name, token))
            consumers.append(Consumer(handler, log, kept, line, ownership, recovery, guard))
        calm()
        logger.info("working for {}", ", ".join(handler.name for handler in handlers))
        async with asyncio.TaskGroup() as tasks:
            for consumer in consumers:
                tasks.create_task(_run(consumer, stop), name=consumer.group)
            for errand in errands(log, store, recovery, settings.audit_key):
                tasks.create_task(run_errand(errand, log, token, stop), name=errand.name)
    logger.info("stopped after {} events", sum(consumer.handled for consumer in consumers))


async def _run(consumer: Consumer, stop: asyncio.Event) -> None:
    """Let it work. Where it ends, the process does: it would keep the leases of a group and do nothing for it."""
    try:
        await consumer.run(stop)
    except MemoryError:  # there may be too little to tell anybody
        os._exit(STATUS)
    finally:
        stop.set()


async def _open(log: Log, recovery: Recovery, readers: Sequence[Handler]) -> None:
    """Make sure that the log is whole, and that it keeps what each of these has to read."""
    await patiently(log.open, log.settings)
    await patiently(recovery.check, log.settings)
    read = [(handler.name, topic) for handler in readers for topic in handler.topics]
    await patiently(lambda: log.make_groups(read), log.settings)


def _watch(handlers: Sequence[Handler], settings: Settings, stack: AsyncExitStack) -> Guard:
    """Keep the handlers from harm until the stack is unwound."""
    watchdog = Watchdog([handler.limit for handler in handlers], settings.grace_ms / 1000)
    watchdog.start()
    stack.callback(watchdog.stop)
    return Guard(watchdog, alone=asyncio.Lock())


async def patiently(call: Callable[[], Awaitable[T]], settings: Settings) -> T:
    """Call until it does not say that a server is away."""
    patience = Backoff(base=settings.retry_base_ms / 1000, cap=settings.retry_cap_ms / 1000)
    failures = 0
    while True:
        try:
            return await call()
        except Retry as error:
            failures += 1
            wait = jittered(patience.delay(failures))
            logger.warning("{}; again in {:.1f} s", error, wait)
            await asyncio.sleep(wait)
