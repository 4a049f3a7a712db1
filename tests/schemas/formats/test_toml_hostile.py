"""Whatever the bytes are: they are read or refused, in a time that grows with them and not faster."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Rejected
from schemas.formats import toml
from schemas.formats.edits import LARGEST, Append, Drop, Edit, Path, Position, Put, Unreadable
from tests.schemas.formats.codex_configs import FILES
from tests.schemas.formats.test_toml_files import values

MB = 1024 * 1024
SOME = 200_000
any_file = st.sampled_from(list(FILES.values()))
PIECES = [one.encode() for one in (*"[]{}=.,#\"'\\\n\r \ta1", '"""', "'''")]
paths = st.lists(st.sampled_from(["a", "mcp_servers", "x"]) | st.integers(-2, 3) | st.text(max_size=3), max_size=4)
edits = st.one_of(
    st.builds(Put, paths.map(tuple), values | st.none()),
    st.builds(Append, paths.map(tuple), values),
    st.builds(Drop, paths.map(tuple), st.integers(0, 3)),
)


def outcome(raw: bytes, *wanted: Edit) -> object:
    """What editing gives: bytes that can be read, or why not."""
    try:
        edited = toml.edit(raw, wanted)
    except Rejected as refused:
        return refused
    toml.parse(edited)
    return edited


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join), st.lists(edits, max_size=3)
)
def test_random_bytes_are_read_or_refused(raw: bytes, wanted: list[Edit]) -> None:
    outcome(raw, *wanted)


@settings(max_examples=500, deadline=None)
@given(any_file, st.data())
def test_files_with_damage_are_read_or_refused(raw: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + 10)))
        raw = raw[:start] + data.draw(st.sampled_from([b"", *PIECES])) + raw[end:]
    outcome(raw, *data.draw(st.lists(edits, max_size=3)))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"[" * 5 * MB, id="brackets"),
        pytest.param(b"a=" + b"[" * 5 * MB, id="lists"),
        pytest.param(b"a=" + b"{a=" * MB, id="inline tables"),
        pytest.param(b"a=" + b"[{a=" * MB, id="lists of inline tables"),
        pytest.param(b"a." * MB + b"a=1", id="a key of a million parts"),
        pytest.param(b"[" + b"a . " * MB + b"a]", id="a header of a million parts"),
        pytest.param(b"a={" + b"a." * MB + b"a=1}", id="an inline key of a million parts"),
        pytest.param(b"a={" + b'"a"."b".' * MB + b"a=1}", id="a quoted inline key of a million parts"),
        pytest.param(b"a={" + b"a.b.c.d={" * 60 + b"}" * 61, id="keys of parts in one another"),
        pytest.param(b'a="' + b"x" * 5 * MB, id="no closing quote"),
        pytest.param(b'a="""' + b'x""' * MB, id="no closing quotes"),
        pytest.param(b"a='''" + b"''x" * MB, id="no closing apostrophes"),
        pytest.param(b'a="' + b"\\" * 5 * MB, id="backslashes"),
        pytest.param(b"a=[" + b'"' * 5 * MB, id="quotes"),
        pytest.param(b'"' + b"x" * 5 * MB, id="a key without end"),
        pytest.param(b"a=" + b"1" * 5 * MB, id="a long number"),
        pytest.param(b"a=[" + b"}" * 5, id="another bracket"),
        pytest.param(b"#" * (LARGEST + 1), id="too large"),
        pytest.param(b"\xff\xfea\x00=\x001\x00", id="UTF-16"),
        pytest.param(b"\x00" * MB, id="NUL"),
        pytest.param(b"a=1\ra=2", id="old Macintosh"),
        pytest.param(b'"\\ud800"=1', id="half a character as key"),
        pytest.param(b'a="\\ud800"', id="half a character"),
        pytest.param(b"a=1\n[a]\n", id="a table over a value"),
        pytest.param(b"[a]\n[a]\n", id="a table twice"),
        pytest.param(b"a=2026-13-01", id="no such day"),
    ],
)
def test_what_is_no_toml_is_refused(raw: bytes) -> None:
    refused = outcome(raw, Put(("a",), 1))
    assert isinstance(refused, Unreadable)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'a="""' + b'x""' * SOME + b'"', id="quotes in text"),
        pytest.param(b'a="' + b"\\n" * SOME + b'"', id="escapes"),
        pytest.param(b'"' + b"k" * 200_000 + b'" = 1', id="a long key"),
        pytest.param(b"k" * 200_000 + b" = 1", id="a long bare key"),
        pytest.param(b"[x]\n" + b"\n" * SOME, id="blank lines"),
        pytest.param(b"#\n" * SOME, id="comments"),
        pytest.param(b" " * SOME, id="spaces"),
        pytest.param(b"a=[" + b"1," * SOME + b"]", id="a long list"),
        pytest.param(b"[[t]]\n" * 100_000, id="many tables"),
        pytest.param(b"x=[" + b"\n#\n" * SOME + b"]", id="comments in a list"),
    ],
)
def test_what_is_large_can_be_edited(raw: bytes) -> None:
    edited = toml.edit(raw, [Put(("new", "key"), "v")])
    assert toml.edit(edited, [Drop(("new", "key"), 1)]) == raw


def test_as_deep_as_may_be() -> None:
    deepest = b"a=" + b"[" * 99 + b"]" * 99
    assert toml.edit(deepest, [Put(("b",), 1)]) == deepest + b"\nb=1"
    with pytest.raises(Unreadable, match="100 levels"):
        toml.parse(b"a=" + b"[" * 100 + b"]" * 100)
    deep: Any = []
    for _ in range(5000):
        deep = [deep]
    for edit in (Put(("a",), deep), Append(("a",), deep), Put(("a",) * 5000, 1)):
        with pytest.raises(Rejected, match="100"):
            toml.edit(b"", [edit])


@pytest.mark.parametrize(
    ("raw", "position", "reason"),
    [
        (b"a = 1\nb = \xff\n", (2, 5), "UTF-8"),
        (b"\xef\xbb\xbfa = \n", (1, 5), "value is missing"),
        (b'a = 1\r\n\r\nb = "x\r\n', (3, 5), "quotes"),
        (b"a = [1,\n 2\n", (1, 5), "never closed"),
        ("é = 1".encode(), (1, 1), "needs quotes"),
        (b"a = 1 b = 2\n", (1, 7), "line should end"),
        (b"a = x\n", (1, 5), "text needs quotes"),
        (b"[mcp_servers.a]\n[mcp_servers.a]\n", (2, 15), "mcp_servers"),
        (b"a = 1\na = 2\n", (2, 6), "already"),
        (b"a\n", (1, 2), "="),
        (b"[a\n", (1, 3), "]"),
        (b"a = [1 2]\n", (1, 8), "comma"),
    ],
)
def test_the_reason_says_what_and_where(raw: bytes, position: Path, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        toml.parse(raw)
    assert refused.value.position == Position(*position)  # type: ignore[arg-type]
    assert reason in refused.value.reason
