"""`headrace up`: everything on this machine, with one command."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar
from urllib.request import ProxyHandler, Request, build_opener

import orjson
from loguru import logger

from headrace.address import free_port, url_of
from headrace.farewell import LAST_SECONDS
from headrace.home import Home, Running
from headrace.relapse import POSTGRES
from headrace.restarts import Restarts
from headrace.supervisor import Process, Service, Supervisor
from schemas.errors import Away, HeadraceError, Misconfigured
from schemas.settings import Settings
from streams import embedded
from streams.checkpoints import make_key
from streams.connection import connect
from streams.log import Log
from streams.store import Store

T = TypeVar("T")

LOG_LIMIT = 10 * 1024 * 1024
SERVER_PATIENCE = 600.0
"""Seconds that an embedded server gets to read its data back after a crash."""

_open = build_opener(ProxyHandler({})).open  # a proxy knows nothing of our own address


class Plan(NamedTuple):
    """What to bring up. `brief`: for a single command."""

    home: Home
    settings: Settings
    watch: list[Path]
    key: str
    brief: bool = False

    @property
    def url(self) -> str:
        """Where the gateway will answer: with a certificate, at the address that it was made for."""
        named = self.settings.url if self.settings.tls_cert else None
        return named or url_of(self.settings.host, self.settings.port)


OnReady = Callable[[str, str], None]
"""What is called with the gateway's address and a one-time link."""


async def up(plan: Plan, stop: asyncio.Event, on_ready: OnReady) -> None:
    """Bring everything up, call `on_ready`, keep it up until `stop` is set, take it down.

    Raises:
        Misconfigured: something is not as it must be; nothing is left running.
    """
    if plan.settings.tls_cert and not (plan.settings.url or "").startswith("https://"):
        raise Misconfigured(
            "a certificate is made for an address", "set HEADRACE_URL to it, such as https://headrace.example:8000"
        )
    port = free_port(plan.settings.host, plan.settings.port)
    plan = plan._replace(settings=plan.settings.model_copy(update={"port": port}))
    restarts = Restarts()
    supervisor = Supervisor(restarts.note)
    try:
        running = await _unless(stop, _bring_up(plan, supervisor, on_ready))
        if running is not None:
            async with restarts.told(running.redis_url, plan.settings):
                await supervisor.watch(stop)
    finally:
        await supervisor.stop()
        plan.home.withdraw()


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Do some work, or leave it when `stop` is set; how it ends is of no interest then."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not stop.is_set():
        return working.result()
    working.cancel()
    with suppress(asyncio.CancelledError, HeadraceError):
        await working
    return None


async def _bring_up(plan: Plan, supervisor: Supervisor, on_ready: OnReady) -> Running:
    make_key(plan.home.audit_key)
    running = await _servers(plan, supervisor)
    await _check_log(running.redis_url, plan.settings)
    await _migrate(running.postgres_url, plan.settings)
    plan.home.announce(running)
    for service in _programs(plan):
        await supervisor.start(service)
    on_ready(plan.url, await asyncio.to_thread(_login_link, plan))
    return running


async def _servers(plan: Plan, supervisor: Supervisor) -> Running:
    """Start the embedded servers where no others are set."""
    settings, home = plan.settings, plan.home
    urls: list[str] = []
    for external, folder, describe in (
        (settings.redis_url, home.redis, embedded.redis_program),
        (settings.postgres_url, home.postgres, embedded.postgres_program),
    ):
        if external is not None:
            urls.append(external.get_secret_value())
            continue
        program = describe(folder)
        await supervisor.start(_server(home, program._replace(prepare=partial(_prepare, program))))
        urls.append(program.url)
    return Running(pid=os.getpid(), url=plan.url, redis_url=urls[0], postgres_url=urls[1], brief=plan.brief)


