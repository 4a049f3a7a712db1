"""The commands that look: events, dead letters."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from headrace.remote import Remote
from headrace.words import event_line, out, plain, print_json, table
from schemas.base import now
from schemas.errors import NotFound, Rejected

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PAGE = 1000


class Wanted(NamedTuple):
    """Which events to show, and how."""

    since: str | None
    type: str | None
    subject: str | None
    limit: int
    follow: bool
    as_json: bool

    @property
    def filters(self) -> dict[str, str]:
        """What an event must be like, as a query."""
        return {name: value for name, value in (("type", self.type), ("subject", self.subject)) if value}


async def show_events(remote: Remote, wanted: Wanted) -> None:
    """Print events of the past, then, where asked, those that come."""
    if wanted.follow:
        # All of it from the feed, which knows no gap between what is archived and what happens.
        events = remote.follow(await _beginning(remote, wanted), **wanted.filters)
    else:
        events = _past(remote, wanted)
    async for event in events:
        if wanted.as_json:
            print_json(event)
        else:
            out.print(event_line(event))


async def _past(remote: Remote, wanted: Wanted) -> AsyncIterator[dict[str, Any]]:
    if wanted.since is None:
        for event in reversed(await _newest(remote, wanted.limit, wanted.filters)):
            yield event
        return
    query: dict[str, Any] = wanted.filters | await _start(remote, wanted.since) | {"limit": _PAGE}
    page: list[dict[str, Any]] = [{}] * _PAGE
    while len(page) == _PAGE:
        page = await remote.call("GET", "/api/events", params=query)
        for event in page:
            yield event
            query["after"] = event["sequence"]


async def _beginning(remote: Remote, wanted: Wanted) -> str:
    """The number of the event behind which to begin following."""
    if wanted.since is None:
        first = (await _newest(remote, wanted.limit, wanted.filters))[-1:]
    else:
        query = await _start(remote, wanted.since)
        if "after" in query:
            return query["after"]
        first = await remote.call("GET", "/api/events", params=query | {"limit": 1})
    if first:
        return str(int(first[0]["sequence"]) - 1)
    newest = await _newest(remote, 1, {})
    return str(newest[0]["sequence"]) if newest else "0"


async def _newest(remote: Remote, limit: int, filters: dict[str, str]) -> list[dict[str, Any]]:
    query = filters | {"limit": str(limit), "newest_first": "true"}
    newest: list[dict[str, Any]] = await remote.call("GET", "/api/events", params=query)
    return newest


async def _start(remote: Remote, since: str) -> dict[str, str]:
    """Where `--since` points: a sequence, an event's id, a time, or an age."""
    if re.fullmatch(r"[0-9]{1,18}", since):
        return {"after": since}
    if _ID.fullmatch(since):
        return {"after": await _sequence_of(remote, since)}
    try:
        age = re.fullmatch(r"([0-9]+)([smhd])", since)
        when = now() - timedelta(seconds=int(age[1]) * _UNITS[age[2]]) if age else datetime.fromisoformat(since)
        return {"since": when.astimezone().isoformat()}
    except (ValueError, OverflowError):
        raise Rejected(
            f"--since {since}: not a sequence, an id, a time or an age", "such as 120, 2026-01-31T12:00 or 10m"
        ) from None


async def _sequence_of(remote: Remote, id_: str) -> str:
    try:
        event = await remote.call("GET", f"/api/events/{id_.lower()}")
    except NotFound as error:
        raise NotFound(f"--since {id_}: {error.message}", "headrace events --json shows ids") from None
    return str(event["sequence"])


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
    found = await _of_letter(remote, "GET", letter)
    if as_json:
        print_json(found)
        return
    for name in ("id", "group", "kind", "project", "subject", "sequence", "attempts", "buried_at", "error"):
        out.print(f"[bold]{name:<10}[/] {plain(found[name])}")
    out.print(f"\n[bold]event[/]\n{plain(found['event'])}\n\n[bold]traceback[/]\n{plain(found['traceback'])}")


async def decide(remote: Remote, letters: list[str], act: str) -> None:
    """Retry or drop dead letters."""
    for letter in letters:
        done = await _of_letter(remote, "POST", letter, f"/{act}")
        out.print(f"{'tried again' if act == 'retry' else 'dropped'}: {plain(done['kind'])} {plain(done['subject'])}")


async def _of_letter(remote: Remote, method: str, letter: str, act: str = "") -> Any:
    remedy = "headrace dead list shows them"
    if not _ID.fullmatch(letter):
        raise NotFound(f"{letter!r} is not the id of a dead letter", remedy)
    try:
        return await remote.call(method, f"/api/dead/{letter.lower()}{act}")
    except NotFound as error:
        raise NotFound(error.message, remedy) from None


async def show_link(remote: Remote) -> None:
    """Print a one-time link."""
    link = await remote.call("POST", "/api/login-links")
    out.print(plain(link["url"]))
