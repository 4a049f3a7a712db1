"""Permissions as Rovo Dev has them: regular expressions, of which each matches whole commands.

Only a command without any special character is the same there as elsewhere. Which of several expressions counts is not
documented: so one that another might gainsay is held, and none is written that another might gainsay.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, get_args

from schemas.clients.grammar import named, parsed
from schemas.clients.permissions import Stated
from schemas.clients.text import Inexpressible
from schemas.clients.unified import Answer
from schemas.formats.edits import Append, Drop, Edit, Path, Put, Value, at
from schemas.formats.outcome import stands

_COMMANDS: Path = ("toolPermissions", "bash", "commands")
_MISTAKEN = "toolPermissions:"
"""A key that a page of documentation printed with a colon too many, and that many files have from there."""
_SPECIAL = re.compile(r"[.^$*+?{}\[\]\\|()]")
_GROUP = re.compile(r"\([^()\\\[\]]*\)")
_PARTS = re.compile(r"[;&\n\r]")
"""What Rovo Dev splits commands at, before it compares them."""
_ANSWERS: tuple[Answer, ...] = get_args(Answer)


class Commands(NamedTuple):
    """A list of commands, each with its answer. It goes when it is left empty."""

    def read(self, said: Value) -> Iterator[Stated]:
        """See `Shape`."""
        if isinstance(said, dict) and _MISTAKEN in said:
            yield Stated(_MISTAKEN, "deny", (_MISTAKEN,), "this key has a colon too many: nothing below it counts")
        entries = _entries(said)
        for index, (pattern, answer) in enumerate(entries):
            if answer and (name := _name(pattern)):
                why = "another of these commands may say otherwise" if _gainsaid(entries, pattern, answer) else ""
                yield Stated(name, answer, (*_COMMANDS, index), why)

    def write(self, said: Value, name: str, answer: Answer | None) -> Sequence[Edit]:
        """See `Shape`."""
        entries = _entries(said)
        there = [index for index, (pattern, _) in enumerate(entries) if _name(pattern) == name]
        drops: list[Edit] = [Drop((*_COMMANDS, index), parents=3) for index in reversed(there)]
        if answer is None:
            return drops
        rule = parsed(name)
        if rule is None or _name(rule.what) != name:
            raise Inexpressible("its commands are regular expressions, and none is known to say just this")
        if _gainsaid([one for index, one in enumerate(entries) if index not in there], rule.what, answer):
            raise Inexpressible("another of its commands may say otherwise")
        if there:
            return [*drops[:-1], Put((*_COMMANDS, there[0], "permission"), answer)]
        return [Append(_COMMANDS, {"command": rule.what, "permission": answer})]


def _entries(said: Value) -> list[tuple[str, Answer | None]]:
    """The expressions and their answers; what is none has no answer, and may match everything."""
    found = at(said, _COMMANDS) if stands(said, _COMMANDS) else None
    return [_entry(one) for one in found] if isinstance(found, list) else []


def _entry(entry: Value) -> tuple[str, Answer | None]:
    if not isinstance(entry, dict) or not isinstance(pattern := entry.get("command"), str):
        return ".*", None
    return pattern, next((answer for answer in _ANSWERS if answer == entry.get("permission")), None)


def _name(pattern: str) -> str | None:
    return None if _SPECIAL.search(pattern) or _PARTS.search(pattern) else named("Bash", pattern)


def _gainsaid(entries: Sequence[tuple[str, Answer | None]], command: str, answer: Answer) -> bool:
    return any(other != answer and _may_match(pattern, command) for pattern, other in entries)


def _may_match(pattern: str, command: str) -> bool:
    """Whether an expression may match a command. It is not tried: a hostile one could take forever."""
    special = _SPECIAL.search(pattern)
    if special is None:
        return pattern == command
    begin = pattern[: special.start()]
    choices = "(?" in pattern or "|" in _GROUP.sub("", pattern)
    return choices or command.startswith(begin[:-1] if special[0] in "*?{" else begin)
