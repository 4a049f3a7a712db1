"""Logs on Kafka, processes that work on them, and what lies in them."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from schemas.base import Topic
from schemas.envelope import Envelope, Event
from schemas.events import encode
from schemas.settings import Settings
from streams.appender import Message
from streams.handler import Handler
from tests.build import event, event_id
from tests.streams.runner import change


def message(of: Envelope[Event]) -> Message:
    """An event ready to be published; Kafka finds the partition by itself."""
    return Message(of.data.topic, 0, of.id, encode(of))


def messages(count: int, keys: int = 5, start: int = 0) -> list[Message]:
    """`count` changes, dealt out to `keys` documents in turn."""
    numbers = range(start, start + count)
    return [message(event(change(n, n % keys), f"model/k{n % keys}.py", event_id(n))) for n in numbers]


@asynccontextmanager
async def working(
    handlers: Sequence[Handler], brokers: list[str], postgres_url: str, settings: Settings
) -> AsyncIterator[asyncio.Event]:
    """A process's work, inside this process. Set what it yields to stop it early."""
    from streams.kafka.worker import work

    stop = asyncio.Event()
    task = asyncio.create_task(work(handlers, brokers, postgres_url, settings, stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


class Progress(NamedTuple):
    """How far a group has committed in each partition of a topic, and where these end."""

    done: dict[int, int]
    ends: dict[int, int]

    @property
    def whole(self) -> bool:
        """Whether nothing is left."""
        return self.done == self.ends


@asynccontextmanager
async def _looking(brokers: list[str], topic: str, group: str | None = None) -> AsyncIterator[tuple[Any, list[Any]]]:
    """A client that belongs to no group, and the topic's partitions."""
    from aiokafka import AIOKafkaConsumer, TopicPartition

    options = {"auto_offset_reset": "earliest", "enable_auto_commit": False, "group_id": group}
    async with AIOKafkaConsumer(bootstrap_servers=brokers, **options) as client:
        numbers = await client._client._wait_on_metadata(topic)
        yield client, [TopicPartition(topic, number) for number in sorted(numbers)]


async def values(brokers: list[str], settings: Settings, topic: Topic) -> list[bytes]:
    """Everything that a topic holds, partition by partition."""
    async with _looking(brokers, f"{settings.prefix}.{topic}") as (client, partitions):
        ends = {partition: end for partition, end in (await client.end_offsets(partitions)).items() if end}
        client.assign([*ends])
        found: dict[Any, list[bytes]] = {partition: [] for partition in partitions}
        while any([await client.position(partition) < end for partition, end in ends.items()]):
            for partition, records in (await client.getmany(timeout_ms=200)).items():
                found[partition] += [record.value for record in records]
    return [value for partition in partitions for value in found[partition]]


async def committed(brokers: list[str], settings: Settings, group: str, topic: Topic) -> Progress:
    """How far a group has come, by Kafka's account."""
    name = f"{settings.prefix}.{group}"
    async with _looking(brokers, f"{settings.prefix}.{topic}", name) as (client, partitions):
        ends = await client.end_offsets(partitions)
        done = {partition.partition: await client.committed(partition) or 0 for partition in partitions}
        return Progress(done, {partition.partition: end for partition, end in ends.items()})


async def commit(brokers: list[str], settings: Settings, group: str, topic: Topic, ahead: dict[int, int]) -> None:
    """Make Kafka believe that a group, in which nobody works now, has come so far."""
    name = f"{settings.prefix}.{group}"
    async with _looking(brokers, f"{settings.prefix}.{topic}", name) as (client, partitions):
        client.assign(partitions)
        await client.commit({partition: ahead[partition.partition] for partition in partitions})


@contextmanager
def worker(
    what: str, brokers: list[str], postgres_url: str, settings: Settings, log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of `tests.streams.kafka.worker_process`, killed in the end where it still lives."""
    command = [sys.executable, "-m", "tests.streams.kafka.worker_process", what, ",".join(brokers), postgres_url]
    with log.open("ab") as output:
        started = subprocess.Popen(
            [*command, settings.model_dump_json(exclude_unset=True)], stdout=output, stderr=output
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()
