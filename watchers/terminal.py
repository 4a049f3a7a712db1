"""Changes as people like to read them: one on a line, in colour, as soon as each is kept."""

import math
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from queue import Full, Queue

from watchers.change import Change

_DIM, _RED, _GREEN, _BLUE, _PLAIN = "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[34m", "\x1b[0m"
WAITING = 10_000
PATIENCE = 1.0
_UNITS = ("kB", "MB", "GB", "TB")


class Screen:
    """A terminal. It is written to in a thread of its own: one that is halted holds nobody up."""

    def __init__(self) -> None:
        self._waiting: Queue[str | None] = Queue(WAITING)
        self._missed = 0
        self._writer = threading.Thread(target=self._write, name="terminal", daemon=True)
        self._writer.start()

    def show(self, changes: Sequence[Change], tree: str | None) -> None:
        """Show changes, without waiting; `tree` is named where several are watched."""
        for change in changes:
            try:
                self._waiting.put_nowait(line(change, tree))
            except Full:
                self._missed += 1

    def close(self) -> None:
        """Show what is waiting, if the terminal takes it soon."""
        with suppress(Full):
            self._waiting.put(None, timeout=PATIENCE)
        self._writer.join(PATIENCE)

    def _write(self) -> None:
        out = sys.stdout.fileno()  # Python's buffer has a lock for which the interpreter would wait at its end
        with suppress(OSError):
            while (text := self._waiting.get()) is not None:
                os.write(out, text.encode(errors="replace"))
                if self._missed and self._waiting.empty():
                    missed, self._missed = self._missed, 0
                    os.write(out, f"{_DIM}… and {missed} more{_PLAIN}\n".encode())


def line(change: Change, tree: str | None = None) -> str:
    """One change."""
    when = change.time.astimezone().strftime("%H:%M:%S")
    what, colour = ("deleted", _RED) if change.hash is None else ("edited", _BLUE) if change.base else ("new", _GREEN)
    name = _harmless(f"{tree}/" if tree else "") + _harmless(os.fsdecode(change.path))
    size = "" if change.hash is None else _size(change.size)
    return f"{_DIM}{when}{_PLAIN} {colour}{what:<8}{_PLAIN}{name}  {_DIM}{size}{_PLAIN}\n"


def _harmless(name: str) -> str:
    """A name that comes from elsewhere, so that it does not command the terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in name)


def _size(size: int) -> str:
    if size < 1000:
        return f"{size} bytes"
    power = min(int(math.log(size, 1000)), len(_UNITS))
    return f"{size / 1000**power:.1f} {_UNITS[power - 1]}"
