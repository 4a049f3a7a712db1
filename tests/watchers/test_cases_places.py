"""Awkward cases: directories, links to them, and names."""

import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.test_cases_files import ANY, NEW, OLD, Case, directories, exchange, outside, play, watched

TREE = {"d/a": OLD, "d/e/b": OLD, "d/e/f/c": OLD}
TWO = {"d/a": OLD, "d/in/a": OLD, "e/a": NEW, "e/in/b": NEW}
GONE: dict[str, list[bytes | None]] = {path: [None] for path in TREE}


def under(name: str, content: bytes = OLD) -> dict[str, list[bytes | None]]:
    """The tree by another name."""
    return {name + path[1:]: [content] for path in TREE}


def out(here: Path) -> None:
    (here / "d").rename(outside(here))


def out_and_in_again(here: Path) -> None:
    out(here)
    (outside(here) / "e" / "b").write_bytes(NEW)
    (outside(here) / "new").write_bytes(NEW)
    outside(here).rename(here / "d")


def written_outside(here: Path) -> None:
    """What it is called there is nothing to us."""
    out(here)
    for path in ("a", "e/b", "e/new"):
        (outside(here) / path).write_bytes(NEW)


def into_the_tree(here: Path) -> None:
    (outside(here) / "e").mkdir(parents=True)
    for path in ("a", "e/b"):
        (outside(here) / path).write_bytes(NEW)
    outside(here).rename(here / "d")


def linked_outside(here: Path) -> None:
    """A directory becomes a link to where it has gone: what it holds is no longer in the tree."""
    out(here)
    (here / "d").symlink_to(outside(here))
    (here / "d" / "a").write_bytes(NEW)


def born_again(times: int) -> Callable[[Path], None]:
    def act(here: Path) -> None:
        for number in range(times):
            shutil.rmtree(here / "d")
            (here / "d" / "e").mkdir(parents=True)
            for path in ("d/a", "d/e/b"):
                (here / path).write_bytes(b"%d" % number)

    return act


def renamed_while_it_fills(here: Path) -> None:
    for number in range(10):
        here /= f"{number}"
        here.mkdir()
        (here / "a").write_bytes(NEW)
        here = here.rename(here.parent / f"{number}!")
        (here / "b").write_bytes(NEW)


def scratch(here: Path) -> None:
    """Five thousand short lives, of which the last word must be that it is over."""
    for number in range(5000):
        (here / "a").write_bytes(b"%d" % number)
        (here / "a").unlink()


def scratch_directory(here: Path) -> None:
    for number in range(500):
        (here / "d" / "e").mkdir(parents=True)
        (here / "d" / "e" / "a").write_bytes(b"%d" % number)
        shutil.rmtree(here / "d")


def numbers(count: int) -> list[bytes | None]:
    return [None, *(b"%d" % number for number in range(count))]


ODD = [
    *("new\nline", "carriage\rreturn", "tab\t", "\x01\x7f", '"', "'", "back\\slash", "\\", " ", " both ", "-rf", "--"),
    *("*", "**", "?", "[a]", "[", "!", "!a", "#", "#a", "a#", "{}", "%s", "$HOME", "`a`", "a/ ", ".a", "..."),
    *("x" * 255, "é" * 127, "\u202e", "\u2028", "\ufeff", "a\u0301", "á", "名前", "😀"),
    *(os.fsdecode(raw) for raw in (b"\xff", b"\xed\xa0\x80", b"\x80/\xfe", b"a\xff" * 127, b"\xc3")),
    *("CON", "a.", "a:b", "1.swpx", ".gitignore", "swp", "gi~t", "..a", "~a", "core", ".a#", "4913"),
]


def odd(here: Path) -> None:
    for name in ODD:
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_bytes(NEW)


def odd_no_more(here: Path) -> None:
    for name in ODD:
        (here / name).unlink()


def odd_directories(here: Path) -> None:
    for number, name in enumerate(one for one in ODD if "/" not in one):
        (here / "way" / "in").mkdir(parents=True)
        (here / "way" / "in" / "a").write_bytes(b"%d" % number)
        (here / "way").rename(here / name)


def odd_directories_may() -> dict[str, list[bytes | None]]:
    names = [one for one in ODD if "/" not in one]
    may: dict[str, list[bytes | None]] = {f"{name}/in/a": [b"%d" % number] for number, name in enumerate(names)}
    return may | {"way/in/a": numbers(len(names))}


PACKED = "cp -r d old; for f in a e/b e/f/c; do printf new > d/$f; done; tar cf all d; rm -r d; mv old d"

