"""Rule files: fields read line by line, and edited so that only their own lines change."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Rejected
from schemas.formats.edits import LARGEST, Append, Drop, Edit, Position, Put, Unreadable, same
from schemas.formats.frontmatter import LONGEST, edit, parse
from schemas.formats.outcome import outcome
from tests.schemas.formats.rule_files import ALL, RULES

TRICKY = [
    "*.py",
    "**",
    "true",
    "a, b",
    "a: b",
    "# x",
    "a #b",
    "a # b",
    "[a]",
    "[a, b",
    "'a",
    '"a"',
    "- a",
    "---",
    "~",
    "|",
    ">",
]
texts = st.text(max_size=12) | st.sampled_from(
    [*TRICKY, "", " a", "a\nb", "\n", "\r", "{a,b}.ts", "C:\\a", "\x85", "한글"]
)
contents = texts | st.booleans() | st.lists(texts, max_size=4)
keys = st.sampled_from(["globs", "applyTo", "new-key", "a b", "on", "x.y", "key: x", "#k", "-k", "", "k:"]) | texts

SAID = [
    ("cursor auto", {"description": "API conventions", "globs": "src/api/**/*.ts,src/lib/*.ts", "alwaysApply": False}),
    ("cursor always", {"description": "", "globs": "", "alwaysApply": True}),
    ("cursor one glob", {"description": "Python", "globs": "*.py", "alwaysApply": False}),
    ("cursor braces", {"globs": "src/**/*.{ts,tsx}, *.{js,jsx}"}),
    ("cursor manual", {}),
    (
        "cursor, comments",
        {"description": "Use C# 12: records, not classes", "globs": ["**/*.cs", "**/*.csx"], "alwaysApply": False},
    ),
    ("claude", {"paths": ["src/**/*.{ts,tsx}", "tests/**/*.test.ts"]}),
    ("claude, flow", {"paths": ["src/api/**/*.ts", "lib/*.ts"]}),
    ("claude, none", {}),
    (
        "copilot",
        {
            "applyTo": "**/*.ts,**/*.tsx",
            "description": "It's for TypeScript",
            "name": "typescript",
            "excludeAgent": "code-review",
        },
    ),
    ("windsurf model", {"trigger": "model_decision", "description": "When the database is changed"}),
    ("kiro", {"inclusion": "fileMatch", "fileMatchPattern": ["components/**/*.tsx", "app/**"]}),
    ("kiro list", {"inclusion": "fileMatch", "fileMatchPattern": ["*.tf", "*.tfvars"], "name": "infra"}),
    (
        "continue",
        {
            "name": "Docs",
            "description": "# How to write\nShort sentences.\n",
            "globs": "docs/**/*.md",
            "regex": "^import .* from",
            "alwaysApply": False,
        },
    ),
    (
        "unknown",
        {"metadata": "  owner: ana\n  level: 3", "tags": ["a", "b"], "version": "1.0", "description": "see #12"},
    ),
    ("unterminated", {}),
    ("a rule of dashes", {}),
]


@pytest.mark.parametrize(("name", "value"), SAID)
@pytest.mark.parametrize("how", ["as it is", "CRLF", "BOM", "no last line end", "wider", "bytes below"])
def test_what_a_rule_file_says(name: str, value: dict[str, Any], how: str) -> None:
    rule = parse(ALL[f"{name}, {how}"])
    assert rule.value == value
    assert list(rule.value) == list(value)
    assert ALL[f"{name}, {how}"].endswith(rule.body)


def test_fields_have_their_text_and_their_place() -> None:
    rule = parse(ALL["claude, as it is"])
    raw = '  - "src/**/*.{ts,tsx}"\n  # tests, too\n  - tests/**/*.test.ts'
    assert [(each.key, each.raw) for each in rule.fields] == [("paths", "paths:\n" + raw)]
    assert rule.body == b"\n# Frontend\n"
    tree = parse(ALL["cursor, comments, BOM"])
    assert tree.position(("globs", 1)) == Position(4, 1)
    assert tree.position(("nowhere",)) == Position(1, 1)


def test_of_keys_that_stand_twice_the_last_counts() -> None:
    raw = b"---\na: 1\nb: 2\na: 3\n---\n"
    assert parse(raw).value == {"a": "3", "b": "2"}
    assert edit(raw, [Put(("a",), "4")]) == b"---\na: 1\nb: 2\na: 4\n---\n"
    assert edit(raw, [Drop(("a",))]) == b"---\nb: 2\n---\n"


EDITS = [  # before, edit, what is replaced, and by what
    pytest.param("cursor one glob", Put(("globs",), "*.pyi"), "*.py\n", "*.pyi\n", id="a glob stays bare"),
    pytest.param("cursor auto", Put(("globs",), "src/*.ts"), "src/api/**/*.ts,src/lib/*.ts", "src/*.ts", id="globs"),
    pytest.param("cursor auto", Put(("alwaysApply",), True), "false", "true", id="true"),
    pytest.param("cursor always", Put(("description",), "x"), "description: ", "description: x", id="an empty value"),
    pytest.param("cursor auto", Put(("description",), ""), " API conventions", "", id="nothing"),
    pytest.param("cursor auto", Put(("description",), "a: b"), "API conventions", '"a: b"', id="what YAML misreads"),
    pytest.param(
        "cursor, comments",
        Put(("description",), "x"),
        '"Use C# 12: records, not classes"',
        '"x"',
        id="its quotes and its comment stay",
    ),
    pytest.param("claude, flow", Append(("paths",), "*.md"), "lib/*.ts", '"lib/*.ts", "*.md"', id="in brackets"),
    pytest.param(
        "copilot", Put(("description",), "That's it"), "It''s for TypeScript", "That''s it", id="single quotes"
    ),
    pytest.param("copilot all", Put(("applyTo",), "**/*.py"), '"**"', '"**/*.py"', id="double quotes"),
    pytest.param(
        "claude", Append(("paths",), "docs/*.md"), "*.test.ts\n", "*.test.ts\n  - docs/*.md\n", id="another item"
    ),
    pytest.param("claude", Drop(("paths", 0)), '  - "src/**/*.{ts,tsx}"\n', "", id="an item goes, its neighbours stay"),
    pytest.param("claude", Put(("paths", 1), "*"), "tests/**/*.test.ts", '"*"', id="an item changes"),
    pytest.param("kiro list", Append(("fileMatchPattern",), "a"), "'*.tfvars'\n", "'*.tfvars'\n- 'a'\n", id="dashes"),
    pytest.param(
        "kiro list", Put(("fileMatchPattern",), "a"), ":\n- \"*.tf\"\n- '*.tfvars'", ": a", id="text for a list"
    ),
    pytest.param("copilot all", Put(("applyTo",), ["a"]), ' "**"', "\n  - a", id="a list for text"),
    pytest.param("continue", Put(("description",), "x"), "|\n  # How to write\n  Short sentences.", "x", id="a block"),
    pytest.param("unknown", Drop(("metadata",)), "metadata:\n  owner: ana\n  level: 3\n", "", id="all its lines"),
    pytest.param("unknown", Put(("name",), "x"), "#12\n", "#12\nname: x\n", id="behind the last field"),
    pytest.param("cursor manual", Put(("globs",), "*.py"), "---\n", '---\nglobs: "*.py"\n', id="into an empty one"),
    pytest.param(
        "claude, none", Put(("paths",), ["*.py"]), "# Al", '---\npaths:\n  - "*.py"\n---\n# Al', id="a new one"
    ),
    pytest.param("copilot all", Drop(("applyTo",)), '---\napplyTo: "**"\n---\n', "", id="the only field"),
    pytest.param("copilot all", Drop(("nowhere",)), "", "", id="nothing to drop"),
]


@pytest.mark.parametrize(("name", "one", "old", "new"), EDITS)
@pytest.mark.parametrize("eol", ["\n", "\r\n"])
def test_edit(name: str, one: Edit, old: str, new: str, eol: str) -> None:
    before = RULES[name]
    after = before.replace(old, new, 1)
    assert edit(before.replace("\n", eol).encode(), [one]).decode() == after.replace("\n", eol)


def test_bare_keys_are_written_as_cursor_reads_them() -> None:
    made = edit(b"x\n", [Put(("description",), "y"), Put(("globs",), "*.py")], bare={"globs"})
    assert made == b'---\ndescription: "y"\nglobs: *.py\n---\nx\n'
    assert edit(made, [Put(("globs",), "**/*.{ts,tsx}")]).count(b"globs: **/*.{ts,tsx}\n") == 1


@settings(deadline=None)
@given(st.sampled_from(sorted(ALL)), keys, contents)
def test_a_new_field_says_what_it_should_and_goes_without_a_trace(name: str, key: str, content: Any) -> None:
    raw = ALL[name]
    before = parse(raw)
    if key in before.value:
        return
    try:
        made = edit(raw, [Put((key,), content)])
    except Rejected:
        assert not key.isidentifier()
        return
    assert same(parse(made).value, {**before.value, key: content})
    assert parse(made).body == before.body
    assert edit(made, [Drop((key,))]) == (
        raw if before.fields or not before.lines else raw.replace(_fences(before), b"")
    )


def _fences(rule: Any) -> bytes:
    """An empty front matter, which nothing tells from one that was made for a field."""
    return "".join(rule.lines).encode()


@settings(deadline=None)
@given(st.data())
def test_an_edit_changes_the_lines_of_its_field_only(data: st.DataObject) -> None:
    raw = ALL[data.draw(st.sampled_from([name for name in sorted(ALL) if parse(ALL[name]).fields]))]
    rule = parse(raw)
    chosen = data.draw(st.sampled_from(rule.fields))
    content: Any = data.draw(contents)
    one: Edit = data.draw(st.sampled_from([Drop((chosen.key,)), Put((chosen.key,), content)]))
    made = edit(raw, [one])
    after = parse(made)
    assert same(after.value, outcome(rule.value, one))
    assert after.body == rule.body
    assert [each.raw for each in after.fields if each.key != chosen.key] == [
        each.raw for each in rule.fields if each.key != chosen.key
    ]
    if after.lines:
        behind = len(rule.lines) - chosen.line - chosen.lines
        assert after.lines[: chosen.line] == rule.lines[: chosen.line]
        assert after.lines[len(after.lines) - behind :] == rule.lines[len(rule.lines) - behind :]


@pytest.mark.parametrize("name", ALL)
def test_a_file_that_says_so_already_comes_back_as_it_is(name: str) -> None:
    raw = ALL[name]
    value = parse(raw).value
    assert edit(raw, []) == edit(raw, [Put((key,), each) for key, each in value.items()]) == raw
    assert edit(raw, [Put((), value)]) == raw


@pytest.mark.parametrize(
    "one",
    [
        Put((), "x"),
        Put(("globs",), 1),
        Put(("globs",), None),
        Put(("globs",), ["a", 1]),
        Put(("globs", "a"), "x"),
        Append(("globs",), "x"),
        Put(("x",), "\ud800"),
        Drop(()),
    ],
)
def test_an_edit_that_cannot_be_made_is_rejected(one: Edit) -> None:
    with pytest.raises(Rejected):
        edit(ALL["cursor auto, as it is"], [one])


def test_what_is_unreadable_says_where() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(b"---\na: \xff\n---\n")
    assert caught.value.position == (2, 4)
    with pytest.raises(Unreadable):
        parse(b"x" * (LARGEST + 1))


@pytest.mark.parametrize("inner", ["a: 1\n", " ", "- x\n", "{,", "''", "#\n", " [", "\n", "a:\n ", "x: [a\n", "\t#"])
@pytest.mark.parametrize("before", ["a: b", "a:\n", "a: [", "a: '", "a: |\n", ""])
def test_hostile_fields_are_read_in_bounded_time(before: str, inner: str) -> None:
    head = (before + inner * (LONGEST // len(inner)))[: LONGEST - 20]
    made = edit(f"---\n{head}\n---\nbody".encode(), [Put(("z",), "x")])
    assert parse(made).value["z"] == "x"
    assert parse(made).body == b"body"


def test_a_front_matter_has_a_largest_size() -> None:
    with pytest.raises(Unreadable, match="larger than"):
        parse(b"---\n" + b"a: 1\n" * LONGEST + b"---\n")
    assert parse(b"---\n" + b"a: 1\n" * LONGEST).fields == ()


@settings(deadline=None)
@given(
    st.binary(max_size=80) | st.text("a:-#[]{}'\"|> \t\r\n,*", max_size=60).map(str.encode),
    st.booleans(),
    keys,
    contents,
)
def test_any_bytes_are_read_edited_or_refused(raw: bytes, fenced: bool, key: str, content: Any) -> None:
    raw = b"---\n" + raw + b"\n---\n" if fenced else raw
    try:
        rule = parse(raw)
    except Unreadable:
        return
    edits: list[Edit] = [Put((key,), content), *(Drop((each.key,)) for each in rule.fields)]
    edits += [Put((each.key,), content) for each in rule.fields]
    for one in edits:
        try:
            made = edit(raw, [one])
        except Rejected:
            continue
        assert parse(made).body == rule.body
