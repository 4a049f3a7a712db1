"""When to try again and when to give up."""

from typing import NoReturn
from weakref import ref

from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Busy, Rejected
from streams.retry import Backoff, Bury, Failure, Wait, decide, jittered


def test_waits_double_up_to_a_cap() -> None:
    backoff = Backoff(attempts=9, base=1.0, cap=10.0)
    assert [backoff.delay(n) for n in (1, 2, 3, 4, 5, 99)] == [1, 2, 4, 8, 10, 10]


def test_attempts_are_used_up() -> None:
    backoff = Backoff(attempts=3)
    assert [type(decide(RuntimeError(), n, backoff)) for n in (1, 2, 3, 4)] == [Wait, Wait, Bury, Bury]


def test_what_can_never_be_is_not_tried_again() -> None:
    assert decide(Rejected("no"), 1, Backoff()) == Bury()


def test_the_busy_say_how_long() -> None:
    assert decide(Busy("full", after=7.0), 1, Backoff()) == Wait(7.0)


@given(st.floats(0, 1e6))
def test_jitter_only_shortens(seconds: float) -> None:
    assert seconds / 2 <= jittered(seconds) <= seconds


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


def test_an_error_that_cannot_be_said_is_described_all_the_same() -> None:
    assert Failure.of(Unspeakable()).error.endswith("Unspeakable: <exception str() failed>")


def test_an_error_of_ours_goes_by_its_name() -> None:
    assert Failure.of(Rejected("no")).error == "Rejected: no"


@given(st.text(st.characters(), max_size=10_000).map(lambda text: text + "\0\ud800"))
def test_whatever_an_error_says_can_be_kept(text: str) -> None:
    failure = Failure.of(RuntimeError(text))
    for kept in failure:
        assert "\0" not in kept
        assert kept.encode()
    assert len(failure.error) < 20_000


def test_what_a_handler_had_in_its_hands_is_let_go() -> None:
    class Hoard:
        pass

    def take() -> NoReturn:
        taken = Hoard()
        hoards.append(ref(taken))
        raise MemoryError

    hoards: list[ref[Hoard]] = []
    try:
        try:
            take()
        except MemoryError as error:
            raise RuntimeError from error
    except RuntimeError as error:
        Failure.of(error)
        assert hoards[0]() is None


def test_a_failure_keeps_its_traceback() -> None:
    try:
        raise RuntimeError("oh")
    except RuntimeError as error:
        failure = Failure.of(error)
    assert failure.error == "RuntimeError: oh"
    assert "test_retry.py" in failure.traceback
