"""Every kind of file, every kind of edit: nothing else changes, and what was made can be unmade."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Rejected
from schemas.formats import toml
from schemas.formats.edits import Append, Drop, Edit, Path, Put, Value, at, same
from tests.schemas.formats.codex_configs import FILES

files = pytest.mark.parametrize("raw", FILES.values(), ids=FILES)
any_file = st.sampled_from(list(FILES.values()))
text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.sampled_from(["a", "new", "b.c", "with space", "", 'quo"te', "é"]) | text
scalars = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | text
values = st.recursive(scalars, lambda v: st.lists(v, max_size=4) | st.dictionaries(names, v, max_size=4), max_leaves=8)
SERVER: dict[str, Value] = {
    "command": "uvx",
    "args": ["a", "b"],
    "env": {"TOKEN": "t"},
    "tools": {"search": {"approval_mode": "auto"}},
}


def paths(value: Value, above: Path = ()) -> Iterator[Path]:
    """The ways to everything in a value."""
    yield above
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from paths(one, (*above, step))


def said(raw: bytes) -> dict[str, Value]:
    return toml.parse(raw).value


def lines(raw: bytes) -> Counter[bytes]:
    return Counter(line.strip() for line in raw.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip())


def made(value: Any, edit: Edit) -> Any:
    """What an edit means, said again and otherwise: a value without None."""
    if not edit.path:
        return edit.value if isinstance(edit, Put) else value
    step, rest = edit.path[0], edit._replace(path=edit.path[1:])
    copy: Any = value.copy()
    there = step in copy if isinstance(copy, dict) else isinstance(step, int) and step < len(copy)
    if isinstance(edit, Put) or rest.path:
        if there or isinstance(edit, Put):
            copy[step] = made(copy[step] if there else {}, rest)
    elif isinstance(edit, Append):
        copy[step] = [*(copy[step] if there else []), edit.value]
    elif there:
        del copy[step]
    return copy


def without_empty(value: Value) -> Value:
    """A table that is left empty may be there or not: see `toml`."""
    if not isinstance(value, dict):
        return [without_empty(one) for one in value if one != {}] if isinstance(value, list) else value
    inner = {name: without_empty(one) for name, one in value.items()}
    return {name: one for name, one in inner.items() if one not in ({}, [])}


@files
def test_what_is_said_already_changes_nothing(raw: bytes) -> None:
    value = said(raw)
    assert toml.edit(raw, []) == raw
    assert toml.edit(raw, [Put(path, at(value, path)) for path in paths(value)]) == raw
    assert toml.edit(raw, [Drop(("nothing", "here"), 1), Drop(("model", "x"))]) == raw


@files
def test_a_new_server_is_there_and_gone_without_a_trace(raw: bytes) -> None:
    with_server = toml.edit(raw, [Put(("mcp_servers", "my new/server"), SERVER)])
    assert at(said(with_server), ("mcp_servers", "my new/server")) == SERVER
    if b"mcp_servers = " not in raw:
        assert lines(raw) <= lines(with_server)
    was_there = "mcp_servers" in said(raw)
    assert toml.edit(with_server, [Drop(("mcp_servers", "my new/server"), 0 if was_there else 1)]) == raw


@files
def test_every_server_can_be_dropped_and_nothing_else_is(raw: bytes) -> None:
    value: Any = said(raw)
    for name in value.get("mcp_servers", {}):
        without = toml.edit(raw, [Drop(("mcp_servers", name))])
        expected = made(value, Drop(("mcp_servers", name)))
        assert same(without_empty(said(without)), without_empty(expected))
        comments = {line.strip() for line in raw.split(b"\n") if line.strip().startswith(b"# ---")}
        assert comments <= set(lines(without))


@files
def test_every_scalar_can_be_replaced_in_its_place(raw: bytes) -> None:
    value = said(raw)
    before = raw.split(b"\n")
    for path in paths(value):
        if isinstance(at(value, path), str | bool | int | float) and b'"""' not in raw and b"'''" not in raw:
            after = toml.edit(raw, [Put(path, "other")]).split(b"\n")
            changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
            assert len(changed) == 1
            assert changed[0][0].partition(b" # ")[1:] == changed[0][1].partition(b" # ")[1:]


