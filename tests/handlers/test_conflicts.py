"""Asking people and hearing them: the same conflicts come of it, whatever comes together in one batch."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.changes import ConflictDecided
from schemas.envelope import Envelope, Event
from streams.store import Store
from tests.build import event, event_id, hash_of, observed
from tests.conftest import TABLES
from tests.handlers.stage import carry_through

EVERYTHING = (
    "select id::text, worker, hash, base, head, state, decided_by, said, merged from conflicts order by id",
    "select document::text, number, hash, reason from versions order by 1, 2",
    "select document::text, move, number, reason from head_moves order by 1, 2",
    "select document::text, head from judged order by 1",
)


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


def ask(number: int, text: str, base: str | None = None, worker: str = "w") -> Envelope[Event]:
    change = replace(observed(text, hash_of(base) if base else None), asker=worker)
    return event(change, id_=event_id(number))


def decide(number: int, conflict: int, decision: Any, head: str | None) -> Envelope[Event]:
    body = ConflictDecided(event_id(conflict), decision, hash_of(head) if head else None)
    return event(body, id_=event_id(number))


def merge(number: int, conflict: int, text: str, head: str | None) -> Envelope[Event]:
    change = replace(observed(text, hash_of(head) if head else None), settles=event_id(conflict))
    return event(change, id_=event_id(number))


async def state_of(store: Store) -> dict[str, str]:
    """Each conflict's state, by its side's hash."""
    return {row[0]: row[1] for row in await store.db.fetch("select hash, state from conflicts")}


async def kinds(store: Store, *events: Envelope[Event]) -> list[str]:
    return [one.type for one in await carry_through(events, store)]


async def test_a_side_is_kept_while_it_waits(store: Store) -> None:
    await carry_through([event(observed("a"))], store)
    assert "version.created" in await kinds(store, ask(1, "b", "a"))
    assert await state_of(store) == {hash_of("b"): "pending"}
    assert await kinds(store, ask(2, "b", "a")) == ["change.unchanged"]
    assert await kinds(store, ask(3, "a")) == ["change.unchanged"]


async def test_decided_where_it_was_asked_in_one_batch(store: Store) -> None:
    await carry_through([event(observed("a"))], store)
    found = await kinds(store, ask(1, "b", "a"), decide(2, 1, "upload", "a"), decide(3, 1, "skip", "b"))
    assert found.count("head.moved") == 1
    assert await state_of(store) == {hash_of("b"): "upload"}


async def test_a_decision_for_another_document(store: Store) -> None:
    await carry_through([event(observed("a")), ask(1, "b", "a")], store)
    elsewhere = event(ConflictDecided(event_id(1), "skip", hash_of("a")), "model/other.py")
    await carry_through([elsewhere], store)
    await carry_through([decide(5, 99, "skip", "a")], store)
    assert await state_of(store) == {hash_of("b"): "pending"}


async def test_a_decision_about_a_head_that_has_moved(store: Store) -> None:
    await carry_through([event(observed("a")), ask(1, "b", "a"), event(observed("c", hash_of("a")))], store)
    assert await kinds(store, decide(2, 1, "upload", "a")) == ["change.unchanged"]
    assert await state_of(store) == {hash_of("b"): "pending"}


async def test_what_is_made_of_both_sides(store: Store) -> None:
    await carry_through([event(observed("a")), ask(1, "b", "a")], store)
    assert await kinds(store, merge(2, 1, "ab", "a")) == ["version.created", "head.moved"]
    assert await state_of(store) == {hash_of("b"): "merge"}
    assert await store.db.fetchval("select merged from conflicts") == hash_of("ab")
    assert await kinds(store, merge(3, 1, "ab", "ab"), merge(4, 1, "ba", "ab")) == ["change.unchanged"] * 2


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("a", [], id="what stands"),
        pytest.param("b", ["head.moved"], id="the worker's side"),
        pytest.param("0", ["head.moved"], id="an older version"),
    ],
)
async def test_what_is_made_of_both_sides_is_known(store: Store, text: str, found: list[str]) -> None:
    await carry_through([event(observed("0")), event(observed("a", hash_of("0"))), ask(1, "b", "a")], store)
    assert await kinds(store, merge(2, 1, text, "a")) == found
    assert await state_of(store) == {hash_of("b"): "merge"}


async def test_nothing_is_made_of_what_was_not_seen(store: Store) -> None:
    await carry_through([event(observed("a")), ask(1, "b", "a"), event(observed("c", hash_of("a")))], store)
    assert await kinds(store, merge(2, 1, "ab", "a")) == ["change.unchanged"]
    assert await kinds(store, merge(3, 99, "ab", "c")) == []
    assert await state_of(store) == {hash_of("b"): "pending"}


async def test_what_cannot_be_taken_settles_nothing(store: Store) -> None:
    await carry_through([event(observed("a")), ask(1, "b", "a")], store)
    other = replace(observed("ab", hash_of("a")), settles=event_id(1), hash=hash_of("something else"))
    assert await kinds(store, event(other)) == ["change.rejected"]
    assert await state_of(store) == {hash_of("b"): "pending"}


TEXTS = st.sampled_from("abc")
BASES = st.one_of(st.none(), TEXTS)
ACTS = st.one_of(
    st.tuples(st.just("save"), TEXTS, BASES),
    st.tuples(st.just("ask"), TEXTS, BASES, st.sampled_from(["w", "v"])),
    st.tuples(st.just("merge"), st.integers(0, 9), TEXTS, BASES),
    st.tuples(st.just("decide"), st.integers(0, 9), st.sampled_from(["upload", "download", "skip"]), BASES),
)


def made(number: int, act: tuple[Any, ...]) -> Envelope[Event]:
    kind, *rest = act
    if kind == "save":
        return event(observed(rest[0], hash_of(rest[1]) if rest[1] else None), id_=event_id(number))
    if kind == "merge":
        return merge(number, *rest)
    return ask(number, *rest) if kind == "ask" else decide(number, *rest)


@given(st.lists(ACTS, max_size=10))
@given_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_batches_make_no_difference(store: Store, acts: list[tuple[Any, ...]]) -> None:
    """But for what a batch of this test's stage puts first: decisions come after all else, so they do here, too."""
    events = [made(number, act) for number, act in enumerate(acts)]
    events.sort(key=lambda one: one.data.topic == "hashed")
    found = []
    for batches in ([events], [[one] for one in events]):
        await store.db.execute(f"truncate {TABLES}")
        for batch in batches:
            await carry_through(batch, store)
        found.append([[tuple(row) for row in await store.db.fetch(query)] for query in EVERYTHING])
    assert found[0] == found[1]
