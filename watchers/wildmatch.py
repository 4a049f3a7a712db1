"""Git's patterns as regular expressions over bytes: what its `dir.c` and `wildmatch.c` do with a line.

pathspec reads most lines so, but not sets with escapes in them, tabs at the end, or `x**/y`; and it lets a directory's
line speak for all below it, where a watcher has judged each directory already.
"""

import re
from typing import NamedTuple

_ONE = rb"\\.|[^\\\]]"
_ELEMENT = rb"\[:[^\]]*:\]|(?:%b)-(?:%b)|%b" % (_ONE, _ONE, _ONE)
_SET = rb"\[[!^]?+(?>\](?:-(?:%b))?|%b)(?>%b)*+\]" % (_ONE, _ELEMENT, _ELEMENT)
_TOKEN = re.compile(rb"\\.|\*+|%b|[^\\\[]" % _SET, re.DOTALL)
_LINE = re.compile(rb"(!?)((?:\\.|[^\\])*?)(/?) *", re.DOTALL)
_MEMBER = re.compile(rb"\[:([^\]]*):\]|(\\.|[^\\])(?:-(\\.|[^\\]))?", re.DOTALL)
_SPECIAL = re.compile(rb"[*?\[\\]")
_CLASSES = {
    b"alnum": rb"0-9A-Za-z",
    b"alpha": rb"A-Za-z",
    b"blank": rb" \t",
    b"cntrl": rb"\x00-\x1f\x7f",
    b"digit": rb"0-9",
    b"graph": rb"!-~",
    b"lower": rb"a-z",
    b"print": rb" -~",
    b"punct": rb"!-/:-@\[-`{-~",
    b"space": rb" \t-\r",
    b"upper": rb"A-Z",
    b"xdigit": rb"0-9A-Fa-f",
}


class Pattern(NamedTuple):
    """A line that means something. `regex` matches a path below the line's directory as a whole."""

    regex: bytes
    excludes: bool
    only_directories: bool


def pattern(line: bytes) -> Pattern | None:
    """Read a line of an ignore file; None where it is a comment or can match nothing."""
    parts = _LINE.fullmatch(line.partition(b"\0")[0])
    if line.startswith(b"#") or not parts or not parts[2]:
        return None
    regex = _regex(parts[2].removeprefix(b"/"), is_name=b"/" not in parts[2])
    return Pattern(regex, not parts[1], bool(parts[3])) if regex else None


def _regex(glob: bytes, *, is_name: bool) -> bytes | None:
    """The expression; None where the pattern is broken. `is_name`: it speaks of the last part of a path alone."""
    regex = b"(?:.*/)?" if is_name else b""
    at = 0
    while at < len(glob):
        token = _TOKEN.match(glob, at)
        translated = token and _translate(token[0], glob[:at], glob[token.end() :], is_name=is_name)
        if not token or translated is None:
            return None
        regex += translated
        at = token.end() + translated.endswith(b"/)?")  # `**/` took the slash, too
    return regex


def _translate(token: bytes, before: bytes, after: bytes, *, is_name: bool) -> bytes | None:
    if token.startswith(b"*"):
        is_deep = len(token) > 1 and not is_name and _is_alone(before, after)
        return (b"(?:.*/)?" if after.startswith(b"/") else b".*") if is_deep else b"[^/]*"
    if token == b"?":
        return b"[^/]"
    if token.startswith(b"["):
        return _set(token[1:-1])
    return re.escape(token[-1:])


def _is_alone(before: bytes, after: bytes) -> bool:
    """Whether two stars mean any directories. git cuts what is plain off the front, so that `x**/y` is such a case."""
    begins = before.endswith(b"/") or not _SPECIAL.search(before)
    return begins and (not after or after.startswith((b"/", rb"\/")))


def _set(members: bytes) -> bytes | None:
    """What stands between brackets; never a slash."""
    negated = members[:1] in {b"!", b"^"}
    regex = b""
    for match in _MEMBER.finditer(members[negated:]):
        name, first, last = match.groups()
        if name is not None and name not in _CLASSES:
            return None
        regex += _CLASSES[name] if name is not None else _range(first[-1:], last and last[-1:])
    return b"[^/%b]" % regex if negated else b"(?!/)[%b]" % regex


def _range(first: bytes, last: bytes | None) -> bytes:
    """A range; one that runs backwards is its first character."""
    return rb"\x%02x-\x%02x" % (first[0], last[0]) if last and last > first else rb"\x%02x" % first[0]
