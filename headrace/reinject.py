"""The command that replays a part of the log into the log: said first, asked for, watched to its end."""

import asyncio
import sys
from typing import Any, NamedTuple

import typer

from headrace.moments import given_moment
from headrace.progress import bar
from headrace.remote import Remote
from headrace.words import complain, line, out, print_json
from schemas.base import new_id
from schemas.errors import Rejected

_URL = "/api/v1/reinjections"
_LOOK = 0.5
"""Seconds between two looks at how far it is."""


class Asked(NamedTuple):
    """What to replay: some events by their ids, or a range; how fast, and whether to say only what would happen."""

    ids: list[str]
    since: str | None
    until: str | None
    after: int | None
    before: int | None
    subject: str | None
    rate: int
    dry_run: bool
    yes: bool
    as_json: bool

    @property
    def selection(self) -> dict[str, Any]:
        """The same as the server wants it. Raises Rejected."""
        times = {"since": self.since, "until": self.until}
        given = {name: given_moment(f"--{name}", text).isoformat() for name, text in times.items() if text}
        others = {"ids": self.ids or None, "after": self.after, "before": self.before, "subject": self.subject}
        return given | {name: value for name, value in others.items() if value is not None}


async def reinject(remote: Remote, asked: Asked, project: str | None) -> None:
    """Say what it would be; then, where that is wanted, do it, and see it to its end."""
    selection = asked.selection
    if not selection:
        raise Rejected("say which events: their ids, or a range", "such as --since 1h --subject 'components/model/*'")
    where = {"params": {"project": project} if project else {}}
    plan = await remote.call("POST", f"{_URL}/preview", json=selection, **where)
    if asked.dry_run:
        _show(plan, asked)
        return
    _confirm(plan, asked)
    order = selection | {"rate": asked.rate, "id": new_id()}
    begun = await remote.call("POST", _URL, json=order, **where)
    try:
        ended = await _watch(remote, begun, where)
    except asyncio.CancelledError:
        complain(f"the replay {begun['id']} is cancelled", "what was published stays")
        await remote.call("DELETE", f"{_URL}/{begun['id']}", **where)
        raise
    _tell(ended, asked)


def _show(plan: dict[str, Any], asked: Asked) -> None:
    if asked.as_json:
        print_json(plan)
        return
    into = ", ".join(f"{count} into {topic}" for topic, count in plan["topics"].items())
    out.print(f"{plan['count']} events of {plan['documents']} documents{into and ': '}{into}")
    for name in ("first", "last"):
        if edge := plan[name]:
            out.print(f"  {name:<5} {edge['sequence']}  {line(edge['time'])}  {line(edge['subject'])}")
    if plan["count"]:
        out.print(f"  at {asked.rate} a second: {plan['count'] / asked.rate:.0f} s")
    for kind, count in plan["passed_over"].items():
        out.print(f"  not replayed: {count} {line(kind)}")


def _confirm(plan: dict[str, Any], asked: Asked) -> None:
    if asked.yes or not plan["count"]:
        return
    if not sys.stdin.isatty():
        raise Rejected(f"replay {plan['count']} events? nobody is there to be asked", "say it beforehand: --yes")
    _show(plan, asked._replace(as_json=False))
    typer.confirm(f"replay {plan['count']} events?", abort=True, err=True)


async def _watch(remote: Remote, one: dict[str, Any], where: dict[str, Any]) -> dict[str, Any]:
    with bar("replaying", one["plan"]["count"]) as show:
        while one["state"] == "running":
            await asyncio.sleep(_LOOK)
            one = await remote.call("GET", f"{_URL}/{one['id']}", **where)
            show(one["published"])
    return one


def _tell(one: dict[str, Any], asked: Asked) -> None:
    if asked.as_json:
        print_json(one)
    else:
        out.print(f"{one['state']}: {one['published']} of {one['plan']['count']} events are published again")
    if one["state"] != "done":
        complain(one["error"] or f"the replay was {one['state']}")
        raise typer.Exit(1)
