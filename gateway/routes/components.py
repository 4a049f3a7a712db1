"""Components over HTTP, as CVLab-Kit's workers know them."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, PositiveInt

from gateway.projects import ProjectQuery, project_of
from gateway.route import Answer, Call, Route
from gateway.scanning import File, foreseen, read_trees
from gateway.writes import Outcome, begin, carry, check, event_id, observed, pending
from schemas.base import new_id
from schemas.changes import ChangeObserved, VersionActivate
from schemas.components import (
    CATEGORIES,
    Activate,
    ComponentPath,
    ComponentSummary,
    ComponentVersion,
    Diff,
    DiffRequest,
    Scanned,
    ScanPlan,
    Upload,
    Uploaded,
    WirePath,
    check_bytes,
)
from schemas.errors import Misconfigured, NotFound, Overtaken
from schemas.hashing import fingerprint
from streams.store.components import Page

SCAN_BATCH = 200
SCAN_SECONDS = 60.0
FIRST = 2**31 - 1
"""Before the newest version of any component."""
_REMEDY = "headrace components history shows what there is"


class ListQuery(ProjectQuery):
    """A part of a list: `limit` rows after the path `after`. Without a limit, all of it."""

    limit: PositiveInt | None = Field(None, le=10_000)
    after: str = ""


class HistoryQuery(ProjectQuery):
    """A part of a history, newest first: `limit` versions before the one with the number `before`."""

    include_content: bool = False
    limit: PositiveInt | None = Field(None, le=10_000)
    before: PositiveInt = Field(FIRST, le=FIRST)


class VersionQuery(ProjectQuery):
    """`path` says which component is meant, where several have these bytes."""

    path: WirePath | None = None


class ScanQuery(ProjectQuery):
    """`dry_run`: say what a scan would come to, and write nothing."""

    dry_run: bool = False


async def every(call: Call[None, ListQuery]) -> list[ComponentSummary]:
    """All components, with their active version."""
    page = Page(call.query.after, call.query.limit or FIRST)
    return await call.services.store.components.summaries(project_of(call), None, page)


async def in_category(call: Call[None, ListQuery]) -> list[ComponentSummary]:
    """The components of one category."""
    category = call.path["category"]
    if category not in CATEGORIES:
        raise NotFound(f"there is no category {category!r}", f"the categories are {', '.join(CATEGORIES)}")
    page = Page(call.query.after, call.query.limit or FIRST)
    return await call.services.store.components.summaries(project_of(call), category, page)


async def history(call: Call[None, HistoryQuery]) -> list[ComponentVersion]:
    """A component's versions, newest first."""
    path = _named(call)
    page = Page(call.query.before, call.query.limit or FIRST)
    found = await call.services.store.components.history(
        project_of(call), path, page, content=call.query.include_content
    )
    if not found:
        await _summary(call, path)
    return found


async def summary(call: Call[None, ProjectQuery]) -> ComponentSummary:
    """One component, with its active version."""
    return await _summary(call, _named(call))


async def _summary(call: Call[Any, ProjectQuery], path: ComponentPath) -> ComponentSummary:
    found = await call.services.store.components.summary(project_of(call), path)
    if found is None:
        raise NotFound(f"there is no component {path.wire}")
    return found


def _named(call: Call[Any, Any]) -> ComponentPath:
    wire = f"{call.path['category']}/{call.path['name']}.py"
    try:
        return ComponentPath.parse(wire)
    except ValueError as error:
        raise NotFound(f"there is no component {wire!r}", str(error)) from None


async def by_hash(call: Call[None, VersionQuery]) -> ComponentVersion:
    """One version, with its content."""
    return await _version(call, call.path["hash"], call.query.path)


async def _version(call: Call[Any, ProjectQuery], hash_: str, path: str | None = None) -> ComponentVersion:
    found = await call.services.store.components.by_hash(project_of(call), hash_, path)
    if found is None:
        whose = path or "no component"
        raise NotFound(f"{whose} has {'no' if path else 'a'} version {hash_}", _REMEDY)
    return found


async def upload(call: Call[Upload, ProjectQuery]) -> Uploaded | Answer:
    """Add a version, and make it the active one unless `activate` is false."""
    path = ComponentPath.parse(call.body.path)
    content = call.body.content.encode()
    check_bytes(content, call.services.settings.content_limit)
    found = fingerprint(content)
    swap = "base" in call.body.model_fields_set
    change = ChangeObserved(base=call.body.base, forced=not swap, activate=call.body.activate, swap=swap)
    body = await observed(call.services, content, found, change)
    id_ = event_id(call.principal, call.request.headers.get("Idempotency-Key"))
    event = begin(call.services, call.principal, path.document(project_of(call)), body, id_)
    outcome = (await carry(call.services, [event], call.services.settings.answer_ms / 1000))[0]
    if outcome is None:
        return pending(call.services, id_)
    check(outcome)
    heads = await call.services.store.versions.heads([path.document(project_of(call)).id])
    active = next((head.hash for head in heads.values()), None)
    return Uploaded(
        hash=found.hash,
        path=path.wire,
        category=path.category,
        name=path.name,
        is_new=outcome.kind == "version.created",
        is_active=active == found.hash,
        active_hash=active,
    )


