"""Say in words what is wrong with a set-up, and how to mend it."""

import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from headrace.home import Home
from schemas.errors import HeadraceError
from schemas.settings import Settings

SPARE_BYTES = 1024**3
SPARE_WATCHES = 8192


class Finding(NamedTuple):
    """One thing that was looked at. `remedy` is empty where all is well."""

    what: str
    well: bool
    says: str
    remedy: str = ""


async def examine(home: Home, settings: Settings) -> AsyncIterator[Finding]:
    """Look at everything that commonly goes wrong."""
    yield _directory(home)
    yield _space(home)
    yield _port(home, settings)
    yield _watches()
    running = home.running()
    for name, set_url, own_url, check in (
        ("redis", settings.redis_url, running.redis_url if running else None, _redis),
        ("postgres", settings.postgres_url, running.postgres_url if running else None, _postgres),
    ):
        yield await _server(name, set_url.get_secret_value() if set_url else own_url, settings, check)


def _directory(home: Home) -> Finding:
    try:
        home.make()
    except HeadraceError as error:
        return Finding("data directory", False, error.message, error.remedy)
    return Finding("data directory", True, str(home.path))


def _space(home: Home) -> Finding:
    place = next(path for path in (home.path, *home.path.parents) if path.exists())
    free = shutil.disk_usage(place).free
    says = f"{free / 1024**3:.1f} GiB free"
    if free < SPARE_BYTES:
        return Finding("disk", False, says, "make room, or choose another disk with --data")
    return Finding("disk", True, says)


def _port(home: Home, settings: Settings) -> Finding:
    if running := home.running():
        return Finding("port", True, f"headrace up (process {running.pid}) serves {running.url}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            says = f"{settings.host}:{settings.port}: {error.strerror}"
            return Finding("port", False, says, "end the program that uses it, or choose another with --port")
    return Finding("port", True, f"{settings.host}:{settings.port} is free")


def _watches() -> Finding:
    limit = Path("/proc/sys/fs/inotify/max_user_watches")
    if not limit.exists():
        return Finding("file watches", True, "this system has no limit to look at")
    allowed = int(limit.read_text())
    used = sum(_watches_of(process) for process in Path("/proc").glob("[0-9]*"))
    says = f"{used} of {allowed} inotify watches in use"
    if allowed - used < SPARE_WATCHES:
        return Finding("file watches", False, says, "sudo sysctl fs.inotify.max_user_watches=1048576")
    return Finding("file watches", True, says)


def _watches_of(process: Path) -> int:
    try:
        return sum(
            info.read_text().count("inotify wd:")
            for info in (process / "fdinfo").iterdir()
            if (process / "fd" / info.name).readlink().name == "anon_inode:inotify"
        )
    except OSError:
        return 0


async def _server(
    name: str, url: str | None, settings: Settings, check: Callable[[str, Settings], Awaitable[str]]
) -> Finding:
    if url is None:
        return Finding(name, True, "embedded: headrace up starts it")
    try:
        return Finding(name, True, await check(url, settings))
    except HeadraceError as error:
        return Finding(name, False, error.message, error.remedy)


async def _redis(url: str, settings: Settings) -> str:
    from streams.connection import connect
    from streams.log import Log

    log = Log(connect(url, settings.redis_timeout), settings)
    try:
        await log.open()
        return f"Redis {await log.version()}, {log.partitions} partitions, {await log.last_seq()} events"
    finally:
        await log.close()


async def _postgres(url: str, settings: Settings) -> str:
    from schemas.errors import Misconfigured
    from streams.store import Store

    store = await Store.connect(url, settings)
    try:
        if pending := await store.pending():
            raise Misconfigured(f"migrations are pending: {', '.join(pending)}", "headrace migrate")
        return f"PostgreSQL {await store.ping()}, schema up to date"
    finally:
        await store.close()
