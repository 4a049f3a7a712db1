"""The gateway as one aiohttp application."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from aiohttp import web
from loguru import logger
from platformdirs import user_data_path

from gateway.http import answer_errors, endpoint, secure_headers
from gateway.live import Hub
from gateway.metrics import Metrics
from gateway.pages import Pages
from gateway.passwords import Passwords
from gateway.playback import replay
from gateway.proofs import Proofs
from gateway.rates import Rates
from gateway.reinjections import Reinjections
from gateway.routes import ROUTES
from gateway.routes.system import OPEN
from gateway.schedule import Schedule
from gateway.services import SERVICES, TABLE, Services
from gateway.socket import sync
from gateway.stories import name_trace
from gateway.tokens import Tokens
from schemas.errors import Misconfigured
from schemas.settings import Settings, environment_with
from streams.connection import connect
from streams.limits import Limits
from streams.line import Pooled
from streams.log import Log
from streams.publisher import Publisher
from streams.reader import Reader, timeout
from streams.recovery import Recovery
from streams.store import Store
from streams.tail import Tail
from streams.worker import patiently


def make_app(services: Services) -> web.Application:
    """The application around some services."""
    app = web.Application(middlewares=[name_trace, answer_errors], client_max_size=services.settings.body_limit)
    app.on_response_prepare.append(secure_headers)
    app[SERVICES] = services
    app[TABLE] = ROUTES
    for route in ROUTES:
        app.router.add_route(route.method, route.path, endpoint(route))
    app.router.add_routes(OPEN)
    app.router.add_get("/ws/sync", sync)
    app.router.add_get("/ws/replay", replay)
    app.router.add_routes(Pages().routes())
    app.cleanup_ctx.append(_follow)
    app.cleanup_ctx.append(_export)
    app.on_shutdown.append(_dismiss)
    return app


async def _follow(app: web.Application) -> AsyncIterator[None]:
    services = app[SERVICES]
    start = await patiently(services.log.last_seq, services.settings)
    stop = asyncio.Event()
    task = asyncio.create_task(services.hub.run(start, stop), name="live feed")
    services.hub.connected = True
    yield
    stop.set()
    await task


async def _export(app: web.Application) -> AsyncIterator[None]:
    stop, schedule = asyncio.Event(), app[SERVICES].schedule
    task = asyncio.create_task(schedule.run(stop), name="scheduled exports")
    yield
    stop.set()
    schedule.look()
    await task


async def _dismiss(app: web.Application) -> None:
    """Viewers never end by themselves, and come back to whoever serves next; what is asked otherwise is answered."""
    app[SERVICES].hub.dismiss()


async def serve(redis_url: str, postgres_url: str, settings: Settings, stop: asyncio.Event) -> None:
    """Serve until `stop` is set.

    Raises:
        Misconfigured: there is no API key, the port is taken, or Redis or PostgreSQL is not as it must be.
    """
    if settings.api_key is None:
        raise Misconfigured("the gateway needs an administrator's key", "set HEADRACE_API_KEY")
    async with AsyncExitStack() as stack:
        services = await make_services(redis_url, postgres_url, settings, stack)
        runner = web.AppRunner(make_app(services), access_log=None, shutdown_timeout=settings.drain)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await _listen(runner, settings)
        scheme = "https" if settings.tls_cert else "http"
        logger.info("serving on {}://{}:{}", scheme, settings.host, settings.port)
        await stop.wait()


async def make_services(redis_url: str, postgres_url: str, settings: Settings, stack: AsyncExitStack) -> Services:
    """Connect to everything; `stack` closes it."""
    log = Log(connect(redis_url, settings.redis_timeout), settings)
    stack.push_async_callback(log.close)
    store = await patiently(lambda: Store.connect(postgres_url, settings), settings)
    stack.push_async_callback(store.close)
    await patiently(log.open, settings)
    recovery = Recovery(log, store)
    await patiently(recovery.check, settings)
    reader = Reader(Pooled.connect(redis_url, timeout(settings)), settings, log.partitions)
    stack.push_async_callback(reader.close)
    hub = Hub(Tail(reader, store, settings.batch), settings.viewer_buffer)
    proofs = Proofs(environment_with(redis_url=redis_url, postgres_url=postgres_url), hub.stir)
    stack.push_async_callback(proofs.stop)
    reinjections = Reinjections(store, hub.stir)
    stack.push_async_callback(reinjections.stop)
    folder = settings.data or user_data_path("headrace", appauthor=False)
    schedule = Schedule(store, folder / "client-exports")
    return Services(
        settings,
        log,
        store,
        Publisher(log, store, recovery),
        hub,
        Metrics(),
        proofs,
        reinjections,
        schedule,
        Limits(log),
        Passwords(),
        Tokens(store),
        Rates(),
    )


def _tls(settings: Settings) -> ssl.SSLContext | None:
    """What HTTPS takes, where a certificate is set. Raises Misconfigured."""
    if settings.tls_cert is None or settings.tls_key is None:
        if settings.tls_cert or settings.tls_key:
            raise Misconfigured("a certificate needs its key", "set both HEADRACE_TLS_CERT and HEADRACE_TLS_KEY")
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except OSError as error:  # ssl.SSLError is one
        raise Misconfigured(
            f"cannot use the certificate {settings.tls_cert}: {error}", "check HEADRACE_TLS_CERT and HEADRACE_TLS_KEY"
        ) from error
    return context


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port, backlog=1024, ssl_context=_tls(settings)).start()
    except OSError as error:
        raise Misconfigured(
            f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
            "end the program that uses this port, or choose another with --port",
        ) from error
