"""What an edit makes of a value, whatever the format."""

from copy import deepcopy
from typing import Any

import pytest

from schemas.errors import Rejected
from schemas.formats.edits import Append, Drop, Edit, Put, Value
from schemas.formats.outcome import dropped, outcome, spelled

OLD: dict[str, Value] = {"a": {"b": {"c": 1}}, "l": [1, {"x": 2}], "n": None, "t": "text"}

OUTCOMES = [
    pytest.param(Put(("a", "b", "c"), 2), {"a": {"b": {"c": 2}}}, id="another value"),
    pytest.param(Put(("z", "y", "x"), 2), {"z": {"y": {"x": 2}}}, id="what lies on the way is made"),
    pytest.param(Put(("n", "x"), 2), {"n": {"x": 2}}, id="null holds nothing yet"),
    pytest.param(Put(("n", 0), 2), {"n": [2]}, id="nor is it a list yet"),
    pytest.param(Put(("l", 1, "y"), 3), {"l": [1, {"x": 2, "y": 3}]}, id="in a list"),
    pytest.param(Put(("l", 2), 3), {"l": [1, {"x": 2}, 3]}, id="behind a list"),
    pytest.param(Append(("l",), 3), {"l": [1, {"x": 2}, 3]}, id="append"),
    pytest.param(Append(("n",), 3), {"n": [3]}, id="append to nothing"),
    pytest.param(Append(("z", "y"), 3), {"z": {"y": [3]}}, id="append to what is not there"),
    pytest.param(Drop(("l", 0)), {"l": [{"x": 2}]}, id="drop an item"),
    pytest.param(Drop(("l", 1, "x")), {"l": [1, {}]}, id="drop a key"),
    pytest.param(Drop(("l", 1, "x"), parents=5), {"l": [1]}, id="with what is empty by that"),
    pytest.param(Drop(("a", "b", "c"), parents=1), {"a": {}}, id="with one parent"),
    pytest.param(Drop(("z", "y")), {}, id="drop what is not there"),
    pytest.param(Drop(("t", "y")), {}, id="drop below text"),
    pytest.param(Drop(("l", -1)), {}, id="no item is counted from the end"),
]


@pytest.mark.parametrize(("edit", "changed"), OUTCOMES)
def test_outcome(edit: Edit, changed: dict[str, Any]) -> None:
    old = deepcopy(OLD)
    assert outcome(old, edit) == {**OLD, **changed}
    assert old == OLD


def test_parents_go_up_to_the_root() -> None:
    assert outcome(OLD, Drop(("a", "b", "c"), parents=9)) == {key: each for key, each in OLD.items() if key != "a"}
    assert dropped({"a": {"b": 1}}, Drop(("a", "b"), parents=9)) == ("a",)


@pytest.mark.parametrize(
    "edit", [Put(("t", "x"), 1), Put(("l", "x"), 1), Put(("l", 5), 1), Put(("l", -1), 1), Append(("a",), 1), Drop(())]
)
def test_what_cannot_be_held_is_rejected(edit: Edit) -> None:
    with pytest.raises(Rejected):
        outcome(OLD, edit)


def test_a_path_as_people_write_it() -> None:
    assert spelled(("mcp", "servers", 0, "name")) == "mcp.servers[0].name"
    assert spelled(()) == "the file"
