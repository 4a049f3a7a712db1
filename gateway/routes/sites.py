"""What a machine that syncs clients is told before it does, and tells afterwards."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from gateway.projects import ProjectQuery, project_of
from gateway.records import kept
from gateway.route import Call, Route
from gateway.routes.clients import policy_of
from gateway.writes import begin, carry_all, check, observed
from schemas.base import Document, EventId, new_id
from schemas.changes import ChangeObserved, ConflictDecided
from schemas.clients.adapter import Scope
from schemas.clients.documents import DOMAIN, read
from schemas.clients.records import Artifact, ArtifactType, ClientRecord, RunRecord, SessionRecord, site_of
from schemas.clients.secrets import masked
from schemas.clients.sessions import Brief, ClientShown, ElementQuestion, Requested, SentRun, SentSession, Site, Taken
from schemas.envelope import Envelope, Event
from schemas.errors import Rejected
from schemas.hashing import fingerprint
from schemas.sync import Conflict
from streams.store.blobs import Blob


class SiteQuery(ProjectQuery):
    """Which place, on which machine."""

    machine: str
    scope: Scope
    path: str


async def brief(call: Call[None, SiteQuery]) -> Brief:
    """What a site must know before it syncs."""
    store, query = call.services.store, call.query
    clients = await _clients(call, Site(machine=query.machine, scope=query.scope, path=query.path))
    return Brief(
        policy=await policy_of(store, project_of(call), query.scope),
        clients=clients,
        requests=[Requested(session=one.open.id, type=one.type) for one in clients if one.open],
        conflicts=await store.conflicts.of_clients(project_of(call), [one.name for one in clients]),
    )


async def _clients(call: Call[Any, ProjectQuery], site: Site) -> list[ClientShown]:
    """Those at a place; of several of one type the one on that very machine."""
    found = await call.services.store.syncs.clients(project_of(call))
    there = [one for one in found if (one.scope, one.config_path) == (site.scope, site.path)]
    by_type = {one.type: one for one in there if not one.machine}
    return list((by_type | {one.type: one for one in there if one.machine == site.machine}).values())


async def take(call: Call[SentRun, ProjectQuery]) -> Taken:
    """Keep what a sync did, and ask people what waits for them; what waits no more is settled."""
    run = call.body
    names = await _names(call, {one.type for one in (*run.sessions, *(run.questions or ()))})
    project = project_of(call)
    events = [await _run_event(call, names)] if run.sessions else []
    if run.questions is not None:
        asked = await call.services.store.conflicts.of_clients(project, names.values())
        events += [await _question(call, names, one) for one in run.questions]
        events += _withdrawn(call, asked, {(names[one.type], one.path) for one in run.questions})
    for outcome in await carry_all(call.services, events):
        check(outcome)
    conflicts = await call.services.store.conflicts.of_clients(project, names.values())
    return Taken(sessions=[one.id for one in run.sessions], conflicts=conflicts)


async def _names(call: Call[SentRun, ProjectQuery], types: Iterable[str]) -> dict[str, str]:
    """The names of a site's clients, by type. Those who are new there are added."""
    site = call.body.site
    names = {one.type: one.name for one in await _clients(call, site)}
    events: list[Envelope[Event]] = []
    for type_ in sorted(set(types) - names.keys()):
        record = ClientRecord(type=type_, scope=site.scope, config_path=site.path, machine=site.machine)
        names[type_] = f"{type_}@{record.site}"
        events.append(await kept(call, f"clients/{names[type_]}", record, new_id()))
    for outcome in await carry_all(call.services, events):
        check(outcome)
    return names


async def _run_event(call: Call[SentRun, ProjectQuery], names: dict[str, str]) -> Envelope[Event]:
    run = call.body
    left = [_left(one) for one in run.sessions]
    if blobs := [blob for some in left for _, blob in some]:
        await call.services.store.commit(call.services.store.blobs.put(blobs))
    sessions = [_session(names[one.type], one, some) for one, some in zip(run.sessions, left, strict=True)]
    record = RunRecord(trigger=run.trigger, version=run.version, sessions=sessions)
    site = site_of(run.site.machine, run.site.scope, run.site.path)
    return await kept(call, f"runs/{site}", record, run.id)


def _session(name: str, sent: SentSession, left: Sequence[tuple[ArtifactType, Blob]]) -> SessionRecord:
    artifacts = [
        Artifact(type=type_, hash=blob.fingerprint.hash, digest=blob.fingerprint.digest, size=blob.fingerprint.size)
        for type_, blob in left
    ]
    fields = sent.model_dump(exclude={"snapshot", "diff"})
    return SessionRecord(**fields, client=name, artifacts=artifacts)


def _left(sent: SentSession) -> list[tuple[ArtifactType, Blob]]:
    """What a session leaves to look at. Raises Rejected where it holds a secret."""
    contents: dict[ArtifactType, bytes] = {}
    if sent.snapshot is not None:
        contents["config_snapshot"] = orjson.dumps(sent.snapshot, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    if sent.diff:
        contents["diff"] = sent.diff.encode()
    if sent.events:
        contents["log"] = b"".join(orjson.dumps(one.model_dump(mode="json")) + b"\n" for one in sent.events)
    for type_, content in contents.items():
        if (text := content.decode()) != masked(text):
            raise Rejected(f"the {type_} of {sent.type} holds a secret")
    return [(type_, Blob(fingerprint(content), content)) for type_, content in contents.items()]


async def _question(
    call: Call[SentRun, ProjectQuery], names: dict[str, str], asked: ElementQuestion
) -> Envelope[Event]:
    document = Document(project_of(call), DOMAIN, asked.path)
    body = ChangeObserved(base=asked.base, asker=names[asked.type], why=asked.why, said=asked.said)
    if asked.content is not None:
        content = asked.content.encode()
        try:
            read(asked.path, content)
        except ValueError as error:
            raise Rejected(f"{asked.path}: {error}") from error
        body = await observed(call.services, content, fingerprint(content), body)
    return begin(call.services, call.principal, document, body, asked.id)


def _withdrawn(
    call: Call[SentRun, ProjectQuery], asked: Sequence[Conflict], still: set[tuple[str, str]]
) -> list[Envelope[Event]]:
    """What waits on the server and does not at the site any more: it was settled there."""
    return [
        begin(
            call.services,
            call.principal,
            Document(project_of(call), DOMAIN, one.path),
            ConflictDecided(conflict=EventId(one.id), decision="download", head=one.server_hash),
            new_id(),
        )
        for one in asked
        if one.state == "pending"
        and one.path.startswith(f"{call.body.site.scope}/")
        and (one.worker, one.path) not in still
    ]


_BASE = "/api/v1/sync"

ROUTES = (
    Route("GET", f"{_BASE}/brief", brief, Brief, query=SiteQuery),
    Route("POST", f"{_BASE}/runs", take, Taken, "user", SentRun, ProjectQuery, (400, 409, 413, 422)),
)
