"""A worker with a handler that takes its time: run as a process, `… REDIS POSTGRES SETTINGS HOW FOLDER`.

It is done with an event once there is a file `done` in the folder; it says `begun` when it begins.
"""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from headrace.foreground import serve_until_stopped
from schemas.settings import Settings
from streams.entry import Entry
from streams.worker import work
from tests.streams.runner import Before, recorder


def slowly(how: str, folder: Path) -> Before:
    """What the handler does first."""

    async def before(_: Sequence[Entry]) -> None:
        print("begun", flush=True)  # noqa: T201
        if how == "hogging the loop":
            wait(folder)
        elif how == "in a thread":
            await asyncio.to_thread(wait, folder)
        else:
            while not folder.joinpath("done").exists():
                await asyncio.sleep(0.01)

    return before


def wait(folder: Path) -> None:
    while not folder.joinpath("done").exists():
        time.sleep(0.01)


if __name__ == "__main__":
    redis_url, postgres_url, text, how, folder = sys.argv[1:]
    settings = Settings.model_validate_json(text)
    handler = recorder(before=slowly(how, Path(folder)))
    serve_until_stopped(lambda stop: work([handler], redis_url, postgres_url, settings, stop), settings.drain)
