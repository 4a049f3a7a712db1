"""How JSON files look after an edit: as if whoever wrote them had made it."""

import pytest

from schemas.errors import Rejected
from schemas.formats.edits import Append, Drop, Edit, Format, Put, Unreadable, Value
from schemas.formats.jsonc import COMMENTED, LENIENT, STRICT

DB: Value = {"command": "uvx", "args": ["db-mcp", "--ro"], "env": {}}

LOOKS = [  # before, the edit, after
    pytest.param(
        "",
        Put(("servers", "db"), DB),
        '{\n  "servers": {\n    "db": {\n      "command": "uvx",\n      "args": ["db-mcp", "--ro"],\n      "env": {}\n'
        "    }\n  }\n}\n",
        id="a file is made",
    ),
    pytest.param("\r\n", Put(("a",), 1), '\r\n{\r\n  "a": 1\r\n}\r\n', id="line ends of an empty file"),
    pytest.param("// mine", Put(("a",), 1), '// mine\n{\n  "a": 1\n}', id="a file of one comment, without a line end"),
    pytest.param(
        '{\n\t"a": {}\n}',
        Put(("a", "b"), {"c": [{}]}),
        '{\n\t"a": {\n\t\t"b": {\n\t\t\t"c": [\n\t\t\t\t{}\n\t\t\t]\n\t\t}\n\t}\n}',
        id="tabs",
    ),
    pytest.param(
        '{\r\n    "a": 1\r\n}',
        Put(("b",), {"c": 1}),
        '{\r\n    "a": 1,\r\n    "b": {\r\n        "c": 1\r\n    }\r\n}',
        id="four blanks, CRLF",
    ),
    pytest.param(
        '{\n  "a" : 1\n}', Put(("b",), {"c": 1}), '{\n  "a" : 1,\n  "b" : {\n    "c" : 1\n  }\n}', id="colons"
    ),
    pytest.param('{"a":[1,2]}', Put(("b",), {"c": [1, 2]}), '{"a":[1,2],"b":{"c":[1,2]}}', id="minified"),
    pytest.param('{"a":[1]}', Append(("a",), 2), '{"a":[1,2]}', id="a list in a minified file"),
    pytest.param(
        '{ "a": 1 }', Put(("b",), {"c": 1}), '{ "a": 1, "b": { "c": 1 } }', id="one line with blanks in braces"
    ),
    pytest.param(
        '{\n  "x": {"a": 1},\n  "y": 2\n}',
        Put(("z",), {"b": [1]}),
        '{\n  "x": {"a": 1},\n  "y": 2,\n  "z": {"b": [1]}\n}',
        id="objects of siblings stand on one line",
    ),
    pytest.param('{\n  "a": 1, // one\n}', Put(("b",), 2), '{\n  "a": 1, // one\n  "b": 2,\n}', id="a trailing comma"),
    pytest.param(
        '{\n  "a": 1 // one\n  // two\n}',
        Put(("b",), 2),
        '{\n  "a": 1, // one\n  "b": 2\n  // two\n}',
        id="comments behind the last member",
    ),
    pytest.param(
        '{ "a": 1 /* one */ }', Put(("b",), 2), '{ "a": 1 /* one */, "b": 2 }', id="a comment on the only line"
    ),
    pytest.param(
        '{ "a": 1 // one\n}', Put(("b",), 2), '{ "a": 1, // one\n  "b": 2\n}', id="a line that ends in a comment"
    ),
    pytest.param("{\n  // none\n}", Put(("a",), 1), '{\n  // none\n  "a": 1\n}', id="an object of one comment"),
    pytest.param(
        '{\n  "a": [\n    1, // one\n    2\n  ]\n}',
        Append(("a",), 3),
        '{\n  "a": [\n    1, // one\n    2,\n    3\n  ]\n}',
        id="a list of lines",
    ),
    pytest.param('{\n  "a": []\n}', Append(("a",), "b"), '{\n  "a": ["b"]\n}', id="an empty list"),
    pytest.param(
        '{\n  "a": null\n}',
        Put(("a",), ["x" * 30] * 3),
        '{\n  "a": [\n' + ",\n".join(['    "' + "x" * 30 + '"'] * 3) + "\n  ]\n}",
        id="a long list",
    ),
    pytest.param(
        '{\n  "a": 1, // one\n  "b": 2\n}', Put(("a",), "é"), '{\n  "a": "é", // one\n  "b": 2\n}', id="a value"
    ),
    pytest.param(
        '{\n  // about a\n  "a": 1, // one\n  // about b\n  "b": 2 // two\n}',
        Drop(("a",)),
        '{\n  // about a\n  // about b\n  "b": 2 // two\n}',
        id="the first goes",
    ),
    pytest.param(
        '{\n  "a": 1, // one\n  "b": 2 // two\n  // end\n}',
        Drop(("b",)),
        '{\n  "a": 1 // one\n  // end\n}',
        id="the last goes",
    ),
    pytest.param('{"a": 1, "b": 2, "c": 3}', Drop(("b",)), '{"a": 1, "c": 3}', id="one of a line goes"),
    pytest.param('{"a": 1, "b": 2}', Drop(("a",)), '{"b": 2}', id="the first of a line goes"),
    pytest.param('{\n  "a": {\n    "b": 1\n  }\n}', Drop(("a", "b")), '{\n  "a": {}\n}', id="the only one goes"),
    pytest.param(
        '{\n  "x": 1,\n  "a": {\n    "b": 1\n  }\n}', Drop(("a", "b"), 5), '{\n  "x": 1\n}', id="its parents go"
    ),
    pytest.param(
        '{ "a": 1, // one\n  "b": 2 }', Drop(("b",)), '{ "a": 1 // one\n  }', id="a comment keeps its line end"
    ),
    pytest.param('{"a": 1, "b": 2, "a": 3}', Drop(("a",)), '{"b": 2}', id="equal keys go together"),
    pytest.param(
        '{"a": 1, "b": 2, "a": 3}', Put(("a",), 4), '{"a": 1, "b": 2, "a": 4}', id="of equal keys the last counts"
    ),
    pytest.param(
        '{\n  "a": [\n    "x", // 1\n    "y", // 2\n    "z" // 3\n  ]\n}',
        Put(("a",), ["x", "z"]),
        '{\n  "a": [\n    "x", // 1\n    "z" // 3\n  ]\n}',
        id="one of a list goes",
    ),
    pytest.param(
        '{\n  "a": [\n    "x", // 1\n    "z" // 3\n  ]\n}',
        Put(("a",), ["w", "x", "y", "z"]),
        '{\n  "a": [\n    "w",\n    "x", // 1\n    "y",\n    "z" // 3\n  ]\n}',
        id="what differs of a list",
    ),
    pytest.param(
        '{\n  "a": ["x", "z"]\n}', Put(("a",), ["x", "y", "z"]), '{\n  "a": ["x", "y", "z"]\n}', id="in a line"
    ),
    pytest.param(
        '{\n  "a": {\n    "b": 1, // one\n    "c": 2\n  }\n}',
        Put(("a",), {"b": 1, "d": 3}),
        '{\n  "a": {\n    "b": 1, // one\n    "d": 3\n  }\n}',
        id="what differs of an object",
    ),
    pytest.param(
        '{\n  "a": {\n    "b": 1\n  }\n}', Put(("a",), {"c": 1}), '{\n  "a": {\n    "c": 1\n  }\n}', id="all of it"
    ),
    pytest.param(
        '{"a": 1.50, "b": 1e3}', Put((), {"b": 1000, "a": 1.5}), '{"a": 1.50, "b": 1e3}', id="numbers as written"
    ),
    pytest.param('{\n  "x": { "a": 1 }\n}', Put(("x",), {"b": 1}), '{\n  "x": { "b": 1 }\n}', id="all of a line"),
]


