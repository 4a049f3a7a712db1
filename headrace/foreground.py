"""A process that runs until it is told to stop, or until a long piece of work is done."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from headrace.farewell import Farewell
from streams.collector import calm

T = TypeVar("T")


def until_stopped(
    run: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    drain: float | None = None,
) -> None:
    """Run until it ends, or a signal asks it to: then it has `drain` seconds, where that is given.

    What is not done by then, or by a second signal, is cut off, and the exit status is 1.
    """
    farewell = Farewell(drain)
    with farewell.heard(), asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(farewell.work(run))
    if farewell.cut:
        raise SystemExit(1)


def serve_until_stopped(run: Callable[[asyncio.Event], Coroutine[Any, Any, None]], drain: float) -> None:
    """The same for what handles many small messages: uvloop spends a tenth less CPU on them."""
    import uvloop

    until_stopped(run, uvloop.new_event_loop, drain)


def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Do work of which there may be much, and nothing else in this process."""
    import uvloop

    calm()
    return uvloop.run(work)
