"""`headrace replay`: do everything over, and see what it comes to: now, or at a past moment."""

import sys
from collections.abc import Awaitable, Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeVar

from rich.progress import Progress

from handlers import HANDLERS
from headrace.foreground import to_the_end
from headrace.moments import given_moment
from headrace.run import server_urls
from headrace.words import err, out, plain, print_json, table
from schemas.envelope import Envelope, Event
from schemas.errors import Misconfigured
from schemas.settings import Settings
from streams.handler import Handler
from streams.proof import Report, Watch, prove, state_at
from streams.replay import Difference
from streams.store.versions import Standing

T = TypeVar("T")


def verify(settings: Settings, data: Path | None, group: str | None, *, as_json: bool) -> None:
    """Replay the archive and compare. Exits with 1 where something differs."""
    handlers, url = chosen(group), server_urls(settings, data)[1]
    report = _watched(lambda watch: prove(handlers, url, settings, watch))
    if as_json:
        print_json(report._asdict() | {"identical": report.identical, "differences": _as_dicts(report.differences)})
    else:
        _show(report, handlers)
    if not report.identical:
        raise SystemExit(1)


def show_state(settings: Settings, data: Path | None, until: str, subject: str | None, *, as_json: bool) -> None:
    """Print what the documents were, once all that began up to `until` was carried through."""
    url = server_urls(settings, data)[1]
    at = given_moment("--until", until)

    def wanted(event: Envelope[Event]) -> bool:
        return event.time <= at and (subject is None or fnmatchcase(event.subject, subject))

    found = _watched(lambda watch: state_at(chosen(None), url, settings, wanted, watch))
    if as_json:
        for one in found:
            print_json(one._asdict())
        return
    columns = ["document", "version", "hash", "bytes", "by", "at"]
    table(columns, [_line(one) for one in found])
    out.print(f"[dim]{len(found)} documents at {at.isoformat(sep=' ', timespec='seconds')}[/]")


def _line(one: Standing) -> list[Any]:
    at = (one.created_at or one.updated_at).astimezone().isoformat(sep=" ", timespec="seconds")
    name = f"{one.domain}/{one.path}" if one.project == "default" else f"{one.project}: {one.domain}/{one.path}"
    return [name, f"{one.number} of {one.versions}" if one.number else "removed", one.hash, one.size, one.actor, at]


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


def _watched(replay: Callable[[Watch], Awaitable[T]]) -> T:
    """Do it, with a bar on the terminal."""

    async def run() -> T:
        with Progress(console=err, transient=True, disable=not sys.stderr.isatty()) as bar:
            task = bar.add_task("waiting for the archive", total=None)

            def watch(what: str, done: int, total: int) -> None:
                bar.update(task, description=what, completed=done, total=total or None)

            return await replay(watch)

    return to_the_end(run())


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
