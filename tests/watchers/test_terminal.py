"""How a change is shown to people."""

import os
import re
import sys
from datetime import UTC, datetime

import pytest

from watchers import terminal
from watchers.change import Change
from watchers.terminal import Screen, line

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def shown(path: bytes, hash_: str | None, base: str | None, size: int, tree: str | None = None) -> str:
    text = line(Change(1, "id", path, hash_, base, size, AT, None), tree)
    return re.sub(r"^\d\d:\d\d:\d\d ", "", re.sub(r"\x1b\[\d+m", "", text))


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (5 * 10**12, "5.0 TB"),
        (10**16, "10000.0 TB"),
    ],
)
def test_sizes(size: int, words: str) -> None:
    assert shown(b"a", "h", None, size) == f"new     a  {words}\n"


def test_what_happened() -> None:
    assert shown(b"d/a.py", "h", "b", 3) == "edited  d/a.py  3 bytes\n"
    assert shown(b"a", None, "b", 0, "tree") == "deleted tree/a  \n"


@pytest.mark.parametrize("name", [b"\x1b[31mred", b"two\nlines", b"\xff", "\u202eltr".encode(), b"\x9b2J"])
def test_a_name_does_not_command_the_terminal(name: bytes) -> None:
    text = shown(name, "h", None, 1)
    assert text.removesuffix("\n").isprintable()


CHANGE = Change(1, "id", b"a", "h", None, 1, AT, b"a")


def test_a_halted_terminal_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it cannot take is counted, and said when it goes on."""
    reader, writer = os.pipe()
    with os.fdopen(reader) as far, os.fdopen(writer, "w") as near:
        monkeypatch.setattr(sys, "stdout", near)
        monkeypatch.setattr(terminal, "WAITING", 100)
        screen = Screen()
        screen.show([CHANGE] * 50_000, None)
        said = missed = 0
        while said + missed < 50_000:
            counted = re.search(r"… and (\d+) more", far.readline())
            said += not counted
            missed += int(counted[1]) if counted else 0
        assert (said + missed, missed > 40_000) == (50_000, True)
        screen.close()


def test_a_terminal_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as near:
        monkeypatch.setattr(sys, "stdout", near)
        screen = Screen()
        screen.show([CHANGE], None)
        screen._writer.join(20)
        assert not screen._writer.is_alive()
        screen.close()
