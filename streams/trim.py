"""Take out of the streams what everybody has dealt with: archived, acknowledged by every group, and not hot."""

from typing import Any, NamedTuple

from schemas.base import TOPICS, Topic
from streams.connection import translated
from streams.entry import Stream, entry_numbers
from streams.log import Log
from streams.store import Store

ARCHIVE = "archive"
"""The group whose acknowledgement means that an event will never be lost. Without it nothing is trimmed."""


class GroupState(NamedTuple):
    """One group in one stream. `given` and `oldest` are event numbers; `lag` counts entries not yet acknowledged."""

    name: str
    given: int
    oldest: int | None
    lag: int


class StreamState(NamedTuple):
    """One stream. `last` is the number of its newest event ever."""

    topic: Topic
    partition: int
    length: int
    last: int
    groups: tuple[GroupState, ...]

    def first_needed(self) -> int | None:
        """The number of the oldest event that somebody still needs; None where nobody needs any.

        0 where the archive does not read this stream: then all of it is needed.
        """
        if self.length and ARCHIVE not in {group.name for group in self.groups}:
            return 0
        needed = [
            group.oldest if group.oldest is not None else group.given + 1
            for group in self.groups
            if group.oldest is not None or group.given < self.last
        ]
        return min(needed, default=None)


async def survey(log: Log) -> list[StreamState]:
    """The state of all streams and groups."""
    streams: list[Stream] = [(topic, partition) for topic in TOPICS for partition in range(log.partitions)]
    states: list[StreamState] = []
    with translated():
        present = await _each(log, "EXISTS", streams)
        streams = [stream for stream, exists in zip(streams, present, strict=True) if exists]
        infos = await _each(log, "XINFO STREAM", streams)
        groups = await _each(log, "XINFO GROUPS", streams)
        oldest = await _oldest_pending(log, dict(zip(streams, groups, strict=True)))
    for stream, info, found in zip(streams, infos, groups, strict=True):
        last, last_offset = entry_numbers(info["last-generated-id"])
        members = tuple(_group(group, last_offset, oldest.get((stream, group["name"]))) for group in found)
        states.append(StreamState(*stream, info["length"], last, members))
    return states


async def _each(log: Log, command: str, streams: list[Stream]) -> list[Any]:
    pipeline = log.redis.pipeline(transaction=False)
    for stream in streams:
        pipeline.execute_command(command, log.keys.stream(*stream))
    return list(await pipeline.execute())


async def _oldest_pending(log: Log, groups: dict[Stream, list[dict[str, Any]]]) -> dict[tuple[Stream, bytes], int]:
    """The number of the oldest entry that each of these groups has been given and has not acknowledged."""
    asked = [(stream, group["name"]) for stream, found in groups.items() for group in found if group["pending"]]
    pipeline = log.redis.pipeline(transaction=False)
    for stream, name in asked:
        pipeline.xpending(log.keys.stream(*stream), name)
    summaries = await pipeline.execute() if asked else []
    return {
        one: entry_numbers(summary["min"])[0] for one, summary in zip(asked, summaries, strict=True) if summary["min"]
    }


def _group(group: dict[str, Any], last_offset: int, oldest: int | None) -> GroupState:
    given, given_offset = entry_numbers(group["last-delivered-id"])
    return GroupState(group["name"].decode(), given, oldest, last_offset - given_offset + group["pending"])


class Trimmed(NamedTuple):
    """How many entries went, and whether anybody still needs some of those that did not."""

    gone: int
    needed: bool


PIECE, PIECES = 2_000, 10
"""Rows of each group that are forgotten at once, and how often in one turn."""


async def trim(log: Log, store: Store) -> Trimmed:
    """Trim all streams, and forget what was handled long before."""
    last = await log.last_seq()
    nobody = last + 1
    needed = nobody
    pipeline = log.redis.pipeline(transaction=False)
    for stream in await survey(log):
        first = stream.first_needed()
        needed = min(needed, nobody if first is None else first)
        keep_from = min(last - log.settings.hot, nobody if first is None else first)
        if stream.length and keep_from > 0:
            pipeline.xtrim(log.keys.stream(stream.topic, stream.partition), minid=str(keep_from), approximate=True)
    with translated():
        gone = sum(await pipeline.execute())
    await _forget(store, needed - log.settings.handled_keep)
    return Trimmed(gone, needed != nobody)


async def _forget(store: Store, before: int) -> None:
    """Forget what was handled before an event number, piece by piece, as much as time allows."""
    for _ in range(PIECES):
        if not await store.handled.forget(before, PIECE):
            return
