"""The commands about dead letters: look at them, and decide."""

import re
import sys
from collections.abc import AsyncIterator
from typing import Any, Literal, NamedTuple, TypeAlias

import typer

from headrace.moments import moment
from headrace.remote import Remote
from headrace.words import complain, line, out, plain, print_json, table
from schemas.errors import NotFound, Rejected

_DEAD = "/api/dead"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PAGE = 1000
_REMEDY = "headrace dead list shows them"

Act: TypeAlias = Literal["retry", "discard"]
_DONE = {"retry": "tried again", "discard": "discarded"}


class Wanted(NamedTuple):
    """Which letters."""

    group: str | None = None
    kind: str | None = None
    project: str | None = None
    subject: str | None = None
    error: str | None = None
    since: str | None = None

    @property
    def filter(self) -> dict[str, str]:
        """The same as the server wants it. Raises Rejected."""
        given = {name: value for name, value in self._asdict().items() if value is not None}
        if self.since is not None:
            given["since"] = _since(self.since)
        return given


class Asked(NamedTuple):
    """What is to become of which letters. `all`: of those that a filter names, if only the empty one."""

    act: Act
    ids: list[str]
    wanted: Wanted
    all: bool
    yes: bool
    as_json: bool
    reason: str | None = None

    @property
    def body(self) -> dict[str, Any]:
        """What both ways of asking have in common."""
        return {} if self.reason is None else {"reason": self.reason}


def _since(text: str) -> str:
    try:
        return moment(text).isoformat()
    except (ValueError, OverflowError):
        raise Rejected(f"--since {text}: not a time or an age", "such as 2026-01-31T12:00 or 10m") from None


async def show_list(remote: Remote, wanted: Wanted, state: str, limit: int, *, as_json: bool) -> None:
    """Print letters, newest event first."""
    letters = [letter async for letter in _letters(remote, wanted.filter | {"state": state}, limit + 1)]
    shown = letters[:limit]
    if as_json:
        print_json(shown)
    elif not shown:
        out.print("no dead letters")
    else:
        rows = [[d["id"], d["state"], d["group"], d["kind"], d["subject"], d["attempts"], d["error"]] for d in shown]
        table(["id", "state", "group", "event", "subject", "tries", "error"], rows)
    if len(letters) > limit:
        complain(f"there are more than {limit}", "--limit N, or a filter: --group, --kind, --subject, --error, --since")


async def _letters(remote: Remote, query: dict[str, str], limit: int) -> AsyncIterator[dict[str, Any]]:
    """The list by pages."""
    page: list[dict[str, Any]] = [{}]
    behind: dict[str, str] = {}
    while limit and page:
        page = await remote.call("GET", _DEAD, params=query | behind | {"limit": str(min(limit, _PAGE))})
        for letter in page:
            yield letter
            behind = {"before": str(letter["sequence"]), "before_id": letter["id"]}
        limit -= len(page)


async def show_one(remote: Remote, letter: str, *, as_json: bool) -> None:
    """Print one dead letter, with all that became of it."""
    found = await _call(remote, "GET", letter)
    if as_json:
        print_json(found)
        return
    for name in ("id", "group", "kind", "project", "subject", "sequence", "attempts", "state", "error"):
        out.print(f"[bold]{name:<10}[/] {plain(found[name])}")
    out.print("\n[bold]history[/]")
    for act in found["history"]:
        out.print(f"{line(act['at'])}  {act['act']} by {line(act['actor'])}: {line(act['words'])}".rstrip(": "))
    out.print(f"\n[bold]event[/]\n{plain(found['event'])}\n\n[bold]traceback[/]\n{plain(found['traceback'])}")


async def decide(remote: Remote, asked: Asked) -> None:
    """Retry or discard letters: those named, or all that a filter names."""
    if asked.all == bool(asked.ids):
        raise Rejected("name dead letters by their ids, or say --all, with or without filters", _REMEDY)
    if not asked.all and asked.wanted.filter:
        raise Rejected("filters go with --all, not with ids", f"headrace dead {asked.act} --all --group NAME")
    await (_decide_all(remote, asked) if asked.all else _decide_named(remote, asked))


async def _decide_named(remote: Remote, asked: Asked) -> None:
    done: list[dict[str, Any]] = []
    for letter in asked.ids:
        done.append(await _call(remote, "POST", letter, f"/{asked.act}", asked.body))
        if not asked.as_json:
            out.print(f"{_DONE[asked.act]}: {line(done[-1]['kind'])} {line(done[-1]['subject'])}")
    if asked.as_json:
        print_json(done)


async def _decide_all(remote: Remote, asked: Asked) -> None:
    """Page by page, the newest first: what is buried again meanwhile lies behind, and is not met twice."""
    url, body = f"{_DEAD}/{asked.act}", asked.body | {"filter": asked.wanted.filter}
    counted = await remote.call("POST", url, json=body | {"dry_run": True})
    if counted["matched"] and not asked.yes:
        _confirm(f"{asked.act} {counted['matched']} dead letters?")
    decided: list[str] = []
    behind: dict[str, Any] | None = None
    while counted["matched"]:
        answer = await remote.call("POST", url, json=body | {"behind": behind})
        decided += answer["decided"]
        behind = answer["next"]
        if behind is None:
            break
    if asked.as_json:
        print_json({"matched": counted["matched"], "decided": decided})
    else:
        out.print(f"{_DONE[asked.act]}: {len(decided)} of {counted['matched']} dead letters")


def _confirm(question: str) -> None:
    """Ask whoever sits there."""
    if not sys.stdin.isatty():
        raise Rejected(f"{question} nobody is there to be asked", "say it beforehand: --yes")
    typer.confirm(question, abort=True, err=True)


async def _call(remote: Remote, method: str, letter: str, act: str = "", body: object = None) -> Any:
    if not _ID.fullmatch(letter):
        raise NotFound(f"{letter!r} is not the id of a dead letter", _REMEDY)
    try:
        return await remote.call(method, f"{_DEAD}/{letter.lower()}{act}", json=body)
    except NotFound as error:
        raise NotFound(error.message, _REMEDY) from None
