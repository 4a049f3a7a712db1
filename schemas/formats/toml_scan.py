"""Where the statements of a TOML file stand, and what stands inside a value. `tomllib` tells what they say, not where.

This reads as little as it can: what looks like a statement is passed on, and whether it is one is for `tomllib` to
say. It goes first nevertheless, because `tomllib` knows no limit to nesting and takes the square of a key's length.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from schemas.formats.edits import DEEPEST, Path, Unreadable
from schemas.formats.source import position

STRING = (
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"{3,5}'
    r"|'''(?:[^']++|'(?!''))*+'{3,5}"
    r'|"(?!"")[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"'
    r"|'(?!'')[^'\n]*+'"
)
SCALAR = re.compile(rf"{STRING}|\d{{4}}-\d\d-\d\d \d\d:[0-9:.Zz+-]++|[A-Za-z0-9_+.:-]++", re.DOTALL)
TOKEN = re.compile(rf"{STRING}|#[^\n]*+|[\[\]{{}}]|[^\"'#\[\]{{}}]++", re.DOTALL)
KEY = re.compile(r"""[ \t]*+([A-Za-z0-9_-]++|"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"|'[^'\n]*+')[ \t]*+""")
SPACE = re.compile(r"[ \t]*+")
BETWEEN_STATEMENTS = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*+[ \t]*+")
BETWEEN_MEMBERS = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
REST_OF_LINE = re.compile(r"[ \t]*+(?:#[^\n]*+)?(?:\r?\n|\Z)")
CLOSING = {"[": "]", "{": "}"}


class Span(NamedTuple):
    """From where to where something stands in the text."""

    start: int
    end: int


class Statement(NamedTuple):
    """A header or a key with its value. `section` is the number of the header it stands under, -1 before the first."""

    path: Path
    start: int
    end: int
    section: int
    value: Span | None

    def within(self, path: Path) -> bool:
        """Whether this speaks of what is at or under `path`."""
        return self.path[: len(path)] == path


class Member(NamedTuple):
    """What stands between two commas. `path` leads here from the list or table; `stop` is behind the comma, if any."""

    path: Path
    start: int
    value: Span
    stop: int


def line_start(text: str, offset: int) -> int:
    """Where the line around `offset` begins."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Where the line around `offset` ends, before the characters that end it."""
    end = text.find("\n", offset)
    if end < 0:
        return len(text)
    return end - 1 if end > 0 and text[end - 1] == "\r" else end


def scan(text: str) -> list[Statement]:
    """The statements of a text, in order. Raises Unreadable."""
    statements: list[Statement] = []
    lengths: dict[Path, int] = {}  # of arrays of tables
    section, above = -1, Path()
    offset = 0
    while (offset := end_of(BETWEEN_STATEMENTS, text, offset)) < len(text) and text[offset] != "#":
        value = None
        if text[offset] == "[":
            above, end = _header(text, offset, lengths)
            section, path = len(statements), above
        else:
            keys, equals = _keys(text, offset, DEEPEST - len(above))
            path, value = (*above, *keys), _value(text, equals, len(above) + len(keys))
            end = value.end
        statements.append(Statement(path, offset, end, section, value))
        rest = REST_OF_LINE.match(text, end)
        if rest is None:
            raise _unreadable(text, end_of(SPACE, text, end), "the line should end here")
        offset = rest.end()
    return statements


def members(text: str, start: int) -> Iterator[Member]:
    """What is in the list or inline table that begins at `start`."""
    listed = text[start] == "["
    offset, number = end_of(BETWEEN_MEMBERS, text, start + 1), 0
    while text[offset : offset + 1] not in CLOSING.values():
        keys, begin = ((number,), offset) if listed else _keys(text, offset, DEEPEST)
        value = Span(offset, _skip(text, offset, 0)) if listed else _value(text, begin, 0)
        stop = end_of(BETWEEN_MEMBERS, text, value.end)
        comma = text.startswith(",", stop)
        yield Member(keys, offset, value, stop + 1 if comma else value.end)
        if not comma:
            return
        offset, number = end_of(BETWEEN_MEMBERS, text, stop + 1), number + 1


def _unreadable(text: str, offset: int, reason: str) -> Unreadable:
    return Unreadable(reason, position(text, offset))


def _too_deep(text: str, offset: int) -> Unreadable:
    return _unreadable(text, offset, f"nested more than {DEEPEST} levels deep")


