"""The rules, case by case, and what must hold for every case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.judge import Accept, Ask, Behind, Same, Side, Verdict, judge

A, B, C = ("a" * 16, "b" * 16, "c" * 16)

CASES = [  # what the author has, the head, whether the head's history has had it, and the verdict
    pytest.param(Side(A, None), None, False, Accept(True, True, "first"), id="a first file"),
    pytest.param(Side(A, None), A, True, Same(), id="seen again"),
    pytest.param(Side(B, A), A, False, Accept(True, True, "fast-forward"), id="an edit"),
    pytest.param(Side(A, B), B, True, Accept(True, True, "fast-forward"), id="a deliberate revert"),
    pytest.param(Side(A, A), B, True, Behind(), id="an old copy that was touched"),
    pytest.param(Side(A, C), B, True, Behind(), id="an old state from an older base"),
    pytest.param(Side(C, A), B, False, Accept(True, True, "last-write-wins"), id="both sides changed"),
    pytest.param(Side(A, None), B, True, Behind(), id="first contact with an old copy"),
    pytest.param(Side(C, None), B, False, Accept(True, True, "last-write-wins"), id="first contact with a new one"),
    pytest.param(Side(None, A), A, False, Accept(False, True, "removed"), id="deleted"),
    pytest.param(Side(None, None), None, False, Same(), id="gone, and never known"),
    pytest.param(Side(None, None), A, False, Behind(), id="gone, by someone who never had it"),
    pytest.param(
        Side(None, A), B, False, Accept(False, True, "removed"), id="deleted on one side, edited on the other"
    ),
    pytest.param(Side(A, A), None, True, Behind(), id="touched after it was deleted elsewhere"),
    pytest.param(Side(A, None, forced=True), B, True, Accept(True, True, "forced"), id="uploaded on purpose"),
    pytest.param(Side(A, None, forced=True), A, True, Same(), id="uploaded twice"),
    pytest.param(Side(A, None, True, False), B, False, Accept(True, False, "stored"), id="kept without use"),
    pytest.param(Side(A, None, True, False), B, True, Same(), id="kept twice"),
    pytest.param(Side(C, A, swap=True), A, False, Accept(True, True, "fast-forward"), id="in the place of its base"),
    pytest.param(Side(B, A, swap=True), A, True, Accept(True, True, "fast-forward"), id="a revert, in its place"),
    pytest.param(Side(C, None, swap=True), None, False, Accept(True, True, "first"), id="where there is none"),
    pytest.param(Side(C, A, swap=True), B, False, Accept(True, False, "stored"), id="too late, and kept"),
    pytest.param(Side(C, None, swap=True), B, False, Accept(True, False, "stored"), id="not the first after all"),
    pytest.param(Side(A, C, swap=True), B, True, Behind(), id="too late, and known"),
    pytest.param(Side(None, A, swap=True), B, False, Behind(), id="too late to delete it"),
    pytest.param(Side(C, A, asks=True), A, False, Ask(True), id="asks about an edit"),
    pytest.param(Side(C, A, asks=True), B, False, Ask(True), id="asks where both sides changed"),
    pytest.param(Side(A, C, asks=True), B, True, Ask(False), id="asks about an old state"),
    pytest.param(Side(A, None, asks=True), A, True, Same(), id="asks about nothing"),
]


@pytest.mark.parametrize(("theirs", "head", "known", "verdict"), CASES)
def test_cases(theirs: Side, head: str | None, known: bool, verdict: Verdict) -> None:
    assert judge(theirs, head, known=known) == verdict


HASHES = st.sampled_from([None, A, B, C])


@given(st.builds(Side, HASHES, HASHES, *[st.booleans()] * 3), HASHES, st.booleans())
def test_what_always_holds(theirs: Side, head: str | None, known: bool) -> None:
    verdict = judge(theirs, head, known=known)
    if isinstance(verdict, Accept):
        assert verdict.append or verdict.activate
        assert not (verdict.append and theirs.hash is None)
        assert theirs.hash != head or not verdict.activate
        assert theirs.activate or not verdict.activate
        assert verdict.activate or not theirs.activate or theirs.swap
    if theirs.swap and not theirs.forced and theirs.base != head and theirs.hash != head:
        assert not isinstance(verdict, Accept) or not verdict.activate
    if theirs.forced and theirs.activate and not theirs.asks:
        assert theirs.hash == head or isinstance(verdict, Accept)
