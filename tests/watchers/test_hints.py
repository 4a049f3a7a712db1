"""Hints come from the kernel, which may run out of room, of watches and of patience."""

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace
from typing import Any

import pytest
from watchdog.observers.inotify_c import InotifyFD

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed
from watchers import hints as hints_module
from watchers.hints import Hint, Hints


@pytest.fixture
def hints(root: Path) -> Iterator[Hints]:
    """Hints from `root`, of which nothing is watched yet."""
    opened = Hints(os.fsencode(root))
    yield opened
    opened.close()


def heard(hints: Hints, *, of: bytes | None = None) -> list[Hint]:
    """All hints up to one of this path."""
    found: list[Hint] = []
    end = time.monotonic() + 20
    while not found or (of is not None and of not in {hint.path for hint in found}):
        assert time.monotonic() < end, found
        found += hints.drain(0.1)
    return found


def overflow(hints: Hints) -> bool:
    """Wait until an overflow is told of."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if hints.take_overflow():
            return True
        time.sleep(0.01)
    return False


# What is heard


def test_a_hint_says_where_and_whether_it_was_only_a_write(root: Path, hints: Hints) -> None:
    hints.watch(b"")
    with (root / "a").open("wb", buffering=0) as file:
        assert [(hint.path, hint.soft) for hint in heard(hints)] == [(b"a", False)]
        file.write(b"a")
        assert [(hint.path, hint.soft) for hint in heard(hints)] == [(b"a", True)]
    assert [(hint.path, hint.soft) for hint in heard(hints)] == [(b"a", False)]


def test_a_directory_that_moved_is_heard_under_its_new_name(root: Path, hints: Hints) -> None:
    (root / "d").mkdir()
    hints.watch(b"d")
    (root / "d").rename(root / "e")
    hints.watch(b"e")
    hints.unwatch(b"d")
    (root / "e" / "a").touch()
    assert b"e/a" in {hint.path for hint in heard(hints, of=b"e/a")}
    assert (b"d" in hints, b"e" in hints, len(hints)) == (False, True, 1)


def test_a_name_that_leads_to_another_directory_has_strayed(root: Path, hints: Hints) -> None:
    for name in (b"d", b"e"):
        (root / os.fsdecode(name)).mkdir()
        hints.watch(name)
    assert not hints.strayed()
    (root / "d").rename(root / "away")
    assert hints.strayed(), "it leads nowhere"
    assert not hints.strayed(), "and is heard no more"
    (root / "e").rename(root / "gone")
    (root / "e").mkdir()
    assert hints.strayed()
    assert not hints.strayed(), "the other one is heard by now"


def test_nothing_more_is_heard_of_what_is_not_watched(root: Path, hints: Hints) -> None:
    for path in ("d", "d/e", "de", "k"):
        (root / path).mkdir()
    for path in ("d", "d/e", "de", "k"):
        hints.watch(path.encode())
    hints.unwatch_below(b"d", keep={b"d"})
    assert [path in hints for path in (b"d", b"d/e", b"de", b"k")] == [True, False, True, True]
    hints.unwatch_below(b"d")
    (root / "d" / "e" / "a").touch()
    (root / "d" / "a").touch()
    (root / "k" / "a").touch()
    assert {hint.path for hint in heard(hints, of=b"k/a")} == {b"k/a"}


def test_a_directory_that_goes_is_a_hint_and_the_root_an_overflow(root: Path, hints: Hints) -> None:
    (root / "d").mkdir()
    hints.watch(b"d")
    (root / "d").rmdir()
    heard(hints, of=b"d")
    assert not hints.take_overflow()
    hints.watch(b"")
    root.rmdir()
    assert overflow(hints)
    assert not hints.take_overflow()


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda _path: None, FileNotFoundError),
        (Path.touch, NotADirectoryError),
        (lambda path: path.symlink_to("/etc"), NotADirectoryError),
    ],
    ids=["missing", "a file", "a link"],
)
def test_what_cannot_be_watched(
    root: Path, hints: Hints, make: Callable[[Path], object], error: type[Exception]
) -> None:
    make(root / "d")
    with pytest.raises(error):
        hints.watch(b"d/" if make is Path.touch else b"d")
    assert len(hints) == 0


def test_what_may_not_be_watched_is_not_and_then_is(unprivileged: Path) -> None:
    hints = Hints(os.fsencode(unprivileged))
    try:
        (unprivileged / "d").mkdir(mode=0)
        with pytest.raises(PermissionError):
            hints.watch(b"d")
        assert b"d" not in hints
        (unprivileged / "d").chmod(0o700)
        hints.watch(b"d")
        (unprivileged / "d" / "a").touch()
        heard(hints, of=b"d/a")
    finally:
        hints.close()


def test_a_drain_that_waits_can_be_woken(hints: Hints) -> None:
    began = time.monotonic()
    timer = threading.Timer(0.05, hints.wake)
    timer.start()
    assert hints.drain(60) == []
    timer.join()
    assert time.monotonic() - began < 30


# Too much


def test_who_has_caught_up_has_heard_of_all_before(root: Path, hints: Hints, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is slow, and the kernel's queue long."""
    hints.watch(b"")
    monkeypatch.setattr(hints, "_queue", queue := SimpleQueue[Any]())
    put = queue.put

    def slowly(hint: Any) -> None:
        time.sleep(0.001)
        put(hint)

    monkeypatch.setattr(hints, "_queue", SimpleNamespace(put=slowly, get=queue.get, qsize=queue.qsize))
    names = {b"%d" % n for n in range(300)}
    for name in names:
        (root / os.fsdecode(name)).touch()
    hints.catch_up(60)
    found = set()
    while not queue.empty():
        found.add(queue.get().path)
    assert names <= found


