"""How a process ends that is told to: it finishes what it has at hand, within a limit, whatever that is doing.

A thread keeps the time: what is at hand may be what does not let the loop go on.
"""

import asyncio
import os
import select
import signal
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from loguru import logger

STOPPING = [member for member in signal.Signals if member.name in {"SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"}]
"""What asks a process to end: Windows has no SIGHUP, and alone has SIGBREAK."""

LAST_SECONDS = 3.0
"""What is cut off gets to hand over what it holds; what does not end then either ends with the process."""


class Farewell:
    """Hears the signals, and sees to the end."""

    def __init__(self, drain: float | None) -> None:
        """`drain` in seconds; None: it may take as long as it takes."""
        self._drain = drain
        self._signals, self._signal = os.pipe()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._working: asyncio.Task[None] | None = None
        self._stop = asyncio.Event()
        self.cut = False

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Signals are heard meanwhile."""
        threading.Thread(target=self._attend_to_signals, name="farewell", daemon=True).start()
        before = {number: signal.getsignal(number) for number in STOPPING}
        for number in STOPPING:
            if number is signal.SIGINT or before[number] is not signal.SIG_IGN:  # nohup means it
                signal.signal(number, lambda *_: os.write(self._signal, b"."))
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._signal)

    async def work(self, run: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
        """Work until it ends by itself, or after a signal."""
        self._loop = asyncio.get_running_loop()
        self._working = asyncio.create_task(run(self._stop))
        try:
            await self._working
        except asyncio.CancelledError:
            if not self.cut:
                raise

    def _attend_to_signals(self) -> None:
        if not os.read(self._signals, 1):
            return  # all is over
        self._call(self._stop.set)
        if self._drain is None:
            return
        if not self._is_over(self._drain):
            logger.warning("told to end, and not done in time: what is at hand is cut off, for others to do again")
            self._call(self._cut_off)
            if not self._is_over(LAST_SECONDS):
                logger.error("what is at hand does not end: the process does")
                os._exit(1)

    def _is_over(self, seconds: float) -> bool:
        """Whether all ends within so many seconds, and before another signal."""
        ready, _, _ = select.select([self._signals], [], [], seconds)
        return bool(ready) and not os.read(self._signals, 1)

    def _cut_off(self) -> None:
        self.cut = True
        if self._working:
            self._working.cancel()

    def _call(self, what: Callable[[], object]) -> None:
        with suppress(RuntimeError):  # the loop is closed: only threads are left to wait for
            if self._loop:
                self._loop.call_soon_threadsafe(what)
