"""References keep their meaning from one client's spelling to the next, or are said to have none there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.clients import syntaxes
from schemas.clients.text import Inexpressible, Ref, Syntax, Text, common, joined, parts, split, text

ALL = [value for value in vars(syntaxes).values() if isinstance(value, Syntax)]

names = st.from_regex(r"[A-Z_][A-Z0-9_]{0,5}", fullmatch=True)
pieces = st.text("ab $:{}-/\\\"'é", max_size=6) | st.builds(Ref, names, st.none() | st.text("ab :/-$", max_size=4))
texts = st.lists(pieces, max_size=5).map(lambda found: text(*found))


@given(texts)
def test_the_common_spelling_says_all(said: Text) -> None:
    assert parts(common(said)) == said


@given(st.text("ab${}:-AB "))
def test_whatever_stands_in_a_document_can_be_read(spelled: str) -> None:
    assert parts(common(parts(spelled))) == parts(spelled)


@pytest.mark.parametrize("syntax", ALL)
@given(said=texts)
def test_a_client_reads_what_was_written_for_it(syntax: Syntax, said: Text) -> None:
    try:
        spelled = joined(said, syntax)
    except Inexpressible:
        return
    assert split(spelled, syntax) == said


@pytest.mark.parametrize("syntax", ALL)
@given(spelled=st.text("aA_${}:-env.s/ "))
def test_what_a_client_says_can_be_given_back_to_it(syntax: Syntax, spelled: str) -> None:
    said = split(spelled, syntax)
    assert split(joined(said, syntax), syntax) == said


TOKEN = text("Bearer ", Ref("TOKEN"))
WITH_DEFAULT = text(Ref("DSN", "sqlite://"))


@pytest.mark.parametrize(
    ("syntax", "token", "default"),
    [
        ("CLAUDE", "Bearer ${TOKEN}", "${DSN:-sqlite://}"),
        ("GEMINI", "Bearer ${TOKEN}", "${DSN:-sqlite://}"),
        ("QWEN", "Bearer ${TOKEN}", None),
        ("BRACES", "Bearer ${TOKEN}", None),
        ("CURSOR", "Bearer ${env:TOKEN}", None),
        ("VSCODE", "Bearer ${env:TOKEN}", None),
        ("EDITOR", "Bearer ${env:TOKEN}", None),
        ("WINDSURF", "Bearer ${env:TOKEN}", None),
        ("OPENCODE", "Bearer {env:TOKEN}", None),
        ("SECRETS", "Bearer ${{ secrets.TOKEN }}", None),
        ("NONE", None, None),
    ],
)
def test_spellings(syntax: str, token: str | None, default: str | None) -> None:
    for said, spelled in ((TOKEN, token), (WITH_DEFAULT, default)):
        if spelled is None:
            with pytest.raises(Inexpressible, match="no way to name"):
                joined(said, getattr(syntaxes, syntax))
        else:
            assert joined(said, getattr(syntaxes, syntax)) == spelled
            assert split(spelled, getattr(syntaxes, syntax)) == said


def test_what_is_no_reference_here_must_not_become_one_there() -> None:
    assert split("$HOME/x", syntaxes.CLAUDE) == ("$HOME/x",)
    with pytest.raises(Inexpressible, match="as something else"):
        joined(("$HOME/x",), syntaxes.GEMINI)
    with pytest.raises(Inexpressible, match="as something else"):
        joined(("${TOKEN}",), syntaxes.CLAUDE)


def test_what_only_an_editor_knows() -> None:
    said = split("${workspaceFolder}/run ${env:A}", syntaxes.VSCODE)
    assert said == (Ref(":workspaceFolder"), "/run ", Ref("A"))
    assert common(said) == "${:workspaceFolder}/run ${A}"
    assert joined(said, syntaxes.CURSOR) == "${workspaceFolder}/run ${env:A}"
    with pytest.raises(Inexpressible, match="workspaceFolder"):
        joined(said, syntaxes.CLAUDE)
    with pytest.raises(Inexpressible, match="workspaceFolder"):
        joined(said, syntaxes.EDITOR)
