"""When to try again and when to give up."""

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


def test_a_failure_keeps_its_traceback() -> None:
    try:
        raise RuntimeError("oh")
    except RuntimeError as error:
        failure = Failure.of(error)
    assert failure.error == "RuntimeError: oh"
    assert "test_retry.py" in failure.traceback
