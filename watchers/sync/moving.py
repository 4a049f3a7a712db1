"""Carry contents to the server and from it, so that nothing is lost on either side.

A state of the worker's is with the server before it is overwritten here; an upload takes the place of nothing but what
was compared. Whatever has moved in between is left, to be judged again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from schemas.base import EventId, new_id
from schemas.errors import Rejected
from schemas.hashing import fingerprint
from schemas.sides import Resolution, overrides
from schemas.sync import Received, Sent
from watchers.below.files import Moved
from watchers.below.writing import Write
from watchers.sync.cases import Case, Tally
from watchers.sync.session import Session, aside
from watchers.sync.tree import Tree


class Load(NamedTuple):
    """A content that shall lie in the tree. `hash`: what it must have; `instead`: the hash of what it replaces."""

    path: str
    hash: str
    text: str
    instead: str | None


class Mover:
    """Moves contents of one tree."""

    def __init__(self, session: Session, tally: Tally) -> None:
        self._tree, self._state, self._client = session
        self._tally = tally

    async def upload(self, cases: Sequence[Case]) -> None:
        """Put the local files in the place of the active versions."""
        self._state.begin(case.path for case in cases)
        sent = {new_id(): case for case in cases}
        uploads = [
            Sent(id=id_, path=case.path, content=case.file.text, base=case.sides.head, swap=True)
            for id_, case in sent.items()
            if case.file
        ]
        async for part in self._client.send(uploads):
            self._state.set_bases({one.path: one.hash for one in part if one.is_active})
            for received in part:
                self._received(sent[EventId(received.id)], received)

    def _received(self, case: Case, received: Received) -> None:
        if received.error:
            self._tally.fail(case.path, f"the server refuses it: {received.error}")
        elif received.is_active:
            if overrides(case.sides):
                self._note_override(case)
            self._tally.done(self._tally.result.uploaded, case.path, received.hash)

    def _note_override(self, case: Case) -> None:
        conflict = case.conflict()
        conflict.settle(Resolution.USE_LOCAL)
        self._tally.result.overridden.append(conflict)

    async def download(self, cases: Sequence[Case]) -> None:
        """Put the active versions in the place of the local files."""
        await self.fetch(cases, {case.path: case.sides.head for case in cases if case.sides.head})

    async def fetch(self, cases: Sequence[Case], hashes: Mapping[str, str]) -> None:
        """Put the versions with these hashes in the place of the local files."""
        await self._keep([case for case in cases if case.file and not case.sides.known])
        wanted: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            if case.path in self._tally.left:
                wanted[hashes[case.path]].append(case)
        async for contents in self._client.contents(list(wanted)):
            found = [(hash_, text, wanted.pop(hash_, [])) for hash_, text in contents.items()]
            await self._write(
                [Load(case.path, h, text, case.sides.local) for h, text, cases in found for case in cases]
            )
        for hash_, cases in wanted.items():
            for case in cases:
                self._tally.fail(case.path, f"the server does not have the content of the version {hash_}")

    async def _keep(self, cases: Sequence[Case]) -> None:
        """Give the server what is about to be overwritten here."""
        self._state.begin(case.path for case in cases)
        uploads = [
            Sent(id=new_id(), path=case.path, content=case.file.text, activate=False) for case in cases if case.file
        ]
        async for part in self._client.send(uploads):
            for received in part:
                if received.error:
                    why = f"not overwritten here, as the server does not keep it: {received.error}"
                    self._tally.fail(received.path, why)

    async def _write(self, loads: Sequence[Load]) -> None:
        outcomes = await aside(_write_all, self._tree, loads)
        self._state.set_bases({load.path: load.hash for load, error in outcomes if error is None})
        for load, error in outcomes:
            if error is None:
                self._tally.done(self._tally.result.synced, load.path, load.hash)
            elif isinstance(error, Rejected):
                self._tally.fail(load.path, error.message)


def _write_all(tree: Tree, loads: Sequence[Load]) -> list[tuple[Load, Rejected | Moved | None]]:
    """Write what is as it was announced; what is wrong with each."""
    wrong = {load.path: error for load in loads if (error := _check(load))}
    right = [load for load in loads if load.path not in wrong]
    errors = tree.write_all([Write(load.path, load.text.encode(), load.instead) for load in right])
    return [*((load, wrong[load.path]) for load in loads if load.path in wrong), *zip(right, errors, strict=True)]


def _check(load: Load) -> Rejected | None:
    found = fingerprint(load.text.encode()).hash
    return (
        Rejected(f"what came has the hash {found}, not {load.hash}: nothing was written")
        if found != load.hash
        else None
    )
