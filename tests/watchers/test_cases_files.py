"""Awkward cases, one file at a time: each in a place of its own, done once while it is watched.

A case says everything that may be said of it; the disk says what must be the last word. That a name was free for a
moment, or held something else, may be told or not: a watcher that comes late has missed nothing that stays. What is not
among a case's contents was never there as a whole, or was made up.
"""

import asyncio
import ctypes
import errno
import os
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed, digest, on_disk
from watchers.change import Change

OLD, NEW = b"old", b"new"
ANY = "*"  # the names that programs give to what they put aside

Act = str | Callable[[Path], object]
May = Mapping[str, Sequence[bytes | None]]


class Case(NamedTuple):
    """Something done in a directory that holds some files: a shell's script, or a function of the directory.

    Attributes:
        before: the files that are there at the start, and `prepare`, what else is.
        act: what is done.
        may: all that may be said of each path afterwards.
    """

    before: Mapping[str, bytes]
    act: Act
    may: May
    prepare: Act = ""

    def set_up(self, here: Path) -> None:
        here.mkdir()
        for name, content in self.before.items():
            (here / name).parent.mkdir(parents=True, exist_ok=True)
            (here / name).write_bytes(content)
        perform(self.prepare, here)

    def check(self, here: bytes, changes: Iterable[Change]) -> None:
        """Nothing else was said of what is in this directory."""
        for change in changes:
            if change.path.startswith(here + b"/"):
                said = self.may.get(os.fsdecode(change.path[len(here) + 1 :]), self.may.get(ANY, ()))
                assert change.hash in {None if content is None else digest(content) for content in said}, change