@files
def test_every_table_takes_a_new_key_and_gives_it_back(raw: bytes) -> None:
    value = said(raw)
    for path in paths(value):
        if isinstance(at(value, path), dict):
            for new in ("text", ["a", "list"], {"short": True}, {"deep": {"a": [1]}, "b": 1}, {}):
                edited = toml.edit(raw, [Put((*path, "a new key"), new)])  # type: ignore[arg-type]
                assert (lines(raw) - lines(edited)).total() <= 1, "but for the line of an inline table"
                assert toml.edit(edited, [Drop((*path, "a new key"))]) == raw, (path, new)


@files
def test_every_list_takes_a_new_element_and_gives_it_back(raw: bytes) -> None:
    value = said(raw)
    for path in paths(value):
        if isinstance(found := at(value, path), list):
            new: Value = {"type": "new"} if found and isinstance(found[0], dict) else "new"
            edited = toml.edit(raw, [Append(path, new)])
            assert at(said(edited), path) == [*found, new]
            assert toml.edit(edited, [Drop((*path, len(found)))]) == raw, path


@files
def test_every_value_can_be_dropped(raw: bytes) -> None:
    value = said(raw)
    for path in paths(value):
        dropped = toml.edit(raw, [Drop(path)])
        assert same(without_empty(said(dropped)), without_empty(made(value, Drop(path)))), path


@settings(max_examples=200, deadline=None)
@given(any_file, st.data())
def test_what_is_made_can_be_unmade(raw: bytes, data: st.DataObject) -> None:
    value = said(raw)
    tables = [path for path in paths(value) if isinstance(at(value, path), dict)]
    table = data.draw(st.sampled_from(tables))
    way = data.draw(st.lists(names, min_size=1, max_size=3))
    if way[0] not in at(value, table):  # type: ignore[operator]
        edited = toml.edit(raw, [Put((*table, *way), data.draw(values))])
        assert toml.edit(edited, [Drop((*table, *way), len(way) - 1)]) == raw


@settings(max_examples=200, deadline=None)
@given(any_file, st.data())
def test_a_file_says_what_its_edits_mean(raw: bytes, data: st.DataObject) -> None:
    value = said(raw)
    edits: list[Edit] = []
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from(list(paths(value))))
        kinds = [Put] if isinstance(at(value, path), dict) else [Put, Drop]
        kind: Any = data.draw(st.sampled_from([*kinds, Append] if isinstance(at(value, path), list) else kinds))
        if kind is Put and isinstance(at(value, path), dict):
            path = (*path, data.draw(names))
        if not path:
            continue
        edit = kind(path) if kind is Drop else kind(path, data.draw(values))
        edits.append(edit)
        value = made(value, edit)
    edited = toml.edit(raw, edits)
    assert same(without_empty(said(edited)), without_empty(value))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 5) | values, max_size=8), st.lists(st.integers(0, 5) | values, max_size=8), st.booleans()
)
def test_any_list_can_be_made_any_other(old: list[Value], new: list[Value], over_lines: bool) -> None:
    raw = toml.edit(b"", [Put(("a",), old)])
    if over_lines:
        raw = (
            b"a = [\n"
            + b"".join(
                toml.edit(b"", [Put(("a",), one)])[4:-1] + b", # one\n" for one in old if not isinstance(one, dict)
            )
            + b"]\n"
        )
    assert said(toml.edit(raw, [Put(("a",), new)])) == {"a": new}


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(names, values, max_size=5), st.dictionaries(names, values, max_size=5))
def test_any_file_can_be_made_any_other(old: dict[str, Value], new: dict[str, Value]) -> None:
    raw = toml.edit(b"", [Put((), old)])
    assert same(said(raw), old)
    assert same(said(toml.edit(raw, [Put((), new)])), new)


@pytest.mark.parametrize("value", [None, [None], {"a": None}, 2**63, "\ud800", {"\ud800": 1}, {1: 2}, {"a": {2}}])
def test_what_toml_cannot_say_is_rejected(value: Any) -> None:
    with pytest.raises(Rejected):
        toml.edit(b"a = 1\n", [Put(("b",), value)])
