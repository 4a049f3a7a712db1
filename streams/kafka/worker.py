"""A process that works for some consumer groups of a log on Kafka."""

import asyncio
import logging
import os
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack

from loguru import logger

from schemas.base import new_id
from schemas.settings import Settings
from streams.handler import Handler
from streams.kafka.consumer import Consumer, Guard
from streams.kafka.publisher import Publisher
from streams.kafka.source import Source
from streams.store import Store
from streams.watchdog import Watchdog


async def work(
    handlers: Sequence[Handler],
    brokers: Sequence[str],
    postgres_url: str,
    settings: Settings,
    stop: asyncio.Event,
) -> None:
    """Work for `handlers` until `stop` is set.

    Raises:
        Misconfigured: Kafka or PostgreSQL is not as it must be.
    """
    _pass_on_warnings()
    watchdog = Watchdog([handler.limit for handler in handlers], settings.grace_ms / 1000)
    guard = Guard(watchdog, f"{socket.gethostname()}:{os.getpid()}:{new_id()[-12:]}")
    async with AsyncExitStack() as stack:
        watchdog.start()
        stack.callback(watchdog.stop)
        consumers = []
        for handler in handlers:
            store = Store.kept(postgres_url, settings)
            stack.push_async_callback(store.close)
            source = Source(handler.name, handler.topics, brokers, settings)
            publisher = Publisher(brokers, settings.prefix)
            consumers.append(Consumer(handler, store, source, publisher, settings, guard))
        logger.info("working for {}, on Kafka", ", ".join(handler.name for handler in handlers))
        async with asyncio.TaskGroup() as tasks:
            for consumer in consumers:
                tasks.create_task(consumer.run(stop), name=consumer.group)
    logger.info("stopped after {} events", sum(consumer.handled for consumer in consumers))


class _ToOurs(logging.Handler):
    """Says in our log what Faust and the client say in Python's own."""

    def emit(self, record: logging.LogRecord) -> None:
        logger.opt(exception=record.exc_info).log("DEBUG", "{}: {}", record.name, record.getMessage())


def _pass_on_warnings() -> None:
    """What matters of it we say ourselves."""
    for name in ("aiokafka", "faust", "mode"):
        foreign = logging.getLogger(name)
        foreign.propagate = False
        if not foreign.handlers:
            foreign.addHandler(_ToOurs(logging.WARNING))
