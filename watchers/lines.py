"""A change as one line of JSON, for `--emit jsonl`."""

import asyncio
import base64
import sys
from collections.abc import Sequence

import orjson

from watchers.change import Change


def line(change: Change, root: str | None = None) -> bytes:
    """The change as JSON with a newline. `root` is named where several are watched."""
    text = change.text
    where = {"path_b64": base64.b64encode(change.path).decode()} if text is None else {"path": text}
    if root is not None:
        where["root"] = root
    what = {"hash": change.hash, "base": change.base, "size": change.size, "time": change.time}
    return orjson.dumps(where | what, option=orjson.OPT_APPEND_NEWLINE)


async def emit(changes: Sequence[Change], root: str | None) -> None:
    """Put the changes onto standard output, at once and whole."""
    await asyncio.to_thread(_write, b"".join(line(change, root) for change in changes))


def _write(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()
