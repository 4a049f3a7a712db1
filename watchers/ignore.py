"""Which paths are not watched, as git means it, and which rule says so.

From the top down: an excluded directory ends the question. Within one directory's rules the last line that matches
wins, and a deeper directory's rules beat a higher one's. Every line must match the path itself, as each directory above
has been judged already.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple, Self

from watchers.change import join, split
from watchers.system import READ_FLAGS
from watchers.wildmatch import pattern

ALWAYS = b".headraceignore"
GIT = b".gitignore"
DEFAULTS = (
    b".git",
    b"__pycache__",
    b".headrace",
    b"*~",
    b"*.swp",
    b"*.swo",
    b"*.swx",
    b".#*",
    rb"\#*#",
    b"*___jb_tmp___",
    b"*___jb_old___",
    b".goutputstream-*",
    b"*.kate-swp",
    b".~lock.*#",
    b".nfs????????????????????????",
)
_LARGEST = 1 << 20


class Rule(NamedTuple):
    """One line that decides. `source` is the file it stands in, below the root; empty: built in."""

    source: bytes
    line: int
    text: bytes

    def __str__(self) -> str:
        text = os.fsdecode(self.text)
        return f"{os.fsdecode(self.source)}:{self.line}: {text}" if self.source else f"built in: {text}"


class Verdict(NamedTuple):
    """Whether a path is ignored, and the rule that decided; None where no rule speaks of it."""

    ignored: bool
    rule: Rule | None = None


_WATCHED = Verdict(ignored=False)


class _Line(NamedTuple):
    regex: re.Pattern[bytes]
    only_directories: bool
    verdict: Verdict


class _Level(NamedTuple):
    """The lines of one directory, the last one first, and one expression that matches where any of them may."""

    any: re.Pattern[bytes]
    lines: tuple[_Line, ...]

    @classmethod
    def of(cls, lines: Iterable[_Line]) -> Self:
        newest_first = tuple(lines)[::-1]
        any_of_them = b"|".join(b"(?:%b)" % line.regex.pattern for line in newest_first)
        return cls(re.compile(any_of_them, re.DOTALL), newest_first)

    def judge(self, path: bytes, *, is_directory: bool) -> Verdict | None:
        if not self.any.fullmatch(path):
            return None
        speaking = (line for line in self.lines if is_directory or not line.only_directories)
        return next((line.verdict for line in speaking if line.regex.fullmatch(path)), None)


class Ignore:
    """The rules of a tree. `own` is where this program keeps its state, if that is below the root."""

    def __init__(self, root: bytes, *, gitignore: bool = False, own: bytes | None = None) -> None:
        self._root = root
        self.names = (GIT, ALWAYS) if gitignore else (ALWAYS,)
        self._own = own
        self._levels: dict[bytes, _Level] = {}
        self._defaults = _Level.of(_lines(b"", DEFAULTS, b"/"))  # asked about names alone, which is quicker

    def load(self, directory: bytes) -> bool:
        """Read the rules that stand in `directory`; say whether they differ from those known before."""
        lines = [line for name in self.names for line in _lines(join(directory, name), self._text(directory, name))]
        old, new = self._levels.pop(directory, None), _Level.of(lines) if lines else None
        if new:
            self._levels[directory] = new
        return old != new

    def judge(self, path: bytes, *, is_directory: bool) -> Verdict:
        """The verdict on a path whose directories are all watched."""
        if path == self._own:
            return Verdict(ignored=True, rule=Rule(b"", 0, b"this program's own state"))
        for directory in _upwards(path) if self._levels else ():
            level = self._levels.get(directory)
            below = path[len(directory) + 1 :] if directory else path
            if level and (verdict := level.judge(below, is_directory=is_directory)):
                return verdict
        return self._defaults.judge(path.rpartition(b"/")[2], is_directory=is_directory) or _WATCHED

    def explain(self, path: bytes, *, is_directory: bool) -> Verdict:
        """The verdict on any path: that on the first directory above it which is ignored, else its own."""
        self.load(b"")
        for directory in reversed(list(_upwards(path))):
            if directory and (verdict := self.judge(directory, is_directory=True)).ignored:
                return verdict
            self.load(directory)
        return self.judge(path, is_directory=is_directory)

    def _text(self, directory: bytes, name: bytes) -> Sequence[bytes]:
        path = self._root + b"/" + join(directory, name)
        with suppress(OSError):
            descriptor = os.open(path, READ_FLAGS)
            try:
                raw = os.read(descriptor, _LARGEST).removeprefix(b"\xef\xbb\xbf")
            finally:
                os.close(descriptor)
            return [line.removesuffix(b"\r") for line in raw.split(b"\n")]
        return ()


def _upwards(path: bytes) -> Iterator[bytes]:
    while path:
        path = split(path)[0]
        yield path


def _lines(source: bytes, texts: Sequence[bytes], anchor: bytes = b"") -> Iterator[_Line]:
    for number, text in enumerate(texts, 1):
        if read := pattern(anchor + text):
            verdict = Verdict(ignored=read.excludes, rule=Rule(source, number, text))
            yield _Line(re.compile(read.regex, re.DOTALL), read.only_directories, verdict)
