"""Work for one consumer group: read its partitions in order, handle, publish what follows, acknowledge.

Whatever a server's absence breaks is mended in one way: forget what was under way, wait, adopt the partitions anew,
and read again what was given to their owner and never acknowledged.
"""

import asyncio
from collections.abc import Iterator
from functools import partial
from time import monotonic
from typing import NamedTuple

from loguru import logger

from schemas.base import EventId, now
from schemas.errors import Away, Busy, Fenced, Misconfigured
from streams.appender import Appender, Message
from streams.entry import Entry, Place, Run, Stream
from streams.handler import Handler
from streams.letters import tell
from streams.line import Line
from streams.log import Log
from streams.ownership import Owned, Ownership
from streams.patience import Patience
from streams.processor import Means, Processor
from streams.reader import Reader
from streams.recovery import Recovery
from streams.retry import WARY
from streams.store import Store
from streams.suspects import Suspects
from streams.trouble import Trouble
from streams.watchdog import Watchdog

LEAST = 50
"""Entries worth reading of one stream."""


class Guard(NamedTuple):
    """What keeps the handlers of one process from harm, whatever their groups: see `watchdog` and `suspects`."""

    watchdog: Watchdog
    alone: asyncio.Lock


class Consumer:
    """One group in one process."""

    def __init__(
        self,
        handler: Handler,
        log: Log,
        store: Store,
        line: Line,
        ownership: Ownership,
        recovery: Recovery,
        guard: Guard,
    ) -> None:
        self.group = handler.name
        self.handled = 0
        self._once = handler.once
        self._log = log
        self._appender = Appender(line, log.settings)
        self._store = store
        self._reader = Reader(line, log.settings, log.partitions)
        self._ownership = ownership
        self._recovery = recovery
        self._suspects = Suspects(log, handler.name, "given", guard.alone)
        self._retried = Suspects(log, handler.name, "held", guard.alone)
        means = Means(ownership, self._suspects, self._retried, guard.watchdog, self._tell)
        self._processor = Processor(handler, store, means, log.settings)
        self._trouble = Trouble(log, handler.name)
        self._settings = log.settings
        self._next_tick = 0.0
        self._outbox: list[Message] = []  # what follows from the last batch, not published yet
        self._done: dict[Stream, Place] = {}  # the last entries dealt with, not acknowledged yet
        self._urgent = handler.urgent
        self._linger_ms = 0
        self._read: dict[Stream, int] = {}
        self._behind: set[Stream] = set()  # those that had more than their share are read alone, every other time
        self._patience = Patience(handler.name, self._settings)

    @property
    def _owned(self) -> dict[int, Owned]:
        return self._ownership.owned

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set, through whatever happens; then hand the partitions over.

        Raises:
            Misconfigured: only a person can mend it, such as a database that a newer version has migrated.
        """
        with logger.contextualize(group=self.group):
            try:
                await self._work(stop)
            except asyncio.CancelledError:
                logger.warning("{}: cut off; what it had at hand is handled anew", self.group)
                await self._ownership.leave()
                raise
            await self._leave()

    async def _work(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                if self._patience.failures:
                    await self._store.pending()  # a schema that is newer than we are is not ours to write to
                    await self._recovery.check()
                await self._turn(stop)
                await self._trouble.over()
                self._patience.renew()
            except Misconfigured:
                raise
            except Exception as error:  # noqa: BLE001 - a worker outlives every error: what it was doing is redone
                self._outbox.clear()
                self._done.clear()
                self._ownership.distrust()
                seconds = self._patience.lose(error)
                await self._trouble.tell(error, self._patience.failures, seconds)
                await self._patience.wait(seconds, stop)

    async def _leave(self) -> None:
        try:
            await self._acknowledge()
        except (Away, Busy, Fenced) as error:
            logger.debug("{}: who comes next must ask again what was done: {}", self.group, error)
        await self._ownership.leave()

    async def _turn(self, stop: asyncio.Event) -> None:
        if monotonic() >= self._next_tick:
            self._next_tick = monotonic() + self._settings.tick_ms / 1000
            await self._acknowledge()
            await self._ownership.share()
            await self._retry_held()
            await self._check_nothing_strayed()
        for partition in self._ownership.strange:
            await self._adopt(partition, stop)
        if not self._owned:
            await asyncio.sleep(self._settings.tick_ms / 1000)
            return
        await self._handle(await self._news(), news=True)

    async def _news(self) -> list[Run]:
        """What is new. Where there was much, it lets more arrive before it reads: large batches make it cheap."""
        if self._linger_ms:
            await self._flush()
            await asyncio.sleep(self._linger_ms / 1000)
        streams = self._ownership.streams(self._owned)
        behind = [stream for stream in streams if stream in self._behind]
        chosen, share = behind or streams, self._share(behind or streams)
        send = partial(self._appender.append_then, self._outbox) if self._outbox else None
        runs = await self._reader.new(self.group, chosen, share, send, wait=not behind)
        self._outbox = []
        self._behind = set() if behind else {run.stream for run in runs if len(run.entries) >= share}
        self._linger_ms = self._next_linger(sum(len(run.entries) for run in runs))
        return runs

    def _share(self, streams: list[Stream]) -> int:
        """How many entries to read of each stream: a few batches in all, so that a flood does not fill the memory."""
        return max(LEAST, 4 * self._settings.batch // len(streams))

    def _next_linger(self, found: int) -> int:
        if found >= self._settings.batch or self._behind:
            return self._settings.linger_ms
        if not self._urgent:
            return self._settings.gather_ms if found else 0
        return self._settings.linger_ms if found >= self._settings.batch // 10 else 0

    async def _adopt(self, partition: int, stop: asyncio.Event) -> None:
        """Take a partition over: first of all what was given to its owner, us or another, and not acknowledged."""
        owned = await self._ownership.adopt(partition)
        for topic in owned.done:
            await self._catch_up((topic, partition), owned, stop)
        streams = self._ownership.streams([partition])
        runs = await self._reader.given(self.group, streams, self._share(streams))
        if not runs:
            return
        warily = owned.inherited and await self._suspects.deaths(runs[0].first) >= WARY
        while runs:
            await self._handle(runs, news=False, warily=warily)
            runs = await self._reader.given(self.group, streams, self._share(streams))
        await self._suspects.clear(partition)

    async def _catch_up(self, stream: Stream, owned: Owned, stop: asyncio.Event) -> None:
        """Handle what the archive has and the stream has not any more: a new group's past, what Redis has lost."""
        topic, partition = stream
        self._read[stream] = owned.done[topic]
        first = await self._log.first_offset(stream)
        while self._read[stream] + 1 < first and partition in self._owned and not stop.is_set():
            batch = await self._store.events.of_stream(stream, self._read[stream], first, self._settings.batch)
            if not batch:
                lost = f"{topic}/{partition} from {self._read[stream] + 1} to {first - 1}"
                logger.error("{}: the events of {} are neither in the stream nor in the archive", self.group, lost)
                break
            self._outbox += await self._processor.process(batch)
            await self._flush()
            self._read[stream] = batch[-1].place.offset
            owned.done[topic] = self._read[stream]
            self.handled += len(batch)

    async def _handle(self, runs: list[Run], *, news: bool, warily: bool = False) -> None:
        for run in runs:
            self._check_whole(run, news=news)
        work, owned = self._processor, self._ownership.owned
        for entries in _batches([self._not_done(run) for run in runs], 1 if warily else self._settings.batch):
            mine = [entry for entry in entries if entry.stream[1] in owned]
            if not news:
                mine = await self._processor.without_buried(mine)
            await self._flush()
            self._outbox = await (work.process_warily(mine) if warily else work.process(mine, news=news))
            self.handled += len(mine)
        self._done.update((run.stream, run.last) for run in runs if run.stream[1] in self._owned)
        if not news:
            await self._acknowledge()

    async def _acknowledge(self) -> None:
        """Let go of what is dealt with. The store knows it already: for what is new, now and then is soon enough."""
        await self._flush()
        await self._ownership.acknowledge(self._done.values())
        self._done.clear()

    def _check_whole(self, run: Run, *, news: bool) -> None:
        """A stream is numbered without holes. A hole before new entries means that somebody else was given some."""
        expected = self._read[run.stream] + 1
        whole = run.first.offset <= expected and run.last.offset - run.first.offset == len(run.entries) - 1
        if not whole and self._once != "nothing":
            if news:
                raise Away(f"entries from {expected} to {run.last} were given to somebody else: reading again")
            logger.error("{}: entries from {} to {} are gone, unhandled", self.group, expected, run.last)
        self._read[run.stream] = max(self._read[run.stream], run.last.offset)

    async def _check_nothing_strayed(self) -> None:
        """All that was given to us is acknowledged by now. What is not was given to an earlier owner, after its end."""
        streams = self._ownership.streams(self._owned)
        if streams and (runs := await self._reader.given(self.group, streams, 1)):
            raise Away(f"{runs[0].first} was given to somebody else: reading again")

    def _not_done(self, run: Run) -> list[Entry]:
        """The entries of a run, without those that a group which counts entries has counted already."""
        topic, partition = run.stream
        if self._once != "entry" or partition not in self._owned:
            return run.entries
        done = self._owned[partition].done[topic]
        return run.entries if run.first.offset > done else [e for e in run.entries if e.place.offset > done]

    async def _retry_held(self) -> None:
        """Try again what is due, until it is time to look for what is new."""
        partitions = list(self._owned)
        if not partitions:
            return
        for held in await self._store.held.due(self.group, partitions, now(), self._settings.batch):
            if self._retried.busy:
                break
            if messages := await self._processor.retry(held):
                self._outbox = messages
                await self._flush()
                await self._processor.release(held)
            if monotonic() > self._next_tick:
                break
        await self._ownership.refresh_blocked(partitions)

    async def _tell(self, letter: EventId) -> None:
        await tell(self._log.publish_events, self._store, [letter])

    async def _flush(self) -> None:
        """Publish what follows from what is handled. Where a read comes next, it goes along with that."""
        while self._outbox:
            await self._appender.append(self._outbox[: self._settings.batch])
            del self._outbox[: self._settings.batch]


def _batches(streams: list[list[Entry]], size: int) -> Iterator[list[Entry]]:
    """Cut what was read into batches of at most `size` entries; each stream's entries stay in order."""
    entries = [entry for stream in streams for entry in stream]
    for at in range(0, len(entries), size):
        yield entries[at : at + size]
