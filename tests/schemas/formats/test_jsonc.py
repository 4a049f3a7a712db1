"""JSON files of every client: what an edit says is so afterwards, and every other byte is where it was."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.formats.edits import Append, Drop, Edit, Path, Position, Put, Value, at, same
from schemas.formats.jsonc import LENIENT, STRICT, Jsonc
from schemas.formats.jsonc_tree import Document, written
from tests.schemas.formats.client_files import CASES

SERVER: Value = {"command": "uvx", "args": ["a", "b c"], "env": {"K": "${K}", "한": ""}, "tools": [{"name": "x"}, []]}

each_file = pytest.mark.parametrize(("reader", "raw"), CASES.values(), ids=CASES.keys())

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
values = st.recursive(
    scalars, lambda v: st.lists(v, max_size=4) | st.dictionaries(st.text(max_size=3), v, max_size=4), max_leaves=12
)


def places(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """Everything that a file says, with where it says it."""
    yield path, value
    for step, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(each, (*path, step))


def model(value: dict[str, Value], edit: Edit) -> dict[str, Value]:
    """What a file says after an edit, by the rules of edits alone."""
    whole: Any = {"": deepcopy(value)}
    path = ("", *edit.path)
    if isinstance(edit, Drop):
        dropped(whole, path, edit.parents)
        return whole.get("", {})  # type: ignore[no-any-return]
    place = whole
    for step, follows in pairwise(path):
        place = made(place, step, {} if isinstance(follows, str) else [])
    if isinstance(edit, Put):
        made(place, path[-1], None)
        place[path[-1]] = edit.value
        return whole[""]  # type: ignore[no-any-return]
    end = made(place, path[-1], [])
    if not end or not same(end[-1], edit.value):
        end.append(edit.value)
    return whole[""]  # type: ignore[no-any-return]


def made(place: Any, step: Any, otherwise: Any) -> Any:
    """What stands at a step, after it was made."""
    if isinstance(place, dict):
        return place.setdefault(step, otherwise)
    if step == len(place):
        place.append(otherwise)
    return place[step]


def dropped(whole: Any, path: Path, parents: int) -> None:
    """Drop what is at a path, and emptied parents."""
    try:
        at(whole, path)
    except KeyError:
        return
    for depth in range(len(path) - 1, -1, -1):
        place: Any = at(whole, path[:depth])
        del place[path[depth]]
        if place or depth < len(path) - parents:
            break


def lines(text: str) -> list[str]:
    """The lines of a file that say something, without commas, and brackets, at their ends."""
    bare = (re.sub(r"[\s,{}\[\]]*(?=$|//|/\*)", "", line.strip(" \t,{}[]")) for line in text.splitlines())
    return [line for line in bare if line]


def missing(before: list[str], after: list[str]) -> list[str]:
    """The lines that are there no more, or no more in their order."""
    kept = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    there = {block.a + n for block in kept for n in range(block.size)}
    return [line for n, line in enumerate(before) if n not in there]


@each_file
def test_what_a_file_says_already_changes_no_byte(reader: Jsonc, raw: bytes) -> None:
    said = reader.parse(raw).value
    edits: list[Edit] = [Put(path, deepcopy(value)) for path, value in places(said)]
    edits += [Append(path, value[-1]) for path, value in places(said) if isinstance(value, list) and value]
    edits += [Drop((*path, "not there"), 3) for path, _ in places(said)]
    assert reader.edit(raw, []) == raw
    assert reader.edit(raw, edits) == raw


@each_file
@pytest.mark.parametrize("value", [SERVER, 1.5, "텍스트", [], {}, ["a"], [{"a": []}]], ids=repr)
def test_what_is_added_and_dropped_leaves_no_byte(reader: Jsonc, raw: bytes, value: Value) -> None:
    tree = reader.parse(raw)
    root = 0 if tree.root else 1
    for path, place in places(tree.value):
        if isinstance(place, dict):
            pairs = [
                (Put((*path, "new"), value), Drop((*path, "new"), root)),
                (Put((*path, "new", "deep", "er"), value), Drop((*path, "new", "deep", "er"), 2 + root)),
                (Put((*path, "new", 0), value), Drop((*path, "new", 0), 1 + root)),
            ]
        elif isinstance(place, list):
            pairs = [(Put((*path, len(place)), value), Drop((*path, len(place))))]
        else:
            continue
        for put, drop in pairs:
            there = reader.edit(raw, [put])
            assert same(reader.parse(there).value, model(tree.value, put))
            assert reader.edit(there, [drop]) == raw
            assert reader.edit(raw, [put, drop]) == raw


@each_file
def test_a_value_is_replaced_on_its_own_and_comes_back(reader: Jsonc, raw: bytes) -> None:
    said = reader.parse(raw).value
    for path, value in places(said):
        if not isinstance(value, dict | list):
            there = reader.edit(raw, [Put(path, "other")])
            assert same(reader.parse(there).value, model(said, Put(path, "other")))
            assert len(there) - len(raw) == len('"other"') - _written(raw, reader.parse(raw).position(path))


def _written(raw: bytes, position: Position) -> int:
    """Bytes of the scalar that is written here."""
    text = raw.decode("utf-8-sig").splitlines()[position.line - 1][position.column - 1 :]
    return len(text[: json.JSONDecoder().raw_decode(text)[1]].encode())


@each_file
def test_what_is_dropped_takes_no_line_of_others_with_it(reader: Jsonc, raw: bytes) -> None:
    tree = reader.parse(raw)
    whole = raw.decode("utf-8-sig").splitlines()
    for path, _ in places(tree.value):
        if not path or "again" in raw.decode():  # all that has one key goes
            continue
        rest = reader.edit(raw, [Drop(path)])
        assert same(reader.parse(rest).value, model(tree.value, Drop(path)))
        first, last = _extent(tree, path)
        after = lines(rest.decode("utf-8-sig"))
        joined = missing(lines("\n".join(whole[: first - 1] + whole[last:])), after)  # the lines of two brackets
        assert all(any(line in each for each in after) for line in joined)


def _extent(tree: Document, path: Path) -> tuple[int, int]:
    """The first and the last line of a member."""
    node: Any = tree.root
    for step in path:
        member = node.members[node.find(step)]
        node = member.node
    line = tree.position(path).line
    return line - len(member.name.splitlines()) + 1 if member.name else line, line + "".join(
        (*written(node), member.gap)
    ).count("\n")


@each_file
def test_what_is_added_keeps_every_line(reader: Jsonc, raw: bytes) -> None:
    text = raw.decode("utf-8-sig")
    for path, value in places(reader.parse(raw).value):
        if isinstance(value, dict) and value:
            edited = reader.edit(raw, [Put((*path, "new"), SERVER)]).decode("utf-8-sig")
            rest = iter(edited)
            assert all(character in rest for character in text)
            assert len(missing(lines(text), lines(edited))) <= 1


edits = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 10**6), values),
        st.tuples(st.just("new"), st.integers(0, 10**6), values),
        st.tuples(st.just("append"), st.integers(0, 10**6), values),
        st.tuples(st.just("drop"), st.integers(0, 10**6), st.integers(0, 3)),
    ),
    max_size=6,
)


def an_edit(said: dict[str, Value], kind: str, number: int, value: Any) -> Edit | None:
    """An edit that can be made."""
    there = list(places(said))
    path, place = there[number % len(there)]
    if kind == "drop":
        return Drop(path, value) if path else None
    if kind == "append":
        return Append(path, value) if isinstance(place, list) else None
    if kind == "put":
        return Put(path, value) if path else None
    if isinstance(place, dict):
        return Put((*path, f"new {number % 3}"), value)
    return Put((*path, len(place)), value) if isinstance(place, list) else None


@settings(max_examples=400)
@given(st.sampled_from(sorted(CASES)), edits)
def test_a_file_says_what_its_edits_say(case: str, wanted: list[tuple[str, int, Any]]) -> None:
    reader, raw = CASES[case]
    said, made, single = reader.parse(raw).value, [], raw
    for each in wanted:
        edit = an_edit(said, *each)
        if edit:
            said = model(said, edit)
            made.append(edit)
            single = reader.edit(single, [edit])
            assert same(reader.parse(single).value, said)
    assert same(reader.parse(reader.edit(raw, made)).value, said)
    if reader == STRICT and raw.strip():
        assert same(json.loads(single.decode("utf-8-sig") or "{}"), said)


@settings(max_examples=300)
@given(st.sampled_from(sorted(CASES)), st.dictionaries(st.text(max_size=3), values, max_size=4))
def test_a_whole_file_can_be_put(case: str, value: dict[str, Value]) -> None:
    reader, raw = CASES[case]
    assert same(reader.parse(reader.edit(raw, [Put((), value)])).value, value)
    assert same(reader.parse(reader.edit(b"", [Put((), value)])).value, value)


BLANKS = st.sampled_from([" ", "\n", "\t", "\n  ", "//", "/*"])


def scattered(draw: st.DrawFn, value: Value, numbers: Iterator[int]) -> str:
    """A value with blanks, line breaks and numbered comments anywhere between its tokens."""

    def gap() -> str:
        pieces = draw(st.lists(BLANKS, max_size=3))
        marks = {"//": lambda: f"//{next(numbers)}!\n", "/*": lambda: f"/*{next(numbers)}!*/"}
        return "".join(marks[piece]() if piece in marks else piece for piece in pieces)

    if not isinstance(value, dict | list):
        return json.dumps(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    names = [json.dumps(key) + gap() + ":" + gap() for key in value] if isinstance(value, dict) else [""] * len(value)
    each = value.values() if isinstance(value, dict) else value
    members = [gap() + name + scattered(draw, v, numbers) + gap() for name, v in zip(names, each, strict=True)]
    comma = draw(st.sampled_from(["", ","]))
    return opening + (",".join(members) + (comma and comma + gap()) if members else gap()) + closing


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A file in no style at all."""
    value = draw(st.dictionaries(st.sampled_from("abc"), values, max_size=3))
    numbers = iter(range(10**6))
    return (
        draw(st.sampled_from(["", " ", "\n", "// 0\n"]))
        + scattered(draw, value, numbers)
        + draw(st.sampled_from(["", "\n"]))
    )


@settings(max_examples=300)
@given(documents(), st.integers(0, 10**6), values)
def test_in_a_file_of_no_style_the_same_holds(text: str, number: int, value: Value) -> None:
    raw = text.encode()
    said = LENIENT.parse(raw).value
    assert LENIENT.edit(raw, []) == raw
    there = list(places(said))
    path, place = there[number % len(there)]
    step = len(place) if isinstance(place, list) else "new"
    if isinstance(place, dict | list):
        put = Put((*path, step), value)
        edited = LENIENT.edit(raw, [put])
        assert same(LENIENT.parse(edited).value, model(said, put))
        assert set(re.findall(rb"[/*]\d+!", raw)) <= set(re.findall(rb"[/*]\d+!", edited))
        assert LENIENT.edit(edited, [Drop((*path, step))]) == raw
    if path:
        assert same(LENIENT.parse(LENIENT.edit(raw, [Drop(path)])).value, model(said, Drop(path)))
        assert same(LENIENT.parse(LENIENT.edit(raw, [Put(path, value)])).value, model(said, Put(path, value)))
        first = LENIENT.edit(raw, [Drop(path), Put(("z",), value)])
        assert same(LENIENT.parse(first).value, model(model(said, Drop(path)), Put(("z",), value)))
