"""What stands in for the observers of macOS and Windows: all that Linux has."""

import os
import time
from collections.abc import Callable

from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver, PollingObserverVFS

from watchers.hints import Hint
from watchers.portable import PortableHints

Backend = Callable[[], BaseObserver]

OF_NO_CONSEQUENCE = "ignore:Callback with id:RuntimeWarning"  # watchdog's inotify observer watches a directory twice


def polling() -> BaseObserver:
    """watchdog's observer that polls, told not to follow links."""
    return PollingObserverVFS(os.lstat, os.scandir, polling_interval=0.1)


BACKENDS: dict[str, Backend] = {"inotify": Observer, "polling": polling}


class Deaf(PollingObserver):
    """Lives, and never tells anything."""

    def __init__(self) -> None:
        super().__init__(timeout=3600)


def heard(hints: PortableHints, *, of: bytes) -> list[Hint]:
    """All hints up to one of this path."""
    found: list[Hint] = []
    end = time.monotonic() + 20
    while of not in {hint.path for hint in found}:
        assert time.monotonic() < end, found
        found += hints.drain(0.1)
    return found


def observer_of(hints: PortableHints) -> BaseObserver:
    assert hints._observer is not None
    return hints._observer
