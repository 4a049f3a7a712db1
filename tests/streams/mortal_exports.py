"""Exports that die: `python -m tests.streams.mortal_exports URL FOLDER`, and then lines on standard input.

For each line, `STEP COMMAND MONTH`, a child is forked that does it, and is killed at that step: where something is
written, or asked of the database. What it came to is said on standard output: 9 for killed, 0 where it had
no such step.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from schemas.settings import Settings
from streams import parquet
from streams.exports import Exports
from streams.store import Store
from streams.store.months import Months, MonthWork

_left = 0


def step() -> None:
    """Die, if this is where."""
    global _left  # noqa: PLW0603 - the process is one export
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


def stepping(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same, between two steps."""

    def stepped(*args: Any, **kwargs: Any) -> Any:
        step()
        done = work(*args, **kwargs)
        step()
        return done

    return stepped


def stepping_later(work: Callable[..., Any]) -> Callable[..., Any]:
    """The same for what is awaited."""

    async def stepped(*args: Any, **kwargs: Any) -> Any:
        step()
        done = await work(*args, **kwargs)
        step()
        return done

    return stepped


def make_mortal() -> None:
    """Make steps around all that changes something."""
    for name in ("fsync", "replace"):
        setattr(os, name, stepping(getattr(os, name)))
    parquet.Writer.write = stepping(parquet.Writer.write)  # type: ignore[method-assign]
    Months.record = stepping_later(Months.record)  # type: ignore[method-assign]
    for name in ("drop", "make", "fill", "undrop"):
        setattr(MonthWork, name, stepping_later(getattr(MonthWork, name)))


async def do(url: str, folder: Path, command: str, month: date) -> None:
    """What `headrace archive` does."""
    store = await Store.connect(url, Settings())
    exports = Exports(store)
    if command == "export":
        await exports.export(month, folder)
    elif command == "drop":
        await exports.drop(month)
    else:
        await exports.restore(month)
    await store.close()


def live(url: str, folder: Path, line: str) -> int:
    """One life; how it ended."""
    global _left  # noqa: PLW0603 - the process is one export
    number, command, month = line.split()
    if not (child := os.fork()):
        try:
            _left = int(number)
            asyncio.run(do(url, folder, command, date.fromisoformat(month)))
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return -code if code < 0 else code


if __name__ == "__main__":
    make_mortal()
    for line in sys.stdin:
        print(live(sys.argv[1], Path(sys.argv[2]), line), flush=True)  # noqa: T201 - its answer
