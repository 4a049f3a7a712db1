"""Which partitions one group works on in this process, and how far it has come in each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from loguru import logger
from redis.exceptions import ResponseError

from schemas.base import Topic
from schemas.errors import Away, Busy
from streams.connection import translated
from streams.entry import Place, Stream
from streams.handler import Handler
from streams.leases import Leases
from streams.log import Log
from streams.store import Store


@dataclass
class Owned:
    """A partition that is ours alone: nobody with an older epoch can write any more.

    `done`: the last offset dealt with in each stream, as the store knows it. `blocked`: keys whose events must wait.
    `inherited`: the last owner was another process.
    """

    epoch: int
    done: dict[Topic, int]
    blocked: set[str]
    inherited: bool


class Ownership:
    """Takes, adopts and gives back partitions."""

    def __init__(self, handler: Handler, log: Log, store: Store, leases: Leases) -> None:
        self._group = handler.name
        self._topics = handler.topics
        self._log = log
        self._store = store
        self._leases = leases
        self._leased: set[int] = set()
        self._last_epoch: dict[int, int] = {}
        self.owned: dict[int, Owned] = {}

    @property
    def strange(self) -> list[int]:
        """Partitions that are leased to us but not adopted: what happened to them before is not known yet."""
        return sorted(self._leased - self.owned.keys())

    def streams(self, partitions: Iterable[int]) -> list[Stream]:
        """The streams of these partitions."""
        return [(topic, partition) for partition in partitions for topic in self._topics]

    def epoch(self, stream: Stream) -> int:
        """Under which epoch a stream is ours."""
        return self.owned[stream[1]].epoch

    def blocked(self, partition: int) -> set[str]:
        """The keys whose events must wait."""
        return self.owned[partition].blocked

    def distrust(self) -> None:
        """Something failed half-way: adopt everything anew."""
        self.owned.clear()

    async def share(self) -> None:
        """Hold as many leases as are due to us, no more, no fewer where some are free."""
        for partition in [p for p in self._leased if not self._leases.holds(p)]:
            log = logger.bind(partition=partition)
            log.warning("{}: the lease of partition {} ran out", self._group, partition)
            await self._give(partition)
        share = await self._leases.share()
        for partition in sorted(self._leased)[share:]:
            await self._give(partition)
        for partition in range(self._log.partitions):
            if len(self._leased) >= share:
                break
            if partition not in self._leased and await self._leases.take(partition):
                self._leased.add(partition)

    async def _give(self, partition: int) -> None:
        logger.bind(partition=partition).debug("{}: hands partition {} over", self._group, partition)
        self._leased.discard(partition)
        self.owned.pop(partition, None)
        await self._leases.give(partition)

    async def adopt(self, partition: int) -> Owned:
        """Shut out every earlier owner, and learn how far the group has come."""
        positions = await self._store.positions.adopt(self._group, partition, self._topics)
        for topic, position in positions.items():
            await self._make_group(Place(topic, partition, position.seq, position.offset))
        blocked = await self._store.held.keys(self._group, [partition])
        epoch = max(position.epoch for position in positions.values())
        owned = Owned(
            epoch=epoch,
            done={topic: position.offset for topic, position in positions.items()},
            blocked=blocked[partition],
            inherited=self._last_epoch.get(partition) != epoch - 1,
        )
        self._last_epoch[partition] = epoch
        self.owned[partition] = owned
        log = logger.bind(partition=partition)
        log.debug("{}: owns partition {} in epoch {}", self._group, partition, owned.epoch)
        return owned

    async def _make_group(self, place: Place) -> None:
        key = self._log.keys.stream(place.topic, place.partition)
        with translated():
            try:
                await self._log.redis.xgroup_create(key, self._group, place.entry_id, mkstream=True)
            except ResponseError as error:
                if not str(error).startswith("BUSYGROUP"):
                    raise

    async def refresh_blocked(self, partitions: Sequence[int]) -> None:
        """Learn anew which keys wait."""
        for partition, keys in (await self._store.held.keys(self._group, partitions)).items():
            self.owned[partition].blocked = keys

    async def acknowledge(self, last: Iterable[Place]) -> None:
        """Let go of all entries up to the last one of each stream. Raises Fenced where a partition is not ours."""
        by_partition: dict[int, dict[Topic, str]] = {}
        for place in last:
            by_partition.setdefault(place.partition, {})[place.topic] = place.entry_id
        if by_partition:
            await self._leases.acknowledge(by_partition)

    async def leave(self) -> None:
        """Hand everything over to whoever else is there."""
        try:
            for partition in sorted(self._leased):
                await self._give(partition)
            await self._leases.leave()
        except (Away, Busy) as error:
            logger.debug("{}: could not say goodbye: {}", self._group, error)
