"""TOML 1.0, as Codex's config.toml is written: read by `tomllib`, edited line by line.

TOML has no word for a table that is there only because something is in it: with the last of what is in it, it is gone,
whether or not `Drop.parents` says so.
"""

import re
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from schemas.errors import Rejected
from schemas.formats.edits import DEEPEST, Append, Drop, Edit, Path, Position, Put, Unreadable, Value, at, same
from schemas.formats.outcome import outcome
from schemas.formats.source import opened, position
from schemas.formats.toml_lines import Draft
from schemas.formats.toml_scan import Span, Statement, members, scan
from schemas.formats.toml_text import check, check_key

BY_HAND = "edit the file by hand"
LIKE_TIME = re.compile(r"\d\d(?:-\d\d|:\d\d)")
ERROR = re.compile(r"(?P<reason>.*) \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)", re.DOTALL)
REASONS = {
    "Cannot overwrite a value": "this is said already",
    "Invalid value": "this is no value: text needs quotes",
    "Unclosed array": "in this list a comma is missing",
    "Unclosed inline table": "in this inline table a comma is missing",
}


class Toml:
    """A TOML file that was parsed."""

    def __init__(self, text: str, statements: list[Statement]) -> None:
        self.text = text
        self.statements = statements
        self.value = _said(text, statements)

    @cached_property
    def _places(self) -> dict[Path, int]:
        """Where each path begins that a statement speaks of."""
        places: dict[Path, int] = {}
        for statement in self.statements:
            start = statement.value.start if statement.value else statement.start
            places.setdefault(statement.path, start)
            for length in range(len(statement.path) - 1, 0, -1):
                if statement.path[:length] in places:
                    break
                places[statement.path[:length]] = statement.start
        return places

    def position(self, path: Path) -> Position:
        """Where the value at `path` begins, or else the nearest of those around it that is there."""
        for length in range(len(path), 0, -1):
            start = self._places.get(path[:length])
            if start is not None:
                break
        else:
            return Position(1, 1)
        return position(self.text, self._inside(start, path[length:]))

    def _inside(self, start: int, path: Path) -> int:
        """Where in the value that begins at `start` the value at `path` begins."""
        while path and self.text[start] in "[{":
            found = [
                m for m in members(self.text, start) if path[: len(m.path)] == m.path or m.path[: len(path)] == path
            ]
            if not found:
                break
            start, path = found[0].value.start, path[len(found[0].path) :]
        return start


def parse(raw: bytes) -> Toml:
    """What a file says. Raises Unreadable."""
    return _read(opened(raw).text)


def _read(text: str) -> Toml:
    return Toml(text, scan(text))


def edit(raw: bytes, edits: Sequence[Edit]) -> bytes:
    """The file with these edits made, one after another. A file that says so already comes back as it is.

    Raises Unreadable where `raw` is, and Rejected where an edit cannot be made.
    """
    source = opened(raw)
    old = _read(source.text)
    draft = Draft(old.text, old.statements)
    try:
        value = old.value
        for one in edits:
            value = _made(draft, value, one)
        if draft.text == old.text:
            return raw
        done = same(Toml(draft.text, draft.statements).value, value)
    except Unreadable as error:
        raise Rejected(f"the edited file would not be TOML: {error.message}", BY_HAND) from error
    if not done:
        raise Rejected("these edits cannot be made without changing what they do not name", BY_HAND)
    return source.with_text(draft.text)


def _said(text: str, statements: list[Statement]) -> dict[str, Value]:
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(text, str(error)) from None
    except ValueError as error:  # a number of more digits than Python reads
        raise Unreadable(str(error)) from None
    for statement in statements:
        if statement.value and LIKE_TIME.search(text, *statement.value):
            _put_in(value, statement.path, text, statement.value)
    return value


def _put_in(whole: Any, path: Path, text: str, span: Span) -> None:
    """Let the dates and times at and under `path` be what is written at `span`."""
    *way, last = path
    for step in way:
        whole = whole[step]
    if isinstance(whole[last], datetime | date | time):
        whole[last] = text[slice(*span)]
    elif isinstance(whole[last], list | dict):
        for member in members(text, span.start):
            _put_in(whole[last], member.path, text, member.value)


def _unreadable(text: str, message: str) -> Unreadable:
    found = ERROR.fullmatch(message)
    if found is None:
        return Unreadable(message)
    reason = REASONS.get(found["reason"], found["reason"])
    if found["line"] is None:
        return Unreadable(reason, position(text, len(text)))
    return Unreadable(reason, Position(int(found["line"]), int(found["column"])))


def _made(draft: Draft, value: dict[str, Value], one: Edit) -> dict[str, Value]:
    """What is said when an edit of `value`, which `draft` says, is made in both."""
    _check_path(one.path)
    if isinstance(one, Drop):
        return _dropped(draft, value, one)
    check(one.value, len(one.path))
    return _put(draft, value, one)


def _put(draft: Draft, value: dict[str, Value], one: Put | Append) -> dict[str, Value]:
    new = _outcome(value, one)
    if same(new, value):
        return value
    path = one.path
    while path and _get(value, path) is None and (isinstance(path[-1], int) or _get(value, path[:-1]) is None):
        path = path[:-1]
    owner = draft.owner(path)
    if owner:
        path = owner.path
    if _get(value, path) is None:
        draft.add(path, at(new, path), _get(value, path[:-1]))
    else:
        draft.put(path, at(value, path), at(new, path))
    return new


def _dropped(draft: Draft, value: dict[str, Value], one: Drop) -> dict[str, Value]:
    path = one.path
    if not path or _get(value, path) is None:
        return value
    parents = one.parents
    while len(path) > 1 and len(_get(value, path[:-1])) == 1 and (parents > 0 or draft.is_implied_by(path[:-1], path)):
        path, parents = path[:-1], parents - 1
    new = _outcome(value, Drop(path))
    owner = draft.owner(path)
    if owner and owner.path != path:
        draft.put(owner.path, at(value, owner.path), at(new, owner.path))
    else:
        draft.drop(path)
    return new


def _check_path(path: Path) -> None:
    if len(path) > DEEPEST:
        raise Rejected(f"the path has more than {DEEPEST} steps")
    for step in path:
        if not isinstance(step, int):
            check_key(step)
        elif step < 0:
            raise Rejected("an element of a list is counted from its begin")


def _get(value: Value, path: Path) -> Any:
    """What is at `path`; None, which TOML cannot say, where nothing is."""
    try:
        return at(value, path)
    except KeyError:
        return None


def _outcome(value: dict[str, Value], one: Edit) -> dict[str, Value]:
    """What is said when an edit is made: always a table."""
    new = outcome(value, one)
    if not isinstance(new, dict):
        raise Rejected("the whole of a TOML file must be a table")
    return new
