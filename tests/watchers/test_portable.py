"""Hints from watchdog's own observers, as on macOS and Windows."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.events import DirMovedEvent, FileModifiedEvent
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyEmitter
from watchdog.observers.polling import PollingObserver

from tests.watchers.elsewhere import BACKENDS, OF_NO_CONSEQUENCE, Backend, Deaf, heard, observer_of
from tests.watchers.test_guard import remake
from watchers import portable
from watchers.portable import PortableHints

pytestmark = pytest.mark.filterwarnings(OF_NO_CONSEQUENCE)


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    """What the other systems' observers are stood in for by."""
    return BACKENDS[request.param]


@pytest.fixture
def hints(root: Path, backend: Backend) -> Iterator[PortableHints]:
    """Hints from `root`, of which nothing is watched yet."""
    opened = PortableHints(os.fsencode(root), backend)
    yield opened
    opened.close()


# What is heard


def test_a_hint_says_where_and_whether_it_was_only_a_write(root: Path, hints: PortableHints) -> None:
    (root / "a").touch()
    (root / "d").mkdir()
    hints.watch(b"")
    hints.watch(b"d")
    with (root / "a").open("ab", buffering=0) as file:
        file.write(b"a")
        assert (b"a", True) in {(hint.path, hint.soft) for hint in heard(hints, of=b"a")}
    (root / "d" / "b").touch()
    assert (b"d/b", False) in {(hint.path, hint.soft) for hint in heard(hints, of=b"d/b")}
    (root / "d" / "b").rename(root / "c")
    assert {(b"d/b", False), (b"c", False)} <= {(hint.path, hint.soft) for hint in heard(hints, of=b"c")}


def test_our_own_reads_are_no_hints(root: Path, hints: PortableHints) -> None:
    (root / "a").write_bytes(b"a")
    hints.watch(b"")
    (root / "a").read_bytes()
    assert list(root.iterdir())
    (root / "b").touch()
    assert {hint.path for hint in heard(hints, of=b"b")} == {b"b"}


def test_nothing_is_heard_of_directories_that_nobody_watches(root: Path, hints: PortableHints) -> None:
    for path in ("d", "d/e", "k"):
        (root / path).mkdir()
    for directory in (b"", b"d", b"d/e", b"k"):
        hints.watch(directory)
    assert len(hints) == 4
    hints.unwatch_below(b"d")
    assert [directory in hints for directory in (b"", b"d", b"d/e", b"k")] == [True, False, False, True]
    (root / "d" / "a").touch()
    (root / "d" / "e" / "a").touch()
    (root / "k" / "a").touch()
    assert not {b"d/a", b"d/e/a"} & {hint.path for hint in heard(hints, of=b"k/a")}


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
    root: Path, hints: PortableHints, make: Callable[[Path], object], error: type[Exception]
) -> None:
    for directory in ("", "d"):
        (root / directory).mkdir(exist_ok=True)
        hints.watch(os.fsencode(directory))
    (root / "d").rmdir()
    make(root / "d")
    with pytest.raises(error):
        hints.watch(b"d")
    assert hints.directories() == [b""]


def test_a_root_that_is_a_link(root: Path, backend: Backend) -> None:
    link = root.parent / "link"
    link.symlink_to(root.name)
    hints = PortableHints(os.fsencode(link), backend)
    try:
        hints.watch(b"")
        (root / "a").touch()
        heard(hints, of=b"a")
        (root.parent / "other").mkdir()
        link.unlink()
        link.symlink_to("other")
        hints.watch(b"")
        (root.parent / "other" / "b").touch()
        heard(hints, of=b"b")
    finally:
        hints.close()


def test_a_place_in_another_spelling_is_the_root(root: Path) -> None:
    """FSEvents may name a directory otherwise than we do. Then all is looked at."""
    told: list[tuple[bytes, bool]] = []
    listener = portable._Listener(b"/lab", {b"", b"d"}, lambda path, soft: told.append((path, soft)))
    listener.on_any_event(FileModifiedEvent("/lab/d/a"))
    listener.on_any_event(FileModifiedEvent(b"/lab/d/\xff"))
    listener.on_any_event(FileModifiedEvent("/lab"))
    listener.on_any_event(FileModifiedEvent("/Lab/a"))
    listener.on_any_event(DirMovedEvent("/lab/d", "/laboratory/d"))
    soft, hard = True, False
    assert told == [(b"d/a", soft), (b"d/\xff", soft), (b"", soft), (b"", soft), (b"d", hard), (b"", hard)]


@pytest.mark.parametrize("top", ["C:\\lab", "C:\\"])
def test_windows_writes_its_paths_in_its_own_way(monkeypatch: pytest.MonkeyPatch, top: str) -> None:
    monkeypatch.setattr(portable, "_SEPARATOR", b"\\")
    told: list[bytes] = []
    listener = portable._Listener(os.fsencode(top), {b"d/e"}, lambda path, soft: told.append(path))
    listener.on_any_event(FileModifiedEvent(top.rstrip("\\") + "\\d\\e\\a"))
    assert told == [b"d/e/a"]


