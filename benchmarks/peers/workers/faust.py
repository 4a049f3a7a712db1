"""Faust, which speaks Kafka only: an agent that takes 1,000 at once, on uvloop; raw bytes, no tables, no web server.

`noack_take` was cheaper than `take`, and it acknowledges what has been handled.
"""

import asyncio
from importlib.metadata import version
from typing import Any

import faust
import orjson
import uvloop
from aiokafka import AIOKafkaProducer

from benchmarks.peers.workers.meter import Meter, arguments

BATCH = 1000


async def main() -> None:
    """Publish, then work."""
    address, events, event = arguments()
    meter = Meter(f"Faust {version('faust-streaming')}, batch, on a mock Kafka", events)
    app = faust.App(
        "peer",
        broker=f"kafka://{address}",
        store="memory://",
        consumer_auto_offset_reset="earliest",
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        stream_wait_empty=False,
    )

    async def handle(stream: Any) -> None:
        async for batch in stream.noack_take(BATCH, within=0.05):
            for taken in batch:
                orjson.loads(taken.value)
                await stream.ack(taken)
            meter.handled(len(batch))

    app.agent(app.topic("events", value_serializer="raw"), name="handle")(handle)
    await _publish(address, events, event)
    await app.start()
    await asyncio.Event().wait()


async def _publish(address: str, events: int, event: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=address)
    await producer.start()
    for _ in range(events):
        await producer.send("events", event.encode())
    await producer.stop()


if __name__ == "__main__":
    uvloop.run(main())
