"""Keep some processes running: start them in order, bring back what dies, end them in the reverse order."""

import asyncio
import os
import re
import signal
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from loguru import logger

from headrace.relapse import Relapses
from schemas.base import now
from schemas.errors import Misconfigured

Process = subprocess.Popen[bytes]

POLL = 0.1
PATIENCE = 10.0
"""Seconds below which a process died young; most get as many to end by themselves."""
FIRST_WAIT = 0.5
"""Seconds before what died young is started again; doubled each time."""
LAST_WORDS = 4096
"""Bytes of a log in which to look for why a process ended."""


class Service(NamedTuple):
    """One process. `is_ready` says whether it does its work yet; `patience` is how many seconds that may take,
    `drain` how many it gets to end by itself.

    `relapse` is what it writes in its log when a part of it has died, and it begins anew by itself.
    """

    name: str
    launch: Callable[[], Awaitable[Process]]
    is_ready: Callable[[], Awaitable[bool]]
    stop_signal: signal.Signals = signal.SIGTERM
    log: Path | None = None
    patience: float = 60.0
    relapse: re.Pattern[str] | None = None
    drain: float = PATIENCE


class End(NamedTuple):
    """How a process, or a part of it, ended: its exit status, negative for a signal, and what it said."""

    code: int
    words: str = ""


class Restart(NamedTuple):
    """A service does its work again, since `at`."""

    service: str
    end: End
    at: datetime


class _Child:
    def __init__(self, service: Service, process: Process) -> None:
        self.service = service
        self.process = process
        self.started = monotonic()
        self.died_young = 0
        self.relapses = Relapses(service.log, service.relapse) if service.log and service.relapse else None

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None


class Supervisor:
    """The processes of one `up`. `tell` hears of each that is back."""

    def __init__(self, tell: Callable[[Restart], None]) -> None:
        self._tell = tell
        self._children: list[_Child] = []

    async def start(self, service: Service) -> None:
        """Start a process and wait until it does its work.

        Raises:
            Misconfigured: it ended instead, or took too long.
        """
        child = _Child(service, await service.launch())
        self._children.append(child)
        while not await service.is_ready():
            if child.ended:
                raise Misconfigured(f"{service.name} ended at once{_behind(_last_words(child))}", f"see {service.log}")
            if monotonic() > child.started + service.patience:
                raise Misconfigured(f"{service.name} is not ready after {service.patience:g} s", f"see {service.log}")
            await asyncio.sleep(POLL / 2)

    async def watch(self, stop: asyncio.Event) -> None:
        """Bring back what dies, until `stop` is set."""
        async with asyncio.TaskGroup() as tasks:
            keepers = [tasks.create_task(self._keep(child), name=child.service.name) for child in self._children]
            await stop.wait()
            for keeper in keepers:
                keeper.cancel()

    async def _keep(self, child: _Child) -> None:
        """Start it again whenever it has ended."""
        while True:
            end = await _end_of(child)
            if child.ended:
                logger.warning("{} ended ({}){}; it is started again", child.service.name, end.code, _behind(end.words))
                await _start_again(child)
            else:
                logger.warning("{} begins anew: {}", child.service.name, end.words)
            if await _is_back(child):
                self._tell(Restart(child.service.name, end, now()))

    async def stop(self) -> None:
        """End everything, the last started first."""
        while self._children:
            child = self._children.pop()
            await _end(child.process, child.service)


async def _end_of(child: _Child) -> End:
    """Wait until it has ended, or a part of it."""
    while not child.ended:
        if child.relapses and (found := child.relapses.next()):
            return End(-int(found["signal"]), found["words"])
        await asyncio.sleep(POLL)
    return End(child.process.returncode, _last_words(child))


async def _is_back(child: _Child) -> bool:
    """Wait until it does its work again; False where it has ended instead."""
    while not child.ended:
        if await child.service.is_ready():
            return True
        await asyncio.sleep(POLL)
    return False


async def _start_again(child: _Child) -> None:
    """At once what had lived for a while, later and later what dies young or does not start at all."""
    child.died_young = child.died_young + 1 if monotonic() - child.started < PATIENCE else 0
    while True:
        await asyncio.sleep(wait_of(child.died_young))
        if child.relapses:
            child.relapses.skip()
        try:
            child.process = await child.service.launch()
        except (OSError, Misconfigured) as error:
            logger.error("{} does not start: {}", child.service.name, error)
            child.died_young += 1
        else:
            child.started = monotonic()
            return


def wait_of(died_young: int) -> float:
    """How long to wait before starting again what died young so many times in a row."""
    return min(PATIENCE, FIRST_WAIT * 2.0 ** min(died_young - 1, 16)) if died_young else 0.0


def _last_words(child: _Child) -> str:
    """What a process that ended by itself says of it."""
    if child.process.returncode <= 0 or child.service.log is None:
        return ""
    with suppress(OSError), child.service.log.open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - LAST_WORDS))
        lines = [line.strip() for line in log.read().decode(errors="replace").splitlines()]
        words = [line for line in lines if line and not line.startswith("try:") and "HINT:" not in line]
        return words[-1] if words else ""
    return ""


def _behind(words: str) -> str:
    """To be put behind a sentence."""
    return f": {words}" if words else ""


async def _end(process: Process, service: Service) -> None:
    if process.poll() is not None:
        return
    process.send_signal(service.stop_signal)
    deadline = monotonic() + service.drain
    while process.poll() is None:
        if monotonic() > deadline:
            process.kill()
        await asyncio.sleep(0.02)
