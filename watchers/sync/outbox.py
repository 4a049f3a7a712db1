"""What could not be sent while the server was away: sent before anything else when it is back, in its order.

An upload from here only ever takes the place of what the worker started from. Where somebody else was faster it is
kept beside, and the next comparison sees two sides that have changed.
"""

from collections.abc import Iterable, Iterator, Mapping

import orjson
from loguru import logger

from schemas.base import new_id
from schemas.errors import NotFound, Rejected
from schemas.hashing import fingerprint
from schemas.sync import Received, Sent
from watchers.sync.session import Session
from watchers.sync.state import State, Waiting
from watchers.sync.tree import File

UPLOAD = "upload"
MANIFEST = "manifest"


def keep_uploads(state: State, files: Mapping[str, File], *, activate: bool = True) -> int:
    """Have these files sent later; how many of them are new to the outbox."""
    bases, last = state.bases(), _last(state)
    fresh = {path: file for path, file in files.items() if last.get(path) != file.hash}
    state.begin(fresh)
    state.keep(
        (UPLOAD, _upload(path, file, last.get(path) or bases.get(path), activate=activate).model_dump_json())
        for path, file in fresh.items()
    )
    return len(fresh)


def keep_manifest(state: State, uid: str, components: Mapping[str, str]) -> None:
    """Have a manifest sent later."""
    state.keep([(MANIFEST, orjson.dumps([uid, dict(components)]).decode())])


def _last(state: State) -> dict[str, str]:
    """The hash of the newest upload that waits, by path."""
    uploads = [Sent.model_validate_json(thing.body) for thing in state.waiting() if thing.kind == UPLOAD]
    return {sent.path: fingerprint(sent.content.encode()).hash for sent in uploads}


def _upload(path: str, file: File, base: str | None, *, activate: bool) -> Sent:
    return Sent(id=new_id(), path=path, content=file.text, base=base or None, swap=True, activate=activate)


async def send_waiting(session: Session) -> set[str]:
    """Send all of it; the components of which the active version is ours by it. Raises Away."""
    taken: set[str] = set()
    for group in _groups(session.state.waiting()):
        if isinstance(group, Waiting):
            await _send_manifest(session, group)
        else:
            taken |= await _send_uploads(session, group)
    return taken


def _groups(things: Iterable[Waiting]) -> Iterator[Waiting | dict[str, Waiting]]:
    """Manifests, and as many uploads together as may overtake each other: of different components, by path."""
    group: dict[str, Waiting] = {}
    for thing in things:
        path = "" if thing.kind == MANIFEST else Sent.model_validate_json(thing.body).path
        if group and (not path or path in group):
            yield group
            group = {}
        if path:
            group[path] = thing
        else:
            yield thing
    if group:
        yield group


async def _send_uploads(session: Session, group: Mapping[str, Waiting]) -> set[str]:
    sent = [Sent.model_validate_json(thing.body) for thing in group.values()]
    taken: set[str] = set()
    async for part in session.client.send(sent):
        active = {one.path: one.hash for one in part if one.is_active}
        session.state.set_bases(active)
        session.state.drop(group[one.path] for one in part)
        _complain(part)
        taken |= active.keys()
    return taken


def _complain(part: Iterable[Received]) -> None:
    for one in part:
        if one.error:
            logger.warning("the server refuses {}, which waited to be sent: {}", one.path, one.error)


async def _send_manifest(session: Session, thing: Waiting) -> None:
    uid, components = orjson.loads(thing.body)
    try:
        await session.client.save_manifest(uid, components)
    except (NotFound, Rejected) as error:
        logger.warning("the server refuses the manifest of {}, which waited to be sent: {}", uid, error.message)
    session.state.drop([thing])