def end_of(pattern: re.Pattern[str], text: str, offset: int) -> int:
    """Where `pattern` ends, of which there may be nothing at `offset`."""
    found = pattern.match(text, offset)
    return found.end() if found else offset


def _header(text: str, offset: int, lengths: dict[Path, int]) -> tuple[Path, int]:
    """The path of the table that a header opens, and the offset behind it. Counts it in `lengths` if it is listed."""
    brackets = 2 if text.startswith("[[", offset) else 1
    keys, end = _keys(text, offset + brackets, DEEPEST)
    if not text.startswith("]" * brackets, end):
        raise _unreadable(text, end, f"this header should end with {']' * brackets}")
    path = Path()
    for key in keys:
        if path in lengths:
            path = (*path, lengths[path] - 1)
        path = (*path, key)
    if brackets == 2:
        lengths[path] = lengths.get(path, 0) + 1
        path = (*path, lengths[path] - 1)
    return path, end + brackets


def _keys(text: str, offset: int, most: int) -> tuple[Path, int]:
    """The parts of a dotted key, and the offset behind it."""
    keys: list[str] = []
    while True:
        found = KEY.match(text, offset)
        if found is None:
            raise _unreadable(text, end_of(SPACE, text, offset), "here a key is missing, or it needs quotes")
        if len(keys) >= most:
            raise _too_deep(text, offset)
        keys.append(_said(text, found))
        offset = found.end()
        if not text.startswith(".", offset):
            return tuple(keys), offset
        offset += 1


def _said(text: str, key: re.Match[str]) -> str:
    written = key[1]
    if written[0] not in "\"'":
        return written
    if written[0] == "'" or "\\" not in written:
        return written[1:-1]
    try:
        return str(tomllib.loads(f"key = {written}")["key"])
    except tomllib.TOMLDecodeError:
        raise _unreadable(text, key.start(1), "this key has an escape that is none") from None


def _value(text: str, offset: int, depth: int) -> Span:
    """The value behind the key that ends at `offset`."""
    if not text.startswith("=", offset):
        raise _unreadable(text, offset, "behind a key should be = and a value")
    start = end_of(SPACE, text, offset + 1)
    return Span(start, _skip(text, start, depth))


def _skip(text: str, start: int, depth: int) -> int:
    """Where the value that begins at `start` ends."""
    if text[start : start + 1] not in CLOSING:
        found = SCALAR.match(text, start)
        if found is None:
            quoted = text.startswith(('"', "'"), start)
            raise _unreadable(text, start, "this text has no closing quotes" if quoted else "here a value is missing")
        return found.end()
    nesting = _Nesting(depth)
    offset = start
    while token := TOKEN.match(text, offset):
        if not nesting.goes_on(token[0]):
            raise _unreadable(text, offset, f"this {token[0]} closes what another bracket opened")
        if nesting.deepest > DEEPEST:
            raise _too_deep(text, offset)
        offset = token.end()
        if not nesting.open:
            return offset
    if offset == len(text):
        raise _unreadable(text, start, f"this {text[start]} is never closed")
    raise _unreadable(text, offset, "this text has no closing quotes")


class _Nesting:
    """How deep one is inside lists, inline tables and their dotted keys."""

    def __init__(self, depth: int) -> None:
        self.deepest = depth
        self.open: list[tuple[str, int]] = []  # the bracket that closes, and how deep it is outside
        self._depth = depth
        self._key = 0  # dots of the key that the value belongs to
        self._dots = 0  # since the last comma or =

    def goes_on(self, token: str) -> bool:
        """Take the next token. False: it closes what is not open."""
        if token in CLOSING:
            self.open.append((CLOSING[token], self._depth))
            self._depth += self._key + 1
        elif token in {"]", "}"}:
            bracket, self._depth = self.open.pop()
            if token != bracket:
                return False
        elif token[0] in "\"'#":
            return True
        else:
            self._count(token)
            return True
        self._key = self._dots = 0
        self.deepest = max(self.deepest, self._depth)
        return True

    def _count(self, token: str) -> None:
        for mark in re.findall(r"[.,=]", token):
            if mark == ".":
                self._dots += 1
                self.deepest = max(self.deepest, self._depth + self._dots)
            else:
                self._key = self._dots if mark == "=" else 0
                self._dots = 0