def perform(act: Act, here: Path) -> None:
    if callable(act):
        act(here)
    elif act:
        subprocess.run(["sh", "-ec", act], cwd=here, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def directories(root: Path) -> set[bytes]:
    """Every directory below `root`, and itself."""
    top = os.fsencode(root)
    return {directory[len(top) + 1 :] for directory, _, _ in os.walk(top)}


def watched(observed: Observed) -> set[bytes]:
    hints = observed.watch._engine._hints
    return {*hints._descriptors, *hints.polled}


def refuse(*_: object) -> int:
    """What the kernel does to who asks for one inotify too many."""
    raise OSError(errno.EMFILE, "inotify instance limit reached")


async def play(case: Case, root: Path, observe: Observe, settle: float = 0.02) -> None:
    """The last word is what is there, all that was said was so, and all directories are still heard.

    The end of a watch lets everything settle that was heard of.
    """
    here = root / "here"
    case.set_up(here)
    async with observe(initial=True, settle=settle) as observed:
        await observed.agrees()
        before = len(observed.changes)
        await asyncio.to_thread(perform, case.act, here)
        await observed.agrees()
        await observed.until(lambda: watched(observed) == directories(root))
        assert observed.watch.health.text == "ok"
    assert observed.present == on_disk(root)
    observed.chain()
    case.check(b"here", observed.changes[before:])
    async with observe() as again:
        pass
    assert again.changes == [], "once per settled state"


def exchange(one: str, other: str) -> Callable[[Path], None]:
    """At no moment is either of the names without something."""

    def act(here: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.renameat2(-100, os.fsencode(here / one), -100, os.fsencode(here / other), 2):
            pytest.skip("this file system exchanges nothing")

    return act


def cut(name: str, size: int) -> Callable[[Path], None]:
    return lambda here: os.truncate(here / name, size)


def outside(here: Path) -> Path:
    """A place for this case that is not in the tree."""
    return here.parent.parent / f"outside {here.name}"


def linked_outside(here: Path) -> None:
    """Of neither the link nor the write is anything heard where the file lies."""
    os.link(here / "a", outside(here))
    with outside(here).open("wb") as file:
        file.write(NEW)


def attributed(here: Path) -> None:
    with suppress(OSError):
        os.setxattr(here / "a", "user.a", b"1")
    with suppress(OSError):
        os.chown(here / "a", 1, 1)
    for mode in (0, 0o600):
        (here / "a").chmod(mode)


def back_in_time(here: Path) -> None:
    before = (here / "a").stat()
    (here / "a").write_bytes(NEW)
    os.utime(here / "a", ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced_back_in_time(here: Path) -> None:
    """As `rsync --times` and `cp -p` do."""
    before = (here / "a").stat()
    (here / "b").write_bytes(NEW)
    os.utime(here / "b", ns=(before.st_atime_ns, before.st_mtime_ns))
    (here / "b").rename(here / "a")


def times(here: Path) -> None:
    for moment in (0, -1, 2**31, 2**33, 1):
        os.utime(here / "a", (moment, moment))


PAIR = {"a": OLD, "b": NEW}
BOTH = [OLD, NEW, None]
APPENDED = [OLD + b"x" * count for count in range(1, 21)]

FILES = {
    # Contents
    "made": Case({}, "printf new > a", {"a": [NEW]}),
    "made empty": Case({}, ": > a", {"a": [b""]}),
    "made and deleted": Case({}, "printf new > a; rm a", {"a": [NEW, None]}),
    "deleted": Case({"a": OLD}, "rm a", {"a": [None]}),
    "emptied": Case({"a": OLD}, ": > a", {"a": [b""]}),
    "written anew with the same bytes": Case({"a": OLD}, "printf old > a", {"a": []}),
    "edited in place": Case({"a": OLD}, "printf new | dd of=a conv=notrunc status=none", {"a": [NEW]}),
    "there and back": Case({"a": OLD}, "printf new > a; printf old > a", {"a": [NEW, OLD]}),
    "appended to by many": Case({"a": OLD}, "for i in $(seq 20); do printf x >> a & done; wait", {"a": APPENDED}),
    "shrunk by its name": Case({"a": OLD}, cut("a", 2), {"a": [b"ol"]}),
    "grown sparse": Case({"a": OLD}, cut("a", 9999), {"a": [OLD + bytes(9996)]}),
    "space is reserved": Case({"a": OLD}, "fallocate -l 9999 a", {"a": [OLD + bytes(9996)]}),
    "space is reserved past its end": Case({"a": OLD}, "fallocate -n -l 9999 a", {"a": []}),
    "a hole is punched": Case({"a": b"x" * 9999}, "fallocate -p -l 4096 a", {"a": [bytes(4096) + b"x" * 5903]}),
    "a large one is made larger": Case(
        {"a": bytes(3 << 20)}, "printf new >> a; printf new >> a", {"a": [bytes(3 << 20) + NEW * n for n in (1, 2)]}
    ),
    # Stamps
    "same size and old time": Case({"a": OLD}, back_in_time, {"a": [NEW]}),
    "replaced with size and time the same": Case({"a": OLD}, replaced_back_in_time, {"a": [NEW], "b": [NEW, None]}),
    "times of all ages": Case({"a": OLD}, times, {"a": []}),
    "written and set far ahead": Case({"a": OLD}, "printf new > a; touch -d 2300-01-01 a", {"a": [NEW]}),
    "written and set far back": Case({"a": OLD}, "printf new > a; touch -d 1960-01-01 a", {"a": [NEW]}),
    "mode, owner and attributes": Case({"a": OLD}, attributed, {"a": []}),
    # Names
    "renamed": Case({"a": OLD}, "mv a b", {"a": [None], "b": [OLD]}),
    "renamed in its case": Case({"readme": OLD}, "mv readme README", {"readme": [None], "README": [OLD]}),
    "renamed on and on": Case({"a": OLD}, "mv a b; mv b c; mv c d", {"a": [None], "d": [OLD], ANY: [OLD, None]}),
    "renamed and back": Case({"a": OLD}, "mv a b; mv b a", {"a": [None, OLD], "b": [OLD, None]}),
    "renamed and made anew": Case({"a": OLD}, "mv a b; printf new > a", {"a": [None, NEW], "b": [OLD]}),
    "moved over another": Case(PAIR, "mv a b", {"a": [None], "b": [OLD]}),
    "moved over one of its kind": Case({"a": OLD, "b": OLD}, "mv a b", {"a": [None], "b": []}),
    "saved by a rename": Case({"a": OLD}, "printf new > b; mv b a", {"a": [NEW], "b": [NEW, None]}),
    "saved without a change": Case({"a": OLD}, "printf old > b; mv b a", {"a": [], "b": [OLD, None]}),
    "two change places": Case(PAIR, "mv a c; mv b a; mv c b", {"a": [None, NEW], "b": [None, OLD], "c": [OLD, None]}),
    "two are exchanged": Case(PAIR, exchange("a", "b"), {"a": [NEW], "b": [OLD]}),
    "deleted and made again": Case({"a": OLD}, "rm a; printf old > a", {"a": [None, OLD]}),
    "deleted and made otherwise": Case({"a": OLD}, "rm a; printf new > a", {"a": [None, NEW]}),
    # Hard links
    "a link is made": Case({"a": OLD}, "ln a b", {"b": [OLD]}),
    "a link goes": Case({"a": OLD}, "rm b", {"b": [None]}, "ln a b"),
    "a link takes its place": Case({"a": OLD}, "ln a b; rm a", {"a": [None], "b": [OLD]}),
    "a link is made over another": Case(PAIR, "ln -f a b", {"b": [OLD, None], ANY: [OLD, None]}),
    "written through another name": Case({"a": OLD}, "printf new > b", {"a": [NEW], "b": [NEW]}, "ln a b"),
    "linked and written at once": Case({"a": OLD}, "ln a b; printf new > b", {"a": [NEW], "b": [OLD, NEW]}),
    "cut through another name": Case({"a": OLD}, cut("d/b", 1), {"a": [b"o"], "d/b": [b"o"]}, "mkdir d; ln a d/b"),
    "a link is saved by a rename": Case({"a": OLD}, "printf new > c; mv c a", {"a": [NEW], "c": [NEW, None]}, "ln a b"),
    "a rename onto its own link does nothing": Case(
        {"a": OLD}, lambda here: (here / "a").rename(here / "b"), {}, "ln a b"
    ),
    "linked outside while watched and written there": Case({"a": OLD}, linked_outside, {"a": [NEW]}),
    # What is no file
    "becomes a pipe and a file": Case({"a": OLD}, "rm a; mkfifo a; rm a; printf new > a", {"a": [None, NEW]}),
    "a pipe becomes a file": Case({}, "rm a; printf new > a", {"a": [NEW]}, "mkfifo a"),
    "a file becomes a pipe": Case({"a": OLD}, "mkfifo b; mv b a", {"a": [None]}),
    "a file becomes a link to itself elsewhere": Case({"a": OLD}, "mv a b; ln -s b a", {"a": [None], "b": [OLD]}),
    "a link becomes what it pointed to": Case({"b": OLD}, "rm a; mv b a", {"a": [OLD], "b": [None]}, "ln -s b a"),
    "a link is turned": Case(PAIR, "ln -sfn b link; ln -sfn . link; ln -sfn link link", {}, "ln -s a link"),
    # Ignored names
    "renamed to an ignored name": Case({"a": OLD}, "mv a a~; rm a~", {"a": [None]}),
    "an ignored name becomes its own": Case({}, "printf new > a~; mv a~ a", {"a": [NEW]}),
}


@pytest.mark.parametrize("name", FILES)
async def test_files(root: Path, observe: Observe, name: str) -> None:
    await play(FILES[name], root, observe)
