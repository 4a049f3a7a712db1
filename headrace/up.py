"""`headrace up`: everything on this machine, with one command."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple
from urllib.error import URLError
from urllib.request import Request, urlopen

import orjson
from loguru import logger

from headrace.home import Home, Running
from headrace.supervisor import Process, Service, Supervisor
from schemas.errors import HeadraceError, Misconfigured
from schemas.settings import Settings
from streams import embedded
from streams.store import Store

LOG_LIMIT = 10 * 1024 * 1024


class Plan(NamedTuple):
    """What to bring up."""

    home: Home
    settings: Settings
    watch: list[Path]
    key: str

    @property
    def url(self) -> str:
        """Where the gateway will answer."""
        return f"http://{self.settings.host}:{self.settings.port}"


async def up(plan: Plan, stop: asyncio.Event, on_ready: Callable[[str], None]) -> None:
    """Bring everything up, call `on_ready` with a one-time link, keep it up until `stop` is set, take it down.

    Raises:
        Misconfigured: something is not as it must be; nothing is left running.
    """
    _check_port(plan.settings)
    supervisor = Supervisor()
    try:
        running = await _servers(plan, supervisor)
        plan.home.announce(running)
        await _migrate(running.postgres_url, plan.settings)
        for service in _programs(plan):
            await supervisor.start(service)
        on_ready(await asyncio.to_thread(_login_link, plan))
        await supervisor.watch(stop)
    finally:
        await supervisor.stop()
        plan.home.withdraw()


def _check_port(settings: Settings) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Misconfigured(
                f"cannot listen on {settings.host}:{settings.port}: {error.strerror}",
                "end the program that uses this port, or choose another with --port",
            ) from error


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
        log = _log_file(home, program.name)
        launch, ready = partial(embedded.start, program, log), partial(embedded.answers, program)
        await supervisor.start(Service(program.name, launch, ready, program.stop_signal, log.name))
        urls.append(program.url)
    return Running(pid=os.getpid(), url=plan.url, redis_url=urls[0], postgres_url=urls[1])


async def _migrate(url: str, settings: Settings) -> None:
    store = await Store.connect(url, settings)
    try:
        for step in await store.migrate():
            logger.info("took the migration {}", step)
    finally:
        await store.close()


def _programs(plan: Plan) -> list[Service]:
    """Our own processes. Each finds the servers by the data directory."""
    data = ["--data", str(plan.home.path)]
    watched = [str(path) for path in plan.watch]
    gateway = ["gateway", *data, "--host", plan.settings.host, "--port", str(plan.settings.port)]
    gateway += [part for path in watched for part in ("--scan", path)]
    services = [
        _program(plan, "worker", ["worker", *data], _at_once),
        _program(plan, "gateway", gateway, partial(asyncio.to_thread, _answers, plan.url)),
    ]
    if watched:
        services.append(_program(plan, "watch", ["watch", *watched, *data, "--server", plan.url], _at_once))
    return services


def _program(plan: Plan, name: str, arguments: list[str], is_ready: Callable[[], Awaitable[bool]]) -> Service:
    log = _log_file(plan.home, name)
    command = [str(Path(sys.executable).with_name("headrace")), *arguments]

    async def launch() -> Process:
        return subprocess.Popen(  # noqa: S603, ASYNC220 - our own command; forking takes a moment
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=partial(embedded.end_with_parent, signal.SIGKILL),  # noqa: PLW1509 - see above
        )

    return Service(name, launch, is_ready, log=log.name)


async def _at_once() -> bool:
    return True


def _answers(url: str) -> bool:
    try:
        with urlopen(f"{url}/healthz", timeout=1.0) as response:  # noqa: S310 - our own address
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _login_link(plan: Plan) -> str:
    request = Request(f"{plan.url}/api/login-links", method="POST", headers={"X-API-Key": plan.key})  # noqa: S310
    try:
        with urlopen(request, timeout=10.0) as response:  # noqa: S310 - our own address
            return str(orjson.loads(response.read())["data"]["url"])
    except (URLError, OSError, ValueError, KeyError) as error:
        raise HeadraceError(f"no one-time link could be made: {error}") from error


def _log_file(home: Home, name: str) -> IO[bytes]:
    """Where a process writes. What is large when it starts is put aside."""
    path = home.logs / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")
