"""The grammar in which permissions are named, `Tool` or `Tool(what)`, and which of them speak of the same.

It is Claude Code's, which other clients have taken over. A rule has one name, however it is written: `Bash(git:*)` is
an older way to write `Bash(git *)`, `Bash(*)` is `Bash`, and `Read(src/**)` is `Read(./src/**)`. Where several rules
speak of one thing, the strictest counts.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_PREFIX = re.compile(r"Bash\((.+):\*\)", re.DOTALL)
_WHOLE = re.compile(r"([A-Za-z]\w*)\(\*\)")
_SERVER = re.compile(r"(mcp__(?:(?!__).)+)__\*", re.DOTALL)
_RELATIVE = re.compile(r"(Read|Edit)\(((?!\.{1,2}/|[~!#*])[^/:]+/.*[^/])\)", re.DOTALL)
_RULE = re.compile(r"([A-Za-z]\w*)(?:\((.+)\))?", re.DOTALL)
_PATHS = frozenset({"Read", "Edit"})
_MCP = "mcp__"
_WILDCARD = re.compile(r"[*?]")
_LARGEST = 4096
"""Pairs of characters up to which two patterns are compared exactly."""


class Rule(NamedTuple):
    """What a name says: a tool, and which of its uses; `*` is all of them."""

    tool: str
    what: str = "*"


def canonical(name: str) -> str:
    """The one name of a rule."""
    if found := _PREFIX.fullmatch(name):
        return f"Bash({found[1]} *)"
    if found := _RELATIVE.fullmatch(name):
        return f"{found[1]}(./{found[2]})"
    found = _WHOLE.fullmatch(name) or _SERVER.fullmatch(name)
    return found[1] if found else name


def parsed(name: str) -> Rule | None:
    """What a canonical name says; None where that is nothing that all clients understand."""
    if found := _RULE.fullmatch(name):
        return Rule(found[1], found[2] or "*")
    return Rule(name) if name.startswith(_MCP) else None


def named(tool: str, what: str = "*") -> str | None:
    """The name of a rule; None where the grammar would take it for another one, or for none."""
    name = tool if what == "*" else f"{tool}({what})"
    return name if canonical(name) == name and parsed(name) == Rule(tool, what) else None


def overlap(one: str, other: str) -> bool:
    """Whether two rules may speak of one thing: rather once too often than once too seldom."""
    first, second = parsed(one), parsed(other)
    if first is None or second is None:
        return one == other
    if one.startswith(_MCP) and other.startswith(_MCP):
        return any(patterns_overlap(mine, theirs) for mine in _tools(one) for theirs in _tools(other))
    if first.tool != second.tool:
        return False
    return first.tool in _PATHS or patterns_overlap(first.what, second.what)


def _tools(name: str) -> tuple[str, str]:
    """The tools that the name of one, or of a server, stands for."""
    return name, f"{name}__*"


def patterns_overlap(one: str, other: str) -> bool:
    """Whether anything matches both of two patterns: `*` is any text, `?` any character, and a last ` *` may miss."""
    return one == other or any(_meet(mine, theirs) for mine in _variants(one) for theirs in _variants(other))


def _variants(pattern: str) -> Iterator[str]:
    yield pattern
    if pattern.endswith(" *"):
        yield pattern[:-2]


def _meet(one: str, other: str) -> bool:
    shorter, longer = sorted([_WILDCARD.split(pattern, maxsplit=1)[0] for pattern in (one, other)], key=len)
    if not longer.startswith(shorter):
        return False
    return len(one) * len(other) > _LARGEST or _intersect(one, other)


def _intersect(one: str, other: str) -> bool:
    """From the ends to the begins: whether what is left of both has anything in common."""
    below = [False] * (len(other) + 1)
    for i in range(len(one), -1, -1):
        row = [False] * (len(other) + 1)
        for j in range(len(other), -1, -1):
            mine, theirs = one[i : i + 1], other[j : j + 1]
            if mine == "*" or theirs == "*":
                row[j] = below[j] or (bool(theirs) and row[j + 1])
            else:
                row[j] = mine == theirs == "" or (bool(mine and theirs) and _equal(mine, theirs) and below[j + 1])
        below = row
    return below[0]


def _equal(mine: str, theirs: str) -> bool:
    return mine == theirs or "?" in {mine, theirs}
