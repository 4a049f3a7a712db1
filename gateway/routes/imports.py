"""Imports: what another store has kept comes in through the log, at its own times, and overrides nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Self, TypeAlias

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Route
from gateway.services import Services
from gateway.stories import began
from gateway.writes import Outcome, carry, observed
from schemas.base import Document, EventId, derived_id
from schemas.changes import ChangeObserved, VersionActivate
from schemas.components import ComponentPath, check_bytes
from schemas.envelope import Envelope, Event, Origin, root
from schemas.errors import Busy, Rejected
from schemas.hashing import Fingerprint, fingerprint
from schemas.imports import (
    Import,
    Imported,
    ImportedManifests,
    ImportedVersions,
    Named,
    OldManifest,
    OldVersion,
    RefusedManifest,
    RefusedVersion,
)
from schemas.manifests import manifest, write
from streams.store import Store
from streams.store.versions import Head

SOURCE = "headrace/import"
ROUNDS = 12
"""How often `answer_ms` may pass before the caller must ask again: that so much takes its time is no failure."""
_IMPORTS = EventId("6f0d4f0e-3b9a-5b53-9a31-5f6f2f1f7c44")
_MANY = 5
_NONE = Head()


class Item(NamedTuple):
    """Bytes on their way in, and when the other store took them."""

    document: Document
    content: bytes
    found: Fingerprint
    at: datetime

    @classmethod
    def of(cls, document: Document, content: bytes, at: datetime) -> Self:
        """Name the bytes."""
        return cls(document, content, fingerprint(content), at)

    @property
    def key(self) -> tuple[str, str]:
        """The version that it is."""
        return self.document.id, self.found.hash


class Fate(NamedTuple):
    """What became of an item, and why, where it was refused."""

    kind: Literal["added", "present", "refused"]
    reason: str = ""


PRESENT = Fate("present")
Asked: TypeAlias = ChangeObserved | VersionActivate


class Here(NamedTuple):
    """What is here already of some items: versions, where their documents stand; `begun`: what this request brings."""

    known: set[tuple[str, str]]
    heads: dict[str, Head]
    begun: set[tuple[str, str]]

    @classmethod
    async def of(cls, store: Store, items: Sequence[Item]) -> Self:
        """Look."""
        known = await store.versions.newest([item.key for item in items])
        return cls(set(known), await store.versions.heads(item.document.id for item in items), set())


async def take(call: Call[Import, ProjectQuery]) -> Imported:
    """Take versions and manifests that another store has kept; say of each what became of it."""
    versions = await _take_versions(call, project_of(call))
    return Imported(versions=versions, manifests=await _take_manifests(call, project_of(call)))


async def _take_versions(call: Call[Import, ProjectQuery], project: str) -> ImportedVersions:
    olds = call.body.versions
    items = [Item.of(_component(project, old.path), old.content.encode(), old.created_at) for old in olds]
    here, limit = await Here.of(call.services.store, items), call.services.settings.content_limit
    asks = [_ask_version(old, item, here, limit) for old, item in zip(olds, items, strict=True)]
    fates = list(zip(olds, await _enter(call, items, asks), strict=True))
    return ImportedVersions(
        added=[_named(old) for old, fate in fates if fate.kind == "added"],
        present=[_named(old) for old, fate in fates if fate.kind == "present"],
        refused=[
            RefusedVersion(path=old.path, hash=old.hash, reason=fate.reason)
            for old, fate in fates
            if fate.kind == "refused"
        ],
        aside=await _aside(call.services.store, project, [old for old, fate in fates if fate.kind != "refused"]),
    )


def _component(project: str, path: str) -> Document:
    return ComponentPath.parse(path).document(project)


def _named(old: OldVersion) -> Named:
    return Named(path=old.path, hash=old.hash)


def _ask_version(old: OldVersion, item: Item, here: Here, limit: int) -> Asked | Fate:
    """Have it kept. It becomes active only where nothing ever was: what was done here since counts more."""
    try:
        check_bytes(item.content, limit)
    except Rejected as error:
        return Fate("refused", error.message)
    if item.found.hash != old.hash:
        return Fate("refused", f"the hash of its content is {item.found.hash}")
    if item.key in here.begun:
        return PRESENT
    here.begun.add(item.key)
    is_first = old.is_active and here.heads.get(item.document.id, _NONE).moves == 0
    if item.key in here.known:
        return VersionActivate(hash=old.hash, swap=True) if is_first else PRESENT
    return ChangeObserved(activate=is_first, swap=is_first)


async def _aside(store: Store, project: str, olds: Sequence[OldVersion]) -> list[Named]:
    """Those that were active there and are not here."""
    active = [(old, _component(project, old.path).id) for old in olds if old.is_active]
    heads = await store.versions.heads(id_ for _, id_ in active)
    return [_named(old) for old, id_ in active if heads.get(id_, _NONE).hash != old.hash]


async def _take_manifests(call: Call[Import, ProjectQuery], project: str) -> ImportedManifests:
    olds, store = call.body.manifests, call.services.store
    items = [Item.of(manifest(project, old.experiment_uid), write(old.components), old.created_at) for old in olds]
    here, known = await Here.of(store, items), await _known(store, project, olds)
    asks = [_ask_manifest(item, here, _entries(project, old) - known) for old, item in zip(olds, items, strict=True)]
    fates = list(zip((old.experiment_uid for old in olds), await _enter(call, items, asks), strict=True))
    return ImportedManifests(
        added=[uid for uid, fate in fates if fate.kind == "added"],
        present=[uid for uid, fate in fates if fate.kind == "present"],
        refused=[
            RefusedManifest(experiment_uid=uid, reason=fate.reason) for uid, fate in fates if fate.kind == "refused"
        ],
    )


def _entries(project: str, old: OldManifest) -> set[tuple[str, str]]:
    """The versions that a manifest names, as (document id, hash)."""
    return {(_component(project, path).id, hash_) for path, hash_ in old.components.items()}


async def _known(store: Store, project: str, olds: Sequence[OldManifest]) -> set[tuple[str, str]]:
    """Those versions that there are, of all that these manifests name."""
    named = {entry for old in olds for entry in _entries(project, old)}
    return set(await store.versions.newest(list(named)))


def _ask_manifest(item: Item, here: Here, unknown: set[tuple[str, str]]) -> Asked | Fate:
    """Have it kept where the experiment has none: what it says here, in whichever revision, counts more."""
    if item.key in here.known or item.key in here.begun:
        return PRESENT
    if item.document.id in here.heads:
        return Fate("refused", "there is another manifest of this experiment here, which stays")
    if unknown:
        hashes = sorted(hash_ for _, hash_ in unknown)
        more = f" and {len(hashes) - _MANY} more" if len(hashes) > _MANY else ""
        return Fate("refused", f"there is no such version here: {', '.join(hashes[:_MANY])}{more}")
    here.begun.add(item.key)
    here.heads[item.document.id] = _NONE
    return ChangeObserved(swap=True)


async def _enter(call: Call[Import, ProjectQuery], items: Sequence[Item], asks: Sequence[Asked | Fate]) -> list[Fate]:
    """Carry what is asked for through the log; what became of each item."""
    steps = [
        ask if isinstance(ask, Fate) else await _begin(call, item, ask) for item, ask in zip(items, asks, strict=True)
    ]
    outcomes = await _carry(call.services, [step for step in steps if isinstance(step, Envelope)])
    return [step if isinstance(step, Fate) else _fate(outcomes[step.id]) for step in steps]


async def _begin(call: Call[Import, ProjectQuery], item: Item, ask: Asked) -> Envelope[Event] | Fate:
    """The event: the same for the same version, so that an import which is run again counts once."""
    body: Event = ask
    try:
        if isinstance(ask, ChangeObserved):
            body = await observed(call.services, item.content, item.found, ask)
    except Rejected as error:
        return Fate("refused", error.message)
    id_ = derived_id(_IMPORTS, f"{ask.kind} {item.document.key} {item.found.hash} {item.at.isoformat()}")
    return began(root(body, item.document, Origin(call.principal.name, SOURCE, item.at), id_))


async def _carry(services: Services, events: Sequence[Envelope[Event]]) -> dict[str, Outcome]:
    """What each comes to. Raises Busy where the log takes far too long."""
    outcomes: dict[str, Outcome] = {}
    left = list(events)
    for _ in range(ROUNDS if left else 0):
        found = await carry(services, left, services.settings.answer_ms / 1000)
        outcomes |= {event.id: outcome for event, outcome in zip(left, found, strict=True) if outcome}
        if not (left := [event for event in left if event.id not in outcomes]):
            break
    if left:
        raise Busy("the log has taken this, and has not carried it through yet")
    return outcomes


def _fate(outcome: Outcome) -> Fate:
    if outcome.refusal:
        return Fate("refused", outcome.refusal)
    return Fate("added") if outcome.kind == "version.created" else PRESENT


ROUTES = (Route("POST", "/api/components/import", take, Imported, "admin", Import, ProjectQuery, (400, 413, 422)),)
