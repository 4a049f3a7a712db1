"""One daemon a tree: a second one would report everything twice and fight over the state."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic, sleep

from schemas.errors import Misconfigured
from watchers.system import hold

PATIENCE = 0.5
"""Seconds for which a claim is tried: whoever looks whether a thing is held holds it for an instant."""

SYNC_PATIENCE = 60.0
"""Seconds for which another sync of the same tree is waited for."""


def claim(path: Path) -> int:
    """Hold a file or directory that exists for this process alone, until the descriptor is closed.

    Raises:
        BlockingIOError: another process holds it.
        OSError: it cannot be read.
    """
    deadline = monotonic() + PATIENCE
    while True:
        try:
            return hold(path)
        except BlockingIOError:
            if monotonic() > deadline:
                raise
        sleep(0.02)


@contextmanager
def exclusive(path: Path, purpose: str) -> Iterator[None]:
    """Hold a file or directory that exists for this process alone; the kernel lets go of it when the process ends.

    Raises:
        Misconfigured: another process holds it, or it cannot be read.
    """
    try:
        descriptor = claim(path)
    except BlockingIOError:
        raise Misconfigured(
            f"another process already {purpose}", "end it first (see `headrace status`), or watch another tree"
        ) from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}", "see to its permissions") from error
    try:
        yield
    finally:
        os.close(descriptor)


@asynccontextmanager
async def alone(lock: Path, of: Path) -> AsyncIterator[None]:
    """Let no other sync of a tree be at work; `lock` is a file that exists.

    Raises:
        Misconfigured: another one does not come to an end.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + SYNC_PATIENCE
    while True:
        try:
            descriptor = hold(lock)
            break
        except BlockingIOError:
            if loop.time() > deadline:
                raise Misconfigured(
                    f"another sync of {of} has been at work for {SYNC_PATIENCE:g} s",
                    "end it, or sync another copy of the tree",
                ) from None
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        os.close(descriptor)
