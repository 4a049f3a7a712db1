"""`headrace replay --subject`: the story of one file, as the log tells it; `--to ws`: all of it, played again."""

from typing import Any

from headrace.remote import Remote
from headrace.words import event_line, line, out, plain, print_json
from schemas.stories import Chapter

_COLOURS = {"accepted": "green", "conflict": "yellow", "rejected": "red", "buried": "red", "pending": "cyan"}


async def show_story(remote: Remote, subject: str, project: str | None, until: str | None, *, as_json: bool) -> None:
    """Print who did what to a document, why it was taken so, and what came of it."""
    query = {name: value for name, value in (("project", project), ("until", until)) if value}
    found = await remote.call("GET", "/api/replay/story", params=query | {"subject": subject})
    if as_json:
        for one in found:
            print_json(one)
        return
    for chapter in map(Chapter.model_validate, found):
        _show(chapter)
    if not found:
        out.print(f"nothing ever happened to {plain(subject)}")


def _show(one: Chapter) -> None:
    when = one.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    colour = _COLOURS.get(one.outcome, "dim")
    became = f"  version {one.version}" if one.version else ""
    active = ", active" if one.active else ""
    out.print(
        f"[dim]{one.sequence:>7} {when}[/]  {line(one.actor)} {one.did} [bold]{one.hash or ''}[/]{became}{active}"
    )
    why = f"  [{colour}]{one.outcome}[/]"
    if one.policy:
        why += f" by {one.policy}"
    if one.over:
        why += f", over {one.over}"
    if one.base and one.base != one.over:
        why += f", begun from {one.base}"
    out.print(f"        {why}")
    if one.conflict:
        _show_sides(one)
    if one.reason:
        out.print(f"          {line(one.reason)}")
    if one.says:
        out.print(f"          {line(one.says)}")


def _show_sides(one: Chapter) -> None:
    sides = one.conflict
    if sides is None:
        return
    if sides.decision:
        out.print(f"          decided: {sides.decision}")
    if sides.mine:
        out.print(f"          of {line(sides.worker or '?')}: {sides.mine}; active: {sides.theirs or 'nothing'}")


async def play(remote: Remote, query: dict[str, Any], *, as_json: bool) -> None:
    """Follow the log's history as a live viewer is shown it, at some speed."""
    async for event in remote.play(**{name: str(value) for name, value in query.items() if value is not None}):
        if as_json:
            print_json(event)
        else:
            out.print(event_line(event))
