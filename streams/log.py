"""The log: events appended once each to partitioned streams, and read back by their place."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from redis.asyncio import Redis

from schemas.base import TOPICS, Topic
from schemas.envelope import Envelope, Event
from schemas.errors import Misconfigured
from schemas.events import encode
from schemas.settings import Settings
from streams.appender import Appender, Message
from streams.connection import translated
from streams.entry import Place
from streams.keys import Keys
from streams.line import Pooled
from streams.murmur2 import murmur2

OLDEST_REDIS = (6, 2)


class Log:
    """One log in one Redis. Open it before use."""

    def __init__(self, redis: "Redis", settings: Settings) -> None:
        self.redis = redis
        self.settings = settings
        self.keys = Keys(settings.prefix)
        self.partitions = settings.partitions
        self._appender = Appender(Pooled(redis), settings)

    async def open(self) -> None:
        """Check the server and agree on the number of partitions, which is fixed when the log is first made.

        Raises:
            Misconfigured: the server is too old, may drop entries, or holds other data under our name.
            Away: it cannot be reached.
        """
        with translated():
            _check_server(await self.redis.info())
            await self._check_keys()
            await self.redis.hsetnx(self.keys.meta, "partitions", str(self.settings.partitions))
            self.partitions = int(await self.redis.hget(self.keys.meta, "partitions") or 0)

    async def _check_keys(self) -> None:
        expected = [(self.keys.meta, "hash"), (self.keys.clock, "string")]
        expected += [
            (self.keys.stream(topic, partition), "stream") for topic in TOPICS for partition in range(self.partitions)
        ]
        pipeline = self.redis.pipeline(transaction=False)
        for key, _ in expected:
            pipeline.type(key)
        for (key, kind), found in zip(expected, await pipeline.execute(), strict=True):
            if found not in {b"none", kind.encode()}:
                raise Misconfigured(
                    f"{key} in Redis is a {found.decode()}, not our {kind}",
                    "another program uses this name: set HEADRACE_PREFIX, or give Headrace a Redis of its own",
                )

    async def make_groups(self, readers: Iterable[tuple[str, Topic]]) -> None:
        """Keep what each of these groups has still to read of a topic, whether or not anybody works for it yet.

        What no group of a stream needs is trimmed: a group that is only made when its worker comes would be too late.
        """
        pipeline = self.redis.pipeline(transaction=False)
        for group, topic in readers:
            for partition in range(self.partitions):
                pipeline.xgroup_create(self.keys.stream(topic, partition), group, "0", mkstream=True)
        with translated():
            for reply in await pipeline.execute(raise_on_error=False):
                if isinstance(reply, Exception) and not str(reply).startswith("BUSYGROUP"):
                    raise reply

    async def close(self) -> None:
        """Close the connections."""
        await self.redis.aclose()

    def partition(self, key: str) -> int:
        """The partition of a key: the one that Kafka's default partitioner gives it."""
        return _partition(key, self.partitions)

    def message(self, event: Envelope[Event]) -> Message:
        """Make an event ready to be published."""
        return Message(event.data.topic, self.partition(event.key), event.id, encode(event))

    async def publish(self, messages: Sequence[Message]) -> list[Place]:
        """Append events, once each; see `Appender.publish`."""
        return await self._appender.publish(messages)

    async def version(self) -> str:
        """The server's version. Raises Away."""
        with translated():
            return str((await self.redis.info("server"))["redis_version"])

    async def members(self, group: str) -> list[str]:
        """The processes that say they work for a group."""
        with translated():
            members: list[Any] = await self.redis.zrange(self.keys.members(group), 0, -1)
        return [member.decode() for member in members]

    async def last_seq(self) -> int:
        """How many events the log has taken so far."""
        with translated():
            return int(await self.redis.get(self.keys.clock) or 0)


def _check_server(info: dict[str, Any]) -> None:
    version = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])
    if version < OLDEST_REDIS:
        raise Misconfigured(f"Redis {info['redis_version']} is too old", "Headrace needs Redis 6.2 or newer, or Valkey")
    policy = info.get("maxmemory_policy", "noeviction")
    if info.get("maxmemory") and policy != "noeviction":
        raise Misconfigured(
            f"Redis may drop our streams: its maxmemory-policy is {policy}",
            "set it to noeviction: redis-cli config set maxmemory-policy noeviction",
        )


@lru_cache(maxsize=65536)
def _partition(key: str, partitions: int) -> int:
    return murmur2(key.encode()) % partitions
