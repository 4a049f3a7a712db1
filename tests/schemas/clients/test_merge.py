"""Two people change one element: what each has done stays, and what cannot both be is said to be a conflict."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clients.merge import Merged, fields, merge, of_fields
from schemas.clients.unified import Element, Permission, Rule, Server, decode, encode

strings = st.text("ab.${}", max_size=3)
maps = st.dictionaries(st.sampled_from(["A", "B.C"]), strings, max_size=2)
tools = st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple)
servers = st.builds(
    Server,
    transport=st.sampled_from(["stdio", "http"]),
    command=st.none() | strings,
    args=st.lists(strings, max_size=2).map(tuple),
    env=maps,
    headers=maps,
    enabled=st.booleans(),
    call_timeout=st.none() | st.integers(1, 3).map(float),
    tools=st.none() | tools,
    hidden_tools=tools,
)
rules = st.builds(Rule, body=strings, globs=tools)
permissions = st.builds(Permission, answer=st.sampled_from(["allow", "ask", "deny"]))
sides = st.none() | servers | rules | permissions
KINDS: dict[type, Any] = {Server: "servers", Rule: "rules", Permission: "permissions"}


@given(servers | rules | permissions)
def test_an_element_is_its_fields_and_its_bytes(element: Element) -> None:
    assert of_fields(type(element), fields(element)) == element
    assert decode(KINDS[type(element)], encode(element)) == element


@given(sides, sides, sides)
def test_whose_side_is_ours_matters_to_conflicts_alone(base: Any, ours: Any, theirs: Any) -> None:
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert one.conflicts == other.conflicts
    if not one.conflicts:
        assert one == other


@given(sides, sides)
def test_what_one_side_alone_has_changed_is_what_comes_of_it(base: Any, ours: Any) -> None:
    assert merge(base, ours, base) == merge(base, base, ours) == merge(base, ours, ours) == Merged(ours)


@given(servers, servers, servers)
def test_nothing_comes_of_a_merge_that_neither_side_says(base: Server, ours: Server, theirs: Server) -> None:
    merged = merge(base, ours, theirs)
    assert merged.element is not None
    mine, other = fields(ours), fields(theirs)
    for name, value in fields(merged.element).items():
        assert value in (mine.get(name), other.get(name))
    again = merge(base, merged.element, theirs)
    assert again.element == merged.element


BASE = Server(transport="stdio", command="npx", args=("-y", "db"), env={"A": "1"})


def changed(**what: Any) -> Server:
    """The base, with something else in it."""
    return msgspec.structs.replace(BASE, **what)


@pytest.mark.parametrize(
    ("ours", "theirs", "merged", "conflicts"),
    [
        pytest.param(
            changed(env={"A": "2"}),
            changed(enabled=False),
            changed(env={"A": "2"}, enabled=False),
            (),
            id="two fields",
        ),
        pytest.param(
            changed(env={"A": "1", "B": "2"}),
            changed(env={"C": "3"}),
            changed(env={"B": "2", "C": "3"}),
            (),
            id="one adds a variable, the other replaces one",
        ),
        pytest.param(
            changed(env={"A": "2"}), changed(env={"A": "3"}), changed(env={"A": "2"}), ("env.A",), id="one field"
        ),
        pytest.param(
            changed(command="uvx"),
            Server(transport="http", url="https://x"),
            changed(command="uvx", env={}),
            ("endpoint",),
            id="what to reach is one field",
        ),
        pytest.param(None, changed(enabled=False), None, ("*",), id="deleted here, changed there"),
        pytest.param(None, BASE, None, (), id="deleted here, untouched there"),
        pytest.param(None, None, None, (), id="deleted on both sides"),
    ],
)
def test_merges(ours: Server | None, theirs: Server | None, merged: Server | None, conflicts: tuple[str, ...]) -> None:
    assert merge(BASE, ours, theirs) == Merged(merged, conflicts)
