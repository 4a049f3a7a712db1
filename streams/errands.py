"""What one worker does for all: look after Redis, trim the streams, sign where the archive stands."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from loguru import logger

from schemas.base import now
from schemas.errors import Away, Busy, Fenced, Overtaken
from streams.checkpoints import private_key, sign
from streams.connection import translated
from streams.letters import tell
from streams.log import Log
from streams.recovery import Recovery
from streams.store import Store
from streams.trim import trim


class Errand(NamedTuple):
    """Something to be done every `every_ms` by one process, whichever comes first."""

    name: str
    every_ms: int
    run: Callable[[], Awaitable[object]]


def errands(log: Log, store: Store, recovery: Recovery, audit_key: Path | None) -> list[Errand]:
    """All there are. Raises Misconfigured where the key is none."""
    found = [
        Errand("check", log.settings.trim_ms, recovery.check),
        Errand("letters", log.settings.trim_ms, lambda: tell(log.publish_events, store)),
        Errand("outbox", log.settings.trim_ms, store.outbox.clear),
        Errand("trim", log.settings.trim_ms, _Trimmer(log, store).run),
    ]
    if audit_key:
        key = private_key(audit_key)
        found.append(Errand("checkpoint", log.settings.checkpoint_ms, lambda: sign(store, key, now())))
    return found


class _Trimmer:
    """Trims, unless nothing has happened since the last time that all was done."""

    def __init__(self, log: Log, store: Store) -> None:
        self._log = log
        self._store = store
        self._idle_at = -1

    async def run(self) -> None:
        """Trim once."""
        last = await self._log.last_seq()
        if last != self._idle_at:
            self._idle_at = -1 if any(await trim(self._log, self._store)) else last


async def run(errand: Errand, log: Log, token: str, stop: asyncio.Event) -> None:
    """Do it now and then until `stop` is set, whatever becomes of it."""
    while not stop.is_set():
        try:
            with translated():
                mine = await log.redis.set(log.keys.errand(errand.name), token, nx=True, px=errand.every_ms)
            if mine:
                await errand.run()
        except (Away, Busy, Fenced, Overtaken) as error:
            logger.debug("{}: {}", errand.name, error)
        except Exception:  # noqa: BLE001 - the work goes on whatever becomes of an errand
            logger.exception("{} failed", errand.name)
        try:
            await asyncio.wait_for(stop.wait(), errand.every_ms / 1000)
        except TimeoutError:
            continue
