"""A change as one line of JSON, for `--emit jsonl`."""

import asyncio
import base64
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress

import orjson

from watchers.change import Change


def line(change: Change, root: str | None = None) -> bytes:
    """The change as JSON with a newline. `root` is named where several are watched. What is not UTF-8 is in base64."""
    where = _named("path", change.path)
    if root is not None:
        where |= _named("root", os.fsencode(root))
    what = {"hash": change.hash, "base": change.base, "size": change.size, "time": change.time}
    return orjson.dumps(where | what, option=orjson.OPT_APPEND_NEWLINE)


def _named(key: str, name: bytes) -> dict[str, str]:
    try:
        return {key: name.decode()}
    except UnicodeDecodeError:
        return {f"{key}_b64": base64.b64encode(name).decode()}


async def emit(changes: Sequence[Change], root: str | None) -> None:
    """Put the changes onto standard output, at once and whole."""
    await _apart(b"".join(line(change, root) for change in changes))


async def _apart(text: bytes) -> None:
    """Write in a thread that nobody joins: a reader who does not read must not hold up our end."""
    loop = asyncio.get_running_loop()
    written: asyncio.Future[None] = loop.create_future()

    def work() -> None:
        error = _write(text)
        with suppress(RuntimeError):  # the loop has ended without us
            loop.call_soon_threadsafe(_tell, written, error)

    threading.Thread(target=work, name="lines", daemon=True).start()
    await written


def _tell(written: "asyncio.Future[None]", error: OSError | None) -> None:
    if written.done():
        return
    if error:
        written.set_exception(error)
    else:
        written.set_result(None)


def _write(text: bytes) -> OSError | None:
    """Write past Python's buffer, whose lock the interpreter would wait for at its end."""
    left = memoryview(text)
    try:
        while left:
            left = left[os.write(sys.stdout.fileno(), left) :]
    except OSError as error:
        return error
    return None