def test_more_hints_than_anybody_takes(root: Path, hints: PortableHints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchers.hints.QUEUE_LIMIT", 20)
    hints.watch(b"")
    for number in range(100):
        (root / f"{number}").touch()
    end = time.monotonic() + 20
    while not hints.take_overflow():
        assert time.monotonic() < end
        time.sleep(0.01)
    assert len(hints.drain(0)) <= 22


def test_who_has_caught_up_has_heard_of_all_before(root: Path, hints: PortableHints) -> None:
    hints.watch(b"")
    names = {b"%d" % number for number in range(300)}
    for name in names:
        (root / os.fsdecode(name)).touch()
    hints.catch_up(60)
    assert names <= {hint.path for hint in hints.drain(0)}
    assert len(observer_of(hints).emitters) == 1


def test_what_comes_later_than_a_file_made_now_is_waited_for(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "QUIET", 0.5)
    hints = PortableHints(os.fsencode(root))
    try:
        hints.watch(b"")
        late = threading.Timer(0.2, hints._hear, (b"late",), {"soft": False})
        late.start()
        hints.catch_up(60)
        assert [hint.path for hint in hints.drain(0)] == [b"late"]
    finally:
        hints.close()


def test_catching_up_ends_where_nothing_can_be_heard(root: Path, hints: PortableHints) -> None:
    began = time.monotonic()
    hints.catch_up(60)
    hints.watch(b"")
    observer_of(hints).stop()
    observer_of(hints).join()
    hints.catch_up(60)
    hints.close()
    hints.catch_up(60)
    assert hints.drain(0) == []
    assert time.monotonic() - began < 30


# Observers that die, or never live


def test_only_a_dead_observer_is_replaced(root: Path, hints: PortableHints) -> None:
    hints.watch(b"")
    assert not hints.revive()
    next(iter(observer_of(hints).emitters)).stop()
    next(iter(observer_of(hints).emitters)).join()
    assert hints.revive()
    assert not hints.revive()
    observer_of(hints).stop()
    observer_of(hints).join()
    assert hints.revive()
    (root / "a").touch()
    heard(hints, of=b"a")


def test_nothing_is_observed_while_the_root_is_away(root: Path, hints: PortableHints) -> None:
    hints.watch(b"")
    root.rename(root.parent / "away")
    hints.close()
    assert not hints.revive()
    assert hints.limit is None
    (root.parent / "away").rename(root)
    assert hints.revive()


def test_another_root_is_observed_anew(root: Path, hints: PortableHints) -> None:
    hints.watch(b"")
    first = observer_of(hints)
    hints.watch(b"")
    assert observer_of(hints) is first
    remake(root)
    hints.watch(b"")
    assert not first.is_alive()
    (root / "a").touch()
    heard(hints, of=b"a")


def test_every_directory_is_polled_now_and_then(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hints = PortableHints(os.fsencode(root), Deaf)
    (root / "d").mkdir()
    try:
        for directory in (b"", b"d"):
            hints.watch(directory)
        assert not hints.revive()
        assert (hints.polled, hints.limit) == (set(), None)
        monkeypatch.setattr(hints, "_next_sweep", time.monotonic())
        for _ in range(2):
            assert not hints.revive()
            assert (hints.polled, hints.limit) == ({b"", b"d"}, None)
        hints.watch(b"d")  # and lists it
        assert hints.polled == {b""}
        hints.unwatch(b"")
        assert not hints.revive()
        assert hints.polled == set()
    finally:
        hints.close()


def test_a_system_without_observers_is_polled(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "Observer", PollingObserver)
    hints = PortableHints(os.fsencode(root))
    for _ in range(3):
        hints.watch(b"")
        assert (hints.polled, hints.limit) == ({b""}, None)
        assert not hints.revive()
        assert (hints.polled, hints.limit) == ({b""}, None)
    hints.close()


@pytest.mark.parametrize("when", ["made", "started"])
def test_without_any_observer_everything_is_polled(root: Path, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    def refuse(*_: object) -> BaseObserver:
        raise RuntimeError("cannot be had")

    threads = set(threading.enumerate())
    hints = PortableHints(os.fsencode(root), refuse if when == "made" else Observer)
    if when == "started":
        monkeypatch.setattr(InotifyEmitter, "on_thread_start", refuse)
    try:
        for _ in range(3):
            hints.watch(b"")
            assert not hints.revive()
            assert (hints.polled, hints.limit, len(hints)) == ({b""}, "cannot be had", 1)
            assert set(threading.enumerate()) <= threads
        monkeypatch.undo()
        monkeypatch.setattr(hints, "_make_observer", Observer)
        assert hints.revive()
        assert hints.limit is None
        assert not hints.revive()
        assert hints.polled == set()
    finally:
        hints.close()
