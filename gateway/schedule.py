"""Exports that are made again and again, into files of the data directory; whichever gateway comes first makes one."""

import asyncio
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from loguru import logger

from gateway.exporting import Wanted, export
from schemas.base import now
from schemas.clients.records import NAME, ExportRecord, decode
from schemas.errors import HeadraceError
from streams.store import Store

EVERY = 60.0
"""Seconds after which it is looked whether one is due."""

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(NAME)
_FILE = re.compile(r"\d{8}T\d{6}Z\.zip")


class Exported(NamedTuple):
    """A file that is there: when it was made, and how many bytes it has."""

    name: str
    at: datetime
    size: int


class Schedule:
    """The exports of all projects, in a folder for each below `folder`."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._wake = asyncio.Event()

    def look(self) -> None:
        """See now what is due."""
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Make what is due, until `stop` is set."""
        while not stop.is_set():
            self._wake.clear()
            try:
                await self.make_due()
            except HeadraceError as error:
                logger.warning("scheduled exports are looked at again: {}", error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), EVERY)

    async def make_due(self) -> None:
        """Make every export whose newest file is too old. One that fails is tried again later, and keeps none up."""
        for project, name, content in await self._store.syncs.exports():
            try:
                await self._make_where_due(project, name, content)
            except Exception:  # noqa: BLE001 - the gateway goes on whatever becomes of an export
                logger.exception("the scheduled export {} of {} failed", name, project)

    async def _make_where_due(self, project: str, name: str, content: bytes) -> None:
        record = decode(f"exports/{name}", content)
        if isinstance(record, ExportRecord) and self._is_due(project, name, record):
            async with self._store.alone(f"export {project}/{name}"):
                if self._is_due(project, name, record):
                    await self._make(project, name, record)

    def files(self, project: str, name: str) -> list[Exported]:
        """What is there of one, newest first."""
        found = [path for path in self._place(project, name).glob("*.zip") if _FILE.fullmatch(path.name)]
        return [_exported(path) for path in sorted(found, reverse=True)]

    def path(self, project: str, name: str, file: str) -> Path | None:
        """Where a file is; None where there is none."""
        if not (_NAME.fullmatch(name) and _FILE.fullmatch(file)):
            return None
        path = self._place(project, name) / file
        return path if path.is_file() else None

    def _place(self, project: str, name: str) -> Path:
        return self._folder / project / name

    def _is_due(self, project: str, name: str, record: ExportRecord) -> bool:
        files = self.files(project, name)
        return not files or files[0].at + timedelta(hours=record.hours) <= now()

    async def _make(self, project: str, name: str, record: ExportRecord) -> None:
        place = self._place(project, name)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = place / "unfinished"
        with await export(self._store, Wanted(project, record.what, "zip")) as source, unfinished.open("wb") as file:
            await asyncio.to_thread(shutil.copyfileobj, source, file)
        unfinished.replace(place / f"{now().strftime(_STAMP)}.zip")
        for old in self.files(project, name)[record.keep :]:
            (place / old.name).unlink(missing_ok=True)


def _exported(path: Path) -> Exported:
    at = datetime.strptime(path.stem, _STAMP).replace(tzinfo=UTC)
    return Exported(path.name, at, path.stat().st_size)
