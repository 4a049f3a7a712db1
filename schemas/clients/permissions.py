"""The permissions in a client's files: what they are, and the edits that make them others.

Nothing is written that allows more than is wanted. What a client cannot be told is a loss, and so is what it may not be
told without that: to allow `git *` where it cannot be told to deny `git push *`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias

from schemas.clients.adapter import (
    File,
    Files,
    Location,
    Place,
    Problem,
    Scope,
    UnifiedConfig,
    Unread,
    Wanted,
    Written,
)
from schemas.clients.documents import path_of
from schemas.clients.grammar import canonical, overlap
from schemas.clients.secrets import masked
from schemas.clients.text import Inexpressible
from schemas.clients.unified import Answer, Key, Kind, Loss, Permission
from schemas.clients.widening import STRICTNESS
from schemas.errors import Rejected
from schemas.formats.edits import Drop, Edit, Path, Value, at
from schemas.formats.outcome import outcome, stands

_REMEDY = "it is left alone; write it another way if other clients are to know of it"
_SECRET = "it holds a secret, which never leaves this file"  # noqa: S105 - what is told of one


class Stated(NamedTuple):
    """A permission as a file states it, and where. `why`: for what reason it is held, if it is."""

    name: str
    answer: Answer
    path: Path
    why: str = ""


class Shape(Protocol):
    """How a client spells its permissions."""

    def read(self, said: Value) -> Iterable[Stated]:
        """Those in what a file says, by their canonical names; less those that no other client could be told."""
        ...

    def write(self, said: Value, name: str, answer: Answer | None) -> Sequence[Edit]:
        """What makes the answer to this so; None: it is not to be spoken of. Raises Inexpressible."""
        ...


class Permissions(NamedTuple):
    """A file with permissions: a section."""

    file: File
    shape: Shape

    @property
    def kind(self) -> Kind:
        """Of its elements."""
        return "permissions"

    @property
    def scope(self) -> Scope:
        """Of its elements."""
        return self.file.scope

    @property
    def patterns(self) -> tuple[Location, ...]:
        """The files that it looks at."""
        return self.file.locations

    def read(self, files: Files) -> UnifiedConfig:
        """What they say."""
        config = UnifiedConfig({}, {}, {})
        try:
            tree = self.file.tree(files)
        except Unread as error:
            return config._replace(unreadable=(error.problem,))
        for stated in self.shape.read(tree.value):
            key, place = Key("permissions", stated.name), Place(self.file.location(files), tree.position(stated.path))
            if why := stated.why or _unfit(self.scope, stated.name):
                config.held[_shown(key)] = Problem(place, why, _REMEDY)
            elif key not in config.elements or _is_stricter(stated.answer, config.elements[key]):
                config.elements[key], config.places[key] = Permission(stated.answer), place
        for key in config.held.keys() & config.elements.keys():
            del config.elements[key], config.places[key]
        return config

    def write(self, files: Files, wanted: Wanted) -> Written:
        """What they become."""
        now = self.read(files)
        changes = {name: answer for name, answer in _wanted(wanted).items() if answer != _answer(now, name)}
        if now.unreadable or not changes:
            return Written({})
        plan = _planned(self, self.file.tree(files).value, now, changes)
        losses = _losses(wanted, now, plan.lost)
        if not plan.edits:
            return Written({}, losses)
        location = self.file.location(files)
        try:
            return Written({location: self.file.format.edit(files.get(location, b""), plan.edits)}, losses)
        except Rejected as error:
            return Written({}, _losses(wanted, now, dict.fromkeys(changes, str(error))))


class NoPermissions(NamedTuple):
    """A client that cannot be told of permissions: a section that says so of each of them."""

    scope: Scope
    why: str

    @property
    def kind(self) -> Kind:
        """Of its elements."""
        return "permissions"

    @property
    def patterns(self) -> tuple[Location, ...]:
        """The files that it looks at."""
        return ()

    def read(self, _: Files) -> UnifiedConfig:
        """What they say."""
        return UnifiedConfig({}, {}, {})

    def write(self, _: Files, wanted: Wanted) -> Written:
        """What they become."""
        spoken = [key for key, element in wanted.items() if isinstance(element, Permission)]
        return Written({}, tuple([Loss(key, "*", self.why) for key in spoken]))


def _unfit(scope: Scope, name: str) -> str:
    """Why a permission cannot be an element; empty where it can."""
    if masked(name) != name:
        return _SECRET
    try:
        path_of(scope, Key("permissions", name))
    except ValueError as error:
        return f"its name cannot be kept: {error}"
    return ""


def _shown(key: Key) -> Key:
    """A key as it may be told of: without secrets."""
    return key._replace(name=masked(key.name))


def _is_stricter(answer: Answer, than: object) -> bool:
    return isinstance(than, Permission) and STRICTNESS[answer] > STRICTNESS[than.answer]


def _held(config: UnifiedConfig, name: str) -> str:
    """Why nothing is concluded from what a file says of it, and nothing is written there; empty where that may be."""
    problem = config.held.get(_shown(Key("permissions", name)))
    return problem.why if problem else ""


def _answer(config: UnifiedConfig, name: str) -> Answer | None:
    found = config.elements.get(Key("permissions", name))
    return found.answer if isinstance(found, Permission) else None


def _wanted(wanted: Wanted) -> dict[str, Answer | None]:
    """The answers by canonical name, the laxest first; where two keys are one rule, the stricter counts."""
    found: dict[str, Answer | None] = {}
    for key, element in wanted.items():
        if key.kind != "permissions" or not (element is None or isinstance(element, Permission)):
            continue
        name = canonical(key.name)
        answer = element.answer if isinstance(element, Permission) else None
        if found.get(name) is None or (answer and STRICTNESS[answer] > STRICTNESS[found[name]]):
            found[name] = answer
    return dict(sorted(found.items(), key=lambda one: (one[1] is not None, STRICTNESS[one[1]])))


_Changes: TypeAlias = Mapping[str, Answer | None]


class _Plan(NamedTuple):
    """What to do, what is then to go if nothing else is in it, and what is lost, and why."""

    edits: list[Edit]
    emptied: list[Drop]
    lost: dict[str, str]

    def add(self, said: Value, edits: Sequence[Edit]) -> Value:
        """What is said when these edits are made, too: all of them, or none. Raises Rejected."""
        made: list[Edit] = [Drop(edit.path) if isinstance(edit, Drop) else edit for edit in edits]
        for edit in made:
            said = outcome(said, edit)
        self.edits.extend(made)
        parents = [edit for edit in edits if isinstance(edit, Drop) and edit.parents]
        self.emptied.extend([Drop(edit.path[:-1], edit.parents - 1) for edit in parents])
        return said

    def tidy(self, said: Value) -> None:
        """Drop what has been left empty, once all is made."""
        for drop in self.emptied:
            if stands(said, drop.path) and not at(said, drop.path):
                said = outcome(said, drop)
                self.edits.append(drop)


def _planned(where: Permissions, said: Value, now: UnifiedConfig, changes: _Changes) -> _Plan:
    """Try until nothing more is lost: each loss may be a reason not to allow something else."""
    lost = {name: why for name in changes if (why := _held(now, name) or _unfit(where.scope, name))}
    while True:
        plan = _tried(where.shape, said, now, changes, lost)
        if plan.lost == lost:
            return plan
        lost = plan.lost


def _tried(shape: Shape, said: Value, now: UnifiedConfig, changes: _Changes, lost: Mapping[str, str]) -> _Plan:
    """One after another; where it cannot be told of what is stricter, it is at least not to allow it any more."""
    plan = _Plan([], [], dict(lost))
    for name, answer in changes.items():
        before = _answer(now, name)
        why = lost.get(name) or _danger(name, answer, before, changes, lost)
        try:
            said = plan.add(said, () if why else shape.write(said, name, answer))
        except (Inexpressible, Rejected) as error:
            why = str(error)
        if why:
            plan.lost[name] = why
            said = plan.add(said, shape.write(said, name, None) if before == "allow" else ())
    plan.tidy(said)
    return plan


def _danger(name: str, answer: Answer | None, before: Answer | None, changes: _Changes, lost: Iterable[str]) -> str:
    """What an answer, laxer than the one before, would let happen that is wanted to be asked for or denied."""
    if answer is None or STRICTNESS[answer] >= STRICTNESS[before]:
        return ""
    for other in lost:
        if STRICTNESS[changes[other]] > STRICTNESS[answer] and overlap(name, other):
            return f"it cannot be told to {changes[other]} {other}, of which this would {answer} some"
    return ""


def _losses(wanted: Wanted, now: UnifiedConfig, lost: Mapping[str, str]) -> tuple[Loss, ...]:
    """What is lost of that which is not held, and so told of already."""
    names = {key: canonical(key.name) for key in wanted if key.kind == "permissions"}
    return tuple([Loss(key, "*", lost[name]) for key, name in names.items() if name in lost and not _held(now, name)])
