"""Changes as people like to read them: one on a line, in colour."""

import asyncio
import math
import os
import sys
from collections.abc import Sequence

from watchers.change import Change

_DIM, _RED, _GREEN, _BLUE, _PLAIN = "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[34m", "\x1b[0m"
_UNITS = ("kB", "MB", "GB", "TB")


async def show(changes: Sequence[Change], tree: str | None) -> None:
    """Put changes onto the terminal; `tree` is named where several are watched."""
    text = "".join([line(change, tree) for change in changes])
    await asyncio.to_thread(_write, text)


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


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