def test_catching_up_ends_where_nothing_can_be_heard(hints: Hints) -> None:
    hints.close()
    hints.catch_up(0.1)
    assert hints.drain(0) == []


def test_more_hints_than_anybody_takes(root: Path, hints: Hints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints_module, "QUEUE_LIMIT", 20)
    hints.watch(b"")
    for number in range(100):
        (root / f"{number}").touch()
    assert overflow(hints)
    assert len(hints.drain(0)) <= 22


async def test_a_burst_while_the_engine_is_busy(root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchers.hints.QUEUE_LIMIT", 50)
    monkeypatch.setattr("watchers.engine.QUEUE_LIMIT", 50)
    free = threading.Event()
    free.set()

    def wanted(_path: bytes) -> bool:
        return free.wait(20)

    async with observe(wanted=wanted) as observed:
        engine = observed.watch._engine
        for number in range(7):
            (root / f"d{number}").mkdir()
        await observed.until(lambda: len(engine._hints) == 8)
        free.clear()
        for number in range(300):
            (root / f"d{number % 7}" / f"{number}").write_bytes(b"%d" % number)
        await observed.until(lambda: engine._hints._overflowed or engine.health.last_overflow)
        free.set()
        await observed.agrees()
        assert engine.health.last_overflow is not None


def reader(observed: Observed) -> InotifyFD:
    found = observed.watch._engine._hints._reader
    assert found is not None
    return found


async def test_the_kernel_throws_hints_away(root: Path, observe: Observe) -> None:
    queue = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if queue > 100_000:
        pytest.skip(f"a queue of {queue} events takes long to fill")
    for name in "ab":
        (root / name).touch()
    async with observe(initial=True) as observed:
        with reader(observed)._lock:  # it reads once more, and then cannot go on
            for _ in range(queue // 2 + 5000):
                os.utime(root / "a")
                os.utime(root / "b")
            (root / "d").mkdir()
            (root / "d" / "lost").write_bytes(b"lost")
        await observed.hears("d/lost", b"lost")
        assert observed.watch.health.last_overflow is not None
        assert observed.watch.health.text == "ok"
        (root / "d" / "later").write_bytes(b"later")
        await observed.hears("d/later", b"later")


# Too few watches


def limited(monkeypatch: pytest.MonkeyPatch, count: int) -> list[int]:
    """Let the kernel give `count` watches and no more; the list's only number may be raised."""
    allowed = [count]
    add = InotifyFD.add_callback

    def add_callback(self: InotifyFD, *arguments: Any) -> Any:
        if len(self._watch_for_wd) >= allowed[0]:
            raise OSError(errno.ENOSPC, "inotify watch limit reached")
        return add(self, *arguments)

    monkeypatch.setattr(InotifyFD, "add_callback", add_callback)
    return allowed


async def test_directories_beyond_the_limit_are_polled(
    root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = limited(monkeypatch, 3)
    for number in range(6):
        (root / f"{number}").mkdir()
    async with observe() as observed:
        assert observed.watch.health.text == (
            "4 directories are polled, not watched: raise fs.inotify.max_user_watches"
        )
        for number in range(6):
            (root / f"{number}" / "a").write_bytes(b"%d" % number)
        (root / "5" / "new" / "er").mkdir(parents=True)
        (root / "5" / "new" / "er" / "a").write_bytes(b"new")
        await observed.agrees()
        for number in range(6):
            (root / f"{number}" / "a").unlink()
        await observed.agrees()
        allowed[0] = 100
        await observed.until(lambda: observed.watch.health.text == "ok")
        (root / "5" / "new" / "er" / "b").write_bytes(b"b")
        await observed.hears("5/new/er/b", b"b")


async def test_without_any_reader_everything_is_polled(
    root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = InotifyFD._create_inotify_fd

    def refuse(*_: object) -> int:
        raise OSError(errno.EMFILE, "inotify instance limit reached")

    monkeypatch.setattr(InotifyFD, "_create_inotify_fd", refuse)
    (root / "d").mkdir()
    async with observe() as observed:
        assert "2 directories are polled, not watched: raise fs.inotify.max_user_instances" in (
            observed.watch.health.text
        )
        (root / "d" / "a").write_bytes(b"a")
        await observed.hears("d/a", b"a")
        monkeypatch.setattr(InotifyFD, "_create_inotify_fd", begin)
        await observed.until(lambda: observed.watch.health.text == "ok")
        (root / "d" / "b").write_bytes(b"b")
        await observed.hears("d/b", b"b")


NAMESPACE = ["unshare", "--user", "--map-root-user", "sh", "-c"]
LIMIT = "echo %d > /proc/sys/user/max_inotify_%s && exec %s -m tests.watchers.test_hints %s"


async def in_the_kernel(root: Path) -> None:
    """Everything is heard, whatever the kernel gives; then the health is printed."""
    for number in range(20):
        (root / f"{number}").mkdir()
    async with Observed(root, root.parent / "state.db") as observed:
        for number in range(20):
            (root / f"{number}" / "a").write_bytes(b"%d" % number)
        await observed.agrees()
        sys.stdout.write(observed.watch.health.text)


@pytest.mark.parametrize(
    ("what", "count", "health"),
    [
        ("watches", 10, "11 directories are polled, not watched: raise fs.inotify.max_user_watches"),
        ("instances", 0, "21 directories are polled, not watched: raise fs.inotify.max_user_instances"),
    ],
)
def test_the_real_limit(root: Path, what: str, count: int, health: str) -> None:
    if subprocess.run([*NAMESPACE, "echo 9 > /proc/sys/user/max_inotify_watches"], check=False).returncode:
        pytest.skip("no user namespaces here")
    command = LIMIT % (count, what, sys.executable, root)
    done = subprocess.run([*NAMESPACE, command], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == (health, 0), done.stderr


# A reader that dies


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_a_reader_that_dies_is_replaced(root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "d").mkdir()
    async with observe() as observed:
        first = reader(observed)
        handle = InotifyFD.handle_event

        def die(*_: object) -> None:
            monkeypatch.setattr(InotifyFD, "handle_event", handle)
            raise KeyError("a race")

        monkeypatch.setattr(InotifyFD, "handle_event", die)
        (root / "d" / "fatal").write_bytes(b"fatal")
        await observed.until(lambda: not first.is_alive())
        (root / "d" / "unheard").write_bytes(b"unheard")
        (root / "new").mkdir()
        (root / "new" / "unheard").write_bytes(b"unheard")
        await observed.agrees()
        assert reader(observed) is not first
        (root / "new" / "heard").write_bytes(b"heard")
        await observed.hears("new/heard", b"heard")


def test_only_a_dead_reader_is_replaced(hints: Hints) -> None:
    assert not hints.revive()
    hints.close()
    assert hints.revive()
    assert not hints.revive()


if __name__ == "__main__":
    import asyncio

    asyncio.run(in_the_kernel(Path(sys.argv[1])))
