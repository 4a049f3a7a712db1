"""What a path means in the component domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.components import CATEGORIES, Activate, ComponentPath, Upload, check_content


def test_the_seed_names_13_categories() -> None:
    assert len(CATEGORIES) == len(set(CATEGORIES)) == 13


@pytest.mark.parametrize("category", CATEGORIES)
def test_wire_paths(category: str) -> None:
    path = ComponentPath.parse(f"{category}/some_name.py")
    assert path == (category, "some_name")
    assert path.wire == f"{category}/some_name.py"


@pytest.mark.parametrize(
    "wire",
    [
        "",
        "resnet.py",
        "model/resnet",
        "model/resnet.PY",
        "nosuch/x.py",
        "model/sub/x.py",
        "model/../x.py",
        "/model/x.py",
        "model/_x.py",
        "model/__init__.py",
        "model/.py",
        "Model/x.py",
        "model/x.py\n",
        "model/a\0.py",
        "base/model.py",
    ],
)  # fmt: skip - a list to read
def test_other_wire_paths_are_refused(wire: str) -> None:
    with pytest.raises(ValueError, match=".+"):
        ComponentPath.parse(wire)


IN_TREE = [
    ("cvlabkit/agent/classification.py", ("agent", "classification")),
    ("agent/classification.py", ("agent", "classification")),
    ("cvlabkit/component/model/resnet.py", ("model", "resnet")),
    ("component/model/resnet.py", ("model", "resnet")),
    ("cvlabkit/component/base/model.py", None),
    ("cvlabkit/core/config.py", None),
    ("cvlabkit/component/agent/x.py", None),
    ("cvlabkit/component/model/sub/x.py", None),
    ("cvlabkit/component/model/__init__.py", None),
    ("cvlabkit/component/model/notes.md", None),
    ("config/classification.yaml", None),
    ("other/cvlabkit/agent/x.py", None),
]


@pytest.mark.parametrize(("path", "meaning"), IN_TREE)
def test_paths_in_a_tree(path: str, meaning: tuple[str, str] | None) -> None:
    assert ComponentPath.in_tree(path) == meaning


@given(st.text())
def test_whatever_is_parsed_says_the_same_again(text: str) -> None:
    try:
        path = ComponentPath.parse(text)
    except ValueError:
        return
    assert path.wire == text


@pytest.mark.parametrize("content", [b"\xff", b"x = 1\0", b"\xed\xa0\x80"])
def test_what_is_no_source_text_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="UTF-8|NUL"):
        check_content(content)


@pytest.mark.parametrize("content", [b"", b"x = (", "한글 = 1\r\n".encode(), b"\xef\xbb\xbfx = 1"])
def test_what_an_author_saves_is_taken(content: bytes) -> None:
    check_content(content)


def test_requests_know_their_fields() -> None:
    with pytest.raises(ValidationError):
        Upload.model_validate({"path": "model/a.py", "content": "", "surprise": 1})
    with pytest.raises(ValidationError):
        Activate.model_validate({"hash": "xyz"})
