"""Rule files: markdown below fields between two lines of `---`, as Cursor, Copilot, Claude and others keep them.

The fields are read line by line, because they are not always YAML: Cursor writes `globs: *.py`. The text below them is
bytes that are never looked at.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from schemas.errors import Rejected
from schemas.formats.edits import LARGEST, Edit, Path, Position, Unreadable, Value, same
from schemas.formats.frontmatter_fields import Content, Field, begins, extent, field, written
from schemas.formats.outcome import outcome, spelled
from schemas.formats.source import MARK, decoded

LONGEST = 64 * 1024
"""Bytes of the longest front matter that is read."""

_OPENING = re.compile(rb"---[ \t]*\r?\n")
_CLOSING = re.compile(rb"^---[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule file that was parsed: its fields in their order, and the bytes below them."""

    fields: tuple[Field, ...]
    body: bytes
    lines: tuple[str, ...]
    """The front matter with its fences, each with its line end; none where there is no front matter."""

    @property
    def value(self) -> dict[str, Value]:
        """What the fields say; of those that stand twice the last counts."""
        return {each.key: list(each.value) if isinstance(each.value, list) else each.value for each in self.fields}

    def position(self, path: Path) -> Position:
        """Where the field of the first step begins, or else the file."""
        lines = [each.line for each in self.fields if each.key in path[:1]]
        return Position(lines[-1] + 1 if lines else 1, 1)


def parse(raw: bytes) -> Rule:
    """What a rule file says. Raises Unreadable."""
    if len(raw) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST} bytes")
    content = raw.removeprefix(MARK)
    size = _size(content)
    if size > LONGEST:
        raise Unreadable(f"its front matter is larger than {LONGEST} bytes")
    lines = _LINES.findall(decoded(content[:size]))
    return Rule(tuple(_fields(lines)), content[size:], tuple(lines))


def edit(raw: bytes, edits: Sequence[Edit], bare: Collection[str] = ()) -> bytes:
    """The file with these edits made, one after another. A file that says so already comes back as it is.

    A path is the key of a field, and behind it the place in a list. Text of the `bare` keys is written without quotes:
    so Cursor reads `globs`.

    Raises Unreadable where `raw` is, and Rejected where an edit cannot be made.
    """
    for each in edits:
        raw = _edited(raw, each, bare)
    return raw


def _size(content: bytes) -> int:
    """How many bytes are the front matter. One that does not end is none."""
    opening = _OPENING.match(content)
    closing = _CLOSING.search(content, opening.end()) if opening else None
    return closing.end() if closing else 0


def _fields(lines: Sequence[str]) -> Iterator[Field]:
    texts = [line.rstrip("\n").rstrip("\r") for line in lines[1:-1]]
    at = 0
    while at < len(texts):
        if not begins(texts[at]):
            at += 1
            continue
        size = extent(texts, at)
        yield field(texts[at : at + size], at + 1)
        at += size


def _edited(raw: bytes, edit: Edit, bare: Collection[str]) -> bytes:
    rule = parse(raw)
    new = outcome(rule.value, edit)
    if not isinstance(new, dict):
        raise Rejected("a rule file holds fields", "put fields")
    lines = _lines(rule, new, bare)
    if rule.fields and len(lines) == 2:
        lines = []
    mark = MARK if raw.startswith(MARK) else b""
    made = mark + _encoded("".join(lines)) + rule.body
    after = parse(made)
    if not same(after.value, new) or after.body != rule.body:
        raise Rejected(f"{spelled(edit.path)} cannot be written into a front matter", "edit the file by hand")
    return made


def _lines(rule: Rule, new: dict[str, Value], bare: Collection[str]) -> list[str]:
    """The front matter that says `new`; lines of fields that say the same stay."""
    eol = _eol(rule)
    lines = list(rule.lines)
    last = {each.key: each for each in rule.fields}
    for each in reversed(rule.fields):
        span = slice(each.line, each.line + each.lines)
        if each.key not in new:
            del lines[span]
        elif each is last[each.key] and not same(each.value, new[each.key]):  # type: ignore[arg-type]
            made = written(each, each.key, _content(each.key, new[each.key]), each.key in bare)
            lines[span] = [line + eol for line in made]
    added = [
        line + eol
        for key, value in new.items()
        if key not in last
        for line in written(None, key, _content(key, value), key in bare)
    ]
    if not rule.lines:
        return ["---" + eol, *added, "---" + eol] if added else []
    final = rule.fields[-1] if rule.fields else None
    behind = len(rule.lines) - (final.line + final.lines) if final else 1
    return [*lines[:-behind], *added, *lines[-behind:]]


def _eol(rule: Rule) -> str:
    if rule.lines:
        return "\r\n" if rule.lines[0].endswith("\r\n") else "\n"
    first, newline, _ = rule.body.partition(b"\n")
    return "\r\n" if newline and first.endswith(b"\r") else "\n"


def _content(key: str, value: Value) -> Content:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        if len(texts) == len(value):
            return texts
    raise Rejected(f"{key} is to be text, a list of texts, true or false", "put one of these")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Rejected("half a surrogate pair is no text", "mend what is to be written") from None
