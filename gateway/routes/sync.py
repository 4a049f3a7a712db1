"""What a worker asks and sends when it synchronises: many components in one request."""

from difflib import get_close_matches

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Route
from gateway.writes import Outcome, begin, carry_all, observed
from schemas.base import Document
from schemas.changes import ChangeObserved
from schemas.components import ComponentPath, check_bytes
from schemas.envelope import Envelope, Event
from schemas.errors import Rejected
from schemas.hashing import fingerprint
from schemas.sync import Compare, Compared, Contents, Found, Received, Sent, SentAll, Standing

ANSWER_BYTES = 16 << 20
ALIKE = 3


async def compare(call: Call[Compare, ProjectQuery]) -> Compared:
    """Say how the server stands to what a worker has."""
    project = project_of(call)
    held = {path: ComponentPath.parse(path).document(project) for path in call.body.files}
    found = await call.services.store.components.standings(
        [(held[path].id, mine.hash) for path, mine in call.body.files.items()]
    )
    standings = {path: found.get(document.id) or Standing() for path, document in held.items()}
    return Compared(components=standings | await _alike(call, project, standings))


async def _alike(
    call: Call[Compare, ProjectQuery], project: str, standings: dict[str, Standing]
) -> dict[str, Standing]:
    """For components that nobody has: what is spelt alike in their categories."""
    nowhere = [path for path, one in standings.items() if not one.exists and call.body.files[path].hash is None]
    if not nowhere:
        return {}
    categories = {ComponentPath.parse(path).category for path in nowhere}
    names = {one: await call.services.store.components.names(project, one) for one in categories}
    return {path: Standing(nearest=_nearest(ComponentPath.parse(path), names)) for path in nowhere}


def _nearest(path: ComponentPath, names: dict[str, list[str]]) -> tuple[str, ...]:
    alike = get_close_matches(path.name, names[path.category], ALIKE)
    return tuple(ComponentPath(path.category, name).wire for name in alike)


async def contents(call: Call[Contents, ProjectQuery]) -> Found:
    """Give contents by hash, as many as one answer may hold."""
    asked = list(dict.fromkeys(call.body.hashes))
    found = await call.services.store.components.contents(project_of(call), asked, ANSWER_BYTES)
    missing = tuple(hash_ for hash_ in asked if hash_ not in found)
    texts = {hash_: content.decode() for hash_, content in found.items() if content is not None}
    return Found(contents=texts, missing=missing)


async def uploads(call: Call[SentAll, ProjectQuery]) -> list[Received]:
    """Take what a worker sends; say of each what became of it."""
    project = project_of(call)
    begun: dict[str, Envelope[Event]] = {}
    errors: dict[str, str] = {}
    for sent in call.body.uploads:
        try:
            begun[sent.id] = await _event(call, project, sent)
        except Rejected as error:
            errors[sent.id] = error.message
    outcomes = dict(zip(begun, await carry_all(call.services, list(begun.values())), strict=True))
    documents = [_document(project, sent) for sent in call.body.uploads]
    heads = await call.services.store.versions.heads(document.id for document in documents)
    active = {id_: head.hash for id_, head in heads.items()}
    return [
        _received(sent, active.get(document.id), outcomes.get(sent.id), errors.get(sent.id))
        for sent, document in zip(call.body.uploads, documents, strict=True)
    ]


def _document(project: str, sent: Sent) -> Document:
    return ComponentPath.parse(sent.path).document(project)


async def _event(call: Call[SentAll, ProjectQuery], project: str, sent: Sent) -> Envelope[Event]:
    content = sent.content.encode()
    check_bytes(content, call.services.settings.content_limit)
    change = ChangeObserved(base=sent.base, forced=not sent.swap, activate=sent.activate, swap=sent.swap)
    body = await observed(call.services, content, fingerprint(content), change)
    return begin(call.services, call.principal, _document(project, sent), body, sent.id)


def _received(sent: Sent, active: str | None, outcome: Outcome | None, error: str | None) -> Received:
    hash_ = fingerprint(sent.content.encode()).hash
    if outcome and outcome.refusal:
        error = outcome.refusal
    return Received(
        id=sent.id,
        path=sent.path,
        hash=hash_,
        is_new=outcome is not None and outcome.kind == "version.created",
        is_active=error is None and active == hash_,
        active_hash=active,
        error=error,
    )


_BASE = "/api/components"
_STATUSES = (400, 413, 422)

ROUTES = (
    Route("POST", f"{_BASE}/compare", compare, Compared, "viewer", Compare, ProjectQuery, _STATUSES),
    Route("POST", f"{_BASE}/contents", contents, Found, "viewer", Contents, ProjectQuery, _STATUSES),
    Route("POST", f"{_BASE}/uploads", uploads, list[Received], "user", SentAll, ProjectQuery, _STATUSES),
)
