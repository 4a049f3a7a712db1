"""Who is right when a document has changed: three-way by base where it is known, else by first contact.

Source of the rules: the seeds' decision flow for first contact; for the rest the three-way comparison of what the
author started from, what the author has now, and what the head is.
"""

from typing import NamedTuple

from schemas.changes import Reason


class Side(NamedTuple):
    """What the author has. `hash` null: deleted it; `base` null: where the author started from is not known.

    `forced`, `activate`, `swap`, `asks`: as in `ChangeObserved`.
    """

    hash: str | None
    base: str | None
    forced: bool = False
    activate: bool = True
    swap: bool = False
    asks: bool = False


class Accept(NamedTuple):
    """It becomes a version (`append`), the head (`activate`), or both."""

    append: bool
    activate: bool
    reason: Reason


class Same(NamedTuple):
    """The head is this already."""


class Behind(NamedTuple):
    """The author has an older state, which the head has left behind."""


class Ask(NamedTuple):
    """A person must decide. Meanwhile it becomes a version (`append`) beside the head."""

    append: bool


Verdict = Accept | Same | Behind | Ask


def judge(theirs: Side, head: str | None, *, known: bool) -> Verdict:
    """Judge a change against the head (null: there is none).

    `known`: the document has had these bytes before. Where both sides have changed since the base, the later one in
    the log wins; the other stays in the history.
    """
    if not theirs.activate:
        return Same() if known or theirs.hash is None else Accept(append=True, activate=False, reason="stored")
    if theirs.hash == head:
        return Same()
    if theirs.asks:
        return Ask(append=not known and theirs.hash is not None)
    if theirs.forced:
        return _accept(theirs, "forced")
    if theirs.base == head:
        return _accept(theirs, "first" if head is None else "fast-forward")
    if known or (theirs.hash is None and (theirs.base is None or theirs.swap)):
        return Behind()
    if theirs.swap:
        return Accept(append=True, activate=False, reason="stored")
    return _accept(theirs, "first" if head is None else "last-write-wins")


def _accept(theirs: Side, reason: Reason) -> Accept:
    if theirs.hash is None:
        return Accept(append=False, activate=True, reason="removed")
    return Accept(append=True, activate=True, reason=reason)
