"""What was read is a content the file completely had. A writer may come at any moment of the read."""

import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.watchers.observed import digest
from watchers import stable
from watchers.stable import Content, Unsettled, read

BEFORE, AFTER = b"before", b"after!"  # of one size: no test may pass by the size alone


def content(path: Path, keep: int = 0) -> Content:
    """What is read once the file is old enough to be believed."""
    end = time.monotonic() + 20
    while not isinstance(result := read(os.fsencode(path), keep), Content):
        assert time.monotonic() < end, result
        time.sleep(0.002)
    return result


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    """A file that nobody has written to for a while."""
    path = tmp_path / "a"
    path.write_bytes(BEFORE)
    content(path)
    return path


# What is read

SIZES = [0, 1, 9, 10, 11, stable.CHUNK, stable.CHUNK + 1, 3 * stable.CHUNK + 5]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keep", [0, 10, 2 * stable.CHUNK])
def test_the_whole_file_is_hashed_and_kept_up_to_a_size(tmp_path: Path, size: int, keep: int) -> None:
    data = (b"0123456789" * (size // 10 + 1))[:size]
    (tmp_path / "a").write_bytes(data)
    found = content(tmp_path / "a", keep)
    assert (found.hash, found.stamp.size) == (digest(data), size)
    assert found.data == (data if size <= keep else None)


MAKE: dict[str, tuple[Callable[[Path], object], Unsettled]] = {
    "missing": (lambda _path: None, Unsettled.GONE),
    "a directory": (Path.mkdir, Unsettled.OTHER),
    "a pipe": (os.mkfifo, Unsettled.OTHER),
    "a link to a file": (lambda path: path.symlink_to("/etc/passwd"), Unsettled.OTHER),
    "a link to itself": (lambda path: path.symlink_to(path), Unsettled.OTHER),
}


@pytest.mark.parametrize("kind", MAKE)
def test_what_is_no_file(tmp_path: Path, kind: str) -> None:
    make, result = MAKE[kind]
    make(tmp_path / "a")
    assert read(os.fsencode(tmp_path / "a")) is result


def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a")
        assert read(b"a") is Unsettled.OTHER


def test_a_file_where_a_directory_was(settled: Path) -> None:
    assert read(os.fsencode(settled) + b"/below") is Unsettled.GONE


def test_a_file_that_may_not_be_read(unprivileged: Path) -> None:
    path = unprivileged / "a"
    path.write_bytes(BEFORE)
    path.chmod(0)
    assert read(os.fsencode(path)) is Unsettled.UNREADABLE


def test_a_disk_that_fails(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(stable, "_hash", fail)
    assert read(os.fsencode(settled)) is Unsettled.UNREADABLE


# Who writes meanwhile


def test_somebody_has_it_open_for_writing(settled: Path) -> None:
    with settled.open("r+b"):
        assert read(os.fsencode(settled)) is Unsettled.BUSY
        time.sleep(0.05)  # however long it takes
        assert read(os.fsencode(settled)) is Unsettled.BUSY
    assert content(settled).hash == digest(BEFORE)


def test_somebody_has_it_open_for_reading(settled: Path) -> None:
    with settled.open("rb"):
        assert isinstance(read(os.fsencode(settled)), Content)


def test_a_moment_ago_is_too_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two writes within one tick of the kernel's clock have one stamp."""
    monkeypatch.setattr(stable, "TICK_NS", 3600 * 10**9)
    (tmp_path / "a").write_bytes(BEFORE)
    assert read(os.fsencode(tmp_path / "a")) is Unsettled.BUSY


def during(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object]) -> None:
    """Do something in the middle of the next read: after its bytes were read, before they are believed."""
    hash_ = stable._hash

    def interrupted(*arguments: Any) -> tuple[str, int, bytes | None]:
        result = hash_(*arguments)
        monkeypatch.setattr(stable, "_hash", hash_)
        do()
        return result

    monkeypatch.setattr(stable, "_hash", interrupted)


def write_in_place(path: Path) -> None:
    before = path.stat()
    with path.open("r+b") as file:
        file.write(AFTER)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    (path.parent / "new").write_bytes(AFTER)
    (path.parent / "new").rename(path)


CHANGES: dict[str, Callable[[Path], object]] = {
    "written in place, its time put back": write_in_place,
    "replaced": replace,
    "deleted": Path.unlink,
    "grown": lambda path: path.open("ab").write(b"more"),
    "cut": lambda path: os.truncate(path, 1),
    "linked": lambda path: os.link(path, path.parent / "b"),
}


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_during_the_read(settled: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    during(monkeypatch, lambda: CHANGES[change](settled))
    assert read(os.fsencode(settled)) is Unsettled.BUSY
    if settled.exists():
        assert content(settled).hash == digest(settled.read_bytes())


def test_a_writer_who_came_during_the_read_and_has_not_written_yet(
    settled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it writes next may be stamped with the tick in which the read ended."""
    files = []
    during(monkeypatch, lambda: files.append(settled.open("r+b")))
    assert read(os.fsencode(settled)) is Unsettled.BUSY
    files[0].close()


def test_a_writer_who_comes_while_the_lease_is_held(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel signals us, which must not end the process, and lets the writer wait for a moment only."""
    control = fcntl.fcntl
    writers: list[threading.Thread] = []
    breaks = threading.Event()
    before = signal.signal(signal.SIGURG, lambda *_: breaks.set())

    def watched(descriptor: int, command: int, argument: int = 0) -> int:
        result = control(descriptor, command, argument)
        if command == fcntl.F_SETLEASE and argument == fcntl.F_RDLCK and not writers:
            writers.append(threading.Thread(target=settled.write_bytes, args=(AFTER,)))
            writers[0].start()
            assert breaks.wait(20)
        return result

    monkeypatch.setattr(fcntl, "fcntl", watched)
    try:
        read(os.fsencode(settled))
        writers[0].join(20)
        assert not writers[0].is_alive()
    finally:
        signal.signal(signal.SIGURG, before)
    assert content(settled).hash == digest(AFTER)


def test_without_leases_a_longer_rest_is_asked_for(settled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stable, "_lease", lambda _descriptor: stable._Lease.IMPOSSIBLE)
    write_in_place(settled)
    assert read(os.fsencode(settled)) is Unsettled.BUSY
    began = time.time_ns()
    found = content(settled)
    assert time.time_ns() - found.stamp.ctime >= stable.LEASELESS_NS
    assert found.stamp.ctime <= began


def test_a_file_of_another_user_allows_no_lease(unprivileged: Path) -> None:
    if os.geteuid() == 0 or Path("/etc/passwd").stat().st_uid != 0:
        pytest.skip("needs a file of somebody else")
    descriptor = os.open("/etc/passwd", os.O_RDONLY)
    try:
        assert stable._lease(descriptor) is stable._Lease.IMPOSSIBLE
    finally:
        os.close(descriptor)
    assert content(Path("/etc/passwd")).hash == digest(Path("/etc/passwd").read_bytes())


WRITER = """
import sys, time
for number in range(1_000_000):
    with open(sys.argv[1], "r+b", buffering=0) as file:
        for part in range(4):
            file.write(b"%06d" % number * 700)
            time.sleep(number % 3 * 0.001)
    time.sleep(number % 2 * 0.015)
"""


def test_a_writer_without_end_is_never_caught(tmp_path: Path) -> None:
    """Many reads against one writer, who sometimes rests for longer than is asked for: nothing but whole contents."""
    path = tmp_path / "a"
    path.write_bytes(b"%06d" % 0 * 2800)
    whole: set[bytes] = set()
    process = subprocess.Popen([sys.executable, "-c", WRITER, path])
    try:
        end = time.monotonic() + 20
        while len(whole) < 20:
            assert time.monotonic() < end
            if isinstance(found := read(os.fsencode(path), keep=1 << 20), Content):
                assert found.data is not None
                assert found.data == found.data[:6] * 2800
                whole.add(found.data[:6])
    finally:
        process.kill()
        process.wait()
