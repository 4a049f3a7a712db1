"""The log: events appended once each to partitioned streams, and read back by their place."""

from collections.abc import Iterable, Mapping, Sequence
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
from streams.entry import Place, Stream, entry_numbers
from streams.keys import Keys
from streams.line import Pooled
from streams.murmur2 import murmur2
from streams.store.logs import LogRecord
from streams.store.progress import Position

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
        expected = [(self.keys.meta, "hash"), (self.keys.clock, "string"), (self.keys.server, "string")]
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

    async def is_admitted(self) -> bool:
        """Whether this very Redis process was found to have the whole log. Raises Away."""
        with translated():
            pipeline = self.redis.pipeline(transaction=False)
            pipeline.info("server")
            pipeline.get(self.keys.server)
            info, admitted = await pipeline.execute()
        return bool(admitted == info["run_id"].encode())

    async def admit(self, state: str = "") -> None:
        """Say that this Redis process has the whole log; with a `state`, that it takes events from us alone."""
        with translated():
            info = await self.redis.info("server")
            await self.redis.set(self.keys.server, f"{state}{info['run_id']}")

    async def id(self) -> str | None:
        """Which log this is; None where Redis does not know (any more)."""
        with translated():
            id_: Any = await self.redis.hget(self.keys.meta, "id")
        return str(id_, "ascii") if id_ else None

    async def set_id(self, id_: str) -> None:
        """Say which log this is."""
        with translated():
            await self.redis.hset(self.keys.meta, "id", id_)

    async def forget_id(self) -> None:
        """This is no whole log."""
        with translated():
            await self.redis.hdel(self.keys.meta, "id")

    async def first_offset(self, stream: Stream) -> int:
        """The offset of the oldest event that a stream holds; of an empty one, of the next that it will."""
        tail = (await self.tails([stream]))[stream]  # first: what is published meanwhile is then found, not passed over
        with translated():
            first: Any = await self.redis.xrange(self.keys.stream(*stream), count=1)
        return entry_numbers(first[0][0])[1] if first else tail + 1

    async def tails(self, streams: Sequence[Stream]) -> dict[Stream, int]:
        """The offset of the last event that each stream has ever held; 0 where there is no such stream."""
        pipeline = self.redis.pipeline(transaction=False)
        for stream in streams:
            pipeline.execute_command("XINFO STREAM", self.keys.stream(*stream))
        tails: dict[Stream, int] = {}
        with translated():
            for stream, reply in zip(streams, await pipeline.execute(raise_on_error=False), strict=True):
                if isinstance(reply, Exception) and "no such key" not in str(reply):
                    raise reply
                tails[stream] = 0 if isinstance(reply, Exception) else entry_numbers(reply["last-generated-id"])[1]
        return tails

    async def restore(
        self,
        record: LogRecord,
        tails: Mapping[Stream, int],
        positions: Mapping[tuple[str, Topic, int], Position],
    ) -> None:
        """Let numbers, streams and groups go on where they must. Doing it again is harmless."""
        self.partitions = record.partitions
        pipeline = self.redis.pipeline(transaction=False)
        pipeline.hset(self.keys.meta, "partitions", str(record.partitions))
        pipeline.set(self.keys.clock, record.settled)
        for (group, topic, partition), position in positions.items():
            tail = tails.get((topic, partition), 0)
            at = f"{record.settled}-{tail}" if position.offset == tail else f"{position.seq}-{position.offset}"
            key = self.keys.stream(topic, partition)
            pipeline.xgroup_create(key, group, at, mkstream=True)
            pipeline.xgroup_setid(key, group, at)
        for stream, tail in tails.items():
            pipeline.execute_command("XSETID", self.keys.stream(*stream), f"{record.settled}-{tail}")
        with translated():
            for reply in await pipeline.execute(raise_on_error=False):
                if isinstance(reply, Exception) and not str(reply).startswith(("BUSYGROUP", "no such key")):
                    raise reply

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

    async def publish_events(self, events: Sequence[Envelope[Event]]) -> list[Place]:
        """The same for events that are not made ready yet."""
        return await self.publish([self.message(event) for event in events])

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
