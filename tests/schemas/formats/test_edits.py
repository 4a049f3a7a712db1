"""What has to change for one value to say what another says."""

from copy import deepcopy
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from schemas.formats.edits import Drop, Put, Value, changes, same
from schemas.formats.outcome import outcome

scalars = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=2), v, max_size=4))


@given(values, values)
def test_the_changes_make_the_one_say_what_the_other_says(old: Value, new: Value) -> None:
    assert same(reduce(outcome, changes(old, new), old), new)


@given(values)
def test_what_says_the_same_needs_no_change(value: Value) -> None:
    assert not list(changes(value, deepcopy(value)))


def test_a_change_deep_inside_touches_nothing_around_it() -> None:
    old: Value = {"a": {"b": 1, "c": [1, 2]}, "d": None}
    assert list(changes(old, {"a": {"b": 2, "c": [1, 2]}, "d": None, "e": True})) == [
        Put(("a", "b"), 2),
        Put(("e",), True),
    ]
    assert list(changes(old, {"a": {"b": 1, "c": [1, 2]}})) == [Drop(("d",))]


def test_true_is_not_one() -> None:
    assert list(changes({"a": 1}, {"a": True})) == [Put(("a",), True)]
    assert list(changes({"a": 1}, {"a": 1.0})) == []


def test_nan_is_what_it_was() -> None:
    assert same({"a": float("nan")}, {"a": float("nan")})
    assert not same(float("nan"), 1.0)
    assert not same(1.0, float("nan"))
