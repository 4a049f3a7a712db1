"""Awkward cases: writers who take their time. While one of them is at it, the file is not what it will be.

The pauses are the writers' own, longer than the settle time here. Whether a watcher looks into them is chance; what it
then must not say is not.
"""

import ctypes
import mmap
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.test_cases_files import NEW, OLD, Case, play

WHOLE = b"one half, other half"
HALVES = (WHOLE[:9], WHOLE[9:])
SHORT = WHOLE + bytes(8)  # as long as what was reserved for it at first

AT_FDCWD, AT_EMPTY_PATH = -100, 0x1000


def pause() -> None:
    time.sleep(0.12)


def slowly(mode: str) -> Callable[[Path], None]:
    def act(here: Path) -> None:
        with (here / "a").open(mode, buffering=0) as file:
            file.write(HALVES[0])
            pause()
            file.write(HALVES[1])
            pause()

    return act


def while_open(meanwhile: Callable[[Path], object]) -> Callable[[Path], None]:
    """Something happens to the file between its first half and its second."""

    def act(here: Path) -> None:
        with (here / "a").open("wb", buffering=0) as file:
            file.write(HALVES[0])
            pause()
            meanwhile(here)
            pause()
            file.write(HALVES[1])

    return act


def link_and_unlink(here: Path) -> None:
    os.link(here / "a", here / "b")
    (here / "a").unlink()


def move_directory(here: Path) -> None:
    (here / "d").rename(here / "e")
    pause()
    (here / "e").rename(here / "f")


def in_a_directory_that_moves(here: Path) -> None:
    (here / "d").mkdir()
    with (here / "d" / "a").open("wb", buffering=0) as file:
        file.write(HALVES[0])
        pause()
        move_directory(here)
        pause()
        file.write(HALVES[1])


def emptied_and_held(here: Path) -> None:
    with (here / "a").open("wb"):
        pause()


def held_for_nothing(here: Path) -> None:
    with (here / "a").open("r+b"):
        pause()


def written_long_before_it_is_closed(here: Path) -> None:
    with (here / "a").open("r+b", buffering=0) as file:
        file.write(NEW)
        pause()


def preallocated(here: Path) -> None:
    with (here / "a").open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, len(SHORT))
        pause()
        file.write(HALVES[0])
        pause()
        file.write(HALVES[1])
        pause()
        file.truncate(len(WHOLE))


def from_its_end(here: Path) -> None:
    with (here / "a").open("wb", buffering=0) as file:
        os.pwrite(file.fileno(), HALVES[1], len(HALVES[0]))
        pause()
        os.pwrite(file.fileno(), HALVES[0], 0)


def through_memory(*, sync: bool) -> Callable[[Path], None]:
    def act(here: Path) -> None:
        with (here / "a").open("r+b") as file:
            memory = mmap.mmap(file.fileno(), len(WHOLE))
        for start, half in ((0, HALVES[0]), (len(HALVES[0]), HALVES[1])):
            memory[start : start + len(half)] = half
            if sync:
                memory.flush()
            pause()
        memory.close()

    return act


