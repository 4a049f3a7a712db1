"""Ids are functions of what they name."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas.base import Project, derived_id, new_id, now
from tests.build import document


@given(st.uuids(), st.text())
def test_a_derived_id_begins_as_its_cause_and_ends_by_the_name(cause: UUID, name: str) -> None:
    derived = derived_id(str(cause), name)
    assert str(UUID(derived)) == derived
    assert UUID(derived).version == 8
    assert derived[:14] == str(cause)[:14]
    assert derived[15:18] + derived[20:] == str(uuid5(cause, name))[15:18] + str(uuid5(cause, name))[20:]
    assert derived[19] == str(uuid5(cause, name))[19]


def test_a_document_has_one_id() -> None:
    assert document().id == document().id
    assert document("model/a.py").id != document("model/b.py").id
    assert document(project="a").id != document(project="b").id
    assert UUID(document().id).version == 8


def test_fresh_ids_differ_and_time_is_aware() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert {(UUID(id_).version, str(UUID(id_)) == id_) for id_ in ids} == {(7, True)}
    assert [id_[:13] for id_ in ids] == sorted(id_[:13] for id_ in ids)
    assert now().tzinfo is not None


@pytest.mark.parametrize("name", ["", "A", "-a", "a b", "../x", "a" * 65, "a/b"])
def test_project_names_are_plain(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Project).validate_python(name)
