"""Hints from watchdog's observers, where there is no inotify: macOS, Windows and others.

One recursive watch lies on the root. These observers miss things, and mostly say nothing: a buffer of Windows runs
over, a directory is filled while it is being made. So now and then every directory is `polled` until it was listed,
which is no fault. Where there is no observer, they are polled all the time: watchdog would take one that polls, too,
but that one walks through symbolic links, and through what is ignored.
"""

import errno
import logging
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

from watchdog.events import (
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from watchers.change import parent
from watchers.hints import AnyHints

SWEEP = 30.0  # how often every directory is listed, whatever was heard
QUIET = 0.05
_SEPARATOR = os.fsencode(os.sep)
_FAILURES = (OSError, RuntimeError, SystemError)  # what observers raise where they cannot begin
_HEARD: list[type[FileSystemEvent]] = [
    DirAttribEvent,
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileAttribEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
"""Not what our own reads make (opened, closed without a write), nor that a directory changed: its entries tell it."""


def native_observer() -> BaseObserver | None:
    """The observer of this system; None where it has nothing of the kind."""
    return None if Observer is PollingObserver else Observer()


class PortableHints(AnyHints):
    """What one of watchdog's observers tells of all below the root."""

    def __init__(self, root: bytes, make_observer: Callable[[], BaseObserver | None] = native_observer) -> None:
        super().__init__()
        logging.getLogger("watchdog").setLevel(logging.ERROR)
        self._root = root
        self._make_observer = make_observer
        self._observer: BaseObserver | None = None
        self._identity: tuple[int, int] | None = None  # of the directory that the observer watches
        self._watched: set[bytes] = set()  # the observer's thread reads it
        self._next_sweep = monotonic() + SWEEP

    def __contains__(self, directory: bytes) -> bool:
        return directory in self._watched

    def __len__(self) -> int:
        return len(self._watched)

    def watch(self, directory: bytes) -> None:
        """Hear from this directory, which is about to be listed.

        With the root the observer begins; where the root is another directory by now, it begins anew. One that died
        is left to `revive`, since then everything must be scanned.

        Raises:
            OSError: it is not there, or not a directory.
        """
        try:
            identity = self._look_at(directory)
        except OSError:
            self.unwatch(directory)
            raise
        if not directory and identity != self._identity:
            self._start()
        self._watched.add(directory)
        if self._observer is None:
            self.polled.add(directory)
        else:
            self.polled.discard(directory)

    def unwatch(self, directory: bytes) -> None:
        """Hear no more from this directory."""
        self._watched.discard(directory)
        self.polled.discard(directory)

    def directories(self) -> list[bytes]:
        """All that are watched or polled."""
        return list(self._watched)

    def strayed(self) -> bool:
        """Never: what is below the root is heard by its name."""
        return False

    def catch_up(self, patience: float) -> None:
        """Wait until a file made now was heard of, and then for a moment nothing: what came before it, may come later.

        What is still missed then is found at the next start.
        """
        ends = monotonic() + patience
        if self._observer is None or not self._is_alive():
            return
        with suppress(*_FAILURES), tempfile.TemporaryDirectory() as folder:
            cookie = _Cookie()
            watch = self._observer.schedule(cookie, os.path.realpath(folder))
            (Path(folder) / "cookie").touch()
            cookie.heard.wait(patience)
            self._observer.unschedule(watch)
        heard = -1
        while self._queue.qsize() != heard and monotonic() < ends:
            heard = self._queue.qsize()
            time.sleep(QUIET)

    def revive(self) -> bool:
        """Begin anew where a thread of the observer has died. Asked at every tick, it also says when to sweep."""
        if not self._is_alive() and self._is_root_there() and self._start():
            return True
        if monotonic() >= self._next_sweep:
            self._next_sweep = monotonic() + SWEEP
            self.polled = set(self._watched)
        return False

    def close(self) -> None:
        """End the observer."""
        observer, self._observer = self._observer, None
        if observer is not None:
            _end(observer)

    def _look_at(self, directory: bytes) -> tuple[int, int]:
        """Which directory it is. The slash makes a root that is a symbolic link mean what it points to."""
        status = os.lstat(self._root + b"/" + directory)
        if not stat.S_ISDIR(status.st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        return status.st_dev, status.st_ino

    def _is_root_there(self) -> bool:
        with suppress(OSError):
            return bool(self._look_at(b""))
        return False

    def _is_alive(self) -> bool:
        if self._observer is None or not self._observer.is_alive():
            return False
        return all(emitter.is_alive() for emitter in self._observer.emitters)

    def _start(self) -> bool:
        """Watch what the root is now; say whether that worked."""
        self.close()
        self.limit = None
        try:
            self._identity = self._look_at(b"")
            self._observer = self._observe(os.path.realpath(self._root))
        except _FAILURES as error:
            self.limit = str(error)
        self.polled = set() if self._observer else set(self._watched)  # where it begins, all is scanned
        return self._observer is not None

    def _observe(self, top: bytes) -> BaseObserver | None:
        observer = self._make_observer()
        if observer is None:
            return None
        listener = _Listener(top, self._watched, self._hear)
        try:
            observer.schedule(listener, os.fsdecode(top), recursive=True, event_filter=_HEARD)
            observer.start()
        except BaseException:
            _end(observer)
            raise
        return observer


class _Listener(FileSystemEventHandler):
    """Is told, by the observer's thread, of all that happens below `top`."""

    def __init__(self, top: bytes, watched: set[bytes], hear: Callable[..., None]) -> None:
        self._top = top.rstrip(_SEPARATOR)
        self._watched = watched
        self._hear = hear

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Hint at the places it speaks of. What lies in directories that nobody watches is left out."""
        soft = isinstance(event, FileModifiedEvent)
        for place in (event.src_path, event.dest_path):
            path = self._below_top(os.fsencode(place))
            if place and (not path or path in self._watched or parent(path) in self._watched):
                self._hear(path, soft=soft)

    def _below_top(self, place: bytes) -> bytes:
        """The path below the root; a place that cannot be told from the root's is the root, and all is looked at."""
        if not place.startswith(self._top + _SEPARATOR):
            return b""
        return place[len(self._top) + 1 :].replace(_SEPARATOR, b"/")


class _Cookie(FileSystemEventHandler):
    """Waits for any event."""

    def __init__(self) -> None:
        self.heard = threading.Event()

    def on_any_event(self, _: FileSystemEvent) -> None:
        """It has come."""
        self.heard.set()


def _end(observer: BaseObserver) -> None:
    with suppress(*_FAILURES):
        observer.stop()
        observer.join(timeout=5.0)
