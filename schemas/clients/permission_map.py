"""Permissions as opencode has them: tools, and patterns of what they do, in an order of which the last match counts.

In the common grammar the strictest counts. So a pattern is a permission only where both say the same: where all that
comes behind it and speaks of the same is stricter, and is a permission, too. A catch-all with laxer patterns behind it
is a default, and not a permission. Nothing is put where it would change what another pattern means.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from schemas.clients.grammar import named, parsed, patterns_overlap
from schemas.clients.permissions import Stated
from schemas.clients.text import Inexpressible
from schemas.clients.unified import Answer
from schemas.clients.widening import STRICTNESS
from schemas.formats.edits import Drop, Edit, Path, Put, Value, at
from schemas.formats.outcome import outcome, stands

_ROOT = "permission"
_TOOLS = {"bash": "Bash", "edit": "Edit", "webfetch": "WebFetch", "websearch": "WebSearch"}
_KEYS = {tool: key for key, tool in _TOOLS.items()}
_OWN = ("external_directory", "doom_loop")
"""Tools of opencode's own that look like those of a server."""
_OF_SERVER = re.compile(r"([A-Za-z0-9-]+)_([A-Za-z0-9-]+|\*)")
_NAME = re.compile(r"mcp__([A-Za-z0-9-]+)(?:__([A-Za-z0-9-]+))?")
_MEANS_MORE = re.compile(r"[?\\]|\{(?:env|file):|^(?:~|\$HOME)|^\d+$")
"""What opencode takes for something else than a command: wildcards, paths, variables, keys that come first."""
_ANSWERS: tuple[Answer, ...] = get_args(Answer)
MOST = 500
"""Patterns up to which it is found out what they mean to each other."""


class Pattern(NamedTuple):
    """What is answered when a pattern matches what a tool, by another pattern, does. `answer`: None if it is none."""

    tool: str
    pattern: str
    answer: Answer | None
    path: Path

    @property
    def name(self) -> str | None:
        """What the common grammar calls it, if it has a name there."""
        if tool := _TOOLS.get(self.tool):
            is_said = self.pattern == "*" or (tool == "Bash" and not _MEANS_MORE.search(self.pattern))
            return named(tool, self.pattern) if is_said else None
        found = _OF_SERVER.fullmatch(self.tool)
        if not found or self.pattern != "*" or any(patterns_overlap(self.tool, own) for own in _OWN):
            return None
        return f"mcp__{found[1]}" if found[2] == "*" else f"mcp__{found[1]}__{found[2]}"

    def disagrees(self, other: "Pattern") -> bool:
        """Whether both speak of something and do not say the same of it."""
        return (
            self.answer != other.answer
            and patterns_overlap(self.tool, other.tool)
            and patterns_overlap(self.pattern, other.pattern)
        )

    def is_stricter(self, than: "Pattern") -> bool:
        """Whether its answer is; nothing is known of one that is none."""
        return bool(self.answer and than.answer) and STRICTNESS[self.answer] > STRICTNESS[than.answer]


class Map(NamedTuple):
    """One answer for all, or by tool one answer, or one for each pattern."""

    def read(self, said: Value) -> Iterator[Stated]:
        """See `Shape`."""
        patterns = _patterns(said)
        real = _real(patterns)
        for index, one in enumerate(patterns):
            if one.answer and (name := one.name):
                yield Stated(name, one.answer, one.path, "" if real[index] else "what comes behind it says otherwise")

    def write(self, said: Value, name: str, answer: Answer | None) -> Sequence[Edit]:
        """See `Shape`."""
        there = [one for one in _patterns(said) if one.name == name]
        if answer is None:
            return [Drop(one.path, parents=len(one.path) - 1) for one in there]
        edits = [Put(there[0].path, answer)] if there else _new(said, *_spelled(name), answer)
        _check(said, edits, name)
        return edits


def _patterns(said: Value) -> list[Pattern]:
    """All of them, in their order."""
    if not isinstance(said, dict):
        return []
    root = said.get(_ROOT)
    if not isinstance(root, dict):
        return [] if root is None else [Pattern("*", "*", _as_answer(root), (_ROOT,))]
    found: list[Pattern] = []
    for tool, answers in root.items():
        if isinstance(answers, dict):
            found += [Pattern(tool, key, _as_answer(one), (_ROOT, tool, key)) for key, one in answers.items()]
        else:
            found.append(Pattern(tool, "*", _as_answer(answers), (_ROOT, tool)))
    return found


def _as_answer(value: Value) -> Answer | None:
    return next((answer for answer in _ANSWERS if answer == value), None)


def _real(patterns: Sequence[Pattern]) -> list[bool]:
    """Of each pattern, whether it is what is really answered, together with those that are, too."""
    real = [False] * len(patterns)
    if len(patterns) > MOST:
        return real
    for index in reversed(range(len(patterns))):
        one = patterns[index]
        real[index] = all(
            real[later] and patterns[later].is_stricter(one)
            for later in range(index + 1, len(patterns))
            if patterns[later].disagrees(one)
        ) and bool(one.name)
    return real


def _spelled(name: str) -> tuple[str, str]:
    rule = parsed(name)
    found = _NAME.fullmatch(name)
    tool, pattern = (f"{found[1]}_{found[2] or '*'}", "*") if found else ("", "")
    if rule and rule.tool in _KEYS:
        tool, pattern = _KEYS[rule.tool], rule.what
    if Pattern(tool, pattern, None, ()).name != name:
        raise Inexpressible("it has no pattern that says just this")
    return tool, pattern


def _new(said: Value, tool: str, pattern: str, answer: Answer) -> list[Edit]:
    """Make a pattern, behind all others of its tool."""
    path = (_ROOT, tool)
    there = at(said, path) if stands(said, path) else None
    if there is None and pattern == "*":
        return [Put(path, answer)]
    edits: list[Edit] = [Put(path, {"*": there})] if isinstance(there, str) else []
    return [*edits, Put((*path, pattern), answer)]


def _check(said: Value, edits: Sequence[Edit], name: str) -> None:
    """Refuse what would be overruled, would overrule another pattern, or be a way around one. Raises Inexpressible."""
    if isinstance(said, dict) and said.get("tools"):
        raise Inexpressible("its older `tools` would no longer count beside it")
    for edit in edits:
        said = outcome(said, edit)
    patterns = _patterns(said)
    index = next(index for index, one in enumerate(patterns) if one.name == name)
    new = patterns.pop(index)
    if len(patterns) >= MOST:
        raise Inexpressible(f"it has {MOST} patterns and more, of which it is not found out what they mean")
    real = _real(patterns)
    for place, other in enumerate(patterns):
        is_default = other.pattern == "*" and not real[place]
        agrees = (is_default or new.is_stricter(other)) if place < index else (real[place] and other.is_stricter(new))
        if other.disagrees(new) and not agrees:
            where = "before" if place < index else "behind"
            raise Inexpressible(f"{other.pattern!r} stands {where} it, and the last that matches counts")
