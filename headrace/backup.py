"""`headrace backup` and `headrace restore`."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from headrace import __version__
from headrace.archive import caught_up, opened
from headrace.home import Home
from headrace.progress import bar
from headrace.run import server_urls
from headrace.supervisor import Supervisor
from headrace.up import needed, postgres_alone
from headrace.words import err, out, plain, print_json
from schemas.backup import BackupManifest
from schemas.base import now
from schemas.errors import Misconfigured, Rejected
from schemas.settings import Settings
from streams.backup import Restored, back_up, check_version
from streams.backup import restore as bring_back
from streams.backup_file import Reader
from streams.connection import connect
from streams.log import Log


def run_backup(settings: Settings, data: Path | None, place: Path, wait: float, *, as_json: bool) -> None:
    """`headrace backup`."""
    path = place / f"headrace-{now():%Y%m%d-%H%M%S}.backup" if place.is_dir() else place
    if not path.parent.is_dir():
        raise Misconfigured(f"there is no directory {path.parent}", "make it, or name another")
    if path.exists():
        raise Rejected(f"{path} is there already", "name another file, or a directory")

    async def take() -> BackupManifest:
        redis_url, postgres_url = server_urls(settings, data)
        async with opened(postgres_url, settings) as store:
            await caught_up(redis_url, store, settings, wait)
            with bar("backing up") as tell:
                return await back_up(store, path, __version__, tell, complete=wait > 0)

    manifest = asyncio.run(take())
    _say_backup(path, manifest, as_json=as_json)


def _say_backup(path: Path, manifest: BackupManifest, *, as_json: bool) -> None:
    rows = sum(table.rows for table in manifest.tables.values())
    if as_json:
        said = manifest.model_dump(exclude={"tables", "chains", "sequences"})
        print_json({"path": str(path.absolute()), "bytes": path.stat().st_size, "rows": rows} | said)
        return
    out.print(f"{plain(path)}: {rows} rows, {path.stat().st_size} bytes, all events up to {manifest.archived}")
    if not manifest.complete:
        out.print("  what was in the log and not archived yet may be missing")
    for one in manifest.exports:
        out.print(f"  {one.month} is not in it: it lies in {plain(one.path)}")


def run_restore(settings: Settings, data: Path | None, file: Path, *, as_json: bool) -> None:
    """`headrace restore`."""
    with bar("checking", file.stat().st_size if file.is_file() else None) as tell:
        backup = Reader(file, tell)
    with backup:
        check_version(backup.manifest)
        restored = asyncio.run(_restore(settings, data, backup))
    if as_json:
        print_json(restored._asdict() | {"archived": backup.manifest.archived, "taken_at": backup.manifest.taken_at})
        return
    out.print(f"restored {restored.rows} rows, as of {backup.manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC")
    for step in restored.took:
        out.print(f"  took {step}")
    for name in restored.left_out:
        err.print(f"  {plain(name)} is no table of ours: left out")
    for one in backup.manifest.exports:
        out.print(f"  {one.month} lies in {plain(one.path)}: bring that file too")


async def _restore(settings: Settings, data: Path | None, backup: Reader) -> Restored:
    size = sum(part.bytes for table in backup.manifest.tables.values() for part in table.parts)
    async with _target(settings, data) as url, opened(url, settings) as store:
        with bar("restoring", size) as tell:
            return await bring_back(store, backup, tell)


@asynccontextmanager
async def _target(settings: Settings, data: Path | None) -> AsyncIterator[str]:
    """The database to restore into, running."""
    if data is not None:
        async with _embedded(Home.of(data, settings)) as url:
            yield url
    elif settings.postgres_url is not None:
        await _check_log(settings)
        yield settings.postgres_url.get_secret_value()
    else:
        raise Misconfigured(
            "where to is not said", "give --data DIR, or set HEADRACE_POSTGRES_URL to an empty database"
        )


async def _check_log(settings: Settings) -> None:
    """A restored database goes with an empty log, which is filled from it."""
    if settings.redis_url is None:
        return
    log = Log(connect(settings.redis_url.get_secret_value(), settings.redis_timeout), settings)
    try:
        with needed("HEADRACE_REDIS_URL"):
            taken = await log.last_seq()
    finally:
        await log.close()
    if taken:
        raise Rejected(
            f"the Redis that is set has a log of {taken} events already", "set another, or another HEADRACE_PREFIX"
        )


@asynccontextmanager
async def _embedded(home: Home) -> AsyncIterator[str]:
    if any(home.redis.glob("appendonly*")):
        raise Rejected(f"{home.path} has a log already", "restore into a new --data directory")
    home.make()
    lock = home.lock()
    supervisor = Supervisor(lambda _: None)
    try:
        service, url = postgres_alone(home)
        await supervisor.start(service)
        yield url
    finally:
        await supervisor.stop()
        os.close(lock)
