"""Hears when files of clients may have changed: one watch for each directory in which one lies, or may come to lie.

A home holds much besides, and changes all the time: only what is, or leads to, one of the files counts.
"""

import asyncio
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from schemas.clients.adapter import Location, Scope
from watchers.hints import AnyHints
from watchers.system import hints_of

WAIT = 1.0
"""Seconds after which a thread that hears nothing looks whether it is to end."""


class Ears:
    """Sets `heard` where something below one of the bases may have changed a file of the patterns."""

    def __init__(self, bases: Mapping[Scope, Path], patterns: Iterable[Location]) -> None:
        self.heard = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._listeners = [
            _Listener(base, [one.path for one in patterns if one.scope == scope], self._tell)
            for scope, base in bases.items()
        ]

    def _tell(self) -> None:
        self._loop.call_soon_threadsafe(self.heard.set)

    def listen(self) -> None:
        """Watch the directories that have come since. What is read after this, and then changes, is heard."""
        for listener in self._listeners:
            listener.listen()

    def close(self) -> None:
        """Hear no more."""
        for listener in self._listeners:
            listener.close()


class _Listener:
    """One base, in a thread of its own."""

    def __init__(self, base: Path, patterns: list[str], tell: Callable[[], None]) -> None:
        self._base = base
        self._tops = {_top(path) for path in patterns if "*" in path}
        self._paths = {path for path in patterns if "*" not in path}
        self._ways = {above for path in (*self._tops, *self._paths) for above in _above(path)}
        self._tell = tell
        self._hints: AnyHints = hints_of(os.fsencode(base))
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"ears of {base}", daemon=True)
        self.listen()
        self._thread.start()

    def listen(self) -> None:
        """Watch what lies on the way to a file, and all below the folders that are looked through."""
        for way in sorted({".", *self._ways}):
            self._watch(way)
        for top in sorted(self._tops):
            for folder, _, _ in os.walk(self._base / top):
                self._watch(Path(folder).relative_to(self._base).as_posix())

    def _watch(self, folder: str) -> None:
        """Watch a folder, also where it is another one than before under its name."""
        with suppress(OSError):  # it is not there
            self._hints.watch(b"" if folder == "." else os.fsencode(folder))

    def close(self) -> None:
        """Hear no more."""
        self._ended.set()
        self._hints.wake()
        self._thread.join(timeout=5.0)
        self._hints.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            hints = self._hints.drain(WAIT)
            if any(self._counts(os.fsdecode(hint.path)) for hint in hints) or self._hints.take_overflow():
                self._tell()

    def _counts(self, path: str) -> bool:
        is_on_the_way = path in self._paths or path in self._ways or path in self._tops
        return is_on_the_way or any(path.startswith(f"{top}/") for top in self._tops)


def _top(pattern: str) -> str:
    """The folder below which a pattern looks."""
    return pattern.partition("*")[0].rpartition("/")[0]


def _above(path: str) -> list[str]:
    """The folders that lead to a path."""
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]
