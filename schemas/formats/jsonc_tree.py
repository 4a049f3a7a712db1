"""JSON as a tree in which every character has its place, so that a member can come or go and all else stays written.

A file is `before {…} after`; what is between brackets is `head member member … end`; a member is
`lead "key": node gap , tail`. Leads, gaps and tails are blanks and comments. A tail is what follows a member up to a
line break, a head is what follows the opening bracket up to one; hence a lead or an end begins with a line break
wherever there is one outside of comments.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NoReturn, TypeAlias

from schemas.formats.edits import DEEPEST, Path, Position, Scalar, Unreadable, Value

MOST = 250_000
"""Values of the fullest file that is read: what they take in memory is many times what they take in the file."""

BREAKS = ("\n", "\r")
LINE_BREAK = re.compile(r"\r\n|\r|\n")

_SPACE = re.compile(r"[ \t\r\n]*+")
_KEY = re.compile(r'"([^"\\\x00-\x1f]*+)"[ \t\r\n]*+:[ \t\r\n]*+(?!/)')
_TEXT = re.compile(r'"([^"\\\x00-\x1f]*+)"')
_COMMA = re.compile(r",([ \t\r\n]*+)(?![/}\]])")
_COMMENT = re.compile(r"//[^\r\n]*+|/\*.*?\*/", re.DOTALL)
_LINE_END = re.compile(r"(?:[ \t]++|/\*.*?\*/)*+(?://[^\r\n]*+)?(?=[\r\n])", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Leaf:
    """A value that holds no others."""

    text: str
    value: Scalar
    start: int


@dataclass(slots=True)
class Branch:
    """An object or a list. One without members keeps all of its blanks and comments in `end`."""

    brackets: str
    head: str = ""
    members: "list[Member]" = field(default_factory=list)
    end: str = ""
    start: int = 0

    def find(self, step: str | int) -> int | None:
        """Where in the members the value for a key, or at an index, stands. Of equal keys the last one counts."""
        if isinstance(step, int):
            return step if self.brackets == "[]" and 0 <= step < len(self.members) else None
        for index in range(len(self.members) - 1, -1, -1):
            if self.members[index].key == step:
                return index
        return None

    def all(self, step: str | int) -> list[int]:
        """Where everything that a key or an index names stands: equal keys all count."""
        if isinstance(step, int):
            return [] if self.find(step) is None else [step]
        return [index for index, member in enumerate(self.members) if member.key == step]


Node: TypeAlias = Leaf | Branch


@dataclass(slots=True)
class Member:
    """A value in an object or a list. `name` is the key as it is written with its colon, nothing in a list."""

    lead: str
    key: str | None
    name: str
    node: Node
    gap: str = ""
    comma: bool = False
    tail: str = ""


@dataclass(slots=True)
class Document:
    """A file that was parsed; one that says nothing has no root."""

    source: str
    before: str
    root: Branch | None
    after: str

    @property
    def value(self) -> dict[str, Value]:
        """All that it says."""
        value = said(self.root) if self.root else {}
        return value if isinstance(value, dict) else {}

    def position(self, path: Path) -> Position:
        """Where the value at `path` begins, or else the nearest of those around it that is there."""
        node: Node | None = self.root
        for step in path:
            index = node.find(step) if isinstance(node, Branch) else None
            if index is None or not isinstance(node, Branch):
                break
            node = node.members[index].node
        return position(self.source, node.start if node else 0)

    def text(self) -> str:
        """The whole file."""
        return "".join((self.before, *(written(self.root) if self.root else ()), self.after))


def said(node: Node) -> Value:
    """The value that a node stands for."""
    if isinstance(node, Leaf):
        return node.value
    if node.brackets == "[]":
        return [said(member.node) for member in node.members]
    return {member.key or "": said(member.node) for member in node.members}


def written(node: Node) -> Iterator[str]:
    """The pieces of a node's text."""
    if isinstance(node, Leaf):
        yield node.text
        return
    yield node.brackets[0] + node.head
    for member in node.members:
        yield member.lead + member.name
        yield from (member.node.text,) if isinstance(member.node, Leaf) else written(member.node)
        yield f"{member.gap},{member.tail}" if member.comma else member.gap + member.tail
    yield node.end + node.brackets[1]


def split(trivia: str) -> tuple[str, str]:
    """Blanks and comments up to the first line break outside of comments, and from there; all is rest without one."""
    if trivia[:1] in BREAKS or trivia == " ":
        return "", trivia
    found = _LINE_END.match(trivia)
    end = found.end() if found else 0
    return trivia[:end], trivia[end:]


def position(text: str, offset: int) -> Position:
    """Line and column of an offset."""
    starts = _starts(text)
    line = bisect_right(starts, offset)
    return Position(line, offset - starts[line - 1] + 1)


@lru_cache(maxsize=8)
def _starts(text: str) -> list[int]:
    """Where the lines begin."""
    return [0, *(found.end() for found in LINE_BREAK.finditer(text))]


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse)


