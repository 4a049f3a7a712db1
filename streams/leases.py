"""Which partitions of a group this process works on.

The partitions are shared out evenly among the processes that say they are there. A lease in Redis keeps two of
them apart in the ordinary case; the epoch in PostgreSQL (`store.progress`) does in every case, because a process
that was paused does not know that its lease ran out.
"""

import threading
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic

from loguru import logger
from redis.exceptions import RedisError

from schemas.base import Topic
from schemas.errors import Fenced
from schemas.settings import Settings
from streams.connection import connect_sync, script, translated
from streams.keys import Keys
from streams.line import Pooled
from streams.log import Log
from streams.lua import Script


class Keeper:
    """Renews this process's leases from a thread, so that a handler that hogs the loop does not lose them."""

    def __init__(self, url: str, settings: Settings, token: str) -> None:
        self._redis = connect_sync(url, settings.redis_timeout)
        self._renew = self._redis.register_script(script("renew"))
        self._token = token
        self._lease_ms = settings.lease_ms
        self._every = settings.renew_ms / 1000
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lease keeper", daemon=True)

    def start(self) -> None:
        """Begin to renew."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._stop.set()
        self._thread.join()
        self._redis.close()

    def keep(self, lease: str) -> None:
        """Renew this lease, just taken, from now on."""
        with self._lock:
            self._until[lease] = monotonic() + self._lease_ms / 1000

    def drop(self, lease: str) -> None:
        """Do not renew it any more."""
        with self._lock:
            self._until.pop(lease, None)

    def holds(self, lease: str) -> bool:
        """Whether it is still ours, as far as we know."""
        with self._lock:
            return self._until.get(lease, 0) > monotonic()

    def _run(self) -> None:
        while not self._stop.is_set():
            with suppress(MemoryError):  # a handler may take all there is: without this thread its process is lost
                self._stop.wait(self._every)
                with self._lock:
                    leases = list(self._until)
                for lease in leases:
                    self._renew_one(lease)

    def _renew_one(self, lease: str) -> None:
        asked = monotonic()
        try:
            ours = self._renew(keys=[lease], args=[self._token, self._lease_ms])
        except (RedisError, OSError) as error:
            logger.debug("could not renew {}: {}", lease, error)
            return
        with self._lock:
            if lease in self._until:
                self._until[lease] = asked + self._lease_ms / 1000 if ours else 0.0


class Leases:
    """One group's partitions in this process."""

    def __init__(self, log: Log, keeper: Keeper, group: str, token: str) -> None:
        self._redis = log.redis
        self._keys: Keys = log.keys
        self._keeper = keeper
        self._group = group
        self._token = token
        self._count = log.partitions
        self._settings = log.settings
        self._acknowledge = Script(Pooled(log.redis), "acknowledge")
        self._take = log.redis.register_script(script("take"))
        self._attend = log.redis.register_script(script("attend"))
        self._release = log.redis.register_script(script("release"))

    def lease(self, partition: int) -> str:
        """The lease's name in Redis."""
        return self._keys.lease(self._group, partition)

    def holds(self, partition: int) -> bool:
        """Whether the partition is still ours, as far as we know."""
        return self._keeper.holds(self.lease(partition))

    async def share(self) -> int:
        """How many partitions are ours to work on now: an even share among the living."""
        with translated():
            members = await self._attend(
                keys=[self._keys.members(self._group)], args=[self._token, self._settings.lease_ms]
            )
        rank: int = members.index(self._token.encode())
        share, left = divmod(self._count, len(members))
        return share + (rank < left)

    async def take(self, partition: int) -> bool:
        """Try to become the owner of a partition, or to be it still: who had our name before us is gone."""
        lease = self.lease(partition)
        with translated():
            taken = await self._take(keys=[lease], args=[self._token, self._settings.lease_ms])
        if taken:
            self._keeper.keep(lease)
        return bool(taken)

    async def give(self, partition: int) -> None:
        """Let another process have it."""
        lease = self.lease(partition)
        self._keeper.drop(lease)
        with translated():
            await self._release(keys=[lease], args=[self._token])

    async def acknowledge(self, last: Mapping[int, Mapping[Topic, str]]) -> None:
        """Acknowledge all entries up to the last ones, by partition and topic.

        Raises:
            Fenced: the lease of one of the partitions is not ours any more.
        """
        calls = [
            (
                [self.lease(partition), *(self._keys.stream(topic, partition) for topic in topics)],
                [self._token, self._group, *topics.values()],
            )
            for partition, topics in last.items()
        ]  # fmt: skip - keys, then arguments
        with translated():
            if not all(await self._acknowledge.all(calls)):
                raise Fenced(f"{self._group} lost a partition to another process")

    async def leave(self) -> None:
        """Say that this process works for the group no more."""
        with translated():
            await self._redis.zrem(self._keys.members(self._group), self._token)
