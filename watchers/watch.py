"""Watch a tree: `async for change in settled(root, index): …`.

The engine blocks in a thread of its own; here is the only boundary between it and the event loop. A change counts as
dealt with when the loop asks for the next one after its batch; killed before that, it comes again with the same id.
"""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from loguru import logger

from watchers.change import Change
from watchers.engine import STATE_RETRY, Engine
from watchers.index import Index
from watchers.options import Health, WatchOptions

BATCH = 200
BATCH_BYTES = 4 << 20
STUCK = 120.0  # a step takes less, but for the largest of files

T = TypeVar("T")


class Watch:
    """A tree that is being watched, inside `async with`."""

    def __init__(self, root: Path, index: Index, options: WatchOptions | None = None) -> None:
        self.root = root
        self._index = index
        self._news = asyncio.Event()
        self._ready = asyncio.Event()
        self._failure: BaseException | None = None
        self._ended = False
        self._loop = asyncio.get_running_loop()
        self._engine = Engine(root.absolute(), index, options or WatchOptions(), self._tell)
        self._thread = threading.Thread(target=self._run, name=f"watch {root}", daemon=True)

    async def __aenter__(self) -> Self:
        self._thread.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        await asyncio.to_thread(self._thread.join)

    @property
    def health(self) -> Health:
        """What is not as it should be."""
        return self._engine.health

    @property
    def is_alive(self) -> bool:
        """Whether it gets on with its work."""
        return monotonic() - self._engine.pulse < STUCK

    @property
    def files(self) -> int:
        """How many files are known."""
        return self._index.files

    @property
    def spooled(self) -> int:
        """How many changes nobody has acknowledged."""
        return self._index.spool.rows

    @property
    def last_change(self) -> datetime | None:
        """When something last changed."""
        return self._engine.last_change

    async def ready(self) -> int:
        """Wait until every change will be seen; return how many files there are."""
        await self._ready.wait()
        self._raise_failure()
        return self._index.files

    async def batch(self) -> list[Change]:
        """The oldest changes not yet acknowledged, as soon as there are any; empty when the watch has ended."""
        while True:
            self._news.clear()
            has_ended = self._ended
            changes = await self._patiently(lambda: self._index.spool.hand_out(BATCH, BATCH_BYTES))
            if changes:
                return changes
            if has_ended:
                self._raise_failure()
                return []
            await self._news.wait()

    async def acknowledge(self, changes: Sequence[Change]) -> None:
        """These changes are dealt with and need not come again."""
        await self._patiently(lambda: self._index.spool.drop(changes))

    def stop(self) -> None:
        """End once what was already heard of has settled; `batch` hands out what is left."""
        self._engine.stop()

    async def _patiently(self, step: Callable[[], T]) -> T:
        """Do something with our state, as soon as the disk lets us."""
        complained = False
        while True:
            try:
                return await asyncio.to_thread(step)
            except sqlite3.OperationalError as error:
                if not complained:
                    logger.error("{}: trying again", self._index.unusable(error).message)
                complained = True
                await asyncio.sleep(STATE_RETRY)
            except sqlite3.Error as error:
                raise self._index.unusable(error) from error

    def _run(self) -> None:
        try:
            self._engine.run()
        except sqlite3.Error as error:
            self._failure = self._index.unusable(error)
        except BaseException as error:  # noqa: BLE001 - raised again where somebody waits
            self._failure = error
        finally:
            self._ended = True
            self._tell()

    def _tell(self) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._hear)

    def _hear(self) -> None:
        self._news.set()
        if self._engine.ready or self._ended:
            self._ready.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure


async def settled(root: Path, index: Index, options: WatchOptions | None = None) -> AsyncGenerator[Change, None]:
    """The settled changes below `root`, as they happen, beginning with those since `index` was last used."""
    async with Watch(root, index, options) as watch, aclosing(_each(watch)) as changes:
        async for change in changes:
            yield change


async def _each(watch: Watch) -> AsyncGenerator[Change, None]:
    while changes := await watch.batch():
        for change in changes:
            yield change
        await watch.acknowledge(changes)
