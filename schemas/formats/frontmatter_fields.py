"""One field of a front matter: read leniently, for it is not always YAML, and written in the style that it has."""

import json
import re
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from schemas.formats.edits import Unreadable, Value
from schemas.formats.globs import parts
from schemas.formats.yaml_nodes import compose
from schemas.formats.yaml_values import said
from schemas.formats.yaml_writing import plain, quoted

Content: TypeAlias = str | list[str] | bool

_KEY = re.compile(r"(?P<key>[^\s:#\-][^:]*):(?P<space>[ \t]*)(?P<rest>.*)", re.DOTALL)
_ITEM = re.compile(r"(?P<indent>[ \t]*)-(?P<space>[ \t]+|$)(?P<rest>.*)", re.DOTALL)
_COMMENT = re.compile(r"(?<![^ \t])#(?:[ \t]|$)")
_QUOTED = re.compile(r"""(?<![^\s,\[])(?:"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)""")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


class Field(NamedTuple):
    """A key, the lines that say it, without the last line end, and what they say."""

    key: str
    raw: str
    value: Content
    line: int
    """Of the file, from 0."""

    @property
    def lines(self) -> int:
        """How many lines it takes."""
        return len(self.raw.split("\n"))


def begins(line: str) -> bool:
    """Whether a line begins a field."""
    return _KEY.fullmatch(line) is not None


def extent(lines: Sequence[str], at: int) -> int:
    """How many lines say the field that begins at `at`. Comments and empty lines behind it are not its own."""
    match = _KEY.fullmatch(lines[at])
    block = match is not None and match["rest"][:1] in {"|", ">"}
    size = 1
    for count in range(2, len(lines) - at + 1):
        line = lines[at + count - 1]
        comment = line.lstrip().startswith("#")
        inner = line.startswith((" ", "\t"))
        if line.strip() and (inner or _ITEM.fullmatch(line)) and (block or not comment):
            size = count
        elif line.strip() and not inner and not comment:
            break
    return size


def field(lines: Sequence[str], at: int) -> Field:
    """The field that these lines say, of which none has its line end."""
    first, others = lines[0].rstrip("\r"), [line.rstrip("\r") for line in lines[1:]]
    match = _KEY.fullmatch(first)
    assert match is not None  # noqa: S101 - only lines that begin a field come here
    rest = match["rest"]
    value = _of_lines([first, *others], rest) if others else one_line(rest)
    return Field(_bare(match["key"].rstrip()), "\n".join(lines), value, at)


def one_line(rest: str) -> Content:
    """What stands behind a colon, in its line."""
    text = uncommented(rest)
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if text.startswith("[") and text.endswith("]"):
        return [_bare(item) for item in _flow_items(text)]
    return _bare(text)


def uncommented(rest: str) -> str:
    """Without the comment behind it. `#12` is none: people write that into descriptions."""
    text = rest.strip()
    if text[:1] in {'"', "'"}:
        end = _closing(text)
        return text[:end] if end and (text[end:].lstrip()[:1] in {"", "#"}) else text
    found = _COMMENT.search(_hidden(text) if text.startswith("[") else text)
    return text[: found.start()].rstrip() if found else text


def _flow_items(text: str) -> list[str]:
    """What stands between the commas of `[a, "b, c"]`, in its quotes."""
    items = []
    begin = 1
    for part in parts(_hidden(text)[1:-1]):
        items.append(text[begin : begin + len(part)].strip())
        begin += len(part) + 1
    return [item for item in items if item]


def _hidden(text: str) -> str:
    """Text of the same length, in which nothing in quotes means anything."""
    return _QUOTED.sub(lambda match: "_" * len(match[0]), text)


def written(old: Field | None, key: str, value: Content, bare: bool) -> list[str]:
    """The lines that say a field, in the style of `old`; `bare` writes text without quotes, as Cursor reads it."""
    if old is None:
        return _new(key, value, bare)
    first, *others = [line.rstrip("\r") for line in old.raw.split("\n")]
    match = _KEY.fullmatch(first)
    rest = match["rest"] if match else ""
    begin = first[: len(first) - len(rest)]
    if isinstance(value, list) and value and _items([*others]) is not None and not uncommented(rest):
        return [first, *_changed_items(others, value, bare)]
    if others and not (isinstance(value, list) and value):
        rest = ""
    text = uncommented(rest)
    comment = rest[rest.index(text) + len(text) :] if text in rest else ""
    if isinstance(value, list) and value and not text.startswith("["):
        return [begin.rstrip() + (comment if text else ""), *_items_of(value, bare)]
    new = _inline(value, text, bare)
    gap = "" if match is None or match["space"] or not new else " "
    return [(begin + gap + new + comment).rstrip() if not new else begin + gap + new + comment]


