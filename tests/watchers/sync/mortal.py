"""Workers that die: `python -m tests.watchers.sync.mortal URL`, and then lines on standard input.

For each line, `STEP TREE STRATEGY PATH…`, a child is forked that syncs, and is killed at that step: before or after a
request, or where something is written. What it came to is said on standard output: 9 for killed, 0 where it had no
such step.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.watchers.sync.conftest import Worker
from watchers.sync import state
from watchers.sync.client import Client

_left = 0


def step() -> None:
    """Die, if this is where."""
    global _left  # noqa: PLW0603 - the process is one worker
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def stepping(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same, as a step."""

    def stepped(*args: Any, **kwargs: Any) -> Any:
        step()
        return work(*args, **kwargs)

    return stepped


def make_mortal() -> None:
    """Make a step of everything that somebody else could see."""
    for name in ("write", "fsync", "replace"):
        setattr(os, name, stepping(getattr(os, name)))
    once, transaction = Client._once, state.transaction  # type: ignore[attr-defined]

    async def request(*args: Any) -> Any:
        step()
        answer = await once(*args)
        step()
        return answer

    @contextmanager
    def write(*args: Any) -> Iterator[None]:
        step()
        with transaction(*args):
            yield
            step()

    Client._once = request  # type: ignore[assignment, method-assign]
    state.transaction = write  # type: ignore[attr-defined, assignment]


def live(url: str, line: str) -> int:
    """One life; how it ended."""
    global _left  # noqa: PLW0603 - the process is one worker
    number, tree, strategy, *paths = line.split()
    if not (child := os.fork()):
        try:
            _left = int(number)
            asyncio.run(Worker(Path(tree), url, worker="mortal").sync(*paths, strategy=strategy))
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return -code if code < 0 else code


if __name__ == "__main__":
    make_mortal()
    for line in sys.stdin:
        print(live(sys.argv[1], line), flush=True)  # noqa: T201 - its answer
