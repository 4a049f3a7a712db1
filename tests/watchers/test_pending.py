"""When a path is looked at: once it is quiet, at last all the same, and directories first."""

from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchers.pending import PATIENCE, RETRY_FIRST, RETRY_LAST, SOFT, Due, Pending

SETTLE = 0.05
EPSILON = 1e-9
paths = st.sampled_from([b"", b"a", b"a/b", b"a/b/c", b"d"])


class Hinted(NamedTuple):
    at: float
    path: bytes
    soft: bool


@st.composite
def histories(draw: st.DrawFn) -> list[Hinted]:
    """Hints as they come: in bursts, and after rests."""
    steps = st.tuples(st.sampled_from([0.0, 0.001, 0.01, 0.04, 0.06, 0.15, 0.3, 1.0]), paths, st.booleans())
    at, history = 100.0, []
    for rest, path, soft in draw(st.lists(steps, max_size=60)):
        at += rest
        history.append(Hinted(at, path, soft))
    return history


def play(history: list[Hinted], limit: int) -> list[tuple[float, Due]]:
    """What is taken, and when, by somebody who wakes for every hint and whenever something may be due."""
    pending = Pending(SETTLE)
    taken: list[tuple[float, Due]] = []

    def catch_up(upto: float) -> None:
        while (due := pending.next()) is not None and due <= upto:
            batch = pending.take(due, limit)
            assert len(batch) <= limit
            depths = [one.path.count(b"/") if one.path else -1 for one in batch]
            assert depths == sorted(depths)
            taken.extend((due, one) for one in batch)

    for hint in history:
        catch_up(hint.at - EPSILON)
        pending.add(hint.path, hint.at, soft=hint.soft)
    catch_up(float("inf"))
    assert not pending
    return taken


@given(history=histories(), limit=st.integers(1, 3))
def test_every_hint_is_followed_by_a_look_in_time(history: list[Hinted], limit: int) -> None:
    taken = play(history, limit)
    for hint in history:
        looks = [at for at, due in taken if due.path == hint.path and at >= hint.at]
        assert looks, hint
        assert looks[0] <= hint.at + PATIENCE + EPSILON


@given(history=histories(), limit=st.integers(1, 3))
def test_nobody_is_looked_at_who_is_not_quiet(history: list[Hinted], limit: int) -> None:
    begun: dict[bytes, float] = {}
    for at, due in play(history, limit):
        heard = [one for one in history if one.path == due.path and begun.get(due.path, 0) < one.at <= at]
        assert due.last == heard[-1].at
        wait = SETTLE * (SOFT if all(one.soft for one in heard) else 1)
        assert at >= heard[-1].at + wait - EPSILON or at >= heard[0].at + PATIENCE - EPSILON
        begun[due.path] = at


@given(history=histories())
def test_a_path_is_looked_at_once_for_all_it_said(history: list[Hinted]) -> None:
    taken = play(history, 100)
    assert len(taken) == len({(due.path, due.last) for _, due in taken})


def retried(pending: Pending, due: Due, now: float) -> float:
    pending.retry(due, now)
    at = pending.next()
    assert at is not None
    return at


def test_a_retry_comes_ever_later() -> None:
    pending = Pending(SETTLE)
    now, due, waits = 100.0, Due(b"a", 100.0, 0), []
    for _ in range(10):
        at = retried(pending, due, now)
        waits.append(round(at - now, 6))
        assert pending.take(at - 0.001, 10) == []
        (due,) = pending.take(at, 10)
        now = at
    assert waits[:4] == [RETRY_FIRST * 2**n for n in range(4)]
    assert waits[-1] == RETRY_LAST
    assert due.last == 100.0


def test_a_writer_who_goes_on_writing_changes_no_retry() -> None:
    pending = Pending(SETTLE)
    at = retried(pending, Due(b"a", 100.0, 5), 101.0)
    pending.add(b"a", 101.1, soft=True)
    assert pending.next() == at
    assert not pending.restless()


def test_a_writer_who_has_done_is_looked_at_soon() -> None:
    pending = Pending(SETTLE)
    retried(pending, Due(b"a", 100.0, 9), 101.0)
    pending.add(b"a", 101.1)
    assert pending.next() == pytest.approx(101.1 + SETTLE)
    assert pending.take(101.1 + SETTLE, 1) == [Due(b"a", 101.1, 0)]


def test_a_retry_does_not_hide_a_new_hint() -> None:
    pending = Pending(SETTLE)
    pending.add(b"a", 100.0)
    pending.retry(Due(b"a", 99.0, 9), 100.0)
    assert pending.take(100.0 + SETTLE, 1) == [Due(b"a", 100.0, 0)]
    assert len(pending) == 0


def test_restless_is_what_was_not_looked_at_since() -> None:
    pending = Pending(SETTLE)
    assert not pending.restless()
    pending.retry(Due(b"a", 99.0, 0), 100.0)
    assert not pending.restless()
    pending.add(b"b", 100.0)
    assert pending.restless()
    pending.clear()
    assert not pending
    assert pending.next() is None