@pytest.mark.parametrize(("before", "edit", "after"), LOOKS)
def test_an_edit_looks_like_the_rest_of_the_file(before: str, edit: Edit, after: str) -> None:
    assert LENIENT.edit(before.encode(), [edit]).decode() == after


@pytest.mark.parametrize(
    "edit",
    [
        Put((), []),
        Put(("s", "t"), 1),
        Put(("o", 0), 1),
        Put(("l", "k"), 1),
        Put(("l", 5), 1),
        Put(("l", -1), 1),
        Put(("n", 1), 1),
        Append((), 1),
        Append(("o",), 1),
        Append(("s",), 1),
        Put(("x",), float("nan")),
        Put(("x",), "\ud800"),
        Put(("\ud800",), 1),
        Put(("x",), 10**5000),
    ],
    ids=range(14),
)
def test_what_cannot_be_said_is_rejected(edit: Edit) -> None:
    with pytest.raises(Rejected) as caught:
        STRICT.edit(b'{"s": "text", "o": {}, "l": [1]}', [edit])
    assert not isinstance(caught.value, Unreadable)


def test_what_could_not_be_read_again_is_not_written() -> None:
    value: Value = 1
    for _ in range(98):
        value = [value]
    for deep in (STRICT.edit(b"{}", [Put(("a",), [value])]), STRICT.edit(b"{}", [Append(("a",), value)])):
        assert STRICT.parse(deep).value == {"a": [value]}
        with pytest.raises(Rejected):
            STRICT.edit(deep, [Put(("a",), [[value]])])
        with pytest.raises(Rejected):
            STRICT.edit(deep, [Append(("b",), [value])])
    with pytest.raises(Rejected):
        STRICT.edit(b"{}", [Put(("a",), "x" * 9_000_000)])


@pytest.mark.parametrize("raw", [b'{"a": 1 // x\n}', b'{"a": 1,}', b'{"a": NaN}', b'{"a": '])
def test_what_cannot_be_read_is_not_edited(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        STRICT.edit(raw, [])
    with pytest.raises(Unreadable):
        STRICT.edit(raw, [Put(("a",), 1)])


def test_a_reader_accepts_what_its_client_does() -> None:
    comma, comment = b'{"a": [1, 2,],}', b'{"a": 1} // x'
    assert LENIENT.parse(comma).value == {"a": [1, 2]}
    assert COMMENTED.parse(comment).value == LENIENT.parse(comment).value == {"a": 1}
    for reader, raw, where in ((STRICT, comma, 13), (COMMENTED, comma, 13), (STRICT, comment, 10)):
        with pytest.raises(Unreadable, match=f"line 1, column {where}: .*accept"):
            reader.parse(raw)


def test_a_place_is_told_to_people() -> None:
    readers: list[Format] = [STRICT, COMMENTED, LENIENT]
    for reader in readers:
        tree = reader.parse('\ufeff\r\n{"한": [1,\r\n  {"b": 2}], "a": 0, "a": 3}'.encode())
        places = [("한",), ("한", 1), ("한", 1, "b"), ("한", 1, "b", "c"), ("한", 7), ("a",), ("x", "y"), ()]
        assert [tree.position(path) for path in places] == [
            (2, 7), (3, 3), (3, 9), (3, 9), (2, 7), (3, 27), (2, 1), (2, 1),
        ]  # fmt: skip
        assert reader.parse(b"").position(("a",)) == (1, 1)
