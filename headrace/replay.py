"""`headrace replay`: do everything over, and see whether it comes to the same."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.progress import Progress

from handlers import HANDLERS
from headrace.run import server_urls
from headrace.words import err, out, plain, print_json
from schemas.errors import Misconfigured
from schemas.settings import Settings
from streams.handler import Handler
from streams.proof import Report, prove
from streams.replay import Difference


def verify(settings: Settings, data: Path | None, group: str | None, *, as_json: bool) -> None:
    """Replay the archive and compare. Exits with 1 where something differs."""
    handlers = chosen(group)
    report = asyncio.run(_prove(handlers, server_urls(settings, data)[1], settings))
    if as_json:
        print_json(report._asdict() | {"identical": report.identical, "differences": _as_dicts(report.differences)})
    else:
        _show(report, handlers)
    if not report.identical:
        raise SystemExit(1)


def chosen(group: str | None) -> list[Handler]:
    """The groups to replay: those that own tables, or the one that is named.

    Raises:
        Misconfigured: nothing can be replayed for that group.
    """
    known = {handler.name: handler for handler in HANDLERS if handler.tables}
    if group is None:
        return list(known.values())
    if group not in known:
        raise Misconfigured(f"there is no group {group!r} to replay", f"the groups are {', '.join(known)}")
    return [known[group]]


async def _prove(handlers: Sequence[Handler], url: str, settings: Settings) -> Report:
    with Progress(console=err, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("waiting for the archive", total=None)

        def watch(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        return await prove(handlers, url, settings, watch)


def _show(report: Report, handlers: Sequence[Handler]) -> None:
    groups = ", ".join(handler.name for handler in handlers)
    word = "[bold green]identical[/]" if report.identical else "[bold red]different[/]"
    out.print(f"{word}: {report.events} events replayed through {groups}")
    out.print(f"  {report.derived} derived events and {report.rows} rows compared")
    if report.underway:
        out.print(f"  {report.underway} derived events are not archived yet")
    if report.spare:
        out.print(f"  {report.spare} stored contents that no event names")
    for found in report.differences:
        _show_difference(found)


def _show_difference(found: Difference) -> None:
    out.print(f"\n[bold]{plain(found.what)}[/]")
    for name, text in (("is", found.was), ("replayed", found.now), ("event", found.event), ("about", found.subject)):
        if text:
            out.print(f"  [dim]{name:<9}[/] {plain(str(text)[:600])}")
    if found.subject:
        out.print(f"  [dim]try:[/] headrace replay --subject {plain(found.subject)}")


def _as_dicts(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    return [found._asdict() for found in differences]