def _new(key: str, value: Content, bare: bool) -> list[str]:
    name = key if plain(key, flow=False) and ":" not in key else quoted(key)
    if isinstance(value, list) and value:
        return [f"{name}:", *_items_of(value, bare)]
    return [f"{name}: {_inline(value, '', bare)}".rstrip()]


def _of_lines(lines: list[str], rest: str) -> Content:
    items = _items(lines[1:])
    if items is not None and not uncommented(rest):
        return [_bare(uncommented(lines[1 + index][start:])) for index, start in items]
    try:
        value: Value = next(iter(said(compose("\n".join(lines) + "\n")).values()), "")
    except Unreadable:
        return " ".join([uncommented(rest), *(line.strip() for line in lines[1:])]).strip()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [str(item) for item in value]
    return value if isinstance(value, str | bool) else "\n".join([rest, *lines[1:]]).strip("\n")


def _items(lines: list[str]) -> list[tuple[int, int]] | None:
    """Of a list below its key, the line of each item and where in it the item begins; None if there are other lines."""
    found = []
    for index, line in enumerate(lines):
        match = _ITEM.fullmatch(line)
        if match:
            found.append((index, match.start("rest")))
        elif line.strip() and not line.lstrip().startswith("#"):
            return None
    return found or None


def _changed_items(lines: list[str], value: list[str], bare: bool) -> list[str]:
    """The lines of a list, of which those stay that begin and end it as before."""
    places = _items(lines) or []
    old = [_bare(uncommented(lines[index][start:])) for index, start in places]
    head = _common(old, value)
    tail = _common(old[head:][::-1], value[head:][::-1])
    index, start = places[-1]
    like = uncommented(lines[index][start:])
    made = [lines[index][:start] + _text(item, like, bare, flow=False) for item in value[head : len(value) - tail]]
    kept_from = [index for index, _ in places][head:]
    before = lines[: kept_from[0]] if kept_from else lines
    gone = places[head : len(places) - tail]
    behind = lines[(gone[-1][0] + 1 if gone else len(before)) :]
    between = [line for line in lines[len(before) : len(lines) - len(behind)] if not _ITEM.fullmatch(line)]
    return [*before, *made, *between, *behind]


def _common(one: list[str], other: list[str]) -> int:
    """How many items both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _items_of(value: list[str], bare: bool) -> list[str]:
    return [f"  - {_text(item, '', bare, flow=False)}" for item in value]


def _inline(value: Content, like: str, bare: bool) -> str:
    """A value behind its colon, in the quotes of what stood there."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        inner = like[1:-1].strip() if like.startswith("[") else ""
        return "[" + ", ".join(_text(item, inner, bare=False, flow=True) for item in value) + "]"
    return _text(value, like, bare, flow=False) if value else ""


def _text(text: str, like: str, bare: bool, flow: bool) -> str:
    """Text in the quotes of `like`, or with none where that is safe, or where `like` has none and is not safe, too."""
    unquoted = like[:1] not in {"", '"', "'", "["}
    if (bare or (unquoted and not plain(like, flow))) and not flow and one_line(text) == text and text.isprintable():
        return text
    if like[:1] == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if plain(text, flow) and like[:1] != '"' and one_line(text) == text:
        return text
    return quoted(text)


def _bare(text: str) -> str:
    """Text without the quotes around it."""
    if text[:1] not in {'"', "'"} or _closing(text) != len(text):
        return text
    if text[0] == "'":
        return text[1:-1].replace("''", "'")
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _closing(text: str) -> int:
    """Behind the quote that ends what the first opens; 0 where none does."""
    pattern = r'"(?:[^"\\]|\\.)*"' if text[0] == '"' else r"'(?:[^']|'')*'"
    match = re.match(pattern, text, re.DOTALL)
    return match.end() if match else 0
