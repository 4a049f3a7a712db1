"""Anything may stand in a file: it is read as every JSON parser reads it, or refused with a place and a reason."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.formats.edits import LARGEST, Position, Put, Unreadable, same
from schemas.formats.jsonc import COMMENTED, LENIENT, STRICT
from schemas.formats.jsonc_tree import MOST
from tests.schemas.formats.client_files import CASES

MEGA = 5_000_000

REASONS = [
    pytest.param(b"[]", 1, 1, "must be one object", id="a list"),
    pytest.param(b"null", 1, 1, "must be one object", id="null"),
    pytest.param(b'{"a": 1}\n{}', 2, 1, "nothing may follow", id="two objects"),
    pytest.param(b'{\n  "a" 1}', 2, 7, "':'", id="no colon"),
    pytest.param(b'{\n  "a": 1\n  "b": 2}', 3, 3, "','", id="no comma"),
    pytest.param(b'{"a": }', 1, 7, "expecting value, found '}'", id="no value"),
    pytest.param(b'{"a": [1, , 2]}', 1, 11, "expecting value", id="two commas"),
    pytest.param(b"{'a': 1}", 1, 2, "double quotes", id="single quotes"),
    pytest.param(b"{a: 1}", 1, 2, "double quotes", id="no quotes"),
    pytest.param(b'{"a": "b', 1, 7, "unterminated", id="an open text"),
    pytest.param(b'{"a": "b\nc"}', 1, 9, "control character", id="a line break in a text"),
    pytest.param(b'{"a": "\\x"}', 1, 8, "escape", id="an escape that is none"),
    pytest.param(b'{"a": "\\ud800"}', 1, 7, "surrogate", id="half a surrogate pair"),
    pytest.param(b'{"\\udc00": 1}', 1, 2, "surrogate", id="half a surrogate pair in a key"),
    pytest.param(b'{"a": 01}', 1, 8, "','", id="a number that begins with 0"),
    pytest.param(b'{"a": +1}', 1, 7, "expecting value", id="a plus"),
    pytest.param(b'{"a": -Infinity}', 1, 7, "-Infinity", id="infinity"),
    pytest.param(b'{"a": NaN}', 1, 7, "NaN", id="no number"),
    pytest.param(b'{"a": ' + b"1" * 5000 + b"}", 1, 7, "digits", id="a number of thousands of digits"),
    pytest.param(b'{"a": 1 /* b }', 1, 9, "not closed", id="an open comment"),
    pytest.param(b'{"a": 1 / 2}', 1, 9, "'/'", id="a stray slash"),
    pytest.param(b'\xef\xbb\xbf{"\xed\x95\x9c": "\xff"}', 1, 8, "UTF-8", id="no UTF-8"),
    pytest.param("{}".encode("utf-16"), 1, 1, "UTF-8", id="UTF-16"),
    pytest.param(b"{}\x00", 1, 3, "nothing may follow", id="a null byte"),
    pytest.param(b'{\r\n\r"a"\n: }', 4, 3, "expecting value", id="all line ends count"),
    pytest.param(b"{", 1, 2, "the end of the file", id="an open object"),
]


@pytest.mark.parametrize(("raw", "line", "column", "reason"), REASONS)
def test_what_is_wrong_is_told_with_its_place(raw: bytes, line: int, column: int, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        LENIENT.parse(raw)
    assert caught.value.position == Position(line, column)
    assert reason in caught.value.reason


HUGE = [
    b"[" * MEGA,
    b'{"a":' + b"[" * MEGA,
    b'{"a":' * (MEGA // 5),
    b'{"a":"' + b"x" * MEGA,
    b'{"a":"' + b"\\" * (MEGA - 1),
    b"{" + b" " * MEGA + b"x",
    b"{" + b"\n" * MEGA + b"x",
    b"{/*" + b"*" * MEGA,
    b"{" + b"/* " * (MEGA // 3),
    b'{"a":' + b"1" * MEGA + b"}",
    b'{"a":"' + b"\\ud800" * (MEGA // 6) + b'"}',
    b'{"a":"' + b"\xff" * MEGA + b'"}',
    b'{"a":1' + b',"":1' * MOST + b"}",
    b" " * (LARGEST + 1),
]


@pytest.mark.parametrize("raw", HUGE, ids=range(len(HUGE)))
def test_what_is_huge_and_wrong_is_refused(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        LENIENT.parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"' + b"x" * MEGA + b'"}',
        b'{"a":"' + b"\\\\" * (MEGA // 2) + b'"}',
        b'{"a":0.' + b"1" * MEGA + b"}",
        b'{"a":"' + "é".encode() * (MEGA // 2) + b'"}',
        b"{" + b" " * MEGA + b"}",
        b"{" + b"//\n" * (MEGA // 10) + b'"a":1' + b"/**/ " * (MEGA // 10) + b"\n}",
        b"{" + b"\n" * MEGA + b'"a":1,' + b" " * (MEGA // 2) + b"}",
    ],
    ids=range(7),
)
def test_what_is_huge_and_right_is_edited(raw: bytes) -> None:
    there = LENIENT.edit(raw, [Put(("new",), {"b": 1})])
    assert LENIENT.parse(there).value["new"] == {"b": 1}


@settings(max_examples=500)
@given(st.binary(max_size=60) | st.text('{}[]",:/*\\ \n\r\tu0d8aein1-.+', max_size=60).map(str.encode))
def test_random_bytes_are_read_or_refused(raw: bytes) -> None:
    for reader in (STRICT, COMMENTED, LENIENT):
        with suppress(Unreadable):
            assert reader.edit(raw, []) == raw


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file of a client in which some characters are gone, doubled or others."""
    raw = CASES[draw(st.sampled_from(sorted(CASES)))][1]
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(raw)))
        end = min(len(raw), begin + draw(st.integers(0, 3)))
        new = draw(st.sampled_from([b"", b",", b'"', b"{", b"}", b"]", b"/", b"*/", b"\\", b"\n", b"0", b"\xff", b"e"]))
        raw = raw[:begin] + new + raw[end:]
    return raw


def refuse(constant: str) -> Any:
    raise ValueError(constant)


@settings(max_examples=1000)
@given(damaged() | st.text('{}[]",: 1e-.tfnrue\\u0aé\n', max_size=30).map(str.encode))
def test_a_strict_reader_reads_what_json_reads(raw: bytes) -> None:
    try:
        expected = json.loads(raw.decode("utf-8-sig"), parse_constant=refuse)
    except ValueError:
        expected = None
    try:
        said = STRICT.parse(raw).value
    except Unreadable:
        assert not isinstance(expected, dict) or re.search(rb"\\ud[89a-f]", raw, re.IGNORECASE)
    else:
        assert same(said, expected if raw.removeprefix(b"\xef\xbb\xbf").strip() else {})


@settings(max_examples=500)
@given(damaged())
def test_a_damaged_file_is_edited_as_it_is_read_or_refused(raw: bytes) -> None:
    try:
        said = LENIENT.parse(raw).value
    except Unreadable:
        with pytest.raises(Unreadable):
            LENIENT.edit(raw, [Put(("new",), 1)])
    else:
        edited = LENIENT.edit(raw, [Put(("new",), {"b": [1]})])
        assert same(LENIENT.parse(edited).value, said | {"new": {"b": [1]}})