class Scanner:
    """Reads a text, once, into a tree. Every method takes the offset at which to begin."""

    def __init__(self, text: str, *, comments: bool = False, trailing_commas: bool = False) -> None:
        self.text = text
        self.comments = comments
        self.trailing_commas = trailing_commas
        self.count = 0

    def document(self) -> Document:
        """The whole text."""
        start = self.blank(0)
        if start == len(self.text):
            return Document(self.text, self.text, None, "")
        if self.text[start] != "{":
            raise self.unreadable(start, "the file must be one object, in braces")
        root, end = self.branch(start, 1)
        last = self.blank(end)
        if last < len(self.text):
            raise self.unreadable(last, f"nothing may follow the object: {self.text[last]!r}")
        return Document(self.text, self.text[:start], root, self.text[end:])

    def node(self, start: int, depth: int) -> tuple[Node, int]:
        """The value that begins here, and where it ends. `depth` counts the objects and lists with it, if it is one."""
        self.count += 1
        if self.count > MOST:
            raise self.unreadable(start, f"more than {MOST:,} values")
        plain = _TEXT.match(self.text, start)
        if plain:
            return Leaf(plain[0], plain[1], start), plain.end()
        if self.text.startswith(("{", "["), start):
            return self.branch(start, depth)
        value, end = self.scalar(start)
        return Leaf(self.text[start:end], value, start), end

    def branch(self, start: int, depth: int) -> tuple[Branch, int]:
        """The object or list that begins here, and where it ends."""
        if depth > DEEPEST:
            raise self.unreadable(start, f"nested more than {DEEPEST} levels deep")
        text = self.text
        branch = Branch("{}" if text[start] == "{" else "[]", start=start)
        closing = branch.brackets[1]
        at = self.blank(start + 1)
        if text.startswith(closing, at):
            branch.end = text[start + 1 : at]
            return branch, at + 1
        branch.head, lead = split(text[start + 1 : at])
        while True:
            member, end = self.member(lead, at, depth, closing)
            branch.members.append(member)
            lead, at = self.comma(member, end)
            if not text.startswith(closing, at):
                if member.comma:
                    continue
                raise self.unreadable(at, f"expected ',' or '{closing}', found {self.found(at)}")
            if not member.comma:
                self.close(branch, lead)
            elif self.trailing_commas:
                branch.end = lead
            else:
                raise self.unreadable(at, f"no comma is accepted before '{closing}' by the reader of this file")
            return branch, at + 1

    def comma(self, member: Member, start: int) -> tuple[str, int]:
        """Give a member its comma, if one follows; what stands between that and what comes next, which begins there."""
        plain = _COMMA.match(self.text, start)
        if plain:
            member.comma, lead, at = True, plain[1], plain.end()
        else:
            at = self.blank(start)
            if not self.text.startswith(",", at):
                return self.text[start:at], at
            member.gap, member.comma = self.text[start:at], True
            start, at = at + 1, self.blank(at + 1)
            lead = self.text[start:at]
        member.tail, lead = split(lead)
        return lead, at

    def member(self, lead: str, start: int, depth: int, closing: str) -> tuple[Member, int]:
        """The member that begins here, and where its value ends."""
        if closing == "]":
            node, end = self.node(start, depth + 1)
            return Member(lead, None, "", node), end
        if not self.text.startswith('"', start):
            raise self.unreadable(start, f"expected a key in double quotes, found {self.found(start)}")
        plain = _KEY.match(self.text, start)
        if plain:
            node, end = self.node(plain.end(), depth + 1)
            return Member(lead, plain[1], plain[0], node), end
        key, at = self.scalar(start)
        at = self.blank(at)
        if not self.text.startswith(":", at):
            raise self.unreadable(at, f"expected ':' after the key, found {self.found(at)}")
        at = self.blank(at + 1)
        node, end = self.node(at, depth + 1)
        return Member(lead, str(key), self.text[start:at], node), end

    def scalar(self, start: int) -> tuple[Scalar, int]:
        """The value that begins here, which is no object or list, and where it ends."""
        value: Scalar
        try:
            value, end = _DECODER.raw_decode(self.text, start)
        except json.JSONDecodeError as problem:
            reason = f"{problem.msg}, found {self.found(start)}" if problem.msg == "Expecting value" else problem.msg
            raise self.unreadable(problem.pos, reason[0].lower() + reason[1:]) from None
        except ValueError as problem:  # NaN, or an integer of thousands of digits
            raise self.unreadable(start, str(problem)) from None
        if isinstance(value, str) and not value.isascii() and _SURROGATE.search(value):
            raise self.unreadable(start, "a text with half of a surrogate pair, which is no character")
        return value, end

    def blank(self, start: int) -> int:
        """Where blanks and comments end."""
        at = _SPACE.match(self.text, start).end()  # type: ignore[union-attr]  # it matches nothing, too
        while self.text.startswith("/", at):
            comment = _COMMENT.match(self.text, at)
            if not comment:
                closed = not self.text.startswith("/*", at)
                raise self.unreadable(at, "'/' begins no value" if closed else "a comment that is not closed")
            if not self.comments:
                raise self.unreadable(at, "a comment, which the reader of this file does not accept")
            at = _SPACE.match(self.text, comment.end()).end()  # type: ignore[union-attr]
        return at

    def close(self, branch: Branch, trivia: str) -> None:
        """Share what stands between the last member, which has no comma, and the closing bracket."""
        last = branch.members[-1]
        last.tail, branch.end = split(trivia)
        if not branch.end.startswith(BREAKS):
            last.gap = trivia.rstrip(" \t")
            branch.end = trivia[len(last.gap) :]

    def found(self, at: int) -> str:
        """What stands here, for a person."""
        return repr(self.text[at]) if at < len(self.text) else "the end of the file"

    def unreadable(self, at: int, reason: str) -> Unreadable:
        """Why the text cannot be read, and where."""
        return Unreadable(reason, position(self.text, at))
