"""Reading YAML, and the text that edits leave."""

import math
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Rejected
from schemas.formats import yaml_nodes
from schemas.formats.edits import DEEPEST, LARGEST, Append, Drop, Edit, Position, Put, Unreadable, same
from schemas.formats.yaml import edit, parse
from tests.schemas.formats.yaml_files import ALL, FILES, ROVO

OF_PYYAML = {name: text for name, text in FILES.items() if "2024-01-01" not in text}


@pytest.mark.parametrize("name", OF_PYYAML)
def test_a_file_says_what_the_safe_loader_reads(name: str) -> None:
    assert same(parse(FILES[name].encode()).value, pyyaml.safe_load(FILES[name]))


@pytest.mark.parametrize("name", ALL)
def test_files_are_read_and_edited_alike_without_libyaml(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = ALL[name].replace(b"\t", b" ")  # tabs between words are not read without it
    edits: list[Edit] = [Put(("new", "key"), [1]), *(Drop((key,)) for key in parse(raw).value if key != "options")]
    with_libyaml = parse(raw).value, edit(raw, edits)
    monkeypatch.setattr(yaml_nodes, "_LOADER", pyyaml.SafeLoader)
    assert repr((parse(raw).value, edit(raw, edits))) == repr(with_libyaml)


def test_booleans_and_numbers_are_those_of_yaml_1_1_and_dates_are_text() -> None:
    raw = b"a: [on, yes, Off, 0o17, 017, 0x1F, 1_000, 1:30, 2024-01-01, .5, ~, '', !!str 3, !!int '4', 1e3]\n"
    text = [True, True, False, "0o17", 15, 31, 1000, 90, "2024-01-01", 0.5, None, "", "3", 4, "1e3"]
    assert same(parse(raw).value, {"a": text})  # type: ignore[dict-item]
    assert parse(b"a: {2024-01-01: x, on: y, 8080: z}").value == {"a": {"2024-01-01": "x", "on": "y", "8080": "z"}}
    assert math.isnan(parse(b"a: .nan").value["a"])  # type: ignore[arg-type]


@pytest.mark.parametrize("raw", [b"", b"\xef\xbb\xbf", b"\n", b"# x", b"---\n", b"~\n", b"--- # x\n...\n", b"  \n\n"])
def test_a_file_that_says_nothing(raw: bytes) -> None:
    assert parse(raw).value == {}
    assert parse(raw).position(("a",)) == Position(1, 1) or raw == b"~\n" or raw.startswith(b"---")


@pytest.mark.parametrize(
    "raw", [b"", b"\xef\xbb\xbf", b"\n", b"# x", b"# x\n", b"---\n", b"# x\r\n", b"{}", b"{ }\n", b"  \n"]
)
def test_the_first_key_of_a_file_goes_without_a_trace(raw: bytes) -> None:
    made = edit(raw, [Put(("a", "b"), 1)])
    assert parse(made).value == {"a": {"b": 1}}
    assert edit(made, [Drop(("a", "b"), parents=1)]) == raw


def test_a_value_has_a_position() -> None:
    tree = parse(ALL["rovo, BOM"])
    line = 1 + tree.text[: tree.text.index("- npx")].count("\n")
    assert tree.position(("version",)) == Position(1, 10)
    assert tree.position(("mcp", "allowedMcpServers", 1)) == Position(line + 1, 7)
    assert tree.position(("mcp", "allowedMcpServers", 9)) == Position(line, 5)
    assert tree.position(("nowhere", "at all")) == Position(1, 1)


UNREADABLE = [  # file, position, part of the reason
    pytest.param(b"a: [1\n", (2, 1), "expected ',' or ']'", id="not YAML"),
    pytest.param(b"a: *.py\n", (1, 5), "alphabetic", id="a glob is no alias"),
    pytest.param(b"a:\n\t- b\n", (2, 1), "cannot start any token", id="a tab as indentation"),
    pytest.param(b"a: b: c\n", (1, 5), "not allowed", id="a colon too many"),
    pytest.param(b"a: 1\nb: \xff\n", (2, 4), "not UTF-8: byte 0xff", id="not UTF-8"),
    pytest.param(b"a: 1\nb: \x00\n", (2, 4), "U+0000", id="control character"),
    pytest.param("a: 1".encode("utf-16"), (1, 1), "not UTF-8", id="UTF-16"),
    pytest.param(b"- a\n", (1, 1), "not a mapping", id="a list"),
    pytest.param(b"text\n", (1, 1), "not a mapping", id="text"),
    pytest.param(b"a: 1\n---\nb: 1\n", (2, 1), "second document", id="two documents"),
    pytest.param(b"a: 1\nb: 2\na: 3\n", (3, 1), "'a' stands here for the second time", id="twice"),
    pytest.param(b'a: {on: 1, "on": 2}\n', (1, 12), "'on' stands here for the second time", id="twice, in quotes"),
    pytest.param(b"on: 1\n", (1, 1), "'on' is not text", id="key that is a boolean"),
    pytest.param(b"a: {[b]: 1}\n", (1, 5), "not a word", id="key that is a list"),
    pytest.param(b"a: !!python/object/apply:os.system [id]\n", (1, 4), "python/object", id="tag that calls"),
    pytest.param(b"a: !mine 1\n", (1, 4), "!mine", id="own tag"),
    pytest.param(b"a: !!binary aGk=\n", (1, 4), "binary", id="binary"),
    pytest.param(b"a: !!set {b}\n", (1, 4), "set", id="set"),
    pytest.param(b"a: !!int x\n", (1, 4), "'x' is no int", id="no number"),
    pytest.param(b"a: !!bool x\n", (1, 4), "'x' is no bool", id="no boolean"),
    pytest.param(b"a: 0b_\n", (1, 4), "'0b_' is no int", id="number without digits"),
    pytest.param(b"a: !!int ''\n", (1, 4), "is no int", id="empty number"),
    pytest.param(b"a: " + b"9" * 5000, (1, 4), "400 characters", id="long number"),
    pytest.param(b"a: 1" + b":59" * 100_000, (1, 4), "400 characters", id="long sexagesimal"),
    pytest.param(b"a: *b\n", (1, 4), "no anchor 'b'", id="no anchor"),
    pytest.param(b"a: &a [*a]\n", (1, 8), "inside what it stands for", id="recursive"),
    pytest.param(b"a: 1\n<<: 5\n", (2, 5), "merged", id="merge of a number"),
    pytest.param(b"a: " + b"[" * 100_000, (1, 3 + DEEPEST), "deeper than 100", id="deep"),
    pytest.param(b"- " * 100_000, (1, 201), "deeper than 100", id="deep list"),
    pytest.param(b"%TAG !a! tag:x,1:\n" * 100_000 + b"--- {}", (1, 1), "directives", id="many directives"),
    pytest.param(b"a: [" + b"1," * 100_000 + b"]", (1, 199_999), "more than 100000 values", id="many values"),
    pytest.param(b"#" * (LARGEST + 1), (1, 1), "larger than", id="large"),
]


@pytest.mark.parametrize(("raw", "position", "reason"), UNREADABLE)
def test_what_is_unreadable_says_where_and_why(raw: bytes, position: tuple[int, int], reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(raw)
    assert reason in caught.value.reason
    assert caught.value.position == position
    with pytest.raises(Unreadable):
        edit(raw, [Put(("a",), 1)])


@pytest.mark.parametrize("leaf", ["[x, x]", "{a: x, b: x}", '"' + "x" * 10_000 + '"'])
@pytest.mark.parametrize(
    "pattern", ["[{0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}]", "{{<<: [{0}, {0}, {0}], z: {0}}}"]
)
def test_a_billion_laughs(leaf: str, pattern: str) -> None:
    first = f"a0: &a0 {leaf}\n" if "<<" not in pattern else "a0: &a0 {q: x}\n"
    bomb = first + "".join(f"a{n}: &a{n} {pattern.format(f'*a{n - 1}')}\n" for n in range(1, 30))
    with pytest.raises(Unreadable, match="more than 100000 values"):
        parse(bomb.encode())


def test_aliases_repeat_what_they_name() -> None:
    raw = b"a: &a {x: 1, y: 2}\nb: *a\nc:\n  <<: *a\n  y: 3\nd: {<<: [{y: 4}, *a]}\n"
    value: Any = parse(raw).value
    assert value == pyyaml.safe_load(raw)
    value["a"]["x"] = 9
    assert value["b"]["x"] == 1
    assert parse(raw).position(("b", "x")) == Position(1, 11)


@pytest.mark.parametrize("path", [("a",), ("a", "x"), ("a", "z"), ("b", "x"), ("b", "z")])
def test_what_aliases_repeat_is_not_edited(path: tuple[str, ...]) -> None:
    with pytest.raises(Rejected, match="anchor"):
        edit(b"a: &a {x: 1, y: 2}\nb: *a\n", [Put(path, 3)])


def test_around_aliases_can_be_edited() -> None:
    raw = b"a: &a {x: 1}\nb: *a\nc:\n  <<: *a\n  y: 3\n"
    assert edit(raw, [Put(("b",), 2)]) == b"a: &a {x: 1}\nb: 2\nc:\n  <<: *a\n  y: 3\n"
    assert edit(raw, [Put(("c", "x"), 2)]) == raw + b"  x: 2\n"
    assert edit(raw, [Put(("c", "x"), 2), Drop(("b",))]) == b"a: &a {x: 1}\nc:\n  <<: *a\n  y: 3\n  x: 2\n"
    with pytest.raises(Rejected, match="merged by <<"):
        edit(raw, [Drop(("c", "x"))])
    with pytest.raises(Rejected):
        edit(raw, [Drop(("a",))])


EDITS = [  # before, edit, after
    pytest.param("a: 'x'  # c\n", Put(("a",), "it's"), "a: 'it''s'  # c\n", id="single quotes stay"),
    pytest.param('a: "x"\n', Put(("a",), 'b"\n'), 'a: "b\\"\\n"\n', id="double quotes stay"),
    pytest.param("a: 'x'\n", Put(("a",), "b\n"), 'a: "b\\n"\n', id="single quotes cannot say it"),
    pytest.param("a: 'x'\n", Put(("a",), 5), "a: 5\n", id="a number has no quotes"),
    pytest.param("a: 5   # c\n", Put(("a",), "yes"), 'a: "yes"   # c\n', id="text that looks like a boolean"),
    pytest.param("a: 5\n", Put(("a",), 1e16), "a: 1.0e+16\n", id="an exponent as 1.1 wants it"),
    pytest.param("a: 5\n", Put(("a",), math.inf), "a: .inf\n", id="infinite"),
    pytest.param("a: b\n  c\n  d  # e\nf: g\n", Put(("a",), "h"), "a: h  # e\nf: g\n", id="wrapped text"),
    pytest.param("a:   # c\nb: 1\n", Put(("a",), 1), "a: 1   # c\nb: 1\n", id="nothing before a comment"),
    pytest.param(
        "a: | # c\n   x\n   y\n\nb: 1\n", Put(("a",), "z\n\n u\n"), "a: | # c\n   z\n\n    u\n\nb: 1\n", id="literal"
    ),
    pytest.param("a: >\n  x\nb: 1\n", Put(("a",), "z\nu"), "a: |-\n  z\n  u\nb: 1\n", id="folded becomes literal"),
    pytest.param("a: |\n  x\nb: 1\n", Put(("a",), " z\n"), 'a: " z\\n"\nb: 1\n', id="literal cannot say it"),
    pytest.param("a: |+\n  x\n\nb: 1\n", Drop(("a",)), "b: 1\n", id="a literal with its empty lines"),
    pytest.param("a: |\n  x", Put(("b",), 1), "a: |\n  x\nb: 1", id="behind a literal at the end"),
    pytest.param("a: {b: 1}\n", Put(("a", "c"), "x, y"), 'a: {b: 1, c: "x, y"}\n', id="flow"),
    pytest.param('{"a": ["x"]}', Append(("a",), "y"), '{"a": ["x", "y"]}', id="JSON stays JSON"),
    pytest.param(
        '{"a": {"b": 1}}', Put(("a", "c"), {"d": ["x"]}), '{"a": {"b": 1, "c": {"d": ["x"]}}}', id="JSON, deep"
    ),
    pytest.param("a: []  # none\n", Append(("a",), "x"), "a:  # none\n  - x\n", id="the first of a list"),
    pytest.param("a:  # none\n  - x\n", Drop(("a", 0)), "a: []  # none\n", id="the last of a list"),
    pytest.param("a: [  ]\n", Append(("a",), "x"), "a: [x  ]\n", id="a list that is spaced"),
    pytest.param(
        "a:\n", Append(("a",), {"name": "x", "url": "u"}), "a:\n  - name: x\n    url: u\n", id="list for nothing"
    ),
    pytest.param("a:\n- x\nb:\n", Append(("b",), "c"), "a:\n- x\nb:\n- c\n", id="lists as the file has them"),
    pytest.param(
        "a:\n    b: 1\n", Put(("c", "d"), [1]), "a:\n    b: 1\nc:\n    d:\n        - 1\n", id="as the file indents"
    ),
    pytest.param(
        "a:\n-   x: 1\n", Append(("a",), {"x": 2, "z": 3}), "a:\n-   x: 1\n-   x: 2\n    z: 3\n", id="wide dashes"
    ),
    pytest.param(
        "a:\n  # own\n  - x # c\n  # of y\n  - y\n", Drop(("a", 0)), "a:\n  # own\n  # of y\n  - y\n", id="comments"
    ),
    pytest.param(
        "s:\n- a: 1\n  # of b\n  b: 2\n",
        Drop(("s", 0, "a")),
        "s:\n-\n  # of b\n  b: 2\n",
        id="the first key behind a dash",
    ),
    pytest.param("a: 1\nb: {c: {d: 1}}\n", Drop(("b", "c", "d"), parents=2), "a: 1\n", id="with parents"),
    pytest.param(
        "b: {c: {d: 1}, e: 2}\n", Drop(("b", "c", "d"), parents=9), "b: {e: 2}\n", id="parents that hold more"
    ),
    pytest.param("a:\n  b: 1\n", Drop(("a", "b")), "a: {}\n", id="an empty mapping"),
    pytest.param("a:\n  b: 1\n", Drop(("a", "b"), parents=9), "", id="an empty file"),
    pytest.param("? a\n: b\nc: d\n", Drop(("a",)), "c: d\n", id="an explicit key"),
    pytest.param("a: 1\n", Drop(("b", "c")), "a: 1\n", id="nothing to drop"),
    pytest.param("a: [1, # one\n  2, # two\n]\n", Drop(("a", 1)), "a: [1, # one\n]\n", id="a comment in flow"),
    pytest.param(
        "a: [x, y, z] # c\n", Put(("a",), ["x", "z", "w"]), "a: [x, z, w] # c\n", id="a list changes in places"
    ),
    pytest.param(
        "a:\n- x # 1\n- w # 2\n", Put(("a",), ["w", "z"]), "a:\n- w # 2\n- z\n", id="what stays keeps its comment"
    ),
    pytest.param("a:\r\n  b: 1\r\n", Put(("a", "c"), {"d": 1}), "a:\r\n  b: 1\r\n  c:\r\n    d: 1\r\n", id="CRLF"),
]


@pytest.mark.parametrize(("before", "one", "after"), EDITS)
def test_edit(before: str, one: Edit, after: str) -> None:
    assert edit(before.encode(), [one]).decode() == after


@pytest.mark.parametrize(
    "one",
    [
        Put((), [1]),
        Drop(()),
        Put(("a", "b"), 1),
        Put(("b", 5), 1),
        Put(("b", -1), 1),
        Put(("b", "c"), 1),
        Append(("a",), 1),
        Append(("c",), 1),
        Put(("a",), "\ud800"),
        Put(("k" * 5000,), 1),
    ],
)
def test_an_edit_that_cannot_be_made_is_rejected(one: Edit) -> None:
    with pytest.raises(Rejected):
        edit(b"a: 1\nb: [1]\nc: {}\n", [one])


def test_edits_are_made_one_after_another_or_not_at_all() -> None:
    edits: list[Edit] = [Append(("a",), 1), Append(("a",), 2), Drop(("a", 0)), Put(("a", 0), 3)]
    assert edit(b"", edits) == b"a:\n  - 3\n"
    with pytest.raises(Rejected):
        edit(b"", [*edits, Append(("a", 0), 1)])


HOSTILE: list[Edit] = [
    Put(("a",), "x"),
    Put(("mcp", "z"), {"y": [1]}),
    Append(("mcpServers",), {"name": "x"}),
    Drop(("name",)),
]


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="ab:-?[]{}#&*!|>'\"%@ \t\n\r\x85,<~=.1", max_size=60).map(str.encode))
def test_any_bytes_are_read_edited_or_refused(raw: bytes) -> None:
    _try(raw)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(ALL)),
    st.integers(0, 3000),
    st.integers(0, 30),
    st.text(":-?[]{}#&*!|>'\"% \n\ta", max_size=4),
)
def test_any_damaged_file_is_read_edited_or_refused(name: str, at: int, cut: int, put: str) -> None:
    raw = ALL[name]
    at %= len(raw)
    _try(raw[:at] + put.encode() + raw[at + cut :])


def _try(raw: bytes) -> None:
    try:
        value = parse(raw).value
    except Unreadable:
        return
    own: list[Edit] = [each for key in list(value)[:3] for each in (Drop((key,)), Put((key, "n"), 1))]
    for one in [*HOSTILE, *own]:
        try:
            made = edit(raw, [one])
        except Rejected:
            continue
        if isinstance(one, Put):
            assert (parse(made).value == value) == (made == raw)


def test_a_file_with_nearly_as_many_values_as_may_be_is_edited() -> None:
    raw = (ROVO + "more:\n" + "  - name: some server # with a comment\n" * 30_000).encode()
    made = edit(raw, [Put(("version",), 2), Append(("more",), 1)])
    assert made.startswith(b"version: 2\n")
    assert made.endswith(b"  - 1\n")