PLACES = {
    # They come
    "made deep and filled at once": Case({}, "mkdir -p d/e/f/g/h; printf new > d/e/f/g/h/a", {"d/e/f/g/h/a": [NEW]}),
    "copied": Case(TREE, "cp -r d g", under("g")),
    "unpacked": Case(TREE, "tar xf all", {path: [None, NEW] for path in TREE}, PACKED),
    "moved in, full": Case({}, into_the_tree, {"d/a": [NEW], "d/e/b": [NEW]}),
    "renamed while it fills": Case({}, renamed_while_it_fills, {ANY: [NEW, None]}),
    # They go
    "removed": Case(TREE, "rm -r d", GONE),
    "moved out": Case(TREE, out, GONE),
    "moved out and written there": Case(TREE, written_outside, GONE),
    "moved out and in again": Case(TREE, out_and_in_again, {"d/e/b": [NEW, None], ANY: [NEW, OLD, None]}),
    # They get other names
    "renamed": Case(TREE, "mv d g", GONE | under("g")),
    "renamed on and on": Case(TREE, "mv d g; mv g h; mv h i", GONE | under("i") | {ANY: [OLD, None]}),
    "renamed and back": Case(TREE, "mv d g; mv g d", {ANY: [OLD, None]}),
    "moved into another": Case(TREE, "mkdir x; mv d x/d", GONE | under("x/d")),
    "its inside moved out, and it removed": Case(TREE, "mv d/e g; rm -r d", GONE | {"g/b": [OLD], "g/f/c": [OLD]}),
    "turned inside out": Case(
        TREE, "mv d/e/f g; mv d g/d", GONE | {"g/c": [OLD], "g/d/a": [OLD], "g/d/e/b": [OLD], ANY: [OLD, None]}
    ),
    "moved onto an empty one": Case(TREE, lambda here: (here / "d").rename(here / "g"), GONE | under("g"), "mkdir g"),
    "change places": Case(TWO, "mv d way; mv e d; mv way e", {ANY: [OLD, NEW, None]}),
    "are exchanged": Case(
        TWO,
        exchange("d", "e"),
        {"d/a": [NEW], "e/a": [OLD], "d/in/a": [None], "d/in/b": [NEW], "e/in/a": [OLD], "e/in/b": [None]},
    ),
    "exchanged with what is in it": Case(
        TWO | {"x": b"x"}, exchange("d/in", "x"), {"d/in": [b"x"], "d/in/a": [None], "x": [None], "x/a": [OLD]}
    ),
    # They die and are born again
    "removed and made again": Case(TREE, "cp -r d g; rm -r d; mv g d", {ANY: [OLD, None]}),
    "dies twenty times": Case(TREE, born_again(20), GONE | {"d/a": numbers(20), "d/e/b": numbers(20)}),
    "a scratch file": Case({}, scratch, {"a": numbers(5000)}),
    "a scratch directory": Case({}, scratch_directory, {"d/e/a": numbers(500)}),
    # They become something else
    "becomes a file": Case(TREE, "rm -r d; printf new > d", GONE | {"d": [NEW]}),
    "becomes a file and again a directory": Case(
        TREE, "rm -r d; printf new > d; rm d; mkdir d; printf new > d/a", GONE | {"d/a": [None, NEW], "d": [NEW, None]}
    ),
    "a file becomes one": Case({"a": OLD}, "rm a; mkdir a; printf new > a/a", {"a": [None], "a/a": [NEW]}),
    "becomes a pipe": Case(TREE, "rm -r d; mkfifo d", GONE),
    "becomes a link to itself elsewhere": Case(TREE, "mv d g; ln -s g d", GONE | under("g")),
    "becomes a link to nowhere": Case(TREE, "rm -r d; ln -s d d", GONE),
    "becomes a link out of the tree": Case(TREE, linked_outside, GONE),
    "a link becomes what it pointed to": Case(TREE, "rm g; mv d g", GONE | under("g"), "ln -s d g"),
    "a link is turned from one to another": Case(
        TWO, "ln -sfn e link; printf new > link/a; printf new > d/a", {"d/a": [NEW]}, "ln -s d link"
    ),
    "a loop of links": Case(TREE, "ln -s .. d/up; ln -s ../.. d/e/up; printf new > d/up/d/a", {"d/a": [NEW]}),
    "current is turned, as deployments do": Case(
        TWO, "ln -s e next; mv -T next current; printf new > current/a", {}, "ln -s d current"
    ),
    # Names
    "odd names": Case({}, odd, {ANY: [NEW]}),
    "odd names of directories": Case({}, odd_directories, odd_directories_may()),
    "odd names go": Case({}, odd_no_more, {ANY: [None]}, odd),
    "renamed to an ignored name": Case(TREE, "mv d __pycache__; rm -r __pycache__", GONE),
    "an ignored one becomes its own": Case({}, "mkdir .git; printf new > .git/a; mv .git d", {"d/a": [NEW]}),
}


@pytest.mark.parametrize("name", PLACES)
async def test_a_place(root: Path, observe: Observe, name: str) -> None:
    await play(PLACES[name], root, observe)


async def test_a_directory_goes_between_two_looks_into_it(root: Path, observe: Observe) -> None:
    """What was just seen in it, and is not written yet, goes with it."""
    gate = threading.Event()

    def wanted(path: bytes) -> bool:
        if path == b"gate":
            gate.wait(20)
        if path == b"way/way/new/a" and (root / "d").is_dir():
            shutil.rmtree(root / "d")
            (root / "d").write_bytes(NEW)
        return True

    async with observe(wanted=wanted, settle=0.02) as observed:
        for directory in ("d/e/f", "way/way"):
            (root / directory).mkdir(parents=True)
        await observed.until(lambda: watched(observed) == directories(root))
        (root / "gate").touch()
        for name in ("d/a", "way/way/new/a", "d/e/f/b"):
            (root / name).parent.mkdir(exist_ok=True)
            (root / name).write_bytes(OLD)
        time.sleep(0.1)  # so that all are looked at in one round, shallow ones first
        gate.set()
        await observed.hears("d", NEW)
        await observed.agrees()
