"""Editing one value: what is in its brackets keeps its commas, its comments and its lines."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import takewhile

from schemas.formats.edits import Path, Value, at, same
from schemas.formats.toml_scan import BETWEEN_MEMBERS, Member, line_end, line_start, members
from schemas.formats.toml_text import dotted, text

COMPARISONS = 250_000
"""How many pairs of elements are compared, to keep the lines of those that two lists have in common."""


def rewritten(source: str, old: Value, new: Value) -> str:
    """`source`, which says `old`, with as little changed as makes it say `new`."""
    if same(old, new):
        return source
    if isinstance(old, list) and isinstance(new, list):
        return _list(source, old, new)
    if isinstance(old, dict) and isinstance(new, dict):
        return _table(source, old, new)
    return text(new)


def _list(source: str, old: list[Value], new: list[Value]) -> str:
    """Elements that both have stay, with their comments."""
    found = list(members(source, 0))
    for start, end, wanted in reversed(list(_differences(old, new))):
        common = start + min(end - start, len(wanted))
        if common < end:
            source = _without(source, found, common, end)
        elif added := [text(value) for value in wanted[common - start :]]:
            source = _with(source, found, common, added)
        for number in range(common - 1, start - 1, -1):
            source = _replaced(source, found[number], old[number], wanted[number - start])
    return source


def _differences(old: list[Value], new: list[Value]) -> Iterator[tuple[int, int, list[Value]]]:
    """Which parts of the old list are to be what."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    one, other = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(one) * len(other) > COMPARISONS:
        yield head, head + len(one), other
        return
    matcher = SequenceMatcher(None, list(map(text, one)), list(map(text, other)))
    for what, start, end, other_start, other_end in matcher.get_opcodes():
        if what != "equal":
            yield head + start, head + end, other[other_start:other_end]


def _alike(one: list[Value], other: list[Value]) -> int:
    """How many values both begin with."""
    return sum(1 for _ in takewhile(lambda pair: same(*pair), zip(one, other, strict=False)))


def _table(source: str, old: dict[str, Value], new: dict[str, Value]) -> str:
    found = list(members(source, 0))
    kept = [_has(new, member.path) for member in found]
    added = [f"{dotted(path)} = {text(value)}" for path, value in _missing(new, {m.path for m in found})]
    if added:
        source = _with(source, found, len(found), added)
    for number in range(len(found) - 1, -1, -1):
        member = found[number]
        if kept[number]:
            source = _replaced(source, member, at(old, member.path), at(new, member.path))
    for number in range(len(found) - 1, -1, -1):
        if not kept[number]:
            source = _without(source, list(members(source, 0)), number, number + 1)
    return source


def _has(value: Value, path: Path) -> bool:
    try:
        at(value, path)
    except KeyError:
        return False
    return True


def _missing(value: dict[str, Value], found: set[Path], above: Path = ()) -> list[tuple[Path, Value]]:
    """What no member says. A key with dots says all the tables on its way."""
    missing: list[tuple[Path, Value]] = []
    for name, inner in value.items():
        path = (*above, name)
        if path in found:
            continue
        if isinstance(inner, dict) and inner and any(other[: len(path)] == path for other in found):
            missing += _missing(inner, found, path)
        else:
            missing.append((path, inner))
    return missing


def _replaced(source: str, member: Member, old: Value, new: Value) -> str:
    start, end = member.value
    return source[:start] + rewritten(source[start:end], old, new) + source[end:]


def _with(source: str, found: list[Member], number: int, added: list[str]) -> str:
    """`source` with new members from `number` on."""
    if not found:
        return _filled(source, added)
    if number == 0:
        gap = _gap(source, 1, found[0].start) or " "
        first = "".join(f"{one},{gap}" for one in added)
        return source[: found[0].start] + first + source[found[0].start :]
    last = found[number - 1]
    comma = last.stop > last.value.end
    if not _begins_line(source, last.start):
        start = last.stop
        joined = "".join(f" {one}," for one in added) if comma else "".join(f", {one}" for one in added)
        return source[:start] + joined + source[start:]
    indent, newline = source[line_start(source, last.start) : last.start], _newline(source)
    between, behind = f",{newline}{indent}", "," * comma
    if _ends_line(source, last.stop):
        start = source.index("\n", last.stop) + 1
        lines = indent + between.join(added) + behind + newline
    else:
        start = last.stop
        lines = newline + indent + between.join(added) + behind
    return source[: last.stop] + "," * (not comma) + source[last.stop : start] + lines + source[start:]


def _filled(source: str, added: list[str]) -> str:
    """`source`, in whose brackets no member is, with members."""
    inside = source[1:-1]
    if "\n" not in inside:
        after = " " if source[0] == "{" else inside
        before = after + inside if source[0] == "{" else inside
        return source[0] + before + ", ".join(added) + after + source[-1]
    start = line_start(source, len(source) - 1)
    indent = source[start:-1] + ("\t" if "\t" in source[start:] else "    ")
    return source[:start] + "".join(f"{indent}{one},{_newline(source)}" for one in added) + source[start:]


def _without(source: str, found: list[Member], first: int, last: int) -> str:
    """`source` without its members from `first` until before `last`."""
    start, stop = found[first].start, found[last - 1].stop
    ends = last == len(found)
    uncomma = ends and first > 0 and stop == found[last - 1].value.end
    if _begins_line(source, start) and _ends_line(source, stop):
        source = source[: line_start(source, start)] + source[source.index("\n", stop) + 1 :]
        return _uncommaed(source, found[first - 1]) if uncomma else source
    if not ends:
        behind = found[last].start
        if "\n" in source[stop:behind]:
            behind = stop
        return source[:start] + source[behind:]
    if first == 0:
        before, after = source[1:start], source[stop:-1]
        return source[0] + _emptied(source[0], before, after) + source[-1]
    previous = found[first - 1]
    between = source[previous.stop : start]
    if between.strip():
        source = source[:start] + source[stop:]
        return _uncommaed(source, previous) if uncomma else source
    return source[: previous.value.end if uncomma else previous.stop] + source[stop:]


def _emptied(bracket: str, before: str, after: str) -> str:
    """What stays between the brackets; undoes `_filled`."""
    if before.strip() or after.strip():
        return before + after
    if bracket == "{":
        return before[1:] if after == " " else ""
    return before if before == after else ""


def _uncommaed(source: str, member: Member) -> str:
    return source[: member.stop - 1] + source[member.stop :]


def _newline(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"


def _begins_line(source: str, offset: int) -> bool:
    start = line_start(source, offset)
    return start > 0 and not source[start:offset].strip()


def _ends_line(source: str, offset: int) -> bool:
    """Whether no more than a comment is behind `offset` in its line."""
    end = line_end(source, offset)
    return end < len(source) and source[offset:end].lstrip()[:1] in {"", "#"}


def _gap(source: str, start: int, end: int) -> str:
    """The white space between two offsets, from the last comment on."""
    found = BETWEEN_MEMBERS.match(source, start, end)
    gap = source[start : found.end()] if found else ""
    return gap if "#" not in gap else _newline(source) + gap[gap.rindex("\n") + 1 :]
