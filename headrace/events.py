"""The commands that look: events, status, dead letters."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from headrace.remote import Remote
from headrace.words import event_line, out, print_json, table
from schemas.base import now
from schemas.errors import Rejected

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Wanted(NamedTuple):
    """Which events to show, and how."""

    since: str | None
    type: str | None
    subject: str | None
    limit: int
    follow: bool
    as_json: bool


async def show_events(remote: Remote, wanted: Wanted) -> None:
    """Print events of the past, then, where asked, those that come."""
    last = "0"
    for event in await _past(remote, wanted):
        _show(event, wanted)
        last = event["sequence"]
    if not wanted.follow:
        return
    query = {"type": wanted.type, "subject": wanted.subject, "after": last if last != "0" else None}
    async for event in remote.follow(**{name: value for name, value in query.items() if value}):
        _show(event, wanted)


async def _past(remote: Remote, wanted: Wanted) -> list[dict[str, Any]]:
    query: dict[str, Any] = {"type": wanted.type, "subject": wanted.subject}
    query = {name: value for name, value in query.items() if value}
    if wanted.since is None:
        newest = await remote.call("GET", "/api/events", params=query | {"limit": wanted.limit, "newest_first": "true"})
        return list(reversed(newest))
    query |= await _start(remote, wanted.since)
    found: list[dict[str, Any]] = []
    while True:
        page = await remote.call("GET", "/api/events", params=query | {"limit": 1000})
        found += page
        if len(page) < 1000:
            return found
        query["after"] = page[-1]["sequence"]


async def _start(remote: Remote, since: str) -> dict[str, str]:
    """Where `--since` points: a sequence, an event's id, a time, or an age."""
    if since.isdecimal():
        return {"after": since}
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", since):
        return {"after": (await remote.call("GET", f"/api/events/{since}"))["sequence"]}
    if age := re.fullmatch(r"(\d+)([smhd])", since):
        return {"since": (now() - timedelta(seconds=int(age[1]) * _UNITS[age[2]])).isoformat()}
    try:
        when = datetime.fromisoformat(since)
    except ValueError:
        raise Rejected(
            f"--since {since}: not a sequence, an id, a time or an age", "such as 120, 2026-01-31T12:00 or 10m"
        ) from None
    return {"since": (when if when.tzinfo else when.astimezone(UTC)).isoformat()}


def _show(event: dict[str, Any], wanted: Wanted) -> None:
    if wanted.as_json:
        print_json(event)
    else:
        out.print(event_line(event))


async def show_status(remote: Remote, *, as_json: bool) -> None:
    """Print how everything does."""
    status = await remote.call("GET", "/api/status")
    if as_json:
        print_json(status)
        return
    out.print(f"Headrace {status['version']}, Redis {status['redis']}, PostgreSQL {status['postgres']}")
    out.print(f"{status['events']} events, archived up to {status['archived']}")
    for problem in status["problems"]:
        out.print(f"[bold red]![/] {problem}")
    columns = ["group", "lag", "held", "dead", "workers"]
    table(columns, [[g["group"], g["lag"], g["held"], g["dead"], len(g["workers"])] for g in status["groups"]])
    rows = [
        [watcher["name"], root["path"], root["files"], root["health"], watcher["report"]["spool"]]
        for watcher in status["watchers"]
        for root in watcher["report"]["roots"]
    ]
    if rows:
        out.print()
        table(["watcher", "tree", "files", "health", "unsent"], rows)


async def show_dead(remote: Remote, group: str | None, *, as_json: bool) -> None:
    """Print what waits for a decision."""
    letters = await remote.call("GET", "/api/dead", params={"group": group} if group else {})
    if as_json:
        print_json(letters)
    elif not letters:
        out.print("no dead letters")
    else:
        rows = [[d["id"], d["group"], d["kind"], d["subject"], d["attempts"], d["error"]] for d in letters]
        table(["id", "group", "event", "subject", "tries", "error"], rows)


async def show_letter(remote: Remote, letter: str, *, as_json: bool) -> None:
    """Print one dead letter."""
    found = await remote.call("GET", f"/api/dead/{letter}")
    if as_json:
        print_json(found)
        return
    for name in ("id", "group", "kind", "project", "subject", "sequence", "attempts", "buried_at", "error"):
        out.print(f"[bold]{name:<10}[/] {found[name]}")
    out.print(f"\n[bold]event[/]\n{found['event']}\n\n[bold]traceback[/]\n{found['traceback']}", markup=True)


async def decide(remote: Remote, letters: list[str], act: str) -> None:
    """Retry or drop dead letters."""
    for letter in letters:
        done = await remote.call("POST", f"/api/dead/{letter}/{act}")
        out.print(f"{'tried again' if act == 'retry' else 'dropped'}: {done['kind']} {done['subject']}")


async def show_link(remote: Remote) -> None:
    """Print a one-time link."""
    link = await remote.call("POST", "/api/login-links")
    out.print(link["url"])
