"""Who did what, why, and what came of it."""

from msgspec.structs import replace

from schemas.changes import (
    ChangeAccepted,
    ChangeConflicted,
    ChangeObserved,
    ChangeRejected,
    ChangeUnchanged,
    ConflictDecided,
    ConflictSettled,
    EventBuried,
    HeadMoved,
    VersionActivate,
    VersionCreated,
)
from schemas.envelope import Envelope, Event
from schemas.events import derive
from schemas.stories import Chapter, tell
from tests.build import event, event_id, observed

OLD, NEW = "0" * 16, "1" * 16


def story(number: int, *bodies: Event) -> list[tuple[int, Envelope[Event]]]:
    """A root event, and what was derived from it one after another."""
    cause = event(bodies[0], id_=event_id(number))
    events = [cause]
    for body in bodies[1:]:
        events.append(derive(events[-1], "group", 0, body))
    return [(number * 10 + n, one) for n, one in enumerate(events)]


def only(chapters: list[Chapter]) -> Chapter:
    (chapter,) = chapters
    return chapter


def test_a_change_that_became_the_active_version() -> None:
    accepted = ChangeAccepted(append=True, activate=True, reason="last-write-wins", hash=NEW, size=1, over=OLD)
    moved = HeadMoved(move=3, reason="last-write-wins", number=3, hash=NEW, from_number=2, from_hash=OLD)
    chapter = only(tell(story(1, observed("x"), accepted, VersionCreated(number=3, hash=NEW, size=1), moved)))
    assert (chapter.did, chapter.outcome, chapter.policy) == ("wrote", "accepted", "last-write-wins")
    assert (chapter.hash, chapter.over, chapter.version, chapter.active) == (NEW, OLD, 3, True)
    assert (chapter.actor, chapter.sequence) == ("tester", "10")


def test_both_sides_of_a_conflict_and_its_decision() -> None:
    conflicted = ChangeConflicted(append=True, worker="w1", hash=NEW, size=1, base=None, head=OLD)
    asked = only(tell(story(1, observed("x"), conflicted)))
    assert asked.conflict
    assert (asked.outcome, asked.conflict.mine, asked.conflict.theirs, asked.conflict.worker) == (
        "conflict",
        NEW,
        OLD,
        "w1",
    )  # fmt: skip - what is, what should be
    decided = ConflictDecided(conflict=event_id(1), decision="download", head=OLD)
    settled = only(tell(story(2, decided, ConflictSettled(conflict=event_id(1), decision="download"))))
    assert settled.conflict
    assert (settled.did, settled.outcome, settled.conflict.decision) == ("decided", "settled", "download")


def test_what_was_made_of_both_sides() -> None:
    made = replace(observed("x", OLD), settles=event_id(1))
    accepted = ChangeAccepted(append=True, activate=True, reason="decided", hash=NEW, size=1, over=OLD)
    chapter = only(tell(story(2, made, accepted, VersionCreated(number=3, hash=NEW, size=1))))
    assert chapter.conflict
    assert (chapter.did, chapter.policy, chapter.version, chapter.over) == ("decided", "decided", 3, OLD)
    assert (chapter.conflict.theirs, chapter.conflict.decision) == (OLD, "merge")


def test_a_roll_back_says_why_and_its_undoing_that_nothing_is_active() -> None:
    accepted = ChangeAccepted(append=False, activate=True, reason="activated", hash=OLD)
    moved = HeadMoved(move=2, reason="activated", number=1, hash=OLD)
    done = only(tell(story(1, VersionActivate(OLD, reason="it was better"), accepted, moved)))
    assert (done.did, done.reason, done.version, done.active) == ("activated", "it was better", 1, True)
    taken = ChangeAccepted(append=False, activate=True, reason="removed", over=OLD)
    gone = HeadMoved(move=3, reason="removed", from_number=1, from_hash=OLD)
    undone = only(tell(story(2, VersionActivate(None, base=OLD, swap=True), taken, gone)))
    assert (undone.did, undone.reason, undone.over, undone.active) == ("removed", None, OLD, False)


def test_what_came_to_nothing_says_why() -> None:
    assert only(tell(story(1, observed("x"), ChangeRejected(reason="no Python")))).says == "no Python"
    assert only(tell(story(1, observed("x"), ChangeUnchanged(reason="behind")))).policy == "behind"
    buried = only(tell(story(1, observed("x"), EventBuried(event=event_id(1), group="hash", attempts=5, error="oh"))))
    assert (buried.outcome, buried.says) == ("buried", "hash: oh")


def test_stories_that_happen_at_once_are_told_apart() -> None:
    one, other = story(1, observed("x"), ChangeUnchanged(reason="same")), story(2, ChangeObserved(hash=None))
    chapters = tell([one[0], other[0], one[1]])
    assert [(c.did, c.outcome) for c in chapters] == [("wrote", "unchanged"), ("removed", "pending")]