async def activate(call: Call[Activate, ProjectQuery]) -> ComponentVersion | Answer | None:
    """Make an older version the active one again, or let none be; the version that was asked for."""
    project, asked = project_of(call), call.body
    path = await _owner(call, project)
    id_ = event_id(call.principal, call.request.headers.get("Idempotency-Key"))
    swap = "base" in asked.model_fields_set
    body = VersionActivate(hash=asked.hash, base=asked.base, swap=swap, reason=asked.reason)
    event = begin(call.services, call.principal, path.document(project), body, id_)
    outcome = (await carry(call.services, [event], call.services.settings.answer_ms / 1000))[0]
    if outcome is None:
        return pending(call.services, id_)
    await _check_first(call, path, check(outcome))
    return await _version(call, asked.hash, path.wire) if asked.hash else None


async def _check_first(call: Call[Activate, ProjectQuery], path: ComponentPath, outcome: Outcome) -> None:
    """Raises Overtaken where somebody else has moved the head since the caller looked."""
    if outcome.data.get("reason") != "overtaken":
        return
    heads = await call.services.store.versions.heads([path.document(project_of(call)).id])
    now = next((head.hash for head in heads.values()), None)
    raise Overtaken(f"the active version of {path.wire} is {now} by now, not {call.body.base}", "look at it first")


async def _owner(call: Call[Activate, ProjectQuery], project: str) -> ComponentPath:
    """The component whose version is meant."""
    hash_, wire = call.body.hash, call.body.path
    if wire is not None:
        path = ComponentPath.parse(wire)
        await (_version(call, hash_, wire) if hash_ else _summary(call, path))
        return path
    owners = await call.services.store.components.paths_with(project, hash_ or "")
    if not owners:
        raise NotFound(f"no component has a version {hash_}", _REMEDY)
    if len(owners) > 1:
        names = ", ".join(owner.wire for owner in owners)
        raise Misconfigured(f"several components have a version {hash_}: {names}", "say which with `path`")
    return owners[0]


async def diff(call: Call[DiffRequest, ProjectQuery]) -> Diff:
    """Two versions side by side."""
    old = await _version(call, call.body.from_hash)
    new = await _version(call, call.body.to_hash)
    return Diff(
        from_hash=old.hash,
        to_hash=new.hash,
        from_content=old.content or "",
        to_content=new.content or "",
        path=new.path,
    )


async def scan(call: Call[None, ScanQuery]) -> Scanned | ScanPlan | Answer:
    """Read the server's own trees and add what is not there yet."""
    roots = [Path(root) for root in call.services.settings.scan.split(":") if root]
    if not roots:
        raise Misconfigured("this server has no tree to scan", "start it with: headrace up --watch PATH")
    files = await asyncio.to_thread(read_trees, roots, call.services.settings.content_limit)
    if call.query.dry_run:
        return await foreseen(call.services.store, project_of(call), files)
    return await _register(call, files)


async def _register(call: Call[None, ScanQuery], files: Sequence[File]) -> Scanned | Answer:
    registered = 0
    for at in range(0, len(files), SCAN_BATCH):
        events = [
            begin(
                call.services,
                call.principal,
                file.path.document(project_of(call)),
                await observed(call.services, file.content, file.found, ChangeObserved()),
                new_id(),
            )
            for file in files[at : at + SCAN_BATCH]
        ]
        outcomes = await carry(call.services, events, SCAN_SECONDS)
        if None in outcomes:
            return pending(call.services, events[outcomes.index(None)].id)
        registered += sum(outcome is not None and outcome.kind == "version.created" for outcome in outcomes)
    return Scanned(registered=registered)


_BASE = "/api/components/versions"
_HISTORY = f"{_BASE}/{{category}}/{{name}}"
_WRITE = (202, 400, 404, 409, 413, 422)

ROUTES = (
    Route("GET", _BASE, every, list[ComponentSummary], query=ListQuery),
    Route("POST", f"{_BASE}/upload", upload, Uploaded, "user", Upload, ProjectQuery, _WRITE),
    Route("POST", f"{_BASE}/activate", activate, ComponentVersion | None, "user", Activate, ProjectQuery, _WRITE),
    Route("POST", f"{_BASE}/diff", diff, Diff, "viewer", DiffRequest, ProjectQuery, (400, 404, 422)),
    Route("POST", f"{_BASE}/scan", scan, Scanned | ScanPlan, "user", None, ScanQuery, (202, 409)),
    Route("GET", f"{_BASE}/hash/{{hash}}", by_hash, ComponentVersion, query=VersionQuery, statuses=(404,)),
    Route("GET", f"{_BASE}/{{category}}", in_category, list[ComponentSummary], query=ListQuery, statuses=(404,)),
    Route("GET", _HISTORY, history, list[ComponentVersion], query=HistoryQuery, statuses=(404,)),
    Route("GET", f"{_HISTORY}/summary", summary, ComponentSummary, query=ProjectQuery, statuses=(404,)),
)
