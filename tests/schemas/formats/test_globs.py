"""Several globs in one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import Rejected
from schemas.formats.globs import globs, joined

TEXTS = [
    pytest.param("", [], id="none"),
    pytest.param(" , ", [], id="only commas"),
    pytest.param("*.py", ["*.py"], id="one"),
    pytest.param("a, b,c ", ["a", "b", "c"], id="several"),
    pytest.param("src/**/*.{ts,tsx},*.{js,jsx}", ["src/**/*.{ts,tsx}", "*.{js,jsx}"], id="braces"),
    pytest.param("{a,{b,c}},d", ["{a,{b,c}}", "d"], id="braces in braces"),
    pytest.param("a},b", ["a}", "b"], id="a brace too many"),
    pytest.param("{a,b", ["{a,b"], id="a brace too few"),
    pytest.param("한글/*.md,b c", ["한글/*.md", "b c"], id="names of all kinds"),
]


@pytest.mark.parametrize(("text", "several"), TEXTS)
def test_globs(text: str, several: list[str]) -> None:
    assert globs(text) == several
    assert globs(joined(several)) == several


@pytest.mark.parametrize("several", [["a,b"], ["{a", "b"], [""], [" a"], ["a", ""]])
def test_globs_that_no_text_says(several: list[str]) -> None:
    with pytest.raises(Rejected):
        joined(several)


@given(st.text("ab*{}, "))
def test_what_was_split_can_be_joined(text: str) -> None:
    assert globs(joined(globs(text))) == globs(text)
