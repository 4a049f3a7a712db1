"""What becomes of the entries that a group is given, whichever engine brings them: handled, held, buried."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from loguru import logger

from schemas.errors import Away, Fenced, Rejected
from schemas.settings import Settings
from streams.appender import Message
from streams.effects import Effects
from streams.entry import Entry, Place, Stream
from streams.handler import Handler
from streams.store import Store
from streams.store.failures import HeldEvent


class Holding(Protocol):
    """What of a group is this process's own."""

    def epoch(self, stream: Stream) -> int:
        """Under which epoch the stream is ours."""
        ...

    def blocked(self, partition: int) -> set[str]:
        """The keys whose events must wait."""
        ...

    async def refresh_blocked(self, partitions: Sequence[int]) -> None:
        """Learn anew which keys wait."""
        ...


class Suspicion(Protocol):
    """Who remembers what was at hand when a process ended."""

    def at_hand(self, place: Place) -> AbstractAsyncContextManager[int]:
        """Note that an entry is being handled; how many processes have begun that and not seen its end, with us."""
        ...


class Processor:
    """One group's handler, applied to entries of streams that are ours. What it returns is to be published."""

    def __init__(
        self, handler: Handler, store: Store, holding: Holding, suspicion: Suspicion, settings: Settings
    ) -> None:
        self._group = handler.name
        self._effects = Effects(handler, store)
        self._holding = holding
        self._suspicion = suspicion
        self._settings = settings

    async def process(self, entries: Sequence[Entry], *, news: bool = False) -> list[Message]:
        """Handle entries in order; where some fail, halve until the one that does stands alone.

        Raises:
            Fenced, Away: as `Effects.apply`; of what was halved a part may be done.
        """
        if not entries:
            return []
        free, behind = self._split(entries)
        try:
            return await self._effects.apply(free, self._holding.epoch, behind, news=news)
        except (Away, Fenced):
            raise
        except Exception as error:
            if not free:
                raise
            if len(entries) == 1:
                return await self._fail(HeldEvent.of(entries[0], 1), error)
        half = len(entries) // 2
        return await self.process(entries[:half], news=news) + await self.process(entries[half:], news=news)

    async def recall(self, entries: Sequence[Entry]) -> list[Message]:
        """What followed from entries that are dealt with."""
        return await self._effects.recall(entries) if entries else []

    async def process_warily(self, entries: Sequence[Entry]) -> list[Message]:
        """Handle entries one by one, and none that has already ended too many processes."""
        messages: list[Message] = []
        for entry in entries:
            async with self._suspicion.at_hand(entry.place) as begun:
                messages += await (self.process([entry]) if self._may_begin(begun) else self._give_up(entry, begun))
        return messages

    async def retry(self, held: HeldEvent) -> list[Message]:
        """Handle an event whose time has come again, unless it has ended too many processes."""
        async with self._suspicion.at_hand(held.place) as begun:
            return await (self._retry(held) if self._may_begin(begun) else self._give_up(held.entry, begun))

    async def _retry(self, held: HeldEvent) -> list[Message]:
        try:
            return await self._effects.retry(held, self._holding.epoch)
        except (Away, Fenced):
            raise
        except Exception as error:  # noqa: BLE001 - a handler may fail in any way
            return await self._fail(held._replace(attempts=held.attempts + 1), error)

    def _may_begin(self, begun: int) -> bool:
        return begun <= self._settings.max_deliveries

    async def _give_up(self, entry: Entry, begun: int) -> list[Message]:
        ended = Rejected(f"it has ended {begun - 1} workers")
        return await self._fail(HeldEvent.of(entry, begun), ended)

    def _split(self, entries: Sequence[Entry]) -> tuple[Sequence[Entry], list[Entry]]:
        """Entries that may be handled, and those behind a held event of their key."""
        blocked = {partition: self._holding.blocked(partition) for partition in {entry.partition for entry in entries}}
        if not any(blocked.values()):
            return entries, []
        free: list[Entry] = []
        behind: list[Entry] = []
        for entry in entries:
            waits = blocked[entry.partition] and entry.key in blocked[entry.partition]
            (behind if waits else free).append(entry)
        return free, behind

    async def _fail(self, held: HeldEvent, error: Exception) -> list[Message]:
        log = logger.opt(exception=not isinstance(error, Rejected))
        log.warning("{}: {} failed ({}): {}", self._group, held.place, held.attempts, error)
        messages = await self._effects.fail(held, error, self._holding.epoch)
        await self._holding.refresh_blocked([held.place.partition])
        return messages
