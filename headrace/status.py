"""`headrace status`: how everything does, once or from second to second."""

import asyncio
from typing import Any

from rich.console import Group, RenderableType
from rich.live import Live

from headrace.remote import Remote
from headrace.words import line, out, print_json, table_of
from schemas.errors import Away

EVERY_SECONDS = 1.0
MOST_PARTITIONS = 20
_UNITS = ((1, "B"), (1024, "KiB"), (1024**2, "MiB"), (1024**3, "GiB"))


async def show_status(remote: Remote, *, as_json: bool) -> None:
    """Print how everything does."""
    status = await remote.call("GET", "/api/status")
    if as_json:
        print_json(status)
    else:
        out.print(_page(status))


async def watch_status(remote: Remote, *, as_json: bool) -> None:
    """Show it every second until interrupted: on a terminal in place, as JSON line by line; else once."""
    if as_json:
        while True:
            print_json(await _now(remote))
            await asyncio.sleep(EVERY_SECONDS)
    if not out.is_terminal:
        return await show_status(remote, as_json=False)
    with Live(_page(await remote.call("GET", "/api/status")), console=out, auto_refresh=False) as live:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            live.update(_page(await _now(remote)), refresh=True)


async def _now(remote: Remote) -> dict[str, Any]:
    """How everything does; where nobody can say, that alone."""
    try:
        status: dict[str, Any] = await remote.call("GET", "/api/status")
    except Away as error:
        return {"ready": False, "problems": [error.message]}
    return status


def _page(status: dict[str, Any]) -> RenderableType:
    problems = [f"[bold red]![/] {line(problem)}" for problem in status["problems"]]
    if "groups" not in status:
        return Group(*problems)
    parts = [*_head(status), *problems, _groups(status["groups"]), *_partitions(status["groups"]), *_watchers(status)]
    return Group(*parts)


def _head(status: dict[str, Any]) -> list[str]:
    pressure = status["pressure"]
    memory = _bytes(pressure["memory"])
    if pressure["memory_limit"]:
        memory += f" of {_bytes(pressure['memory_limit'])}"
    fullest = f"; the fullest stream, {pressure['fullest']}, holds {pressure['length']} of {pressure['high_water']}"
    return [
        f"Headrace {line(status['version'])}, Redis {line(status['redis'])}, PostgreSQL {line(status['postgres'])}",
        f"{status['events']} events, archived up to {status['archived']}",
        f"Redis uses {memory}{fullest if pressure['fullest'] else ''}",
    ]


def _groups(groups: list[dict[str, Any]]) -> RenderableType:
    rows = [
        [g["group"], g["lag"], _seconds(g["oldest"]), _rate(g), g["held"], g["deaths"], g["dead"], len(g["workers"])]
        for g in groups
    ]
    return table_of(["group", "lag", "oldest", "rate", "held", "deaths", "dead", "workers"], rows)


def _partitions(groups: list[dict[str, Any]]) -> list[RenderableType]:
    """Those where something is left to do or to look at, the oldest first."""
    unsettled = [(g["group"], p) for g in groups for p in g["partitions"] if _is_unsettled(p)]
    unsettled.sort(key=lambda one: one[1]["oldest"] or 0.0, reverse=True)
    rows = [
        [f"{g}/{p['partition']}", p["lag"], _seconds(p["oldest"]), p["held"], p["deaths"], p["dead"], p["owner"] or "-"]
        for g, p in unsettled[:MOST_PARTITIONS]
    ]
    if not rows:
        return []
    more = len(unsettled) - len(rows)
    columns = ["partition", "lag", "oldest", "held", "deaths", "dead", "owner"]
    return ["", table_of(columns, rows), *([f"[dim]and {more} more: --json shows all[/]"] if more else [])]


def _is_unsettled(partition: dict[str, Any]) -> bool:
    return any(partition[what] for what in ("lag", "held", "deaths", "dead"))


def _watchers(status: dict[str, Any]) -> list[RenderableType]:
    rows = [
        [watcher["name"], root["path"], root["files"], root["health"], watcher["report"]["spool"]]
        for watcher in status["watchers"]
        for root in watcher["report"]["roots"]
    ]
    return ["", table_of(["watcher", "tree", "files", "health", "unsent"], rows)] if rows else []


def _seconds(age: float | None) -> str:
    if age is None:
        return "-"
    return f"{age:.1f} s" if age < 90 else f"{age / 60:.0f} min" if age < 5400 else f"{age / 3600:.1f} h"


def _rate(group: dict[str, Any]) -> str:
    return "-" if group["rate"] is None else f"{group['rate']:.1f}/s"


def _bytes(number: int) -> str:
    size, unit = max((unit for unit in _UNITS if unit[0] <= max(1, number)), key=lambda unit: unit[0])
    return f"{number / size:.1f} {unit}"
