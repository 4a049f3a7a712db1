"""Several clients have changed the same thing: what becomes of it, under each policy."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clients.reconcile import Outcome, Policy, Side, Standing, reconcile
from schemas.clients.unified import Element, Key, Permission, Server
from schemas.clients.widening import widens

DB = Key("servers", "db")
BASE = Server(transport="stdio", command="npx", args=("db",), env={"A": "1"})


def changed(**what: Any) -> Server:
    """The base, with something else in it."""
    return msgspec.structs.replace(BASE, **what)


def side(client: str, now: Element | None, *, base: Element | None = BASE, time: float = 10.0) -> Side:
    """A client that was in step with the base, and says something else now."""
    return Side(client, _elements(base), _elements(now), time)


def _elements(element: Element | None) -> Mapping[Key, Element]:
    return {} if element is None else {DB: element}


CENTRE = {DB: Standing(BASE, "claude", 1.0)}


def run(*sides: Side, centre: Mapping[Key, Standing] = CENTRE, **policy: Any) -> Outcome:
    """Reconcile."""
    return reconcile(centre, sides, lambda _: Policy(**policy), lambda _: True)


def test_different_fields_of_two_clients_go_together() -> None:
    outcome = run(side("codex", changed(env={"A": "2"})), side("cursor", changed(call_timeout=5.0)))
    assert outcome.centre[DB].element == changed(env={"A": "2"}, call_timeout=5.0)
    assert [decision.how for decision in outcome.decisions] == ["taken", "merged"]
    assert not outcome.conflicts


ONE, OTHER = changed(env={"A": "one"}), changed(env={"A": "other"})


@pytest.mark.parametrize(
    ("policy", "times", "comes", "how"),
    [
        pytest.param({}, (10, 20), OTHER, "last-write", id="the last write wins"),
        pytest.param({}, (20, 10), ONE, "last-write", id="the last write wins, whoever is asked first"),
        pytest.param({"strategy": "central-authoritative"}, (10, 20), ONE, "central", id="what was there first stays"),
        pytest.param({"scores": {"one": 2, "other": 1}}, (10, 20), ONE, "score", id="a higher score wins"),
        pytest.param({"scores": {"one": 1, "other": 2}}, (10, 20), OTHER, "score", id="a higher score wins over it"),
        pytest.param(
            {"scores": {"one": 1, "other": 1}, "strategy": "central-authoritative"},
            (10, 20),
            ONE,
            "central",
            id="equal scores leave it to the strategy",
        ),
    ],
)
def test_conflicts_under_policies(policy: dict[str, Any], times: tuple[int, int], comes: Server, how: str) -> None:
    outcome = run(side("one", ONE, time=times[0]), side("other", OTHER, time=times[1]), **policy)
    assert outcome.centre[DB].element == comes
    assert [decision.how for decision in outcome.decisions] == ["taken", how]


def test_what_widens_waits_until_it_is_approved() -> None:
    """And the rest goes on."""
    sides = [side("one", changed(command="uvx")), side("other", changed(call_timeout=5.0), time=20)]
    waits = reconcile(CENTRE, sides, lambda _: Policy())
    assert waits.centre[DB].element == changed(call_timeout=5.0)
    (decision,) = waits.waiting
    assert (decision.client, decision.widens) == ("one", "another command to run")
    approved = reconcile(CENTRE, sides, lambda _: Policy(), lambda one: one == decision)
    assert approved.centre[DB].element == changed(command="uvx", call_timeout=5.0)
    assert not approved.waiting


def test_a_person_is_asked_and_nothing_changes_until_then() -> None:
    outcome = run(side("one", ONE), side("other", OTHER, time=20), strategy="manual-review")
    assert outcome.centre[DB].element == ONE
    (conflict,) = outcome.conflicts
    assert (conflict.client, conflict.base, conflict.ours, conflict.theirs) == ("other", BASE, ONE, OTHER)
    assert conflict.fields == ("env.A",)


def test_a_file_that_nobody_has_touched_changes_nothing() -> None:
    deleted = {DB: Standing(None, "claude", 5.0, BASE)}
    outcome = run(side("codex", BASE), centre=deleted)
    assert outcome == Outcome(deleted, (), ())


def test_an_old_file_of_a_new_client_brings_nothing_back() -> None:
    deleted = {DB: Standing(None, "claude", 5.0, BASE)}
    outcome = run(Side("codex", None, {DB: BASE}, 10.0), centre=deleted)
    assert outcome.centre[DB].element is None
    assert outcome.decisions[0].how == "stale"
    anew = run(Side("codex", None, {DB: ONE}, 10.0), centre=deleted)
    assert anew.centre[DB].element == ONE


def test_deleted_in_one_changed_in_the_other() -> None:
    assert run(side("one", None), side("other", OTHER, time=20)).centre[DB].element == OTHER
    assert run(side("one", None, time=30), side("other", OTHER, time=20)).centre[DB].element is None
    (conflict,) = run(side("one", None), side("other", OTHER, time=20), strategy="manual-review").conflicts
    assert conflict.fields == ("*",)


def test_nothing_is_concluded_from_what_is_held() -> None:
    unreadable = Side("codex", {DB: BASE}, {}, 10.0, frozenset({DB}))
    assert run(unreadable) == Outcome(CENTRE, (), ())


def test_a_deletion_remembers_what_was_deleted() -> None:
    assert run(side("one", None)).centre[DB] == Standing(None, "one", 10.0, BASE)


@given(st.lists(st.tuples(st.sampled_from(["allow", "ask", "deny", None]), st.integers(0, 3)), max_size=4))
def test_of_permissions_the_strictest_wins(answers: list[tuple[Any, int]]) -> None:
    key = Key("permissions", "Bash(git push *)")
    sides = [
        Side(f"client-{n}", {key: Permission("ask")}, {key: Permission(answer)} if answer else {}, float(time))
        for n, (answer, time) in enumerate(answers)
    ]
    for policy in (Policy("last-write-wins"), Policy("central-authoritative"), Policy("manual-review")):
        outcome = reconcile(
            {key: Standing(Permission("ask"), "x", 0.0)},
            sides,
            dict.fromkeys([key], policy).__getitem__,
            lambda _: True,
        )
        assert not outcome.conflicts
        element = outcome.centre[key].element
        now = element.answer if isinstance(element, Permission) else None
        said = {answer for answer, _ in answers if answer != "ask"}
        assert now == next((one for one in ("deny", None, "allow") if one in said), "ask")


@given(st.permutations(["one", "two", "three"]))
def test_the_order_in_which_clients_are_asked_does_not_matter(order: list[str]) -> None:
    sides = {
        "one": side("one", changed(env={"A": "2", "B": "1"}), time=1),
        "two": side("two", changed(env={"A": "3"}), time=2),
        "three": side("three", None, time=1),
    }
    first = run(*sides.values())
    assert run(*[sides[name] for name in order]).centre == first.centre


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        (None, BASE, "a new command"),
        (None, Server(transport="http", url="https://x"), "a new server"),
        (None, changed(enabled=False), ""),
        (changed(enabled=False), BASE, "a new command"),
        (BASE, changed(enabled=False), ""),
        (BASE, changed(command="uvx"), "another command"),
        (BASE, changed(args=("db", "--write")), "another command"),
        (BASE, changed(env={}), "another environment"),
        (BASE, changed(approved_tools=("drop",)), "unasked"),
        (changed(approved_tools=("*",)), changed(approved_tools=("drop",)), ""),
        (changed(tools=("a",)), BASE, "more tools"),
        (changed(tools=("a", "b")), changed(tools=("a",)), ""),
        (BASE, changed(hidden_tools=("a",)), ""),
        (changed(hidden_tools=("a",)), BASE, "fewer hidden"),
        (BASE, changed(call_timeout=9.0), ""),
        (BASE, None, ""),
        (None, Permission("allow"), "unspoken becomes allow"),
        (None, Permission("deny"), ""),
        (Permission("deny"), None, "deny becomes unspoken"),
        (Permission("deny"), Permission("ask"), "deny becomes ask"),
        (Permission("allow"), None, ""),
    ],
)
def test_what_lets_an_agent_do_more(before: Element | None, after: Element | None, why: str) -> None:
    assert why in widens(before, after)
    assert bool(why) == bool(widens(before, after))
