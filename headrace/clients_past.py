"""`headrace clients why|history|rollback`: how the elements of configurations came to be what they are, and back."""

import difflib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from headrace.words import ago, out, plain, print_json, show_code_diff, table
from schemas.base import now
from schemas.clients.adapter import Scope
from schemas.clients.planning import Deployment
from schemas.clients.reconcile import Standing
from schemas.clients.unified import Element, Key, Kind, decode
from schemas.clients.wire import ElementMove
from schemas.errors import Away, Misconfigured, NotFound, Rejected
from watchers.clients.centre import ServedCentre
from watchers.clients.report import Report
from watchers.clients.syncing import ATTEMPTS
from watchers.clients.telling import shown

KINDS: tuple[Kind, ...] = ("servers", "rules", "permissions")
AUTHOR = "rollback"


def key_named(said: str) -> Key:
    """An element by how people name it: `servers/docs`. Raises Misconfigured."""
    kind, _, name = said.partition("/")
    found = next((one for one in KINDS if one == kind), None)
    if found is None or not name:
        remedy = f"write KIND/NAME, such as servers/docs, where KIND is one of {', '.join(KINDS)}"
        raise Misconfigured(f"{said!r} is no element", remedy)
    return Key(found, name)


async def show_history(centre: ServedCentre, scope: Scope, key: Key, *, as_json: bool) -> None:
    """A line for each step, newest first, with what it changed."""
    moves = await centre.history(scope, key)
    if as_json:
        print_json([one.model_dump(mode="json") for one in moves])
        return
    for one, before in zip(moves, [*moves[1:], None], strict=True):
        what = f"version {one.version}" if one.version else "deleted"
        out.print(f"[bold]{what:<11}[/] {ago(one.at.isoformat()):<12} {plain(one.author)}  [dim]{plain(one.reason)}[/]")
        _show_difference(before.content if before else None, one.content)


def _show_difference(old: str | None, new: str | None) -> None:
    for line in list(difflib.unified_diff((old or "").splitlines(), (new or "").splitlines(), n=0, lineterm=""))[2:]:
        if not line.startswith("@@"):
            out.print(f"    {plain(line)}", style="green" if line.startswith("+") else "red")


async def roll_back(
    centre: ServedCentre, scope: Scope, to: str, key: Key | None, client: str | None = None
) -> list[Key]:
    """Let elements stand in the centre as they did: one at a version, or one or all at a time. Those that change.

    With a `client`, only what it was that changed last.

    Raises:
        Misconfigured: `to` is neither. Away: somebody else is always first.
    """
    for _ in range(ATTEMPTS):
        standing = await centre.standing(scope)
        then = await _then(centre, scope, to, key, standing)
        news = {
            one: Standing(element, AUTHOR, now().timestamp())
            for one, element in then.items()
            if (one not in standing or standing[one].element != element)
            and (client is None or (one in standing and standing[one].author == client))
        }
        refused = await centre.put(scope, news)
        if refused:
            raise Rejected(f"{shown(refused[0].key)}: {refused[0].why}")
        if refused is not None:
            return list(news)
    raise Away("the configurations change faster than they can be rolled back", "try again")


async def _then(
    centre: ServedCentre, scope: Scope, to: str, key: Key | None, standing: Mapping[Key, Standing]
) -> dict[Key, Element | None]:
    if to.isdecimal():
        if key is None:
            raise Misconfigured("a version is one element's", "name it, such as servers/docs, or give a time")
        return {key: _version(await centre.history(scope, key), key, int(to))}
    found = await centre.then(scope, _time(to))
    return {one: found.get(one) for one in ([key] if key else standing)}


def _version(moves: Sequence[ElementMove], key: Key, version: int) -> Element:
    content = next((one.content for one in moves if one.version == version), None)
    if content is None:
        raise NotFound(f"{shown(key)} has no version {version}", f"see: headrace clients history {shown(key)}")
    return decode(key.kind, content.encode())


def _time(said: str) -> datetime:
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise Misconfigured(f"{said!r} is no version and no time", "such as 3, or 2026-11-22T10:00") from None
    return found.astimezone()


async def show_why(centre: ServedCentre, report: Report, key: Key, *, as_json: bool) -> None:
    """Who made an element what it is, where it stands in each client's files, and what is lost there."""
    standing = (await centre.standing(report.scope)).get(key)
    newest = (await centre.history(report.scope, key))[0] if standing else None
    decided = next(iter(await centre.decisions(key)), None)
    where = {one.member.client.name: _stands(one, report, key) for one in report.plan.deployments}
    if as_json:
        said = newest.model_dump(mode="json") if newest else None
        decision = decided.model_dump(mode="json") if decided else None
        print_json({"element": shown(key), "centre": said, "decision": decision, "clients": where})
        return
    if newest is None:
        out.print(f"{plain(shown(key))} is not in the history yet")
    else:
        what = f"version {newest.version}" if newest.version else "deleted"
        by = f"{ago(newest.at.isoformat())} by {newest.author}, {newest.reason}"
        out.print(f"[bold]{plain(shown(key))}[/]  {what}, {plain(by)}")
        if decided:
            out.print(f"[dim]of {plain(decided.client)}: {plain(decided.message)}[/]")
        if standing and standing.element is not None:
            out.print(plain(msgspec.json.format(msgspec.json.encode(standing.element), indent=2).decode()))
    table(["client", "where", "said"], [[name, one["where"], one["said"]] for name, one in where.items()])


def _stands(deployment: Deployment, report: Report, key: Key) -> dict[str, Any]:
    config = deployment.member.config
    place = config.places.get(key) or (config.held[key].place if key in config.held else None)
    where = f"{place.location.path}:{place.position.line}" if place else None
    losses = [loss for loss in deployment.written.losses if loss.key == key]
    said = "not here"
    if key in config.held:
        said = f"left alone: {config.held[key].why}"
    elif losses:
        said = "; ".join(f"without {one.field}: {one.why}" if not one.harmful else one.why for one in losses)
    elif key in config.elements:
        said = "as in the centre"
    return {"where": where, "said": said}


def show_file_diffs(report: Report, only: str | None) -> None:
    """What a sync would change in the files, line by line."""
    for deployment in report.plan.deployments:
        if only is not None and deployment.member.client.name != only:
            continue
        for location, raw in deployment.written.files.items():
            old, new = deployment.member.files.get(location, b""), raw or b""
            show_code_diff(location.path, ("before", _text(old)), ("after", _text(new)))


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace")
