"""Strings of a configuration that name environment variables, in one spelling for all clients.

Clients put a variable's value where a string names it, each in a syntax of its own, some in none. Values are never
expanded here: a reference is carried from one syntax to the next, or is reported as one that cannot be.

The common spelling is that of the shell: `${NAME}`, `${NAME:-default}`; `$$` stands for a dollar sign. A name that
begins with a colon is something that only some editors know, such as `${:workspaceFolder}` or `${:input:token}`.
"""

import re
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

NAME = r"[A-Za-z_][A-Za-z0-9_]*"


class Ref(NamedTuple):
    """What an environment variable holds, or else its default, where the client knows such a thing."""

    name: str
    default: str | None = None


Text: TypeAlias = tuple[str | Ref, ...]
"""A string in its parts: no two strings side by side, none of them empty."""


class Inexpressible(Exception):
    """What a client has no way to say."""


class Syntax(NamedTuple):
    """How a client spells references.

    `pattern` finds them; `read` makes one of a match; `write` spells one, and returns None where the client cannot.
    """

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Ref]
    write: Callable[[Ref], str | None]


def text(*parts: str | Ref) -> Text:
    """Parts put together."""
    joined: list[str | Ref] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)


def split(string: str, syntax: Syntax) -> Text:
    """The parts of a string as a client spells it."""
    parts: list[str | Ref] = []
    at = 0
    for match in syntax.pattern.finditer(string):
        parts += [string[at : match.start()], syntax.read(match)]
        at = match.end()
    return text(*parts, string[at:])


def joined(parts: Text, syntax: Syntax) -> str:
    """The string as a client spells it.

    Raises:
        Inexpressible: it cannot spell one of the references, or would take for one what is none.
    """
    spelled = ""
    for part in parts:
        piece = part if isinstance(part, str) else syntax.write(part)
        if piece is None:
            raise Inexpressible(f"it has no way to name {_shown(part)}")
        spelled += piece
    if split(spelled, syntax) != parts:
        raise Inexpressible(f"it would read {spelled!r} as something else")
    return spelled


def _shown(part: str | Ref) -> str:
    return part if isinstance(part, str) else common((part,))


_COMMON = re.compile(rf"\$\$|\$\{{(?P<name>{NAME}|:[^{{}}]+?)(?::-(?P<default>[^}}]*))?\}}")


def common(parts: Text) -> str:
    """The string in the common spelling."""
    return "".join([part.replace("$", "$$") if isinstance(part, str) else _common_ref(part) for part in parts])


def _common_ref(ref: Ref) -> str:
    return f"${{{ref.name}}}" if ref.default is None else f"${{{ref.name}:-{ref.default}}}"


def parts(string: str) -> Text:
    """The parts of a string in the common spelling."""
    found: list[str | Ref] = []
    at = 0
    for match in _COMMON.finditer(string):
        ref = Ref(match["name"], match["default"]) if match["name"] else "$"
        found += [string[at : match.start()], ref]
        at = match.end()
    return text(*found, string[at:])
