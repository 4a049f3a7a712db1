"""The rules, case by case, and what must hold for every case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.judge import Accept, Behind, Same, Side, Verdict, judge

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
]


@pytest.mark.parametrize(("theirs", "head", "known", "verdict"), CASES)
def test_cases(theirs: Side, head: str | None, known: bool, verdict: Verdict) -> None:
    assert judge(theirs, head, known=known) == verdict


HASHES = st.sampled_from([None, A, B, C])


@given(st.builds(Side, HASHES, HASHES, st.booleans(), st.booleans()), HASHES, st.booleans())
def test_what_always_holds(theirs: Side, head: str | None, known: bool) -> None:
    verdict = judge(theirs, head, known=known)
    if isinstance(verdict, Accept):
        assert verdict.append or verdict.activate
        assert not (verdict.append and theirs.hash is None)
        assert theirs.hash != head or not verdict.activate
        assert verdict.activate == theirs.activate
    if theirs.forced and theirs.activate:
        assert theirs.hash == head or isinstance(verdict, Accept)
