"""Which paths are not watched, as git means it, and which rule says so.

From the top down: an excluded directory ends the question. Within one directory's rules the last line that matches
wins, and a deeper directory's rules beat a higher one's. pathspec reads the lines; but where it lets a directory's line
speak for all below it, here every line must match the path itself, as each directory above has been judged already.
Names are bytes to git, so `?` is one byte: bytes above 127 are carried as lone surrogates.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from pathspec.patterns.gitignore.base import GitIgnorePatternError
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

from watchers.change import join, split

ALWAYS = b".headraceignore"
GIT = b".gitignore"
DEFAULTS = (
    ".git",
    "__pycache__",
    ".headrace",
    "*~",
    "*.swp",
    "*.swo",
    "*.swx",
    ".#*",
    "#*#",
    "*___jb_tmp___",
    "*___jb_old___",
    ".goutputstream-*",
    "*.kate-swp",
    ".~lock.*#",
    ".nfs????????????????????????",
)
_LARGEST = 1 << 20
_CLASSES = {
    "[:alnum:]": "0-9A-Za-z",
    "[:alpha:]": "A-Za-z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:space:]": " \t-\r",
    "[:xdigit:]": "0-9A-Fa-f",
}
_CLASS = re.compile("|".join(map(re.escape, _CLASSES)))
_SET = re.compile(r"\\.|\[\^?\]?[^\]]*\]", re.DOTALL)


class Rule(NamedTuple):
    """One line that decides. `source` is the file it stands in, below the root; empty: built in."""

    source: bytes
    line: int
    text: str

    def __str__(self) -> str:
        text = os.fsdecode(self.text.encode("ascii", "surrogateescape"))
        return f"{os.fsdecode(self.source)}:{self.line}: {text}" if self.source else f"built in: {text}"


class Verdict(NamedTuple):
    """Whether a path is ignored, and the rule that decided; None where no rule speaks of it."""

    ignored: bool
    rule: Rule | None = None


class _Line(NamedTuple):
    regex: re.Pattern[str]
    verdict: Verdict


class _Level(NamedTuple):
    """The lines of one directory, the last one first, and one expression that matches where any of them does."""

    any: re.Pattern[str]
    lines: tuple[_Line, ...]

    def judge(self, path: str) -> Verdict | None:
        if not self.any.fullmatch(path):
            return None
        return next((line.verdict for line in self.lines if line.regex.fullmatch(path)), None)


class Ignore:
    """The rules of a tree. `own` is where this program keeps its state, if that is below the root."""

    def __init__(self, root: bytes, *, gitignore: bool = False, own: bytes | None = None) -> None:
        self._root = root
        self.names = (GIT, ALWAYS) if gitignore else (ALWAYS,)
        self._own = own
        self._levels: dict[bytes, _Level] = {}
        self._defaults = _level(_lines(b"", DEFAULTS))

    def load(self, directory: bytes) -> bool:
        """Read the rules that stand in `directory`; say whether they differ from those known before."""
        lines = [line for name in self.names for line in _lines(join(directory, name), self._text(directory, name))]
        old, new = self._levels.get(directory), _level(lines)
        if new is None:
            self._levels.pop(directory, None)
        else:
            self._levels[directory] = new
        return old != new

    def judge(self, path: bytes, *, is_directory: bool) -> Verdict:
        """The verdict on a path whose directories are all watched."""
        if path == self._own:
            return Verdict(ignored=True, rule=Rule(b"", 0, "this program's own state"))
        slash = "/" if is_directory else ""
        text = path.decode("ascii", "surrogateescape")
        if self._levels:
            for directory in _upwards(path):
                level = self._levels.get(directory)
                below = text[len(directory) + 1 :] if directory else text
                if level and (verdict := level.judge(below + slash)):
                    return verdict
        name = text.rpartition("/")[2]
        return (self._defaults and self._defaults.judge(name + slash)) or Verdict(ignored=False)

    def explain(self, path: bytes, *, is_directory: bool) -> Verdict:
        """The verdict on any path: that on the first directory above it which is ignored, else its own."""
        self.load(b"")
        for directory in reversed(list(_upwards(path))):
            if directory and (verdict := self.judge(directory, is_directory=True)).ignored:
                return verdict
            self.load(directory)
        return self.judge(path, is_directory=is_directory)

    def _text(self, directory: bytes, name: bytes) -> Sequence[str]:
        path = self._root + b"/" + join(directory, name)
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                raw = os.read(descriptor, _LARGEST).removeprefix(b"\xef\xbb\xbf")
            finally:
                os.close(descriptor)
            return [line.removesuffix("\r") for line in raw.decode("ascii", "surrogateescape").split("\n")]
        return ()


def _upwards(path: bytes) -> Iterator[bytes]:
    while path:
        path = split(path)[0]
        yield path


def _lines(source: bytes, texts: Sequence[str]) -> Iterator[_Line]:
    for number, text in enumerate(texts, 1):
        pattern = _trim(text)
        with suppress(GitIgnorePatternError, re.error):  # git, too, passes over a line that makes no sense
            regex, excludes = GitIgnoreSpecPattern.pattern_to_regex(pattern)
            if regex is not None:
                verdict = Verdict(ignored=bool(excludes), rule=Rule(source, number, text))
                yield _Line(re.compile(_exact(pattern, regex), re.DOTALL), verdict)


def _level(lines: Iterator[_Line] | list[_Line]) -> _Level | None:
    newest_first = tuple(lines)[::-1]
    if not newest_first:
        return None
    return _Level(re.compile("|".join(f"(?:{line.regex.pattern})" for line in newest_first), re.DOTALL), newest_first)


def _trim(line: str) -> str:
    """Without the spaces at its end, unless escaped, and with `[:alpha:]` and its like written out."""
    while line.endswith(" ") and not line.endswith("\\ "):
        line = line[:-1]
    return _CLASS.sub(lambda match: _CLASSES[match[0]], line)


def _exact(pattern: str, regex: str) -> str:
    """pathspec's expression, made to match a path and not what lies below it. Directories end with a slash."""
    regex = _SET.sub(_escape_set, regex.replace("(?P<ps_d>/)", "/"))
    if regex == ".":  # `*`, `**`
        return ".+"
    if regex == "/":  # a directory of any name, by `*/` or `**/`; what is in one, by `**/*/**`
        return ".+/" if pattern.endswith("/") else ".+/.+"
    if pattern.endswith("/**/"):
        return regex + ".+/"
    return regex + ".+" if pattern.endswith("/**") else regex


def _escape_set(match: re.Match[str]) -> str:
    """A set as Python shall read it for ever: `[`, `&`, `~` and `|` have no meaning in it."""
    token = match[0]
    return token if token.startswith("\\") else "[" + re.sub(r"([\[&~|])", r"\\\1", token[1:])
