"""From what was observed to what the history says."""

from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.changes import ChangeAccepted, ChangeUnchanged, HeadMoved, VersionActivate, VersionCreated
from schemas.components import ComponentPath
from schemas.envelope import Envelope, Event
from streams.store import Store
from streams.store.components import Page
from tests.build import START, event, event_id, hash_of, observed
from tests.conftest import TABLES
from tests.handlers.stage import carry_through, handle

ALL = Page(2**31 - 1, 1000)


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


async def history(store: Store, path: str = "model/resnet.py") -> list[tuple[str, bool]]:
    """(content, active) of each version, oldest first."""
    versions = await store.components.history("default", ComponentPath.parse(path), ALL, content=True)
    return [(version.content or "", version.is_active) for version in reversed(versions)]


HISTORIES = [  # (content, base) in order, and what the history then says; * marks the active one
    pytest.param([("a", None)], "a*", id="a first file"),
    pytest.param([("a", None), ("b", "a")], "a b*", id="an edit"),
    pytest.param([("a", None), ("a", None)], "a*", id="the same bytes are seen again"),
    pytest.param([("a", None), ("b", "a"), ("a", "b")], "a b a*", id="old bytes return"),
    pytest.param([("a", None), ("b", "a"), ("a", "a")], "a b*", id="an old copy is merely behind"),
    pytest.param(
        [("a", None), ("b", "a"), ("c", "a")], "a b c*", id="both sides changed: the later wins, both are kept"
    ),
    pytest.param([("a", None), (None, "a")], "a", id="deleted"),
    pytest.param([("a", None), (None, "a"), ("a", None)], "a a*", id="deleted and brought back"),
    pytest.param([("a", None), (None, "a"), ("b", None)], "a b*", id="made anew"),
]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
@pytest.mark.parametrize(("changes", "expected"), HISTORIES)
async def test_history(
    store: Store, changes: list[tuple[str | None, str | None]], expected: str, together: bool
) -> None:
    events = [event(observed(text, hash_of(base) if base else None)) for text, base in changes]
    for batch in [events] if together else [[one] for one in events]:
        await carry_through(batch, store)
    assert " ".join(text + "*" * active for text, active in await history(store)) == expected


async def test_roll_back_and_edit_to_old_bytes_are_told_apart(store: Store) -> None:
    await carry_through([event(observed("a")), event(observed("b", hash_of("a")))], store)
    await carry_through([event(VersionActivate(hash_of("a")))], store)
    assert await history(store) == [("a", True), ("b", False)]
    await carry_through([event(VersionActivate(hash_of("b")))], store)
    await carry_through([event(observed("a", hash_of("b")))], store)
    assert await history(store) == [("a", False), ("b", False), ("a", True)]
    moves = await store.db.fetch("select number, reason from head_moves order by move")
    assert [tuple(move) for move in moves] == [
        (1, "first"),
        (2, "fast-forward"),
        (1, "activated"),
        (2, "activated"),
        (3, "fast-forward"),
    ]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
async def test_a_roll_back_may_leave_nothing_active(store: Store, together: bool) -> None:
    events = [
        event(observed("a")),
        event(observed(None, hash_of("a"))),
        event(VersionActivate(hash_of("a"), base=None, swap=True)),
        event(VersionActivate(None, base=hash_of("a"), swap=True)),
    ]
    await carry_through(events[:1], store)
    await carry_through(events[1:2], store)
    for batch in [events[2:]] if together else [[one] for one in events[2:]]:
        await carry_through(batch, store)
    assert await history(store) == [("a", False)]
    moves = await store.db.fetch("select number, reason from head_moves order by move")
    assert [tuple(move) for move in moves] == [(1, "first"), (None, "removed"), (1, "activated"), (None, "removed")]


async def test_nothing_is_taken_away_that_somebody_else_has_made_active(store: Store) -> None:
    await carry_through([event(observed("a")), event(observed("b", hash_of("a")))], store)
    (overtaken,) = await handle("resolve", [event(VersionActivate(None, base=hash_of("a"), swap=True))], store)
    assert overtaken.data == ChangeUnchanged("overtaken")
    assert await history(store) == [("a", False), ("b", True)]


async def test_where_nothing_is_active_nothing_is_taken_away(store: Store) -> None:
    for asked in (VersionActivate(None), VersionActivate(None, base=hash_of("a"), swap=True)):
        (same,) = await handle("resolve", [event(asked)], store)
        assert same.data == ChangeUnchanged("same")


