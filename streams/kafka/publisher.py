"""Appends events to the log on Kafka, in order, and hears from the brokers that they are safe.

Faust's own producer cannot be idempotent outside of transactions. This one is: what it repeats by itself arrives once,
and nothing overtakes what went before. After an error it is replaced, and its caller repeats the whole batch: events
may then lie in the log twice, which the record of handled events makes harmless.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, UnknownTopicOrPartitionError

from schemas.base import TOPICS
from schemas.errors import Away, Misconfigured
from streams.appender import Message
from streams.kafka.naming import MAX_PARTITIONS, Names

PATIENCE = 30.0
"""Seconds that the brokers get to take a batch."""
FAREWELL = 5.0
"""Seconds that they get when we leave."""
BATCH_BYTES = 256 * 1024
"""Bytes of one partition that are sent at once."""


class _Keyed(msgspec.Struct):
    """Of an event, what its key is made of."""

    project: str
    subject: str


_KEY = msgspec.json.Decoder(_Keyed)


class Publisher:
    """The end of one log. Opened when needed."""

    def __init__(self, brokers: Sequence[str], prefix: str) -> None:
        self._brokers = list(brokers)
        self._names = Names(prefix)
        self._producer: AIOKafkaProducer | None = None

    async def check(self) -> int:
        """How many partitions every topic has.

        Raises:
            Misconfigured: a topic is missing, or they do not have the same number. Away: no broker can be reached.
        """
        async with self._open() as producer:
            counts = {name: await _partitions(producer, name) for name in map(self._names.topic, TOPICS)}
        fewest, most = min(counts.values()), max(counts.values())
        if fewest != most or most > MAX_PARTITIONS:
            said = ", ".join(f"{name}: {count}" for name, count in counts.items())
            raise Misconfigured(
                f"the topics have unlike numbers of partitions ({said})",
                f"give them all the same number, at most {MAX_PARTITIONS}, while they are empty",
            )
        return most

    async def publish(self, messages: Sequence[Message]) -> None:
        """Append events, those of one key in their order. They are on all in-sync replicas when this returns.

        Raises:
            Away: the brokers did not say so. Some of the events may have been appended; publish all of them again.
        """
        if not messages:
            return
        async with self._open() as producer:
            futures = [
                await producer.send(self._names.topic(message.topic), message.raw, _key(message.raw))
                for message in messages
            ]
            for settled in asyncio.as_completed(futures):
                await settled

    async def close(self) -> None:
        """Close the connections, whatever is still on its way."""
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                async with asyncio.timeout(FAREWELL):
                    await producer.stop()
            except (KafkaError, OSError, TimeoutError):  # it waits for the brokers to take what is on its way
                await producer._sender.close()  # noqa: SLF001 - what `stop` did not come to
                await producer.client.close()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[AIOKafkaProducer]:
        try:
            async with asyncio.timeout(PATIENCE):
                if self._producer is None:
                    self._producer = await _start(self._brokers)
                yield self._producer
        except MessageSizeTooLargeError as error:
            await self.close()
            raise Misconfigured(f"Kafka takes no event that large: {error}", "lower HEADRACE_INLINE_LIMIT") from error
        except (KafkaError, OSError, TimeoutError) as error:
            await self.close()
            raise Away(
                f"Kafka is away: {error or type(error).__name__}", "it is tried again until it is back"
            ) from error


async def _start(brokers: list[str]) -> AIOKafkaProducer:
    producer = AIOKafkaProducer(
        bootstrap_servers=brokers,
        acks="all",
        enable_idempotence=True,
        max_batch_size=BATCH_BYTES,
        request_timeout_ms=int(PATIENCE * 1000),
    )
    try:
        await producer.start()
    except BaseException:
        await producer.stop()
        raise
    return producer


async def _partitions(producer: AIOKafkaProducer, topic: str) -> int:
    try:
        async with asyncio.timeout(PATIENCE / 3):
            return len(await producer.partitions_for(topic))
    except (UnknownTopicOrPartitionError, TimeoutError) as error:
        raise Misconfigured(
            f"Kafka has no topic {topic}", "create it: docs/scaling.md says how, and with which settings"
        ) from error


def _key(raw: bytes) -> bytes | None:
    """The event's key, by which Kafka's default partitioner finds the same partition as `Log.partition`."""
    try:
        event = _KEY.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return f"{event.project}/{event.subject}".encode()
