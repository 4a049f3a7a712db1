"""No handler runs for longer than its limit.

One that waits for something is cancelled. One that lets nobody else have the loop, or takes no notice of being
cancelled, cannot be stopped from within: its process ends, and the next owner finds its events among the suspects. A
thread sees to that, because the leases are renewed by a thread too and would be kept for ever. Where not even threads
come round, as when a C extension holds the interpreter, a timer of `faulthandler` does, which needs no interpreter.
"""

import asyncio
import faulthandler
import os
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any, NamedTuple

from loguru import logger

STATUS = 70
"""The exit status of a process that a handler would not give back: `EX_SOFTWARE`."""

_EVERY = 0.5
_STDERR = 2


class TimeLimitExceeded(Exception):
    """A handler took longer than it may."""


class _Call(NamedTuple):
    deadline: float
    task: "asyncio.Task[Any] | None"


class Watchdog:
    """Watches the handlers of one process; `grace` seconds after its limit, one that still runs ends the process."""

    def __init__(self, limits: Iterable[float], grace: float) -> None:
        self._grace = grace
        self._longest_silence = min(limits) + grace + _EVERY
        self._running: dict[str, _Call] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._stop.set()
        self._thread.join()
        faulthandler.cancel_dump_traceback_later()

    @asynccontextmanager
    async def limited(self, group: str, limit: float) -> AsyncIterator[None]:
        """Let what is done inside take `limit` seconds.

        Raises:
            TimeLimitExceeded: it took longer, and was cancelled.
        """
        self._running[group] = _Call(monotonic() + limit + self._grace, asyncio.current_task())
        try:
            async with asyncio.timeout(limit) as timeout:
                yield
        except TimeoutError as error:
            if not timeout.expired():
                raise
            raise TimeLimitExceeded(f"the handler took longer than {limit:g} s") from error
        except (asyncio.CancelledError, SystemExit) as error:
            if isinstance(error, asyncio.CancelledError) and _told_to_stop():
                raise
            raise RuntimeError(f"the handler wanted to end its worker: {error!r}") from error
        finally:
            del self._running[group]

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(MemoryError, RuntimeError):  # a handler may take all there is, and leave no room for a timer
                self._look()
                self._stop.wait(_EVERY)

    def _look(self) -> None:
        faulthandler.dump_traceback_later(self._longest_silence, exit=True, file=_STDERR)
        for group, call in list(self._running.items()):
            if monotonic() > call.deadline:
                self._end(group, call)

    def _end(self, group: str, call: _Call) -> None:
        faulthandler.dump_traceback(_STDERR)
        waits = "".join(f"\n  {line}" for line in _awaited(call.task))
        logger.critical("{}: the handler is past its limit and cannot be cancelled: this process ends{}", group, waits)
        os._exit(STATUS)


def _awaited(task: "asyncio.Task[Any] | None") -> Iterator[str]:
    """Where a task waits, the innermost call last: no thread's stack shows that."""
    waiting: Any = task and task.get_coro()
    while frame := getattr(waiting, "cr_frame", None):
        yield f'File "{frame.f_code.co_filename}", line {frame.f_lineno} in {frame.f_code.co_name}'
        waiting = waiting.cr_await


def _told_to_stop() -> bool:
    """Whether it is this task that is cancelled, and not something that its handler was waiting for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
