"""A worker to be killed, run as a process: `… WHAT BROKERS POSTGRES SETTINGS`."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from handlers import HANDLERS
from schemas.settings import Settings
from streams.entry import Entry
from streams.handler import Handler
from streams.kafka.worker import work
from tests.build import event_id
from tests.streams.kafka.mock_cluster import let_followers_be_first
from tests.streams.runner import recorder

DEADLY = event_id(33)


async def die(batch: Sequence[Entry]) -> None:
    """Nothing can be said after this."""
    if any(entry.event.id == DEADLY for entry in batch):
        os.kill(os.getpid(), signal.SIGKILL)


WHAT: dict[str, list[Handler]] = {
    "recorder": [recorder(derives=True)],
    "deadly": [recorder(before=die, derives=True)],
    "persist": [handler for handler in HANDLERS if handler.name == "persist"],
}


async def main(what: str, brokers: str, postgres_url: str, settings: str) -> None:
    """Work until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await work(WHAT[what], brokers.split(","), postgres_url, Settings.model_validate_json(settings), stop)


if __name__ == "__main__":
    let_followers_be_first()
    asyncio.run(main(*sys.argv[1:]))