MAPS = f"""
import mmap, os, signal, time
with open("a", "r+b") as file:
    memory = mmap.mmap(file.fileno(), {len(WHOLE)})
memory[:9] = {HALVES[0]!r}
time.sleep(0.12)
memory[9:] = {HALVES[1]!r}
os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_with_the_file_in_memory(here: Path) -> None:
    assert subprocess.run([sys.executable, "-c", MAPS], cwd=here, check=False).returncode == -signal.SIGKILL


def nameless_at_first(here: Path) -> None:
    """It gets its name when it is half, and no watch hears of who has opened it under none."""
    descriptor = os.open(here, os.O_TMPFILE | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        file.write(HALVES[0])
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.linkat(descriptor, b"", AT_FDCWD, os.fsencode(here / "a"), AT_EMPTY_PATH):
            pytest.skip("it takes a capability to name what has no name")
        pause()
        file.write(HALVES[1])


def copied_by_the_kernel(copy: Callable[[int, int, int], object]) -> Callable[[Path], None]:
    def act(here: Path) -> None:
        with (here / "source").open("rb") as source, (here / "a").open("wb", buffering=0) as file:
            for half in HALVES:
                copy(source.fileno(), file.fileno(), len(half))
                pause()

    return act


def inherited(here: Path) -> None:
    """Who opened it has closed it; a child has not."""
    with (here / "a").open("wb") as file:
        script = f"printf '{HALVES[0].decode()}'; sleep 0.12; printf '{HALVES[1].decode()}'"
        child = subprocess.Popen(["sh", "-c", script], stdout=file)
    assert child.wait(20) == 0


def killed(here: Path) -> None:
    """What it had written is the last there will be."""
    script = f"exec 3> a; printf '{HALVES[0].decode()}' >&3; kill -9 $$"
    assert subprocess.run(["sh", "-c", script], cwd=here, check=False).returncode == -signal.SIGKILL


def two_at_once(here: Path) -> None:
    """One has it open for all the while that another comes and goes."""
    with (here / "a").open("wb", buffering=0) as first:
        first.write(HALVES[0])
        with (here / "a").open("r+b", buffering=0) as second:
            second.write(HALVES[0][::-1])
            pause()
            second.seek(0)
            second.write(HALVES[0])
        pause()
        first.write(HALVES[1])


def one_after_the_other(here: Path) -> None:
    """At no moment has nobody it open."""
    first = (here / "a").open("wb", buffering=0)
    first.write(HALVES[0])
    pause()
    with (here / "a").open("ab", buffering=0) as second:
        first.close()
        pause()
        second.write(HALVES[1])


def through_a_name_of_the_process(here: Path) -> None:
    with (here / "a").open("rb") as reader, Path(f"/proc/self/fd/{reader.fileno()}").open("wb", buffering=0) as file:
        file.write(HALVES[0])
        pause()
        file.write(HALVES[1])


HOLDS = f"""
import fcntl, os, signal, sys
breaks, wakes = os.pipe()
os.set_blocking(wakes, False)
signal.set_wakeup_fd(wakes)
signal.signal(signal.SIGIO, lambda *_: None)
file = open("a", "r+b", buffering=0)
file.write({HALVES[0]!r})
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
sys.stdout.write("held\\n")
sys.stdout.flush()
os.read(breaks, 1)
file.write({HALVES[1]!r})
file.close()
"""


def leased_to_another(here: Path) -> None:
    """As Samba does: whoever opens it waits until the holder has written what he has; who does not wait is refused."""
    with subprocess.Popen([sys.executable, "-c", HOLDS], cwd=here, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        pause()
        assert (here / "a").read_bytes() == WHOLE
        assert holder.wait(20) == 0


def in_two_calls(here: Path) -> None:
    """Truncated by its name, written later: it was empty, as a whole, in between."""
    os.truncate(here / "a", 0)
    (here / "a").write_bytes(NEW)


WRITERS = {
    "makes it slowly": Case({}, slowly("wb"), {"a": [WHOLE]}),
    "writes it anew slowly": Case({"a": OLD}, slowly("wb"), {"a": [WHOLE]}),
    "appends slowly": Case({"a": OLD}, slowly("ab"), {"a": [OLD + WHOLE]}),
    "edits in place slowly": Case({"a": b"x" * len(WHOLE)}, slowly("r+b"), {"a": [WHOLE]}),
    "writes backwards": Case({}, from_its_end, {"a": [WHOLE]}),
    "reserves its space first": Case({}, preallocated, {"a": [WHOLE]}),
    "empties it and holds it": Case({"a": OLD}, emptied_and_held, {"a": [b""]}),
    "empties it and comes again": Case({"a": OLD}, in_two_calls, {"a": [b"", NEW]}),
    "holds it and does nothing": Case({"a": OLD}, held_for_nothing, {}),
    "closes it long after": Case({"a": OLD}, written_long_before_it_is_closed, {"a": [NEW]}),
    "writes through memory": Case({"a": bytes(len(WHOLE))}, through_memory(sync=False), {"a": [WHOLE]}),
    "writes through memory, synced": Case({"a": bytes(len(WHOLE))}, through_memory(sync=True), {"a": [WHOLE]}),
    "dies with it in memory": Case({"a": bytes(len(WHOLE))}, killed_with_the_file_in_memory, {"a": [WHOLE]}),
    "gives it a name when it is half": Case({}, nameless_at_first, {"a": [WHOLE]}),
    "lets the kernel copy": Case({"source": WHOLE}, copied_by_the_kernel(os.copy_file_range), {"a": [WHOLE]}),
    "lets the kernel send": Case(
        {"source": WHOLE},
        copied_by_the_kernel(lambda source, file, count: os.sendfile(file, source, None, count)),
        {"a": [WHOLE]},
    ),
    "leaves it to a child": Case({}, inherited, {"a": [WHOLE]}),
    "is killed": Case({"a": OLD}, killed, {"a": [HALVES[0]]}),
    "is not alone": Case({}, two_at_once, {"a": [WHOLE]}),
    "is followed by another": Case({}, one_after_the_other, {"a": [WHOLE]}),
    "comes through /proc": Case({"a": OLD}, through_a_name_of_the_process, {"a": [WHOLE]}),
    "has a lease of his own": Case({"a": OLD}, leased_to_another, {"a": [WHOLE]}),
    "has his file renamed": Case(
        {"a": OLD}, while_open(lambda here: (here / "a").rename(here / "b")), {"a": [None], "b": [WHOLE]}
    ),
    "has his file deleted": Case({"a": OLD}, while_open(lambda here: (here / "a").unlink()), {"a": [None]}),
    "has his file replaced": Case(
        {"a": OLD, "b": NEW}, while_open(lambda here: (here / "b").rename(here / "a")), {"a": [NEW], "b": [None]}
    ),
    "has his file linked": Case(
        {"a": OLD}, while_open(lambda here: os.link(here / "a", here / "b")), {"a": [WHOLE], "b": [WHOLE]}
    ),
    "has his file under its other name": Case(
        {"a": OLD},
        while_open(link_and_unlink),
        {"a": [None], "b": [WHOLE]},
    ),
    "has his directory moved": Case({}, in_a_directory_that_moves, {"f/a": [WHOLE]}),
}


@pytest.mark.parametrize("name", WRITERS)
async def test_a_writer(root: Path, observe: Observe, name: str) -> None:
    await play(WRITERS[name], root, observe)
