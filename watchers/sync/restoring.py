"""Manifests, from the worker's side: keep what an experiment uses, and bring it back later."""

import asyncio
from collections.abc import Mapping

from schemas.base import new_id
from schemas.errors import Away, Rejected
from schemas.manifests import ManifestSaved
from schemas.sides import SyncResult
from schemas.sync import Sent
from watchers.sync.cases import Progress, Tally, judge, read
from watchers.sync.moving import Mover
from watchers.sync.outbox import keep_manifest, keep_uploads, send_waiting
from watchers.sync.session import Session
from watchers.sync.syncing import ROUNDS
from watchers.sync.tree import File

PAUSES = (0.02, 0.1, 0.5, 2.0)
"""Seconds between the tries to save a manifest."""


async def restore(session: Session, hashes: Mapping[str, str], progress: Progress | None = None) -> SyncResult:
    """Put these versions into the tree. The hash of each is its base: if it is an old one, the worker is behind."""
    tally = Tally(hashes, progress)
    for _ in range(ROUNDS):
        if tally.left:
            await _round(session, tally, hashes)
    tally.give_up()
    tally.result.message = tally.result.summary()
    return tally.result


async def _round(session: Session, tally: Tally, hashes: Mapping[str, str]) -> None:
    files = await read(session.tree, tally)
    same = [path for path, file in files.items() if file and file.hash == hashes[path]]
    session.state.set_bases({path: hashes[path] for path in same})
    for path in same:
        tally.done(tally.result.skipped, path, hashes[path])
    other = {path: file for path, file in files.items() if path not in same}
    if other:
        cases = await judge(session, other, {})
        await Mover(session, tally).fetch(cases, hashes)


async def save(session: Session, uid: str, hashes: Mapping[str, str]) -> ManifestSaved | None:
    """Keep a manifest; None where the server is away, and is sent it later."""
    here = await read(session.tree, Tally(hashes))
    used = {path: file for path, file in here.items() if file and file.hash == hashes[path]}
    try:
        await send_waiting(session)
        return await _save(session, uid, hashes, used)
    except Away:
        bases = session.state.bases()
        keep_uploads(session.state, {p: f for p, f in used.items() if bases.get(p) != f.hash}, activate=False)
        keep_manifest(session.state, uid, hashes)
        return None


async def _save(session: Session, uid: str, hashes: Mapping[str, str], used: Mapping[str, File]) -> ManifestSaved:
    """Keep it, and what it names: a local state that was just given to the server is known there a moment later."""
    for pause in PAUSES:
        try:
            return await session.client.save_manifest(uid, hashes)
        except Rejected:
            if not await _keep(session, used):
                break
        await asyncio.sleep(pause)
    return await session.client.save_manifest(uid, hashes)


async def _keep(session: Session, used: Mapping[str, File]) -> bool:
    """Give the server what the experiment uses and it does not know; whether there was any."""
    cases = [case for case in await judge(session, used, {}) if case.file and not case.sides.known] if used else []
    session.state.begin(case.path for case in cases)
    uploads = [Sent(id=new_id(), path=case.path, content=case.file.text, activate=False) for case in cases if case.file]
    async for _ in session.client.send(uploads):
        pass
    return bool(uploads)
