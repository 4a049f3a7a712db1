"""What becomes of the entries that a group is given, whichever engine brings them: handled, held, buried."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import NamedTuple, Protocol

from loguru import logger

from schemas.base import EventId
from schemas.errors import Away, Fenced, Rejected
from schemas.settings import Settings
from streams.appender import Message
from streams.effects import Effects
from streams.entry import Entry, Place, Stream
from streams.handler import Handler
from streams.retry import Bury, Failure, decide
from streams.store import Store
from streams.store.failures import HeldEvent
from streams.watchdog import TimeLimitExceeded, Watchdog


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


class Means(NamedTuple):
    """What a processor needs of its engine.

    `given` and `held`: the notes on entries that come, and on those that have waited. `tell` says in the log what has
    become of a dead letter.
    """

    holding: Holding
    given: Suspicion
    held: Suspicion
    watchdog: Watchdog
    tell: Callable[[EventId], Awaitable[None]]


class Processor:
    """One group's handler, applied to entries of streams that are ours. What it returns is to be published."""

    def __init__(self, handler: Handler, store: Store, means: Means, settings: Settings) -> None:
        self._group = handler.name
        self._backoff = handler.backoff
        self._effects = Effects(handler, store, means.watchdog)
        self._holding = means.holding
        self._means = means
        self._settings = settings

    async def process(self, entries: Sequence[Entry], *, news: bool = False) -> list[Message]:
        """Handle entries in order; where some fail, halve until the one that does stands alone.

        Where they took too long, go one by one: each half would be given all that time again.

        Raises:
            Fenced, Away: as `Effects.apply`; of what was parted some may be done.
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
                await self._fail(HeldEvent.of(entries[0], 1), error)
                return []
            size = 1 if isinstance(error, TimeLimitExceeded) else (len(entries) + 1) // 2
        messages: list[Message] = []
        for at in range(0, len(entries), size):
            messages += await self.process(entries[at : at + size], news=news)
        return messages

    async def process_warily(self, entries: Sequence[Entry]) -> list[Message]:
        """Handle entries one by one, and none that has already ended too many processes."""
        messages: list[Message] = []
        for entry in entries:
            async with self._means.given.at_hand(entry.place) as begun:
                if self._may_begin(begun):
                    messages += await self.process([entry])
                else:
                    await self._give_up(entry, begun)
        return messages

    async def recall(self, entries: Sequence[Entry]) -> list[Message]:
        """What followed from entries that are dealt with."""
        return await self._effects.recall(entries) if entries else []

    async def without_buried(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those of these entries, read again, that were not buried: see `Effects`."""
        return await self._effects.without_buried(entries)

    async def retry(self, held: HeldEvent) -> list[Message]:
        """Handle an event whose time has come again, unless it has ended too many processes.

        Where it returns something, `release` the event once that is published.
        """
        async with self._means.held.at_hand(held.place) as begun:
            if self._may_begin(begun):
                return await self._retry(held)
            await self._give_up(held.entry, begun)
            return []

    async def release(self, held: HeldEvent) -> None:
        """It is dealt with: let those behind it go on."""
        await self._effects.release(held, self._holding.epoch)

    async def _retry(self, held: HeldEvent) -> list[Message]:
        try:
            with logger.contextualize(**held.entry.ids):
                return await self._effects.retry(held, self._holding.epoch)
        except (Away, Fenced):
            raise
        except Exception as error:  # noqa: BLE001 - a handler may fail in any way
            await self._fail(held._replace(attempts=held.attempts + 1), error)
            return []

    def _may_begin(self, begun: int) -> bool:
        return begun <= self._settings.max_deliveries

    async def _give_up(self, entry: Entry, begun: int) -> None:
        ended = Rejected(f"it has ended {begun - 1} workers: their logs may say how")
        await self._fail(HeldEvent.of(entry, begun), ended)

    def _split(self, entries: Sequence[Entry]) -> tuple[Sequence[Entry], list[Entry]]:
        """Entries that may be handled, and those behind a held event of their key."""
        blocked = {partition: self._holding.blocked(partition) for _, partition in {entry.stream for entry in entries}}
        if not any(blocked.values()):
            return entries, []
        free: list[Entry] = []
        behind: list[Entry] = []
        for entry in entries:
            waits = blocked[entry.partition] and entry.key in blocked[entry.partition]
            (behind if waits else free).append(entry)
        return free, behind

    async def _fail(self, held: HeldEvent, error: Exception) -> None:
        failure, verdict = Failure.of(error), decide(error, held.attempts, self._backoff)
        log = logger.opt(exception=not isinstance(error, Rejected | TimeLimitExceeded)).bind(**held.entry.ids)
        level = "ERROR" if isinstance(verdict, Bury) else "WARNING"
        log.log(level, "{}: {} failed ({}): {}", self._group, held.place, held.attempts, failure.error)
        if isinstance(verdict, Bury):
            await self._means.tell(await self._effects.bury(held, failure, self._holding.epoch))
        else:
            await self._effects.hold(held, failure, verdict.seconds, self._holding.epoch)
        await self._holding.refresh_blocked([held.place.partition])