def _server(home: Home, program: embedded.Program) -> Service:
    path = _log_path(home, program.name)

    async def launch() -> Process:
        with _log_file(path) as log:
            return await embedded.start(program, log)

    ready = partial(embedded.works, program)
    relapse = POSTGRES if program.name == "postgres" else None
    return Service(program.name, launch, ready, program.stop_signal, path, SERVER_PATIENCE, relapse)


def postgres_alone(home: Home) -> tuple[Service, str]:
    """The embedded PostgreSQL of a data directory without all the rest, and its URL."""
    program = embedded.postgres_program(home.postgres)
    return _server(home, program._replace(prepare=partial(_prepare, program))), program.url


def _prepare(program: embedded.Program) -> None:
    """In the child, before PostgreSQL runs. Whoever gets here holds the lock on the folder: nobody works there.

    A postmaster.pid is of one that was killed, then. PostgreSQL would believe it where that number is a process again,
    or still, because nobody has waited for the dead one.
    """
    (program.folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    program.prepare()


async def _check_log(url: str, settings: Settings) -> None:
    """Say what is wrong with Redis before its users end because of it."""
    log = Log(connect(url, settings.redis_timeout), settings)
    try:
        with needed("HEADRACE_REDIS_URL"):
            await log.open()
    finally:
        await log.close()


async def _migrate(url: str, settings: Settings) -> None:
    with needed("HEADRACE_POSTGRES_URL"):
        store = await Store.connect(url, settings)
        try:
            for step in await store.migrate():
                logger.info("took the migration {}", step)
        finally:
            await store.close()


@contextmanager
def needed(setting: str) -> Iterator[None]:
    """Without this server there is no going on: do not promise to try again."""
    try:
        yield
    except Away as error:
        raise Away(error.message, f"start it, or mend {setting}") from error


def _programs(plan: Plan) -> list[Service]:
    """Our own processes. Each finds the servers by the data directory."""
    data = ["--data", str(plan.home.path)]
    watched = [str(path) for path in plan.watch]
    gateway = ["gateway", *data, "--host", plan.settings.host, "--port", str(plan.settings.port)]
    gateway += [part for path in watched for part in ("--scan", path)]
    services = [
        _program(plan, "worker", ["worker", "--name", plan.home.worker_name(), *data], _at_once),
        _program(plan, "gateway", gateway, partial(asyncio.to_thread, _answers, plan.url)),
    ]
    if watched:
        services.append(_program(plan, "watch", ["watch", *watched, *data, "--server", plan.url], _at_once))
    return services


def _program(plan: Plan, name: str, arguments: list[str], is_ready: Callable[[], Awaitable[bool]]) -> Service:
    path = _log_path(plan.home, name)
    command = [str(Path(sys.executable).with_name("headrace")), *arguments]

    async def launch() -> Process:
        with _log_file(path) as log:
            return subprocess.Popen(  # noqa: S603, ASYNC220 - our own command; forking takes a moment
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=partial(embedded.end_with_parent, signal.SIGKILL),  # noqa: PLW1509 - see above
            )

    return Service(name, launch, is_ready, log=path, drain=plan.settings.drain + 2 * LAST_SECONDS)


async def _at_once() -> bool:
    return True


def _answers(url: str) -> bool:
    try:
        with _open(f"{url}/healthz", timeout=1.0) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _login_link(plan: Plan) -> str:
    request = Request(f"{plan.url}/api/login-links", method="POST", headers={"X-API-Key": plan.key})  # noqa: S310
    try:
        with _open(request, timeout=10.0) as response:
            return str(orjson.loads(response.read())["data"]["url"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise HeadraceError(
            f"the gateway makes no one-time link: {error}", f"see {_log_path(plan.home, 'gateway')}"
        ) from error


def _log_path(home: Home, name: str) -> Path:
    return home.logs / f"{name}.log"


def _log_file(path: Path) -> IO[bytes]:
    """Where a process writes. What is large when it starts is put aside."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")
