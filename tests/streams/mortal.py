"""Work on the archive that dies: `python -m tests.streams.mortal`, and then lines on standard input.

For each line, `STEP COMMAND URL PATH [MONTH]`, a child is forked that does it, and is killed at that step: where
something is written, here or in the database. What it came to is said on standard output: 9 for killed, 0 where it had
no such step.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from schemas.settings import Settings
from streams import backup, backup_file, parquet
from streams.exports import Exports, no_one
from streams.store import Store
from streams.store.months import Months, MonthWork

ROOT = Path(__file__).parents[2]
_left = 0


class Mortal(Protocol):
    """Whether a command was killed at a step; it had no such step where it was not."""

    async def __call__(self, step: int, *command: object) -> bool:
        """Live once."""
        ...


@asynccontextmanager
async def mortal() -> AsyncIterator[Mortal]:
    """The process, for a test."""
    command = sys.executable, "-m", "tests.streams.mortal"
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)

    async def once(step: int, *command: object) -> bool:
        assert process.stdin
        assert process.stdout
        process.stdin.write(" ".join([str(step), *map(str, command)]).encode() + b"\n")
        code = int(await process.stdout.readline())
        assert code in {0, 9}
        return code == 9

    try:
        yield once
    finally:
        process.kill()
        await process.communicate()


def step() -> None:
    """Die, if this is where."""
    global _left  # noqa: PLW0603 - the process is one piece of work
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
    for place, name in (
        (os, "fsync"),
        (os, "replace"),
        (parquet.Writer, "write"),
        (backup_file.Writer, "part"),
        (backup_file.Writer, "finish"),
    ):
        setattr(place, name, stepping(getattr(place, name)))
    for owner, name in (
        (Months, "record"),
        (MonthWork, "drop"),
        (MonthWork, "make"),
        (MonthWork, "fill"),
        (MonthWork, "undrop"),
        (backup, "take"),
        (backup, "make_months"),
        (backup, "copy_in"),
        (backup, "set_sequences"),
    ):
        setattr(owner, name, stepping_later(getattr(owner, name)))


async def do(command: str, url: str, path: Path, month: date) -> None:
    """What the command of that name does."""
    store = await Store.connect(url, Settings())
    if command == "export":
        await Exports(store).export(month, path)
    elif command == "drop":
        await Exports(store).drop(month)
    elif command == "import":
        await Exports(store).restore(month)
    elif command == "backup":
        await backup.back_up(store, path, "1", lambda *_: None, complete=True)
    else:
        with backup_file.Reader(path, no_one) as file:
            await backup.restore(store, file, no_one)
    await store.close()


def live(line: str) -> int:
    """One life; how it ended."""
    global _left  # noqa: PLW0603 - the process is one piece of work
    number, command, url, path, *month = line.split()
    if not (child := os.fork()):
        try:
            _left = int(number)
            asyncio.run(do(command, url, Path(path), date.fromisoformat("".join(month) or "2026-01-01")))
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return -code if code < 0 else code


if __name__ == "__main__":
    make_mortal()
    for line in sys.stdin:
        print(live(line), flush=True)  # noqa: T201 - its answer