async def test_an_upload_may_leave_the_head(store: Store) -> None:
    await carry_through([event(observed("a"))], store)
    derived = await carry_through([event(observed("b", forced=True, activate=False))], store)
    assert [e.type for e in derived] == ["version.created"]
    assert await history(store) == [("a", True), ("b", False)]


async def test_two_paths_may_hold_the_same_bytes(store: Store) -> None:
    await carry_through([event(observed("a"), "model/x.py"), event(observed("a"), "loss/y.py")], store)
    assert await history(store, "model/x.py") == await history(store, "loss/y.py") == [("a", True)]


async def test_activating_what_never_was_is_rejected(store: Store) -> None:
    await carry_through([event(observed("a"))], store)
    (rejected,) = await handle("resolve", [event(VersionActivate(hash_of("z")))], store)
    assert rejected.type == "change.rejected"


async def test_the_judge_does_not_wait_for_the_scribe(store: Store) -> None:
    """Two quick edits: the second is judged before the first is persisted, and is no conflict."""
    hashed = await handle("hash", [event(observed("a")), event(observed("b", hash_of("a")))], store)
    first = await handle("resolve", hashed[:1], store)
    second = await handle("resolve", hashed[1:], store)
    reasons = [e.data.reason for e in first + second if isinstance(e.data, ChangeAccepted)]
    assert reasons == ["first", "fast-forward"]
    await handle("persist", first + second, store)
    assert await history(store) == [("a", False), ("b", True)]


async def test_what_happened_is_told(store: Store) -> None:
    derived = await carry_through([event(observed("a")), event(observed("b", hash_of("a")))], store)
    bodies = [e.data for e in derived]
    assert bodies[0] == VersionCreated(1, hash_of("a"), 1)
    assert bodies[-1] == HeadMoved(
        move=2, reason="fast-forward", number=2, hash=hash_of("b"), from_number=1, from_hash=hash_of("a")
    )


# The same log gives the same state, however it is cut into batches and whichever group runs ahead.

TEXTS = st.sampled_from(["a", "b", "c", None])
STEPS = st.lists(st.tuples(st.sampled_from(["model/x.py", "loss/y.py"]), TEXTS, TEXTS, st.booleans()), max_size=12)


@given_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, cuts=st.lists(st.integers(1, 4), min_size=1, max_size=4), ahead=st.booleans())
async def test_replay_is_exact(
    store: Store, steps: list[tuple[str, str | None, str | None, bool]], cuts: list[int], ahead: bool
) -> None:
    events = [
        event(
            VersionActivate(hash_of(text) if text else None, hash_of(base) if base else None, base is not None)
            if activates
            else observed(text, hash_of(base) if base else None),
            path,
            event_id(number),
        )
        for number, (path, text, base, activates) in enumerate(steps)
    ]
    states = []
    for sizes in ([1], cuts):
        await store.db.execute(f"truncate {TABLES}")
        await _replay(store, events, sizes, ahead=ahead and sizes is cuts)
        states.append(await dump(store))
    assert states[0] == states[1]


async def _replay(store: Store, events: list[Envelope[Event]], sizes: list[int], *, ahead: bool) -> None:
    """In batches of these sizes, in turn; with `ahead` the judge finishes before the scribe begins."""
    late: list[Envelope[Event]] = []
    at = turn = 0
    while at < len(events):
        batch = events[at : at + sizes[turn % len(sizes)]]
        at, turn = at + len(batch), turn + 1
        hashed = {
            e.causationid or "": e for e in await handle("hash", [e for e in batch if e.data.topic == "changes"], store)
        }
        judged = await handle(
            "resolve", [e for one in batch if (e := hashed.get(one.id, one)).data.topic == "hashed"], store
        )
        if ahead:
            late += judged
        else:
            await handle("persist", judged, store)
    await handle("persist", late, store)


async def dump(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of what the pipeline keeps."""
    rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for table in ("documents", "versions", "head_moves", "judged", "judged_hashes", "blobs"):
        rows[table] = sorted((tuple(row) for row in await store.db.fetch(f"select * from {table}")), key=repr)
    return rows


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one by one"])
async def test_a_document_is_as_old_as_its_first_event_and_as_new_as_its_newest(store: Store, together: bool) -> None:
    """Events come in the order of the log, and their times need not."""
    days = [3, 9, 1]
    events = [replace(event(observed(str(day))), time=START + timedelta(days=day)) for day in days]
    for batch in [events] if together else [[one] for one in events]:
        await carry_through(batch, store)
    (row,) = await store.db.fetch("select created_at, updated_at from documents")
    assert tuple(row) == (START + timedelta(days=3), START + timedelta(days=9))
