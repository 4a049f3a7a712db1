"""Ids are functions of what they name."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Project, derived_id, new_id, now
from tests.build import document


@given(st.uuids(), st.text())
def test_derived_ids_are_uuid5(cause: UUID, name: str) -> None:
    assert derived_id(str(cause), name) == str(uuid5(cause, name))


def test_a_document_has_one_id() -> None:
    assert document().id == document().id
    assert document("model/a.py").id != document("model/b.py").id
    assert document(project="a").id != document(project="b").id
    assert UUID(document().id).version == 5


def test_fresh_ids_differ_and_time_is_aware() -> None:
    assert new_id() != new_id()
    assert now().tzinfo is not None


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "../x", "a" * 65, "a/b"])
def test_project_names_are_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Project).validate_python(name)
