"""`headrace archive`: the months of the archive, in the database and in files."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

from headrace.progress import bar
from headrace.run import server_urls
from headrace.up import needed
from headrace.words import out, plain, print_json, table
from schemas.errors import Retry
from schemas.settings import Settings
from streams.connection import connect
from streams.exports import Exports
from streams.log import Log
from streams.settled import missing
from streams.store import Store
from streams.store.months import Part, Table, name_of


def show_months(settings: Settings, data: Path | None, *, as_json: bool) -> None:
    """`headrace archive list`."""

    async def load() -> tuple[list[Table], list[Part]]:
        async with opened(server_urls(settings, data)[1], settings) as store:
            return await store.months.tables(), await store.months.parts()

    tables, parts = asyncio.run(load())
    had = {one.month: one for one in tables}
    months = [
        _month(month, had.get(month), [part for part in parts if part.month == month])
        for month in sorted(had.keys() | {part.month for part in parts})
    ]
    if as_json:
        print_json(months)
        return
    columns = ["month", "events", "first", "last", "bytes in the database", "state", "files"]
    table(columns, [[*(month[key] for key in _SHOWN), _paths(month)] for month in months])


_SHOWN = ("month", "events", "first_seq", "last_seq", "bytes", "state")


def _paths(month: dict[str, Any]) -> str:
    return "\n".join(part["path"] for part in month["files"])


def _month(month: date, stored: Table | None, parts: Sequence[Part]) -> dict[str, Any]:
    """A month as it is shown. `events` is an estimate, but of those in files."""
    dropped = [part for part in parts if part.dropped_at]
    stored = stored if stored and stored.first_seq else None
    firsts = [part.first_seq for part in dropped] + [stored.first_seq or 0 for _ in (stored,) if stored]
    lasts = [part.last_seq for part in dropped] + [stored.last_seq or 0 for _ in (stored,) if stored]
    return {
        "month": name_of(month),
        "events": sum(part.events for part in dropped) + (stored.events if stored else 0),
        "first_seq": min(firsts, default=None),
        "last_seq": max(lasts, default=None),
        "bytes": stored.size if stored else 0,
        "state": _state(stored, dropped, len(parts)),
        "files": [_file(part) for part in parts],
    }


def _state(stored: Table | None, dropped: Sequence[Part], files: int) -> str:
    if stored and dropped:
        return "dropped, and more has come"
    if dropped:
        return "dropped"
    return "exported" if files else "stored"


def _file(part: Part) -> dict[str, Any]:
    return part._asdict() | {"month": name_of(part.month)}


def export_month(
    settings: Settings, data: Path | None, month: date, folder: Path, wait: float, *, as_json: bool
) -> None:
    """`headrace archive export`."""

    async def export() -> list[Part]:
        redis_url, postgres_url = server_urls(settings, data)
        async with opened(postgres_url, settings) as store:
            await caught_up(redis_url, store, settings, wait)
            with bar(f"exporting {name_of(month)}", await _events(store, month)) as tell:
                return await Exports(store, settings.exports).export(month, folder, tell)

    _say(asyncio.run(export()), as_json=as_json)


def drop_month(settings: Settings, data: Path | None, month: date, *, as_json: bool) -> None:
    """`headrace archive drop`."""
    _work(settings, data, month, "reading back", lambda exports, tell: exports.drop(month, tell), as_json=as_json)


def import_month(settings: Settings, data: Path | None, month: date, *, as_json: bool) -> None:
    """`headrace archive import`."""
    _work(settings, data, month, "importing", lambda exports, tell: exports.restore(month, tell), as_json=as_json)


def _work(
    settings: Settings,
    data: Path | None,
    month: date,
    words: str,
    do: Callable[[Exports, Callable[[int], object]], Awaitable[list[Part]]],
    *,
    as_json: bool,
) -> None:
    async def work() -> list[Part]:
        async with opened(server_urls(settings, data)[1], settings) as store:
            total = sum(part.events for part in await store.months.parts(month))
            with bar(f"{words} {name_of(month)}", total) as tell:
                return await do(Exports(store, settings.exports), tell)

    _say(asyncio.run(work()), as_json=as_json)


async def _events(store: Store, month: date) -> int | None:
    return next((one.events for one in await store.months.tables() if one.month == month), None)


def _say(parts: Sequence[Part], *, as_json: bool) -> None:
    if as_json:
        print_json([_file(part) for part in parts])
        return
    for part in parts:
        where = "in this file alone" if part.dropped_at else "in the database and in this file"
        out.print(f"{name_of(part.month)}: {part.events} events {where}: {plain(part.path)}")


@asynccontextmanager
async def opened(postgres_url: str, settings: Settings) -> AsyncIterator[Store]:
    """The store, for one command."""
    with needed("HEADRACE_POSTGRES_URL"):
        store = await Store.connect(postgres_url, settings)
        try:
            yield store
        finally:
            await store.close()


async def caught_up(redis_url: str, store: Store, settings: Settings, wait: float) -> None:
    """Wait until the archive has all that is in the log; with `wait` 0, do not ask.

    Raises:
        Retry: it does not get there in time.
    """
    if not wait:
        return
    with needed("HEADRACE_REDIS_URL"):
        log = Log(connect(redis_url, settings.redis_timeout), settings)
        try:
            await log.open()
            with bar("waiting for the archive: events behind") as tell:
                behind = await missing(log, store, wait, tell)
        finally:
            await log.close()
    if behind:
        raise Retry(
            f"after {wait:g} s the archive still lacks {behind} of the events in the log",
            "start a worker, give it longer with --wait SECONDS, or take what there is with --wait 0",
        )
