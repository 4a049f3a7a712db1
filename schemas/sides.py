"""Who is ahead at a component, the worker or the server, and what each strategy does about it.

Three-way by the base, the hash that both had at the last sync, where there is one; else the seed's flow for first
contact. Source: a simulation of thousands of decisions, in which only the three-way comparison was never wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

NEVER = ""
"""The base of a file that was never the server's, though the server was given it: no hash is equal to it."""


class SyncStrategy(StrEnum):
    """Who wins where worker and server differ."""

    SERVER_AUTHORITATIVE = "server_authoritative"
    LOCAL_PRIORITY = "local_priority"
    INTERACTIVE = "interactive"
    DRY_RUN = "dry_run"


class ConflictType(StrEnum):
    """How worker and server differ."""

    SERVER_ONLY = "server_only"
    SERVER_NEWER = "server_newer"
    LOCAL_NEWER = "local_newer"
    LOCAL_ONLY = "local_only"


class Otherwise(StrEnum):
    """What else may be found: they are equal, the server's file was removed, or there is none anywhere."""

    SAME = "same"
    REMOVED = "removed"
    MISSING = "missing"


class Resolution(StrEnum):
    """What a person says about a conflict."""

    USE_LOCAL = "use_local"
    USE_SERVER = "use_server"
    SKIP = "skip"
    PENDING = "pending"


class Action(StrEnum):
    """What a sync does about a component. `note`: remember that they are equal; `show`: only say how they differ."""

    NOTE = "note"
    DOWNLOAD = "download"
    UPLOAD = "upload"
    ASK = "ask"
    SKIP = "skip"
    FAIL = "fail"
    SHOW = "show"


class Sides(NamedTuple):
    """What either has. `local` null: no file; `base` null: never synced; `head` null: the server has no active one.

    `exists`: the server has had versions; `known`: `local` is among them.
    """

    local: str | None
    base: str | None
    head: str | None
    exists: bool = True
    known: bool = False


class Verdict(NamedTuple):
    """How the sides stand. `diverged`: both have changed since the base."""

    relation: ConflictType | Otherwise
    diverged: bool = False


def relate(sides: Sides) -> Verdict:
    """Say who is ahead. A worker that went back to an older version on purpose is ahead, too."""
    if sides.local is None:
        return Verdict(Otherwise.MISSING if sides.head is None else ConflictType.SERVER_ONLY)
    if sides.local == sides.head:
        return Verdict(Otherwise.SAME)
    if not sides.exists:
        return Verdict(ConflictType.LOCAL_ONLY)
    is_behind = sides.known if sides.base is None else sides.local == sides.base
    if is_behind:
        return Verdict(Otherwise.REMOVED if sides.head is None else ConflictType.SERVER_NEWER)
    return Verdict(ConflictType.LOCAL_NEWER, diverged=sides.base is not None and sides.head != sides.base)


_USUAL: dict[ConflictType | Otherwise, Action] = {
    Otherwise.SAME: Action.NOTE,
    Otherwise.REMOVED: Action.SKIP,
    Otherwise.MISSING: Action.FAIL,
    ConflictType.SERVER_ONLY: Action.DOWNLOAD,
    ConflictType.SERVER_NEWER: Action.DOWNLOAD,
    ConflictType.LOCAL_ONLY: Action.UPLOAD,
}
_PLANS: dict[SyncStrategy, dict[ConflictType | Otherwise, Action]] = {
    SyncStrategy.INTERACTIVE: {**_USUAL, ConflictType.LOCAL_NEWER: Action.ASK},
    SyncStrategy.SERVER_AUTHORITATIVE: {**_USUAL, ConflictType.LOCAL_NEWER: Action.DOWNLOAD},
    SyncStrategy.LOCAL_PRIORITY: {
        **_USUAL,
        ConflictType.LOCAL_NEWER: Action.UPLOAD,
        Otherwise.REMOVED: Action.UPLOAD,
    },
    SyncStrategy.DRY_RUN: dict.fromkeys((*ConflictType, *Otherwise), Action.SHOW),
}


def plan(sides: Sides, strategy: SyncStrategy) -> Action:
    """What this strategy does. A local file is never removed: where the server has none, it stays."""
    action = _PLANS[strategy][relate(sides).relation]
    return Action.SKIP if action is Action.DOWNLOAD and sides.head is None else action


def overrides(sides: Sides) -> bool:
    """Whether an upload takes the place of a state of the server's that this worker never had."""
    return sides.exists and sides.head != sides.base


class _Keyed(Mapping[str, Any]):
    """Attributes that are keys, too."""

    def __getitem__(self, key: str) -> Any:
        return vars(self)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(vars(self))

    def __len__(self) -> int:
        return len(vars(self))


@dataclass(eq=False)
class SyncConflict(_Keyed):
    """A component in which worker and server differ. `id`: under which the server asks a person about it."""

    path: str
    conflict_type: ConflictType
    local_hash: str | None
    server_hash: str | None
    base_hash: str | None = None
    diverged: bool = False
    local_content: str | None = field(default=None, repr=False)
    id: str | None = None
    resolution: Resolution = Resolution.PENDING
    resolved: bool = False

    def settle(self, resolution: Resolution) -> None:
        """Note what was decided."""
        self.resolution = resolution
        self.resolved = resolution is not Resolution.PENDING


@dataclass(eq=False)
class SyncResult(_Keyed):
    """What a sync did, by component: each stands in one of the lists, after a dry run all in `skipped`.

    `synced`: downloaded; `skipped`: left as they are, most of them equal already; `conflicts`: those that wait for a
    decision; `errors`: why those in `failed` did; `overridden`: uploads over a state that this worker never had, with
    what that was; `component_hashes`: what lies in the tree now; `offline`: the server was away.
    """

    synced: list[str] = field(default_factory=list)
    uploaded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    conflicts: list[SyncConflict] = field(default_factory=list)
    overridden: list[SyncConflict] = field(default_factory=list)
    component_hashes: dict[str, str] = field(default_factory=dict)
    offline: bool = False
    message: str = ""

    def fail(self, path: str, reason: str) -> None:
        """Note that a component could not be synced."""
        self.failed.append(path)
        self.errors[path] = reason

    def absorb(self, later: "SyncResult") -> None:
        """Add what became of components that were taken out of this one."""
        for name in ("synced", "uploaded", "skipped", "failed", "conflicts", "overridden"):
            self[name].extend(later[name])
        self.errors |= later.errors
        self.component_hashes |= later.component_hashes
        self.offline, self.message = later.offline, later.message

    def summary(self) -> str:
        """All of it in one line."""
        counts: dict[str, list[Any]] = {
            "downloaded": self.synced,
            "uploaded": self.uploaded,
            "left as they are": self.skipped,
            "waiting for a decision": self.conflicts,
            "failed": self.failed,
        }
        return ", ".join(f"{len(paths)} {what}" for what, paths in counts.items() if paths) or "nothing is needed"
