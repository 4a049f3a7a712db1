"""Permissions in a list for each answer, as Claude Code, Qwen Code and Cursor have them."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from schemas.clients.grammar import canonical
from schemas.clients.permissions import Stated
from schemas.clients.text import Inexpressible
from schemas.clients.unified import Answer
from schemas.formats.edits import Append, Drop, Edit, Path, Value, at
from schemas.formats.outcome import stands


class Spelling(NamedTuple):
    """How an entry is written: `read` gives the canonical name, None where there is none; `write` may find no entry."""

    read: Callable[[str], str | None]
    write: Callable[[str], str | None]


class Lists(NamedTuple):
    """Lists of entries, below one key. A list that is left empty goes, and so does what held nothing but it."""

    spelling: Spelling
    answers: tuple[Answer, ...] = ("allow", "ask", "deny")
    container: str = "permissions"

    def read(self, said: Value) -> Iterator[Stated]:
        """See `Shape`."""
        for answer in self.answers:
            path: Path = (self.container, answer)
            entries = at(said, path) if stands(said, path) else None
            for index, entry in enumerate(entries if isinstance(entries, list) else ()):
                if isinstance(entry, str) and (name := self.spelling.read(entry)):
                    yield Stated(name, answer, (*path, index))

    def write(self, said: Value, name: str, answer: Answer | None) -> Sequence[Edit]:
        """See `Shape`."""
        entries = [stated for stated in self.read(said) if stated.name == name]
        drops = [Drop(one.path, parents=2) for one in reversed(entries) if one.answer != answer]
        if answer is None or len(drops) < len(entries):
            return drops
        if answer not in self.answers:
            raise Inexpressible(f"it cannot be told to {answer}")
        entry = at(said, entries[0].path) if entries else self.spelling.write(name)
        if entry is None:
            raise Inexpressible("it has no entry that says just this")
        return [Append((self.container, answer), entry), *drops]


def _canonical(entry: str) -> str | None:
    return canonical(entry) or None


GRAMMAR = Spelling(_canonical, _canonical)
"""The common grammar itself; what it does not know is a name, too."""

_BELOW = r"(?:\.?[\w@+-][\w.@+-]*/)+\*\*"
"""All below a directory: the one kind of path that all clients take for the same."""
_SERVER_AND_TOOL = r"[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*", r"[A-Za-z0-9-][\w-]*"
_TOKEN = re.compile(
    r"Shell\((?P<command>[\w.+-]+)(?::\*)?\)"
    rf"|Read\((?P<read>{_BELOW})\)|Write\((?P<edit>{_BELOW})\)"
    r"|WebFetch\((?P<domain>[\w-]+(?:\.[\w-]+)+)\)"
    rf"|Mcp\((?P<server>{_SERVER_AND_TOOL[0]}):(?:\*|(?P<tool>{_SERVER_AND_TOOL[1]}))\)",
    re.ASCII,
)
_NAME = re.compile(
    r"Bash\((?P<command>[\w.+-]+) \*\)"
    rf"|Read\(\./(?P<read>{_BELOW})\)|Edit\(\./(?P<edit>{_BELOW})\)"
    r"|WebFetch\(domain:(?P<domain>[\w-]+(?:\.[\w-]+)+)\)"
    rf"|mcp__(?P<server>{_SERVER_AND_TOOL[0]})(?:__(?P<tool>{_SERVER_AND_TOOL[1]}))?",
    re.ASCII,
)


def _of_token(entry: str) -> str | None:
    match _found(_TOKEN, entry):
        case {"server": server, "tool": tool}:
            return f"mcp__{server}__{tool}"
        case {"server": server}:
            return f"mcp__{server}"
        case {"command": command}:
            return f"Bash({command} *)"
        case {"read": path}:
            return f"Read(./{path})"
        case {"edit": path}:
            return f"Edit(./{path})"
        case {"domain": domain}:
            return f"WebFetch(domain:{domain})"
    return None


def _to_token(name: str) -> str | None:
    match _found(_NAME, name):
        case {"server": server, **tool}:
            return f"Mcp({server}:{tool.get('tool', '*')})"
        case {"command": command}:
            return f"Shell({command})"
        case {"read": path}:
            return f"Read({path})"
        case {"edit": path}:
            return f"Write({path})"
        case {"domain": domain}:
            return f"WebFetch({domain})"
    return None


def _found(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """What the groups hold that are in a match of the whole."""
    match = pattern.fullmatch(text)
    return {group: held for group, held in match.groupdict().items() if held is not None} if match else {}


TOKENS = Spelling(_of_token, _to_token)
"""Cursor's: a command by its first word, and paths and domains that are read as in the grammar."""
