"""A process that runs until it is told to stop: what it logs, what ends it."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from loguru import logger

STOPPING = [member for member in signal.Signals if member.name in {"SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"}]
"""What asks a process to end: Windows has no SIGHUP, and alone has SIGBREAK."""


def set_up_logging(level: str, *, as_json: bool) -> None:
    """Log to standard error."""
    logger.remove()
    style = "<dim>{time:HH:mm:ss.SSS}</> <level>{level: <7}</> {message}"
    logger.add(sys.stderr, level=level, serialize=as_json, format=style, backtrace=False, diagnose=False)


def until_stopped(
    run: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run until it ends, or a signal asks it to."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in STOPPING:
            if number is signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:  # nohup means it
                _on_signal(loop, number, stop.set)
        await run(stop)

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main())


def _on_signal(loop: asyncio.AbstractEventLoop, number: signal.Signals, call: Callable[[], None]) -> None:
    try:
        loop.add_signal_handler(number, call)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(call))


def serve_until_stopped(run: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """The same for what handles many small messages: uvloop spends a tenth less CPU on them."""
    import uvloop

    until_stopped(run, uvloop.new_event_loop)
