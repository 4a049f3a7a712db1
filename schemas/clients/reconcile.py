"""Bring what several clients say of the same elements together, against what each said when it was last in step.

What a client has changed since then goes into the centre; what it has not changed is only out of date there, however
old its file is. So what was deleted does not come back from a file that nobody has touched.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from schemas.clients.merge import Merged, merge
from schemas.clients.unified import Element, Key, Permission
from schemas.clients.widening import STRICTNESS, widens

Strategy: TypeAlias = Literal["last-write-wins", "central-authoritative", "manual-review"]
Elements: TypeAlias = Mapping[Key, Element]
How: TypeAlias = Literal["taken", "merged", "score", "last-write", "central", "strictest", "stale"]
"""How a client's change was decided."""


class Policy(NamedTuple):
    """Who wins a conflict: the client with the higher score, and among equals who the strategy says."""

    strategy: Strategy = "last-write-wins"
    scores: Mapping[str, int] = {}


class Standing(NamedTuple):
    """An element in the centre (None: it was deleted), who made it so, and when, in seconds since 1970.

    `last` is what a deleted one was.
    """

    element: Element | None
    author: str
    time: float
    last: Element | None = None


class Side(NamedTuple):
    """A client: what it says `now`, what it said when it was in step (None: it never was), when its file changed.

    What is `held` there is not known, because it could not be read or holds a secret: nothing is concluded from it.
    """

    client: str
    base: Elements | None
    now: Elements
    time: float
    held: frozenset[Key] = frozenset()


class Decision(NamedTuple):
    """What became of a client's change: how it was decided, and in what it lets agents do more, if it does.

    The sides: what stood in the centre `before`, what the client has (`theirs`), what both have in common (`base`).
    """

    key: Key
    client: str
    before: Element | None
    after: Element | None
    how: How
    widens: str = ""
    base: Element | None = None
    theirs: Element | None = None


class Conflict(NamedTuple):
    """What waits for a person: both sides, what they have in common, and the fields that both have changed.

    `over` is what it would be if the client had its way.
    """

    key: Key
    client: str
    base: Element | None
    ours: Element | None
    theirs: Element | None
    fields: tuple[str, ...]
    over: Element | None


class Outcome(NamedTuple):
    """The centre afterwards, and how it came to that. What is `waiting` would let agents do more, unapproved."""

    centre: Mapping[Key, Standing]
    decisions: tuple[Decision, ...]
    conflicts: tuple[Conflict, ...]
    waiting: tuple[Decision, ...] = ()


def nobody(_: Decision) -> bool:
    """Approves of nothing."""
    return False


def reconcile(
    centre: Mapping[Key, Standing],
    sides: Sequence[Side],
    policy_of: Callable[[Key], Policy],
    approves: Callable[[Decision], bool] = nobody,
) -> Outcome:
    """Take in what the clients have changed, the earliest first.

    Whatever the policy: what lets agents do more than before is only taken where it is approved.
    """
    standing = dict(centre)
    decisions: list[Decision] = []
    conflicts: list[Conflict] = []
    waiting: list[Decision] = []
    for side in sorted(sides, key=lambda side: (side.time, side.client)):
        for key in _changed(side):
            found = _decide(key, side, standing.get(key), policy_of(key))
            if isinstance(found, Conflict):
                conflicts.append(found)
                continue
            if found.widens and not approves(found):
                waiting.append(found)
                continue
            decisions.append(found)
            if found.after != found.before:
                last = found.before if found.after is None else None
                standing[key] = Standing(found.after, side.client, side.time, last)
    return Outcome(standing, tuple(decisions), tuple(conflicts), tuple(waiting))


def _changed(side: Side) -> list[Key]:
    base = side.base or {}
    known = (base.keys() | side.now.keys()) - side.held
    return sorted(key for key in known if base.get(key) != side.now.get(key))


def _decide(key: Key, side: Side, stands: Standing | None, policy: Policy) -> Decision | Conflict:
    base = (side.base or {}).get(key)
    ours, theirs = stands.element if stands else None, side.now.get(key)
    if side.base is None and stands and ours is None and theirs == stands.last:
        return Decision(key, side.client, None, None, "stale", theirs=theirs)
    merged = merge(base, ours, theirs)
    if not merged.conflicts:
        how: How = "taken" if merged.element == theirs else "merged"
        return _decision(key, side, ours, merged, how)
    if isinstance(ours, Permission) or isinstance(theirs, Permission):
        strictest = max(ours, theirs, key=_strictness)
        return _decision(key, side, ours, Merged(strictest), "strictest")
    return _settle(key, side, stands, policy, merged)


def _strictness(element: Element | None) -> int:
    return STRICTNESS[element.answer if isinstance(element, Permission) else None]


def _settle(key: Key, side: Side, stands: Standing | None, policy: Policy, merged: Merged) -> Decision | Conflict:
    base, theirs = (side.base or {}).get(key), side.now.get(key)
    ours, author, time = (stands.element, stands.author, stands.time) if stands else (None, "", 0.0)
    over = merge(base, theirs, ours)
    mine, other = policy.scores.get(author, 0), policy.scores.get(side.client, 0)
    if mine != other:
        return _decision(key, side, ours, over if other > mine else merged, "score")
    if policy.strategy == "manual-review":
        return Conflict(key, side.client, base, ours, theirs, merged.conflicts, over.element)
    if policy.strategy == "central-authoritative":
        return _decision(key, side, ours, merged, "central")
    return _decision(key, side, ours, over if side.time >= time else merged, "last-write")


def _decision(key: Key, side: Side, before: Element | None, merged: Merged, how: How) -> Decision:
    after = merged.element
    base, theirs = (side.base or {}).get(key), side.now.get(key)
    return Decision(key, side.client, before, after, how, widens(before, after), base, theirs)
