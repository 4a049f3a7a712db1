"""Editing YAML: what is not edited stays, byte for byte, and what is edited says what it should."""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Rejected
from schemas.formats.edits import Append, Drop, Edit, Path, Put, Value, same
from schemas.formats.yaml import Document, edit, parse
from schemas.formats.yaml_layout import Layout, find, members
from schemas.formats.yaml_nodes import Collection
from tests.schemas.formats.yaml_files import ALL

TRICKY = "on yes y 1e3 *.py - -y ~ 2024-01-01 0x1f 1:30 true null ' \" { [a] &a !t %d @a ` | > --- ... = << 1_0 C:\\a"
BROKEN = [
    "한글 🙂",
    "a: b",
    "# x",
    "x #y",
    "a:",
    "- a",
    "",
    " ",
    "a\nb\n",
    "a\n",
    "\n",
    "a\tb",
    "http://x/y?a,b",
    "\x85",
    "\u2028",
    "\ufeff",
]
texts = st.text(max_size=12) | st.sampled_from([*TRICKY.split(), *BROKEN])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts
values = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3), max_leaves=6)


def paths(value: Value, path: Path = ()) -> Iterator[Path]:
    """All that there is."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, each in inner:
        yield from paths(each, (*path, step))


def model(value: Value, edit: Edit) -> Value:
    """What an edit means, said in Python. The path is there, but for its last step."""
    whole: Any = {"": deepcopy(value)}
    place = whole
    *way, last = ("", *edit.path)
    for step in way:
        place = place[step]
    if isinstance(edit, Drop):
        del place[last]
    elif isinstance(edit, Append):
        place[last] = [*(place[last] or []), edit.value]
    elif isinstance(place, list) and last == len(place):
        place.append(edit.value)
    else:
        place[last] = edit.value
    made: Value = whole[""]
    return made


@st.composite
def files_and_edits(draw: st.DrawFn) -> tuple[bytes, Edit]:
    raw = ALL[draw(st.sampled_from(sorted(ALL)))]
    value: Any = parse(raw).value
    path = draw(st.sampled_from(list(paths(value))))
    there: Any = value
    for step in path:
        there = there[step]
    kinds = ["put", "drop"] * bool(path) + ["new"] * isinstance(there, dict) + ["append"] * isinstance(there, list)
    match draw(st.sampled_from(kinds)):
        case "put":
            return raw, Put(path, draw(values))
        case "drop":
            return raw, Drop(path)
        case "append":
            return raw, Append(path, draw(values))
    return raw, Put((*path, draw(texts.filter(lambda key: key not in there))), draw(values))


@settings(deadline=None)
@given(files_and_edits())
def test_an_edited_file_says_what_the_edit_means(case: tuple[bytes, Edit]) -> None:
    raw, one = case
    try:
        made = edit(raw, [one])
    except Rejected:
        if b"&options" not in raw:
            raise
        return
    assert same(parse(made).value, model(parse(raw).value, one))
    assert made.startswith(b"\xef\xbb\xbf") == raw.startswith(b"\xef\xbb\xbf")
    assert (b"\r\n" in made) == (b"\r\n" in raw) or b"\n" not in made
    assert made.count(b"\r") == made.count(b"\r\n") == (made.count(b"\n") if b"\r" in raw else 0)


@settings(deadline=None)
@given(files_and_edits())
def test_what_an_edit_does_not_touch_stays(case: tuple[bytes, Edit]) -> None:
    raw, one = case
    try:
        made = edit(raw, [one])
    except Rejected:
        return
    tree = parse(raw)
    first, last = (len(tree.text[:place].splitlines()) for place in _span(tree, one.path))
    before, after = tree.text.splitlines(), parse(made).text.splitlines()
    above = before[: first - 1]
    below = before[last + isinstance(one, Drop) :]
    assert [*map(opened, after[: len(above)])] == [*map(opened, above)]
    assert after[len(after) - len(below) :] == below
    outside = before[: first - 1] + before[last:]
    assert not Counter(comments(outside)) - Counter(comments(after))


def opened(line: str) -> str:
    """Without the sign for nothing, which the key of what is emptied gains, and the comma that the last needs not."""
    return line.replace(" {}", "").replace(" []", "").removesuffix(",")


def _span(tree: Document, path: Path) -> tuple[int, int]:
    """From the beginning of the nearest entry that there is on a path to its end."""
    nodes = find(tree.root, path)
    nearest, holder = nodes[-1], nodes[-2] if len(nodes) > 1 else None
    if not isinstance(holder, Collection):
        return nearest.begin + 1, nearest.end
    parts = zip(Layout(tree.text, tree.root).parts(holder), members(holder), strict=True)
    return next((begin + 1, end) for (begin, end), (_, last) in parts if last is nearest)


def comments(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines if line.lstrip().startswith("#")]


@settings(deadline=None)
@given(files_and_edits())
def test_what_was_put_newly_and_is_dropped_leaves_no_trace(case: tuple[bytes, Edit]) -> None:
    raw, one = case
    value: Any = parse(raw).value
    there: Any = value
    for step in one.path:
        there = there.get(step) if isinstance(there, dict) and isinstance(step, str) else there[step]
    if isinstance(one, Append):
        undo = Drop((*one.path, len(there)))
    elif isinstance(one, Put) and one.path not in set(paths(value)):
        undo = Drop(one.path)
    else:
        return
    try:
        made = edit(raw, [one])
    except Rejected:
        if b"&options" not in raw:
            raise
        return
    assert edit(raw, [one, undo]) == edit(made, [undo]) == raw


@pytest.mark.parametrize("name", ALL)
def test_a_file_that_says_so_already_comes_back_as_it_is(name: str) -> None:
    raw = ALL[name]
    value: Any = parse(raw).value
    edits: list[Edit] = [Put((key,), each) for key, each in value.items()]
    assert edit(raw, []) == edit(raw, edits) == edit(raw, [Put((), value)]) == raw


@pytest.mark.parametrize("name", ALL)
def test_every_scalar_can_be_replaced_and_put_back(name: str) -> None:
    raw = ALL[name]
    value: Any = parse(raw).value
    for path in paths(value):
        there: Any = value
        for step in path:
            there = there[step]
        if b"&options" in raw or not isinstance(there, str) or "\n" in there:
            continue
        made = edit(raw, [Put(path, "changed")])
        assert len(made.splitlines()) <= len(raw.splitlines())
        assert same(parse(edit(made, [Put(path, there)])).value, value)
