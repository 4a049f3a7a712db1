"""How everything does, put together from what Redis and PostgreSQL say at the moment."""

from importlib.metadata import version

import orjson

from gateway.services import Services
from schemas.base import now
from schemas.errors import HeadraceError
from schemas.wire import GroupStatus, Status, Watcher, WatcherReport
from streams.connection import translated
from streams.trim import StreamState, survey

WATCHER_SECONDS = 60
"""How long a watcher is remembered that is not heard of any more."""


async def status(services: Services) -> Status:
    """Everything. Raises Away where Redis or PostgreSQL cannot be asked."""
    streams = await survey(services.log)
    return Status(
        version=version("headrace"),
        ready=not (problems := await find_problems(services)),
        problems=problems,
        events=await services.log.last_seq(),
        archived=await services.store.events.last(),
        redis=await services.log.version(),
        postgres=await services.store.ping(),
        groups=await _groups(services, streams),
        watchers=await watchers(services),
    )


async def find_problems(services: Services) -> list[str]:
    """Why requests cannot be served properly now; empty when they can."""
    problems: list[str] = []
    for part in (services.log.version, services.store.ping):
        try:
            await part()
        except HeadraceError as error:
            problems.append(error.message)
    if not problems:
        pending = await services.store.pending()
        problems += [f"the database lacks the migration {name}: run headrace migrate" for name in pending]
    if not services.hub.connected:
        problems.append("the live feed has not reached the log yet")
    return problems


async def _groups(services: Services, streams: list[StreamState]) -> list[GroupStatus]:
    held, dead = await services.store.held.count(), await services.store.dead_letters.by_group()
    names = dict.fromkeys(group.name for stream in streams for group in stream.groups)
    return [
        GroupStatus(
            group=name,
            topics=list(dict.fromkeys(s.topic for s in streams for group in s.groups if group.name == name)),
            lag=sum(group.lag for stream in streams for group in stream.groups if group.name == name),
            held=held.get(name, 0),
            dead=dead.get(name, 0),
            workers=await services.log.members(name),
        )
        for name in names
    ]


async def watchers(services: Services) -> list[Watcher]:
    """The watchers that were heard of in the last minute."""
    redis = services.log.redis
    with translated():
        keys = [key async for key in redis.scan_iter(match=services.log.keys.watcher("*"), count=1000)]
        reports = await redis.mget(keys) if keys else []
    found = [Watcher.model_validate_json(raw) for raw in reports if raw]
    return sorted(found, key=lambda watcher: watcher.name)


async def heard_of(services: Services, name: str, report: WatcherReport) -> None:
    """Remember what a watcher said of itself, for a while."""
    seen = orjson.dumps({"name": name, "seen_at": now().isoformat(), "report": report.model_dump(mode="json")})
    with translated():
        await services.log.redis.set(services.log.keys.watcher(name), seen, ex=WATCHER_SECONDS)
