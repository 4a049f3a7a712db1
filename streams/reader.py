"""Blocking reads.

A read is never cancelled, because an entry that was already on its way would be stranded: who wants to stop waits
until it ends by itself, `block_ms` at most.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeAlias

from schemas.base import TOPICS
from schemas.settings import Settings
from streams.connection import translated
from streams.entry import Entry, Place, Run, Stream, entry_numbers
from streams.keys import Keys
from streams.line import Caller, Command, checked

CONSUMER = "owner"
"""The one consumer of each partition's stream: whoever holds the lease reads under this name."""

_LAST = 18446744073709551615


Send: TypeAlias = Callable[[Command], Awaitable[Any]]
"""Sends a command, and hears the reply."""


def timeout(settings: Settings) -> float:
    """How long, in seconds, a connection must wait for a read that waits for something new."""
    return settings.block_ms / 1000 + settings.redis_timeout


class Reader:
    """Reads streams in batches, waiting for something new where asked to."""

    def __init__(self, redis: Caller, settings: Settings, partitions: int) -> None:
        """`redis` must have more patience than a read that waits: `timeout` seconds."""
        keys = Keys(settings.prefix)
        self._redis = redis
        self._names = {(topic, p): keys.stream(topic, p).encode() for topic in TOPICS for p in range(partitions)}
        self._streams: dict[bytes, Stream] = {name: stream for stream, name in self._names.items()}
        self._block_ms = settings.block_ms

    async def close(self) -> None:
        """Close the connection."""
        await self._redis.close()

    async def new(
        self, group: str, streams: Sequence[Stream], count: int, send: Send | None = None, *, wait: bool = True
    ) -> list[Run]:
        """Entries that nobody in `group` has been given yet, stream by stream, at most `count` of each.

        Where there are none it waits, unless told not to; the first stream to have any wakes it, and it answers with
        that one alone. `send` is for who has something else to send in the same round trip, before it waits.
        """
        command = self._command(_group(group, count), dict.fromkeys(streams, ">"), self._block_ms if wait else None)
        return self._runs(await (send or self._send)(command))

    async def given(self, group: str, streams: Sequence[Stream], count: int) -> list[Run]:
        """Entries that were given to the owner of these partitions and never acknowledged, oldest first."""
        return self._runs(await self._send(self._command(_group(group, count), dict.fromkeys(streams, "0"), None)))

    async def after(self, seq: int, count: int, *, wait: bool = False) -> list[Entry]:
        """What all streams hold after `seq`, in order; at most `count` a stream.

        It is whole up to the first hole in its numbers: a reader that waited is woken for one stream alone.
        """
        streams = dict.fromkeys(self._names, f"{seq}-{_LAST}")
        command = self._command(("XREAD", "COUNT", count), streams, self._block_ms if wait else None)
        runs = self._runs(await self._send(command))
        return sorted((entry for run in runs for entry in run.entries), key=lambda entry: entry.place.seq)

    def _command(self, read: Command, streams: Mapping[Stream, str], block_ms: int | None) -> Command:
        names = [self._names[stream] for stream in streams]
        block = () if block_ms is None else ("BLOCK", block_ms)
        return *read, *block, "STREAMS", *names, *streams.values()

    async def _send(self, command: Command) -> Any:
        with translated():
            return checked(await self._redis.call([command]))[0]

    def _runs(self, reply: Any) -> list[Run]:
        return [self._run(self._streams[name], found) for name, found in reply or () if found]

    @staticmethod
    def _run(stream: Stream, found: list[Any]) -> Run:
        entries = [Entry(stream, entry_id, fields[1]) for entry_id, fields in found if fields]
        first, last = (Place(*stream, *entry_numbers(found[at][0])) for at in (0, -1))
        return Run(stream, entries, first, last, len(found) - len(entries))


def _group(group: str, count: int) -> Command:
    return "XREADGROUP", "GROUP", group, CONSUMER, "COUNT", count
