"""Roles, everywhere and in projects."""

import pytest

from schemas.access import ROLES, Access, Role, reaches


def test_each_role_may_what_those_before_it_may() -> None:
    assert [[reaches(has, needed) for needed in ROLES] for has in ROLES] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
    assert not any(reaches(None, needed) for needed in ROLES)


@pytest.mark.parametrize(
    ("access", "in_a", "in_b", "highest", "readable"),
    [
        (Access(), None, None, None, frozenset()),
        (Access("user"), "user", "user", "user", None),
        (Access(None, {"a": "viewer"}), "viewer", None, "viewer", frozenset("a")),
        (Access("viewer", {"a": "admin"}), "admin", "viewer", "admin", None),
        (Access("admin", {"a": "viewer"}), "admin", "admin", "admin", None),
    ],
)
def test_the_higher_of_two_counts(
    access: Access, in_a: Role | None, in_b: Role | None, highest: Role | None, readable: frozenset[str] | None
) -> None:
    assert (access.role_in("a"), access.role_in("b"), access.highest, access.readable) == (
        in_a,
        in_b,
        highest,
        readable,
    )


@pytest.mark.parametrize(
    ("access", "role", "projects", "left"),
    [
        (Access("admin"), "user", None, Access("user", {})),
        (Access("viewer"), "admin", None, Access("viewer", {})),
        (Access("viewer", {"a": "admin"}), "user", None, Access("viewer", {"a": "user"})),
        (Access("admin"), "user", ["a"], Access(None, {"a": "user"})),
        (Access(None, {"a": "user"}), "admin", ["a", "b"], Access(None, {"a": "user"})),
        (Access(), "admin", ["a"], Access(None, {})),
        (Access("admin"), "admin", [], Access(None, {})),
    ],
)
def test_a_key_allows_no_more_than_its_owner_has(
    access: Access, role: Role, projects: list[str] | None, left: Access
) -> None:
    assert access.within(role, projects) == left
