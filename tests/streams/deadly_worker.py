"""A worker that an event kills, as one that eats all memory would: run as a process, `… REDIS POSTGRES SETTINGS`."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from schemas.settings import Settings
from streams.entry import Entry
from streams.worker import work
from tests.build import event_id
from tests.streams.runner import recorder

DEADLY = event_id(33)


async def die(batch: Sequence[Entry]) -> None:
    """Nothing can be said after this."""
    if any(entry.event.id == DEADLY for entry in batch):
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    redis_url, postgres_url, settings = sys.argv[1:]
    asyncio.run(
        work(
            [recorder(before=die, derives=True)],
            redis_url,
            postgres_url,
            Settings.model_validate_json(settings),
            asyncio.Event(),
        )
    )
