"""How new things are written in TOML."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from schemas.errors import Rejected
from schemas.formats.edits import DEEPEST, Path, Value

BARE = re.compile(r"[A-Za-z0-9_-]+")
ESCAPES = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
TO_ESCAPE = re.compile(r'[\x00-\x1f"\\\x7f]')
LARGEST_INTEGER = 2**63 - 1
LONGEST_LINE = 100
LONGEST_TABLE = 80
"""Characters of an inline table that is written where a table of its own could stand."""


class Style(NamedTuple):
    """How the neighbours are written."""

    newline: str = "\n"
    header_indent: str = ""
    key_indent: str = ""
    equals: str = " = "
    blank_lines: int = 1


def check(value: object, depth: int) -> None:
    """Raises Rejected for what TOML cannot say."""
    if depth > DEEPEST:
        raise Rejected(f"the value is nested more than {DEEPEST} levels deep")
    if value is None:
        raise Rejected("TOML has no null", "drop the key instead")
    if isinstance(value, dict):
        for key, inner in value.items():
            check_key(key)
            check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth + 1)
    else:
        _check_scalar(value)


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif not isinstance(value, bool | int | float):
        raise Rejected(f"TOML is not told how to say a {type(value).__name__}")
    elif isinstance(value, int) and not -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER:
        raise Rejected("TOML's integers have 64 bits", "write the number as text")


def check_key(key: object) -> None:
    """Raises Rejected for what cannot be a key."""
    if not isinstance(key, str):
        raise Rejected(f"a table's keys are text, {key!r} is not")
    _check_text(key)


def _check_text(text: str) -> None:
    if not text.isascii() and re.search("[\ud800-\udfff]", text):
        raise Rejected(f"{text[:40]!r} holds half a character")


def key(part: str) -> str:
    """A key as it is written, in quotes where it needs them."""
    return part if BARE.fullmatch(part) else text(part)


def dotted(path: Path) -> str:
    """A path as it is written. What a header says of arrays of tables, it says by where it stands: not by number."""
    return ".".join(key(step) for step in path if isinstance(step, str))


def text(value: Value) -> str:
    """A value in one line."""
    if isinstance(value, str):
        return f'"{TO_ESCAPE.sub(_escape, value)}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(text, value))}]"
    if isinstance(value, dict):
        return f"{{ {', '.join(member(name, inner) for name, inner in value.items())} }}" if value else "{}"
    return repr(value)


def _escape(character: re.Match[str]) -> str:
    return ESCAPES.get(character[0]) or f"\\u{ord(character[0]):04X}"


def member(name: str, value: Value) -> str:
    """A key and its value, in an inline table."""
    return f"{key(name)} = {text(value)}"


def pair(path: Path, value: Value, style: Style) -> str:
    """A key and its value, as a statement: a long list has a line for each of its elements."""
    begin = f"{style.key_indent}{dotted(path)}{style.equals}"
    line = begin + text(value)
    if len(line) <= LONGEST_LINE or not isinstance(value, list):
        return line
    indent = style.key_indent + ("\t" if "\t" in style.key_indent else "    ")
    return style.newline.join([begin + "[", *(f"{indent}{text(inner)}," for inner in value), style.key_indent + "]"])


def is_short(value: Value) -> bool:
    """Whether this is a table that is easily read in one line."""
    if not isinstance(value, dict) or any(isinstance(inner, dict | list) for inner in value.values()):
        return False
    return len(text(value)) <= LONGEST_TABLE


def holds_tables_alone(value: Value) -> bool:
    """Whether this is a table of tables, such as `mcp_servers`: each of them has a header."""
    return isinstance(value, dict) and all(isinstance(inner, dict) for inner in value.values())


def tables(path: Path, value: dict[str, Value], style: Style, *, listed: bool = False) -> str:
    """A table with its header, and those under it that are better not written in its lines."""
    separator = style.newline * (style.blank_lines + 1)
    return separator.join(style.newline.join(lines) for lines in _tables(path, value, style, listed))


def _tables(path: Path, value: dict[str, Value], style: Style, listed: bool) -> Iterator[list[str]]:
    apart = {
        name: inner
        for name, inner in value.items()
        if isinstance(inner, dict) and (holds_tables_alone(value) or not is_short(inner))
    }
    if len(apart) < len(value) or not value or listed:
        name = dotted(path)
        header = style.header_indent + (f"[[{name}]]" if listed else f"[{name}]")
        yield [header, *(pair((name,), inner, style) for name, inner in value.items() if name not in apart)]
    for name, inner in apart.items():
        yield from _tables((*path, name), inner, style, listed=False)
