"""A worker that one event harms, run as a process: `… HARM REDIS POSTGRES SETTINGS`."""

import asyncio
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from schemas.settings import Settings
from streams.entry import Entry
from streams.retry import Backoff
from streams.worker import work
from tests.build import event_id
from tests.streams.runner import recorder

POISON = event_id(33)
LIMIT = 1.5
ROOM = 64 * 1024 * 1024


async def die() -> None:
    """As at the hand of a kernel that is out of memory: nothing can be said after this."""
    os.kill(os.getpid(), signal.SIGKILL)


async def spin() -> None:
    """Let nobody else have the loop."""
    while True:
        pass


async def hold() -> None:
    """Let nobody else have the interpreter: the search is written in C and takes years."""
    re.match(r"(a+)+$", "a" * 60 + "b")


async def ignore() -> None:
    """Wait, and take no notice of being cancelled."""
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue


async def wait() -> None:
    """Wait for what never comes."""
    await asyncio.sleep(3600)


async def hoard() -> None:
    """Take all the memory there is."""
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, resource.RLIM_INFINITY))
    taken = []
    for size in (1024 * 1024, 1024, 32):
        with suppress(MemoryError):
            while True:
                taken.append(bytearray(size))
    raise MemoryError


async def leave() -> NoReturn:
    """End the process politely."""
    sys.exit("I have had enough")


async def cancel() -> NoReturn:
    """Raise what is not an `Exception`."""
    raise asyncio.CancelledError


HARMS: dict[str, Callable[[], object]] = {
    harm.__name__: harm for harm in (die, spin, hold, ignore, wait, hoard, leave, cancel)
}


def main(harm: str, redis_url: str, postgres_url: str, settings: str) -> None:
    """Work until it ends us."""

    async def harmed(batch: Sequence[Entry]) -> None:
        if any(entry.event.id == POISON for entry in batch):
            await HARMS[harm]()  # type: ignore[misc]

    handler = recorder(before=harmed, derives=True)._replace(limit=LIMIT, backoff=Backoff(2, 0.02, 0.05))
    asyncio.run(work([handler], redis_url, postgres_url, Settings.model_validate_json(settings), asyncio.Event()))


if __name__ == "__main__":
    main(*sys.argv[1:])
