"""Manifests: what an experiment used, what has changed since, who used a version, how two experiments differ."""

from typing import Any

from pydantic import Field, PositiveInt

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Route
from gateway.writes import begin, carry_all, check, observed
from schemas.base import new_id
from schemas.changes import ChangeObserved
from schemas.components import ComponentPath, WirePath
from schemas.errors import NotFound, Rejected
from schemas.hashing import fingerprint
from schemas.manifests import (
    Difference,
    Manifest,
    ManifestSaved,
    ManifestSummary,
    ManifestUse,
    SaveManifest,
    Since,
    check_uid,
    manifest,
    read,
    write,
)
from schemas.manifests import compare as compare_manifests

_NAMED = 5


class PageQuery(ProjectQuery):
    """A part of a list: `limit` rows after the experiment `after`."""

    limit: PositiveInt = Field(1000, le=10_000)
    after: str = ""


class UsersQuery(PageQuery):
    """The same; `path` says which component is meant, where several have these bytes."""

    path: WirePath | None = None


class RevisionQuery(ProjectQuery):
    """Which revision; the newest where none is named."""

    revision: PositiveInt | None = Field(None, le=2**31 - 1)


async def save(call: Call[SaveManifest, ProjectQuery]) -> ManifestSaved:
    """Keep what an experiment used. Said again it changes nothing; said otherwise it is a further revision."""
    project, uid, entries = project_of(call), _uid(call.path["uid"]), call.body.root
    await _check_known(call, project, entries)
    content = write(entries)
    body = await observed(call.services, content, fingerprint(content), ChangeObserved(forced=True))
    event = begin(call.services, call.principal, manifest(project, uid), body, new_id())
    outcome = check((await carry_all(call.services, [event]))[0])
    now = await _revision(call, uid, None)
    is_new = outcome.kind == "version.created"
    return ManifestSaved(experiment_uid=uid, component_count=len(entries), revision=now.revision, is_new=is_new)


async def _check_known(call: Call[SaveManifest, ProjectQuery], project: str, entries: dict[str, str]) -> None:
    asked = [(ComponentPath.parse(path).document(project).id, hash_, path) for path, hash_ in entries.items()]
    if unknown := await call.services.store.manifests.unknown(asked):
        named = ", ".join(f"{path} {entries[path]}" for path in unknown[:_NAMED])
        more = f" and {len(unknown) - _NAMED} more" if len(unknown) > _NAMED else ""
        raise Rejected(f"no such version: {named}{more}", "upload what the experiment used first")


def _uid(uid: str) -> str:
    try:
        return check_uid(uid)
    except ValueError as error:
        raise Rejected(f"not the uid of an experiment: {error}") from None


async def show(call: Call[None, RevisionQuery]) -> Manifest:
    """What an experiment used."""
    return await _revision(call, call.path["uid"], call.query.revision)


async def _revision(call: Call[Any, ProjectQuery], uid: str, number: int | None) -> Manifest:
    found = await call.services.store.manifests.revision(manifest(project_of(call), uid), number)
    if found is None:
        which = f" of revision {number}" if number else ""
        raise NotFound(f"there is no manifest{which} for the experiment {uid}", "headrace manifests list shows them")
    return Manifest(
        experiment_uid=uid,
        components=read(found.content),
        created_at=found.created_at,
        revision=found.number,
        revisions=found.revisions,
    )


async def since(call: Call[None, RevisionQuery]) -> list[Since]:
    """Everything an experiment used, with what is active now."""
    used = (await show(call)).components
    documents = {path: ComponentPath.parse(path).document(project_of(call)).id for path in used}
    heads = await call.services.store.versions.heads(documents.values())
    active = {path: heads[id_].hash if id_ in heads else None for path, id_ in documents.items()}
    return [
        Since(path=path, hash=hash_, active_hash=active[path], changed=active[path] != hash_)
        for path, hash_ in sorted(used.items())
    ]


async def diff(call: Call[None, ProjectQuery]) -> list[Difference]:
    """The components in which two experiments differ: of a good and a bad one, the suspects."""
    good, bad = [await _revision(call, call.path[name], None) for name in ("uid", "other")]
    return compare_manifests(good.components, bad.components)


async def page(call: Call[None, PageQuery]) -> list[ManifestSummary]:
    """The experiments, in the order of their uids."""
    return await call.services.store.manifests.page(project_of(call), call.query.after, call.query.limit)


async def users(call: Call[None, UsersQuery]) -> list[ManifestUse]:
    """The experiments that used a version."""
    query = call.query
    return await call.services.store.manifests.users(
        project_of(call), call.path["hash"], query.path, query.after, query.limit
    )


_BASE = "/api/components/manifest"
_ONE = f"{_BASE}/{{uid}}"

ROUTES = (
    Route("GET", f"{_BASE}s", page, list[ManifestSummary], query=PageQuery),
    Route("POST", _ONE, save, ManifestSaved, "user", SaveManifest, ProjectQuery, (400, 413, 422)),
    Route("GET", _ONE, show, Manifest, query=RevisionQuery, statuses=(404,)),
    Route("GET", f"{_ONE}/since", since, list[Since], query=RevisionQuery, statuses=(404,)),
    Route("GET", f"{_ONE}/diff/{{other}}", diff, list[Difference], query=ProjectQuery, statuses=(404,)),
    Route("GET", "/api/components/versions/hash/{hash}/experiments", users, list[ManifestUse], query=UsersQuery),
)
