"""`headrace clients watch`: every change of a client's file reaches all others as it happens, here and elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from loguru import logger

from headrace.clients import Place, Wanted, scene_of
from headrace.clients_shown import show
from headrace.foreground import until_stopped
from headrace.logs import set_up_logging
from headrace.remote import Remote, Server
from headrace.words import complain, out, plain
from schemas.clients.adapters import CLIENTS
from schemas.clients.configuration import patterns
from schemas.errors import Away, HeadraceError
from schemas.settings import Settings, secret
from streams.retry import Backoff, jittered
from watchers.clients.centre import ServedCentre
from watchers.clients.ears import Ears
from watchers.clients.report import Report
from watchers.clients.syncing import sync
from watchers.connection import Address

SETTLE = 0.02
"""Seconds that changes may follow each other before they are looked at."""

EVERY = 60.0
"""Seconds after which everything is looked at though nothing was heard."""

_PATIENCE = Backoff(base=0.5, cap=30.0)


def run_watch(settings: Settings, server: str | None, data: Path | None, wanted: Wanted) -> None:
    """Sync until told to stop. A server that is away is tried again until it is back."""
    set_up_logging(settings.log_level, as_json=settings.log_json, sentry_dsn=secret(settings.sentry_dsn))
    found = Server.find(server, data, settings)
    place = Place.find(settings, wanted.root, wanted.scope)
    until_stopped(lambda stop: Watch(found, place, wanted).run(stop))


class Watch:
    """One scope, kept in step with a server."""

    def __init__(self, server: Server, place: Place, wanted: Wanted) -> None:
        self._server = server
        self._place = place
        self._wanted = wanted
        self._told: object = None
        self._failures = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set."""
        bases = {"project": self._place.root, "user": self._place.home}
        looked_at = [one for client in CLIENTS for one in patterns(client, self._place.scope)]
        ears = Ears({one.scope: bases[one.scope] for one in looked_at}, looked_at)
        feed = asyncio.create_task(self._follow(ears.heard))
        stopping = asyncio.create_task(self._wake(stop, ears.heard))
        out.print(f"watching the clients of {plain(self._place.root)}")
        try:
            while not stop.is_set():
                ears.heard.clear()
                ears.listen()
                await self._patiently(stop, self._sync)
                with suppress(TimeoutError):
                    await asyncio.wait_for(ears.heard.wait(), self._pause())
                await asyncio.sleep(SETTLE)
        finally:
            feed.cancel()
            stopping.cancel()
            ears.close()

    def _pause(self) -> float:
        """Seconds until everything is looked at though nothing is heard: few where a file could not be written."""
        return min(EVERY, _PATIENCE.delay(self._failures)) if self._failures else EVERY

    async def _wake(self, stop: asyncio.Event, heard: asyncio.Event) -> None:
        await stop.wait()
        heard.set()

    async def _follow(self, heard: asyncio.Event) -> None:
        """Hear what others have put into the centre, asked for, or decided."""
        kinds = "head.moved,conflict.settled"
        wanted = (f"clients/{self._place.scope}/*", "sync/requests/*", "sync/policies/*", "sync/clients/*")
        while True:
            try:
                async with Remote(self._server) as remote:
                    async for event in remote.follow("", type=kinds, project=self._place.project):
                        if any(fnmatchcase(event["subject"], one) for one in wanted):
                            heard.set()
            except HeadraceError as error:
                logger.debug("no live feed: {}", error)
            await asyncio.sleep(_PATIENCE.base)

    async def _patiently(self, stop: asyncio.Event, work: Callable[[], Awaitable[None]]) -> None:
        failures = 0
        while not stop.is_set():
            try:
                await work()
            except Away as error:
                failures += 1
                if failures == 1:
                    complain(error.message, "it is tried again until it is back")
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), jittered(_PATIENCE.delay(failures)))
            else:
                return

    async def _sync(self) -> None:
        scene = scene_of(self._place, self._wanted)
        address = Address(self._server.url, self._server.key, self._place.project, "")
        async with scene.state.alone(), ServedCentre(address) as centre:
            report = await sync(scene, centre, trigger="file")
        self._failures = self._failures + 1 if report.failed else 0
        self._tell(report)

    def _tell(self, report: Report) -> None:
        """Say what was done, and what waits or is wrong, once."""
        news = (report.problems, report.plan.outcome.waiting, report.plan.outcome.conflicts, report.failed)
        if report.plan.news or any(one.changes for one in report.plan.deployments) or news != self._told:
            show(report, is_done=True)
        self._told = news
