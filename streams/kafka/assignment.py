"""Which streams a group has in this process, and whose turn it is in each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from loguru import logger

from schemas.base import Topic
from schemas.errors import Away, Fenced, Misconfigured
from streams.entry import Entry, Stream
from streams.handler import Handler
from streams.kafka.naming import place
from streams.store import Store
from streams.store.progress import Position


class Astray(Away):
    """Faust brings other entries than those whose turn it is: leave the group, and join it anew."""


@dataclass
class _Owned:
    """A stream that is ours: nobody with an older epoch can write any more.

    `done`: the last offset dealt with, as the store knows it. `begin`: where reading must begin, 0 where nobody knows.
    `first` and `read`: the first and the last offset that were read, both 0 before that.
    """

    epoch: int
    done: int
    begin: int
    first: int = 0
    read: int = 0


class Assignment:
    """The streams of one group that are ours, by the store's account."""

    def __init__(self, handler: Handler, store: Store) -> None:
        self._group = handler.name
        self._once = handler.once
        self._store = store
        self._owned: dict[Stream, _Owned] = {}
        self._blocked: dict[int, set[str]] = {}

    @property
    def partitions(self) -> list[int]:
        """The partitions of which we have at least one stream."""
        return sorted(self._blocked)

    def owns(self, stream: Stream) -> bool:
        """Whether the stream is ours."""
        return stream in self._owned

    def epoch(self, stream: Stream) -> int:
        """Under which epoch a stream is ours. Raises Fenced."""
        if stream not in self._owned:
            raise Fenced(f"{self._group} lost a partition to another process")
        return self._owned[stream].epoch

    def blocked(self, partition: int) -> set[str]:
        """The keys whose events must wait."""
        return self._blocked[partition]

    async def refresh_blocked(self, partitions: Sequence[int]) -> None:
        """Learn anew which keys wait."""
        self._blocked |= await self._store.held.keys(self._group, partitions)

    async def adopt(self, begins: Mapping[Stream, int]) -> None:
        """Own these streams and no others: shut out every earlier owner, and learn how far the group has come.

        `begins` says at which offset reading begins, 0 where nobody knows.

        Raises:
            Misconfigured: the store's account is not of this log.
        """
        self._owned.clear()
        self._blocked.clear()
        topics: dict[int, list[Topic]] = {}
        for topic, partition in begins:
            topics.setdefault(partition, []).append(topic)
        for partition, found in sorted(topics.items()):
            for topic, position in (await self._store.positions.adopt(self._group, partition, found)).items():
                stream = topic, partition
                self._check(stream, position)
                self._owned[stream] = _Owned(position.epoch, position.offset, begins[stream])
        await self.refresh_blocked(list(topics))
        logger.debug("{}: owns {} streams", self._group, len(self._owned))

    def _check(self, stream: Stream, position: Position) -> None:
        if position.offset and position.seq != place(stream, position.offset).seq:
            raise Misconfigured(
                f"the store knows {self._group} from another log than this one in Kafka",
                "give each log a database of its own in HEADRACE_POSTGRES_URL",
            )

    def ahead(self) -> dict[Stream, int]:
        """Streams of which Kafka would have us begin behind what the store knows, and how far the store knows them."""
        if self._once == "nothing":
            return {}
        return {stream: owned.done for stream, owned in self._owned.items() if owned.begin > owned.done + 1}

    def in_turn(self, entries: Iterable[Entry], *, fresh: bool) -> list[Entry]:
        """Of what was read, what is to be handled. `fresh`: nothing can be left of an earlier assignment.

        Raises:
            Astray: they are not the ones whose turn it is.
        """
        return [entry for entry in entries if self.owns(entry.stream) and self._has_its_turn(entry, fresh=fresh)]

    def _has_its_turn(self, entry: Entry, *, fresh: bool) -> bool:
        offset, owned = entry.place.offset, self._owned[entry.stream]
        if not owned.first:
            self._begin(entry, owned, fresh=fresh)
        elif offset < owned.first:
            raise Astray(f"{entry.place} came after {owned.first}: reading again")
        elif offset <= owned.read:
            return False
        elif offset > owned.read + 1:
            logger.warning("{}: Kafka has no entries between {} and {}", self._group, owned.read, entry.place)
        owned.read = offset
        return self._once != "entry" or offset > owned.done

    def _begin(self, entry: Entry, owned: _Owned, *, fresh: bool) -> None:
        offset, expected = entry.place.offset, owned.begin or owned.done + 1
        if offset > expected and not fresh:
            raise Astray(f"{entry.place} came instead of {expected}: reading again")
        if offset > owned.done + 1 and self._once != "nothing":
            logger.error(
                "{}: entries from {} to before {} are gone, unhandled", self._group, owned.done + 1, entry.place
            )
        owned.first = offset

    def known(self, entry: Entry) -> bool:
        """Whether the group has dealt with it before, in another process or another life."""
        return entry.place.offset <= self._owned[entry.stream].done
