"""Hints that something changed somewhere, from watchdog's reader of inotify (Linux).

Only the reader is used, one watch a directory, and of its events only the path: watchdog's own emitters hold moves
back for half a second, pair them in quadratic time and die of races. Nothing here is believed; a hint says where to
look. What cannot be watched (the kernel's limits) is listed in `polled`. Other systems: `watchers.portable`.
"""

import errno
import logging
import os
import tempfile
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, cast

from watchers.change import join

if TYPE_CHECKING:  # it can be imported on Linux alone
    from watchdog.observers.inotify_c import CallbackId, InotifyEvent, InotifyFD, Mask, WatchDescriptor

QUEUE_LIMIT = 50_000  # more than this and a scan is cheaper than looking at each
_LIMITS = {
    errno.ENOSPC: "fs.inotify.max_user_watches",
    errno.ENOMEM: "fs.inotify.max_user_watches",
    errno.EMFILE: "fs.inotify.max_user_instances",
}


class Hint(NamedTuple):
    """Something happened at `path` at the time `at`. `soft`: it was only written to."""

    path: bytes
    at: float
    soft: bool


class AnyHints(ABC):
    """The watched directories below a root, and what is heard from them. Only the engine's thread calls it.

    Attributes:
        polled: the directories that must be listed, as not all is heard from them.
        limit: what stands in the way of watching them; None where they are listed to be on the safe side.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[Hint | None] = SimpleQueue()
        self._overflowed = False
        self.polled: set[bytes] = set()
        self.limit: str | None = None

    @abstractmethod
    def __contains__(self, directory: bytes) -> bool: ...

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def directories(self) -> list[bytes]:
        """All that are watched or polled."""

    @abstractmethod
    def watch(self, directory: bytes) -> None:
        """Hear from this directory, under this name.

        Raises:
            OSError: it is not there, not a directory, or may not be read.
        """

    @abstractmethod
    def unwatch(self, directory: bytes) -> None:
        """Hear no more from this directory."""

    def unwatch_below(self, directory: bytes, keep: set[bytes] | frozenset[bytes] = frozenset()) -> None:
        """Hear no more from this directory and all below it, but for those in `keep`."""
        for stale in [known for known in self.directories() if _is_below(known, directory)]:
            if stale not in keep:
                self.unwatch(stale)

    def drain(self, timeout: float) -> list[Hint]:
        """The hints so far; where there are none, those that come within `timeout` seconds."""
        heard: list[Hint | None] = []
        with suppress(Empty):
            heard.append(self._queue.get(timeout=timeout))
            while len(heard) < QUEUE_LIMIT:
                heard.append(self._queue.get_nowait())
        return [hint for hint in heard if hint is not None]

    @abstractmethod
    def strayed(self) -> bool:
        """Whether a watched name leads to another directory than the one that is heard under it."""

    @abstractmethod
    def catch_up(self, patience: float) -> None:
        """Wait until all that has happened is in the queue, as far as that can be known."""

    def wake(self) -> None:
        """End a `drain` that waits. From any thread."""
        self._queue.put(None)

    def take_overflow(self) -> bool:
        """Whether hints were lost since this was last asked, or the root was."""
        if not self._overflowed:
            return False
        self._overflowed = False
        return True

    @abstractmethod
    def revive(self) -> bool:
        """Begin anew where what we hear from has died, or there is something to hear from at last."""

    @abstractmethod
    def close(self) -> None:
        """Hear no more."""

    # From the threads of others

    def _hear(self, path: bytes, *, soft: bool) -> None:
        if self._queue.qsize() > QUEUE_LIMIT:
            self._overflowed = True
        else:
            self._queue.put(Hint(path, monotonic(), soft))

    def _lose(self) -> None:
        self._overflowed = True
        self.wake()


class Hints(AnyHints):
    """One watch of inotify for each directory."""

    def __init__(self, root: bytes) -> None:
        super().__init__()
        logging.getLogger("watchdog").setLevel(logging.ERROR)  # an overflow is ours to mend and to tell
        self._root = root
        self._begin(self._start_reader())

    def _begin(self, reader: "InotifyFD | None") -> None:
        self._descriptors: dict[bytes, WatchDescriptor] = {}
        self._paths: dict[WatchDescriptor, tuple[bytes, ...]] = {}  # the reader's thread reads it
        self._callbacks: dict[WatchDescriptor, CallbackId] = {}
        self._last_callback = 0
        self._overflowed = False
        self.polled = set()
        self._reader = reader

    def _start_reader(self) -> "InotifyFD | None":
        from watchdog.observers.inotify_c import InotifyFD

        try:
            reader = InotifyFD()
        except OSError as error:
            self.limit = _LIMITS.get(error.errno or 0, str(error))
            return None
        self.limit = None
        reader.start()
        return reader

    def __contains__(self, directory: bytes) -> bool:
        return directory in self._descriptors or directory in self.polled

    def __len__(self) -> int:
        return len(self._descriptors) + len(self.polled)

    def watch(self, directory: bytes) -> None:
        """Hear from this directory, under this name.

        Raises:
            OSError: it is not there, not a directory, or may not be read.
        """
        try:
            self._watch(directory)
        except OSError as error:
            if error.errno not in _LIMITS:
                self.unwatch(directory)
                raise
            self.limit = _LIMITS[error.errno]
            self._release(directory)
            self.polled.add(directory)
        else:
            self.polled.discard(directory)

    def unwatch(self, directory: bytes) -> None:
        """Hear no more from this directory."""
        self.polled.discard(directory)
        self._release(directory)

    def directories(self) -> list[bytes]:
        """All that are watched or polled."""
        return [*self._descriptors, *self.polled]

    def strayed(self) -> bool:
        """Whether a watched name leads to another directory: to watch it again then gives another descriptor."""
        return any(self._strays(directory) for directory in list(self._descriptors))

    def catch_up(self, patience: float) -> None:
        """Wait until all that has happened is in the queue: the kernel tells of a file made now after all else."""
        if self._reader is None:
            return
        cookie, callback = _Cookie(), self._next_callback()
        with suppress(OSError), tempfile.TemporaryDirectory() as folder:
            descriptor = self._reader.add_callback(os.fsencode(folder), _mask(), cookie, callback)
            (Path(folder) / "cookie").touch()
            cookie.heard.wait(patience)
            self._reader.remove_callbacks([(descriptor, callback)])

    def revive(self) -> bool:
        """Begin anew, without watches, where the reader has died or the kernel has one to give at last."""
        if self._reader is not None and self._reader.is_alive():
            return False
        reader = self._start_reader()
        if reader is None and self._reader is None:
            return False
        self.close()
        self._begin(reader)
        return True

    def close(self) -> None:
        """End the reader."""
        if self._reader is not None:
            self._reader.stop()
            self._reader.join(timeout=5.0)

    def _watch(self, directory: bytes) -> None:
        if self._reader is None:
            raise OSError(errno.EMFILE, "no inotify instance")
        callback = self._next_callback()
        # The slash makes a root that is a symbolic link mean what it points to.
        descriptor = self._reader.add_callback(self._root + b"/" + directory, _mask(), self, callback)
        if descriptor == -1:
            self._reader.remove_callbacks([(descriptor, callback)])
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if self._descriptors.get(directory) != descriptor:
            self._release(directory)
        # A directory that was moved keeps its descriptor; one that is mounted in two places has it there, too.
        names = self._paths.get(descriptor, ())
        self._paths[descriptor] = names if directory in names else (*names, directory)
        self._descriptors[directory] = descriptor
        if (stale := self._callbacks.get(descriptor)) is not None:
            self._reader.remove_callbacks([(descriptor, stale)])
        self._callbacks[descriptor] = callback

    def _strays(self, directory: bytes) -> bool:
        before = self._descriptors[directory]
        with suppress(OSError):
            self.watch(directory)
        return self._descriptors.get(directory) != before

    def _next_callback(self) -> "CallbackId":
        self._last_callback += 1
        return cast("CallbackId", self._last_callback)

    def _release(self, directory: bytes) -> None:
        descriptor = self._descriptors.pop(directory, None)
        if descriptor is None:
            return
        if names := tuple(name for name in self._paths.get(descriptor, ()) if name != directory):
            self._paths[descriptor] = names
            return
        self._paths.pop(descriptor, None)
        callback = self._callbacks.pop(descriptor, None)
        if callback is not None and self._reader is not None:
            self._reader.remove_callbacks([(descriptor, callback)])

    # What the reader's thread calls

    def on_event(self, event: "InotifyEvent") -> None:
        """Queue where to look."""
        for directory in self._paths.get(event.wd, ()):
            self._hear(join(directory, event.name) if event.name else directory, soft=event.is_modify)

    def on_watch_deleted(self, wd: "WatchDescriptor") -> None:
        """The directory is gone, or its file system: look there. With the root, nothing below is sure any more."""
        directories = self._paths.pop(wd, ())
        self._callbacks.pop(wd, None)
        for directory in directories:
            if directory:
                self._hear(directory, soft=False)
            else:
                self._lose()

    def on_queue_overflow(self) -> None:
        """The kernel has thrown hints away."""
        self._lose()


class _Cookie:
    """Is told of one file, and of nothing else."""

    def __init__(self) -> None:
        self.heard = threading.Event()

    def on_event(self, _: "InotifyEvent") -> None:
        """It was made."""
        self.heard.set()

    def on_watch_deleted(self, _: "WatchDescriptor") -> None:
        """Nothing more will be heard."""
        self.heard.set()

    def on_queue_overflow(self) -> None:
        """It was among what the kernel threw away."""
        self.heard.set()


@cache
def _mask() -> "Mask":
    from watchdog.observers.inotify_c import InotifyConstants as In
    from watchdog.observers.inotify_c import Mask

    return Mask(
        In.IN_CREATE
        | In.IN_MODIFY
        | In.IN_CLOSE_WRITE
        | In.IN_ATTRIB
        | In.IN_MOVED_FROM
        | In.IN_MOVED_TO
        | In.IN_DELETE
        | In.IN_DELETE_SELF
        | In.IN_MOVE_SELF
        | In.IN_ONLYDIR
        | In.IN_DONT_FOLLOW
        | In.IN_EXCL_UNLINK
    )


def _is_below(path: bytes, directory: bytes) -> bool:
    return not directory or path == directory or path.startswith(directory + b"/")
