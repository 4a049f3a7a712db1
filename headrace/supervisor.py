"""Keep some processes running: start them in order, bring back what dies, end them in the reverse order."""

import asyncio
import signal
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import NamedTuple

from loguru import logger

from schemas.errors import Misconfigured

Process = subprocess.Popen[bytes]

POLL = 0.1
PATIENCE = 10.0
"""Seconds that a process gets to end by itself."""


class Service(NamedTuple):
    """One process. `is_ready` says whether it does its work yet."""

    name: str
    launch: Callable[[], Awaitable[Process]]
    is_ready: Callable[[], Awaitable[bool]]
    stop_signal: signal.Signals = signal.SIGTERM
    log: str = ""


class _Child:
    def __init__(self, service: Service, process: Process) -> None:
        self.service = service
        self.process = process
        self.started = monotonic()
        self.failures = 0
        self.due = 0.0


class Supervisor:
    """The processes of one `up`."""

    def __init__(self) -> None:
        self._children: list[_Child] = []

    async def start(self, service: Service, seconds: float = 60.0) -> None:
        """Start a process and wait until it does its work.

        Raises:
            Misconfigured: it ended instead, or took too long.
        """
        child = _Child(service, await service.launch())
        self._children.append(child)
        deadline = monotonic() + seconds
        while not await service.is_ready():
            if child.process.poll() is not None:
                raise Misconfigured(f"{service.name} ended at once", f"see what it says in {service.log}")
            if monotonic() > deadline:
                raise Misconfigured(f"{service.name} is not ready after {seconds:g} s", f"see {service.log}")
            await asyncio.sleep(POLL / 2)

    async def watch(self, stop: asyncio.Event) -> None:
        """Bring back what dies, until `stop` is set."""
        while not stop.is_set():
            for child in self._children:
                if child.process.poll() is not None:
                    await self._revive(child)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL)

    async def _revive(self, child: _Child) -> None:
        """Start it again, at once the first time, later each time it dies young."""
        if not child.due:
            child.failures = child.failures + 1 if monotonic() - child.started < PATIENCE else 0
            child.due = monotonic() + (min(PATIENCE, 0.25 * 2**child.failures) if child.failures else 0)
            logger.warning("{} ended ({}): it is started again", child.service.name, child.process.returncode)
        if monotonic() < child.due:
            return
        try:
            child.process = await child.service.launch()
        except (OSError, Misconfigured) as error:
            logger.error("{} does not start: {}", child.service.name, error)
            child.due = monotonic() + PATIENCE
            return
        child.started, child.due = monotonic(), 0.0

    async def stop(self) -> None:
        """End everything, the last started first."""
        while self._children:
            child = self._children.pop()
            await _end(child.process, child.service.stop_signal)


async def _end(process: Process, with_signal: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(with_signal)
    deadline = monotonic() + PATIENCE
    while process.poll() is None:
        if monotonic() > deadline:
            process.kill()
        await asyncio.sleep(0.02)
