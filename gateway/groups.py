"""How the consumer groups do, in all and by partition: what Redis and PostgreSQL know of them, put together."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from time import monotonic
from typing import NamedTuple

from gateway.services import Services
from schemas.base import now
from schemas.errors import Rejected
from schemas.events import time_of
from schemas.wire import Backlog, GroupStatus, PartitionStatus, Pressure, Unsettled
from streams.lag import Lag, Owner, lags, members, owners, pressure
from streams.store.backlog import Waiting, Where
from streams.trim import StreamState


class _Known(NamedTuple):
    """What was found, by group and partition."""

    at: datetime
    lags: dict[Where, list[Lag]]
    owners: dict[Where, Owner]
    held: dict[Where, Waiting]
    dead: dict[Where, int]


async def group_statuses(services: Services, streams: Sequence[StreamState]) -> list[GroupStatus]:
    """How each group does."""
    log, store = services.log, services.store
    behind = await lags(log, streams)
    places = sorted(behind)
    known = _Known(now(), behind, await owners(log, places), await store.backlog.held(), await store.backlog.dead())
    partitions = {place: _partition(place, known) for place in places}
    names = dict.fromkeys(group.name for stream in streams for group in stream.groups)
    workers = await members(log, list(names))
    rates = services.rates.note(await store.positions.done(), monotonic())
    return [
        _group(name, workers[name], rates.get(name), [p for (group, _), p in partitions.items() if group == name])
        for name in names
    ]


async def measure_pressure(services: Services, streams: Sequence[StreamState]) -> Pressure:
    """How near the log is to making its publishers wait."""
    found = await pressure(services.log, streams)
    return Pressure(high_water=services.settings.high_water, **found._asdict())


def _partition(place: Where, known: _Known) -> PartitionStatus:
    topics = {lag.topic: Backlog(lag=lag.entries, oldest=_age(lag.oldest, known.at)) for lag in known.lags[place]}
    waiting = known.held.get(place)
    ages = [topic.oldest for topic in topics.values()]
    return PartitionStatus(
        partition=place[1],
        owner=known.owners[place].process,
        lag=sum(topic.lag for topic in topics.values()),
        oldest=_highest([*ages, _age(_time(waiting.oldest), known.at) if waiting else None]),
        held=waiting.held if waiting else 0,
        dead=known.dead.get(place, 0),
        deaths=known.owners[place].deaths,
        topics=topics,
    )


def _group(name: str, workers: list[str], rate: float | None, partitions: list[PartitionStatus]) -> GroupStatus:
    return GroupStatus(
        group=name,
        rate=rate,
        topics=list(dict.fromkeys(topic for partition in partitions for topic in partition.topics)),
        workers=workers,
        partitions=partitions,
        **_sum(partitions).model_dump(),
    )


def _sum(partitions: Sequence[Unsettled]) -> Unsettled:
    return Unsettled(
        lag=sum(partition.lag for partition in partitions),
        oldest=_highest(partition.oldest for partition in partitions),
        held=sum(partition.held for partition in partitions),
        dead=sum(partition.dead for partition in partitions),
        deaths=sum(partition.deaths for partition in partitions),
    )


def _highest(ages: Iterable[float | None]) -> float | None:
    return max((age for age in ages if age is not None), default=None)


def _age(time: datetime | None, at: datetime) -> float | None:
    return None if time is None else max(0.0, round((at - time).total_seconds(), 3))


def _time(raw: bytes) -> datetime | None:
    try:
        return time_of(raw)
    except Rejected:
        return None
