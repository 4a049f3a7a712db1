"""How everything does, put together from what Redis and PostgreSQL say at the moment."""

from importlib.metadata import version

import orjson

from gateway.groups import group_statuses, measure_pressure
from gateway.services import Services
from schemas.base import now
from schemas.errors import HeadraceError
from schemas.wire import Status, Watcher, WatcherReport
from streams.connection import translated
from streams.trim import survey
from streams.trouble import troubles

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
        pressure=await measure_pressure(services, streams),
        groups=await group_statuses(services, streams),
        watchers=await watchers(services),
    )


async def find_problems(services: Services) -> list[str]:
    """Why requests cannot be served properly now; empty when they can."""
    problems: list[str] = []
    for find in (_problems_of_redis, _problems_of_postgres):
        try:
            problems += await find(services)
        except HeadraceError as error:
            problems.append(error.message)
    if not services.hub.connected:
        problems.append("the live feed has not reached the log yet")
    return problems


async def _problems_of_redis(services: Services) -> list[str]:
    await services.log.version()
    return [f"{group} waits: {why}" for group, why in (await troubles(services.log)).items()]


async def _problems_of_postgres(services: Services) -> list[str]:
    await services.store.check_writable()
    return [f"the database lacks the migration {name}: run headrace migrate" for name in await services.store.pending()]


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
