"""How far each group is behind in each partition, who works there, and how full the log is: for those who operate it.

It costs a few round trips, whatever the log and the archive hold: of each stream only the oldest event that a group
has not handled yet is read, and that only where there is one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from schemas.base import Topic
from schemas.errors import Rejected
from schemas.events import time_of
from streams.connection import translated
from streams.line import Command
from streams.log import Log
from streams.store.backlog import Where
from streams.suspects import deaths_in
from streams.trim import GroupState, StreamState

Reading: TypeAlias = tuple[StreamState, GroupState]
"""One group in one stream."""


class Lag(NamedTuple):
    """Entries that a group has still to handle in one stream, and the time of the oldest of them."""

    topic: Topic
    entries: int
    oldest: datetime | None


class Owner(NamedTuple):
    """The process that works on a partition for a group, if any, and how many had to be replaced over what is there."""

    process: str | None
    deaths: int


class Pressure(NamedTuple):
    """How near the log is to making its publishers wait: the fullest stream, and Redis's memory (limit 0: none)."""

    fullest: str
    length: int
    memory: int
    memory_limit: int


async def lags(log: Log, streams: Sequence[StreamState]) -> dict[Where, list[Lag]]:
    """How far the groups are behind, by group and partition."""
    readings = [(stream, group) for stream in streams for group in stream.groups]
    times = await _oldest(log, [reading for reading in readings if reading[1].lag > 0])
    found: dict[Where, list[Lag]] = {}
    for stream, group in readings:
        lag = Lag(stream.topic, group.lag, times.get((stream, group)))
        found.setdefault((group.name, stream.partition), []).append(lag)
    return found


async def _oldest(log: Log, behind: list[Reading]) -> dict[Reading, datetime]:
    """The time of the oldest event that each of these has still to handle, where it can be read."""
    firsts = [group.oldest if group.oldest is not None else group.given + 1 for _, group in behind]
    replies = await _pipelined(
        log,
        [
            ("XRANGE", log.keys.stream(stream.topic, stream.partition), first, "+", "COUNT", 1)
            for (stream, _), first in zip(behind, firsts, strict=True)
        ],
    )
    times: dict[Reading, datetime] = {}
    for reading, reply in zip(behind, replies, strict=True):
        for _, fields in reply:
            try:
                times[reading] = time_of(fields[b"e"])
            except (Rejected, KeyError):  # no event: it has no age
                continue
    return times


async def owners(log: Log, where: Sequence[Where]) -> dict[Where, Owner]:
    """Who works where."""
    leases = await _pipelined(log, [("GET", log.keys.lease(*one)) for one in where])
    notes = await _pipelined(log, [("HGETALL", log.keys.suspects(*one, "given")) for one in where])
    return {
        one: Owner(token.decode() if token else None, deaths_in(noted))
        for one, token, noted in zip(where, leases, notes, strict=True)
    }


async def members(log: Log, groups: Sequence[str]) -> dict[str, list[str]]:
    """The processes that say they work for each group."""
    replies = await _pipelined(log, [("ZRANGE", log.keys.members(group), 0, -1) for group in groups])
    return {group: [token.decode() for token in reply] for group, reply in zip(groups, replies, strict=True)}


async def pressure(log: Log, streams: Sequence[StreamState]) -> Pressure:
    """How near the log is to making its publishers wait."""
    with translated():
        memory = await log.redis.info("memory")
    fullest = max(streams, key=lambda stream: stream.length, default=None)
    name = f"{fullest.topic}/{fullest.partition}" if fullest else ""
    length = fullest.length if fullest else 0
    return Pressure(name, length, int(memory["used_memory"]), int(memory.get("maxmemory", 0)))


async def _pipelined(log: Log, commands: Sequence[Command]) -> list[Any]:
    pipeline = log.redis.pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    with translated():
        return list(await pipeline.execute()) if commands else []
