"""Who is ahead, case by case; what each strategy does; and what holds for every case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.sides import (
    NEVER,
    Action,
    ConflictType,
    Otherwise,
    Resolution,
    Sides,
    SyncConflict,
    SyncResult,
    SyncStrategy,
    Verdict,
    overrides,
    plan,
    relate,
)

A, B, C = ("a" * 16, "b" * 16, "c" * 16)

CASES = [  # the sides; how they stand; what is done interactively, with local priority, with the server's authority
    pytest.param(Sides(None, None, A), Verdict(ConflictType.SERVER_ONLY), "DDD", id="never had it"),
    pytest.param(Sides(None, A, B), Verdict(ConflictType.SERVER_ONLY), "DDD", id="deleted here, changed there"),
    pytest.param(Sides(None, None, None, False), Verdict(Otherwise.MISSING), "FFF", id="nowhere"),
    pytest.param(Sides(None, A, None), Verdict(Otherwise.MISSING), "FFF", id="deleted on both sides"),
    pytest.param(Sides(A, None, A, True, True), Verdict(Otherwise.SAME), "NNN", id="equal at first contact"),
    pytest.param(Sides(A, B, A, True, True), Verdict(Otherwise.SAME), "NNN", id="both changed alike"),
    pytest.param(Sides(A, None, None, False), Verdict(ConflictType.LOCAL_ONLY), "UUU", id="new here"),
    pytest.param(Sides(A, B, None, False), Verdict(ConflictType.LOCAL_ONLY), "UUU", id="the server began anew"),
    pytest.param(Sides(A, None, B, True, True), Verdict(ConflictType.SERVER_NEWER), "DDD", id="first, with an old one"),
    pytest.param(Sides(A, None, B), Verdict(ConflictType.LOCAL_NEWER), "AUD", id="first, with an unknown one"),
    pytest.param(Sides(A, None, None, True, True), Verdict(Otherwise.REMOVED), "SUS", id="first, of a removed one"),
    pytest.param(Sides(A, None, None), Verdict(ConflictType.LOCAL_NEWER), "AUS", id="first, unknown, removed there"),
    pytest.param(Sides(B, A, A), Verdict(ConflictType.LOCAL_NEWER), "AUD", id="an edit"),
    pytest.param(Sides(B, A, A, True, True), Verdict(ConflictType.LOCAL_NEWER), "AUD", id="a deliberate revert"),
    pytest.param(Sides(A, A, B, True, True), Verdict(ConflictType.SERVER_NEWER), "DDD", id="changed there alone"),
    pytest.param(Sides(A, A, None, True, True), Verdict(Otherwise.REMOVED), "SUS", id="removed there alone"),
    pytest.param(Sides(B, A, C), Verdict(ConflictType.LOCAL_NEWER, True), "AUD", id="both changed"),
    pytest.param(Sides(B, A, C, True, True), Verdict(ConflictType.LOCAL_NEWER, True), "AUD", id="both, here to an old"),
    pytest.param(Sides(B, A, None), Verdict(ConflictType.LOCAL_NEWER, True), "AUS", id="edited here, removed there"),
    pytest.param(Sides(B, NEVER, A, True, True), Verdict(ConflictType.LOCAL_NEWER, True), "AUD", id="given, not taken"),
]
LETTERS = {"D": Action.DOWNLOAD, "U": Action.UPLOAD, "A": Action.ASK, "S": Action.SKIP, "F": Action.FAIL}


@pytest.mark.parametrize(("sides", "verdict", "actions"), CASES)
def test_cases(sides: Sides, verdict: Verdict, actions: str) -> None:
    assert relate(sides) == verdict
    order = (SyncStrategy.INTERACTIVE, SyncStrategy.LOCAL_PRIORITY, SyncStrategy.SERVER_AUTHORITATIVE)
    assert [plan(sides, one) for one in order] == [LETTERS.get(letter, Action.NOTE) for letter in actions]
    assert plan(sides, SyncStrategy.DRY_RUN) is Action.SHOW


HASHES = st.sampled_from([None, A, B, C])
BASES = st.sampled_from([None, NEVER, A, B, C])
KNOWN = st.builds(Sides, HASHES, BASES, HASHES, st.just(True), st.booleans())
SIDES = KNOWN | st.builds(Sides, HASHES, BASES, st.none(), st.just(False))


@given(SIDES, st.sampled_from(SyncStrategy))
def test_what_always_holds(sides: Sides, strategy: SyncStrategy) -> None:
    relation, diverged = relate(sides)
    action = plan(sides, strategy)
    assert (relation is Otherwise.SAME) == (sides.local == sides.head and sides.local is not None)
    if strategy is SyncStrategy.DRY_RUN:
        assert action is Action.SHOW
    if action is Action.DOWNLOAD:
        assert sides.head not in {None, sides.local}
    if action in {Action.UPLOAD, Action.ASK}:
        assert sides.local not in {None, sides.head}
    if diverged:  # nobody's change is taken for the only one
        assert relation is ConflictType.LOCAL_NEWER
        assert overrides(sides)
        assert len({sides.local, sides.base, sides.head}) == 3


@given(st.permutations([A, B, C]), st.booleans())
def test_what_one_side_changed_alone_is_its_change(hashes: list[str], known: bool) -> None:
    new, base, _ = hashes
    theirs, mine = Sides(base, base, new, True, True), Sides(new, base, base, True, known)
    for strategy in (SyncStrategy.INTERACTIVE, SyncStrategy.LOCAL_PRIORITY, SyncStrategy.SERVER_AUTHORITATIVE):
        assert plan(theirs, strategy) is Action.DOWNLOAD
    assert plan(mine, SyncStrategy.INTERACTIVE) is Action.ASK
    assert plan(mine, SyncStrategy.LOCAL_PRIORITY) is Action.UPLOAD
    assert not overrides(mine)


def test_results_are_read_by_attribute_and_by_key() -> None:
    result = SyncResult(synced=["model/a.py"])
    result.fail("model/b.py", "it is nowhere")
    assert result.synced == result["synced"] == result.get("synced") == ["model/a.py"]
    assert "uploaded" in result
    assert "unheard" not in result
    assert result.get("unheard", 7) == 7
    with pytest.raises(KeyError):
        result["unheard"]
    assert dict(result)["errors"] == {"model/b.py": "it is nowhere"}
    assert set(result.keys()) == {
        *("synced", "uploaded", "skipped", "failed", "errors", "conflicts"),
        *("overridden", "component_hashes", "offline", "message"),
    }
    assert "1 downloaded, 1 failed" in result.summary()


def test_conflicts_are_read_by_attribute_and_by_key() -> None:
    conflict = SyncConflict("model/a.py", ConflictType.LOCAL_NEWER, A, B, local_content="secret")
    assert conflict["conflict_type"] == conflict.conflict_type == "local_newer"
    assert (conflict["resolution"], conflict["resolved"]) == ("pending", False)
    conflict.settle(Resolution.USE_LOCAL)
    assert (conflict.resolution, conflict["resolved"]) == ("use_local", True)
    assert "secret" not in repr(conflict)


def test_strategies_are_named_as_the_seed_names_them() -> None:
    assert [*SyncStrategy] == ["server_authoritative", "local_priority", "interactive", "dry_run"]
    assert [*ConflictType] == ["server_only", "server_newer", "local_newer", "local_only"]
    assert [*Resolution] == ["use_local", "use_server", "skip", "pending"]
