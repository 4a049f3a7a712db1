"""One file of instructions: its bytes as a rule, and what they become when it is another.

Only what says something else is written anew. Whatever is written is read again first: what would not be read as it is
meant is not written at all.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from schemas.clients.adapter import Location, Place, Problem, Unread
from schemas.clients.documents import LARGEST
from schemas.clients.entry import Entry, Misspelled, Spelled
from schemas.clients.secrets import secrets
from schemas.clients.text import Inexpressible
from schemas.clients.triggers import DESCRIPTION, Spelling
from schemas.clients.unified import Rule, encode
from schemas.errors import Rejected
from schemas.formats import frontmatter
from schemas.formats.edits import Drop, Edit, Position, Put, Unreadable, same
from schemas.formats.source import MARK, decoded

TOP = Position(1, 1)
_FENCE = re.compile(rb"---[ \t]*\r?(?:\n|\Z)")


class Made(NamedTuple):
    """The bytes of a file (None: nothing is written), and what is lost: (attribute, why); `*` is the whole rule."""

    raw: bytes | None
    losses: tuple[tuple[str, str], ...] = ()


def read_text(location: Location, raw: bytes) -> str:
    """The text of a file. Raises Unread."""
    if len(raw) > LARGEST:
        raise too_large(location)
    try:
        return decoded(raw.removeprefix(MARK))
    except Unreadable as error:
        raise unread(location, error.reason, error.position) from error


def unread(location: Location, why: str, position: Position = TOP) -> Unread:
    """What is raised for a file that is left as it is until a person has mended it."""
    return Unread(Problem(Place(location, position), why, f"mend {location.path}; it is left alone until then"))


def too_large(location: Location) -> Unread:
    """What is raised for a file that clients would not load either."""
    why = f"it is larger than {LARGEST // 1024} KiB, of which clients load nothing"
    return Unread(Problem(Place(location, TOP), why, f"shorten {location.path}, or make several files of it"))


def checked(location: Location, rule: Rule) -> Rule:
    """The rule. Raises Unread where it must not get out of its file."""
    if len(encode(rule)) > LARGEST:
        raise too_large(location)
    if hidden := secrets(rule):
        why = f"its {hidden[0].field} holds a secret ({hidden[0].why}), which never leaves this file"
        raise Unread(Problem(Place(location, TOP), why, "name where it is kept instead, such as $NAME"))
    return rule


def read_file(location: Location, raw: bytes, spelling: Spelling) -> Rule | None:
    """The rule that a file is; an empty one is none. Raises Unread."""
    if not read_text(location, raw).strip():
        return None
    try:
        file = frontmatter.parse(raw)
        _check(file)
    except Unreadable as error:
        raise unread(location, error.reason, error.position) from error
    try:
        when = spelling.read(file.value)
    except Misspelled as error:
        raise unread(location, str(error), file.position(spelling.keys[:1])) from error
    return checked(location, Rule(file.body.decode(), when.trigger, when.globs, when.description))


def _check(file: frontmatter.Rule) -> None:
    """Nothing is concluded from a front matter of which a part is not understood: that may say when the rule counts."""
    if not file.lines and _FENCE.match(file.body):
        raise Unreadable("its front matter does not end: a line of --- is missing")
    fields = [field for field in file.fields if not field.key.startswith("{")]
    known = {field.line + offset for field in fields for offset in range(field.lines)}
    for number, line in enumerate(file.lines[1:-1], start=1):
        if line.strip() and not line.lstrip().startswith("#") and number not in known:
            raise Unreadable("this line of its front matter is no field", Position(number + 1, 1))


def write_file(location: Location, raw: bytes, spelling: Spelling, name: str, rule: Rule) -> Made:
    """What a file becomes when it is this rule; what says so already stays as it is."""
    meant = Rule(rule.body, rule.trigger, rule.globs if rule.trigger == "files" else (), rule.description or None)
    old = frontmatter.parse(raw)
    try:
        spelled = spelling.write(meant, name, old.value)
        head, body = raw[: len(raw) - len(old.body)], rule.body.encode()
        gap = b"\n" if old.lines and body and not head.endswith(b"\n") else b""
        edits = list(_edits(spelling, meant, None if _is_blank(raw) else old.value, spelled))
        made = frontmatter.edit(head + gap + body, edits, spelling.bare)
    except (Inexpressible, Rejected, UnicodeEncodeError) as error:
        return Made(None, (("*", str(error)),))
    losses = spelled.losses
    if rule.globs != meant.globs:
        losses += (("globs", f"a rule whose trigger is {rule.trigger} is for no files"),)
    if why := _misread(location, made, spelling, meant, {field for field, _ in losses}):
        return Made(None, (("*", why),))
    return Made(made, losses)


def _is_blank(raw: bytes) -> bool:
    return not raw.removeprefix(MARK).strip()


def _edits(spelling: Spelling, rule: Rule, old: Entry | None, spelled: Spelled) -> Iterator[Edit]:
    """The fewest edits of the fields; `old` is None for a new file. What says when the rule counts changes as one."""
    had: Entry = old or {}
    was = spelling.read(old) if old is not None else None
    stays = was is not None and (was.trigger, was.globs) == (rule.trigger, rule.globs)
    owned = {key for key in spelling.keys if not stays or key == DESCRIPTION}
    for key, value in spelled.entry.items():
        if (key in owned or key not in spelling.keys) and not (key in had and same(had[key], value)):
            yield Put((key,), value)
    for key in owned - spelled.entry.keys():
        if had.get(key) not in (None, "", []):
            yield Drop((key,))


def _misread(location: Location, raw: bytes, spelling: Spelling, rule: Rule, lost: set[str]) -> str:
    """Why a file would not be read as the rule, but for what is lost of it; empty where it would be."""
    try:
        back = read_file(location, raw, spelling)
    except Unread as error:
        return error.problem.why
    if back is None:
        return "it has no text"
    odd = [
        field
        for field, value in msgspec.structs.asdict(rule).items()
        if field not in lost and getattr(back, field) != value
    ]
    return f"its {odd[0]} would be read as something else" if odd else ""
