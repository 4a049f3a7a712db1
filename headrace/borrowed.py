"""A gateway for one command: the one that runs, or one that is up for as long as the command needs it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from loguru import logger

from headrace.home import Home
from headrace.remote import Server
from schemas.errors import Misconfigured
from schemas.settings import Settings, secret

PATIENCE = 60.0
"""Seconds for which a gateway is waited for that is up for another command."""


@asynccontextmanager
async def borrowed(server: str | None, data: Path | None, settings: Settings) -> AsyncIterator[Server]:
    """The gateway that is named, set or running; else everything is brought up, and taken down afterwards.

    Raises:
        Misconfigured: it cannot be brought up.
    """
    home = Home.of(data, settings)
    if _is_named(server, data, settings):
        yield Server.find(server, data, settings)
        return
    claimed = await _claimed(home)
    if claimed is None:
        yield Server.find(None, data, settings)
        return
    try:
        async with _raised(home, settings) as own:
            yield own
    finally:
        os.close(claimed)


async def _claimed(home: Home) -> int | None:
    """A claim on the data directory; None where a gateway runs on it that will stay."""
    home.make()
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while (running := home.running()) is None or running.brief:
        try:
            return home.lock()
        except Misconfigured:
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(0.1)
    return None


@asynccontextmanager
async def _raised(home: Home, settings: Settings) -> AsyncIterator[Server]:
    from headrace.up import Plan, up

    logger.disable("headrace")
    key = secret(settings.api_key) or home.admin_key() or home.make_admin_key()
    plan = Plan(home, settings.model_copy(update={"port": 0}), [], key, brief=True)
    stop, ready = asyncio.Event(), asyncio.get_running_loop().create_future()
    task = asyncio.create_task(up(plan, stop, lambda url, _: ready.set_result(url)))
    try:
        await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            await task
            raise Misconfigured("it ended before it was up", "headrace doctor looks into it")
        yield Server(ready.result(), key)
    finally:
        stop.set()
        await task
        logger.enable("headrace")


def has_begun(server: str | None, data: Path | None, settings: Settings) -> bool:
    """Whether there is anything to ask: a server that is named or set, or a data directory that has been used."""
    return _is_named(server, data, settings) or Home.of(data, settings).postgres.exists()


def _is_named(server: str | None, data: Path | None, settings: Settings) -> bool:
    """Whether a gateway is named; a data directory that is named comes before the one that is set."""
    return bool(server or (settings.url and data is None))
