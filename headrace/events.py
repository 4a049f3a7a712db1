"""The commands that look: events."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Any, NamedTuple

from headrace.moments import given_moment, moment
from headrace.remote import Remote
from headrace.words import event_line, out, plain, print_json
from schemas.errors import NotFound, Rejected

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PAGE = 1000


class Wanted(NamedTuple):
    """Which events to show, and how."""

    since: str | None
    until: str | None
    type: str | None
    subject: str | None
    actor: str | None
    text: str | None
    limit: int
    follow: bool
    as_json: bool

    @property
    def filters(self) -> dict[str, str]:
        """What an event must be like, as a query."""
        until = given_moment("--until", self.until).isoformat() if self.until else None
        asked = {"type": self.type, "subject": self.subject, "actor": self.actor, "text": self.text, "until": until}
        return {name: value for name, value in asked.items() if value}


async def show_events(remote: Remote, wanted: Wanted) -> None:
    """Print events of the past, then, where asked, those that come."""
    if wanted.follow and wanted.until:
        raise Rejected("--follow has no end", "leave --until or --follow out")
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
    async for event in _found(remote, wanted.filters | await _start(remote, wanted.since), _PAGE):
        yield event


async def _found(remote: Remote, query: dict[str, str], limit: int) -> AsyncGenerator[dict[str, Any], None]:
    """All events that a query names, answer by answer."""
    further, at = "before" if "newest_first" in query else "after", {"limit": str(limit)}
    while True:
        events, more = await remote.page("/api/events", query | at)
        for event in events:
            yield event
        if more is None:
            return
        at[further] = more


async def _first(remote: Remote, query: dict[str, str], limit: int) -> list[dict[str, Any]]:
    """So many of them."""
    first: list[dict[str, Any]] = []
    async with aclosing(_found(remote, query, limit)) as found:
        async for event in found:
            first.append(event)
            if len(first) == limit:
                break
    return first


async def _beginning(remote: Remote, wanted: Wanted) -> str:
    """The number of the event behind which to begin following."""
    if wanted.since is None:
        first = (await _newest(remote, wanted.limit, wanted.filters))[-1:]
    else:
        query = await _start(remote, wanted.since)
        if "after" in query:
            return query["after"]
        first = await _first(remote, query, 1)
    if first:
        return str(int(first[0]["sequence"]) - 1)
    newest = await _newest(remote, 1, {})
    return str(newest[0]["sequence"]) if newest else "0"


async def _newest(remote: Remote, limit: int, filters: dict[str, str]) -> list[dict[str, Any]]:
    return await _first(remote, filters | {"newest_first": "true"}, limit)


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
