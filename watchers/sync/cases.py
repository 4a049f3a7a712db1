"""How each component stands that is to be synced, and what has become of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from schemas.sides import ConflictType, Otherwise, Sides, SyncConflict, SyncResult, relate
from schemas.sync import Held, Standing
from watchers.below.files import Unusable
from watchers.sync.session import Session, aside
from watchers.sync.tree import File, Tree

Progress: TypeAlias = Callable[[int, int], None]
"""Is told how many components are done, of how many."""


class Case(NamedTuple):
    """A component of the tree, and how the server stands to it. `nearest`: what the server has that is spelt alike."""

    path: str
    file: File | None
    sides: Sides
    nearest: Sequence[str] = ()

    @property
    def relation(self) -> ConflictType | Otherwise:
        """Who is ahead."""
        return relate(self.sides).relation

    @property
    def pair(self) -> tuple[str | None, str | None]:
        """What lies here, and what is active there."""
        return self.sides.local, self.sides.head

    def conflict(self) -> SyncConflict:
        """The same, for a person."""
        relation, diverged = relate(self.sides)
        return SyncConflict(
            self.path,
            relation if isinstance(relation, ConflictType) else ConflictType.LOCAL_NEWER,
            self.sides.local,
            self.sides.head,
            self.sides.base or None,
            diverged,
            self.file.text if self.file else None,
        )


class Tally:
    """What has been done, in `result`, and what has not been yet, in `left`. `progress` is told of each step."""

    def __init__(self, paths: Iterable[str], progress: Progress | None = None) -> None:
        self.result = SyncResult()
        self.left = dict.fromkeys(paths)
        self._all = len(self.left)
        self._progress = progress

    def done(self, where: list[str], path: str, hash_: str | None) -> None:
        """This component stands in one of the result's lists from now on, and in the tree with this hash."""
        where.append(path)
        if hash_ is not None:
            self.result.component_hashes[path] = hash_
        self._leave(path)

    def fail(self, path: str, reason: str) -> None:
        """This component cannot be synced."""
        self.result.fail(path, reason)
        self._leave(path)

    def skip(self, cases: Iterable[Case]) -> None:
        """These stay as they are."""
        for case in cases:
            self.done(self.result.skipped, case.path, case.sides.local)

    def give_up(self) -> None:
        """Whatever is left has moved each time that it was judged."""
        for path in list(self.left):
            self.fail(path, "it changes faster than it can be synced: sync again")

    def pend(self, conflict: SyncConflict) -> None:
        """This one waits for a decision."""
        self.result.conflicts.append(conflict)
        self._leave(conflict.path)

    def _leave(self, path: str) -> None:
        del self.left[path]
        if self._progress:
            self._progress(self._all - len(self.left), self._all)


async def read(tree: Tree, tally: Tally) -> dict[str, File | None]:
    """The files of all that is left, but for those that cannot be used: these have failed."""
    found = await aside(_read_all, tree, list(tally.left))
    for path, one in found.items():
        tally.result.component_hashes.pop(path, None)
        if isinstance(one, File):
            tally.result.component_hashes[path] = one.hash
        if isinstance(one, Unusable):
            tally.fail(path, one.message)
    return {path: one for path, one in found.items() if not isinstance(one, Unusable)}


def _read_all(tree: Tree, paths: Iterable[str]) -> dict[str, File | Unusable | None]:
    return {path: _read(tree, path) for path in paths}


def _read(tree: Tree, path: str) -> File | Unusable | None:
    try:
        return tree.read(path)
    except Unusable as error:
        return error
    except ValueError as error:  # no component's path
        return Unusable(str(error))


async def compare(session: Session, tally: Tally) -> list[Case]:
    """How all that is left stands. Raises Away."""
    files, bases = await read(session.tree, tally), session.state.bases()
    return await judge(session, files, bases) if files else []


async def judge(session: Session, files: Mapping[str, File | None], bases: Mapping[str, str]) -> list[Case]:
    """How these stand. Raises Away."""
    held = {path: Held(hash=file and file.hash, base=bases.get(path) or None) for path, file in files.items()}
    standings = await session.client.compare(held)
    return [
        Case(path, file, _sides(held[path], bases.get(path), standings[path]), standings[path].nearest)
        for path, file in files.items()
        if path in standings
    ]


def _sides(held: Held, base: str | None, there: Standing) -> Sides:
    return Sides(held.hash, base, there.active_hash, there.exists, there.known)
