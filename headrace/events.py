"""The commands that look: events."""

import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from headrace.moments import moment
from headrace.remote import Remote
from headrace.words import event_line, out, plain, print_json
from schemas.errors import NotFound, Rejected

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
        return {"since": moment(since).isoformat()}
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


async def show_link(remote: Remote) -> None:
    """Print a one-time link."""
    link = await remote.call("POST", "/api/login-links")
    out.print(plain(link["url"]))
