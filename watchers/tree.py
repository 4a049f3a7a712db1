"""Look at the disk and note what differs from the index. The disk alone is believed; a hint only says where to look.

Watches come before listings: what happens between the two is a hint already. A path whose directory is unknown is
looked at from the topmost unknown directory down. Symbolic links, FIFOs, sockets and devices are no files.
"""

import os
import stat
import time
from collections.abc import Iterator
from time import monotonic

from watchers import clock, stable
from watchers.change import Sighting, Stamp, join, parent, split, stamp
from watchers.hints import AnyHints
from watchers.ignore import Ignore
from watchers.index import LAST_NAME, PAGE, Index
from watchers.options import Viewer, WatchOptions
from watchers.pending import UNREADABLE_LAST, Due, Pending

BATCH = 256  # sightings that are written in one transaction
BATCH_BYTES = 4 << 20
LINKED_PAGE = 256
STROLL = 0.0005  # seconds at each tick for files of which nothing was heard
STROLL_PAGE = 64


class Tree:
    """One tree, as the engine's thread looks at it. `committed` is called after every write, with what it changed."""

    def __init__(self, root: bytes, index: Index, options: WatchOptions, hints: AnyHints, committed: Viewer) -> None:
        self._root = root
        self._index = index
        self._options = options
        self._hints = hints
        self._committed = committed
        self._ignore = Ignore(root, gitignore=options.gitignore, own=options.own)
        self._seen: list[Sighting] = []
        self._seen_bytes = 0
        self._real: set[bytes] = set()  # directories that were directories a moment ago
        self._scanned: dict[bytes, float] = {}
        self._linked: bytes = b""
        self._stroll: Iterator[list[tuple[bytes, Stamp]]] = iter(())
        self._to_poll: list[bytes] = []
        self.pending = Pending(options.settle)
        self.unreadable: dict[bytes, int] = {}
        self.report = True
        self.root_hinted = False

    def look(self, due: Due) -> None:
        """Look at a path that something was heard of."""
        path = self._topmost_unknown(due.path)
        if not path:
            self.root_hinted = True
            return
        directory, name = split(path)
        if name in self._ignore.names and self._ignore.load(directory):
            self.scan(directory)
        try:
            status = os.lstat(self._absolute(path))
        except (FileNotFoundError, NotADirectoryError):
            self._gone(path)
        except OSError:
            self._cannot_read(path)
        else:
            self._found(due._replace(path=path), status)

    def scan(self, top: bytes) -> None:
        """Watch and compare everything in and below the directory `top`."""
        was_known = top in self._hints
        self._write_below(top)
        self._forget_unreadable(top)
        listed: set[bytes] = set()
        left = [top]
        while left:
            directory = left.pop()
            started = monotonic()
            below = self._list(directory)
            if below is not None:
                listed.add(directory)
                self._scanned[directory] = started
                left.extend(reversed(below))
        if was_known:
            self._hints.unwatch_below(top, keep=listed)
        self._sweep(top, listed)

    def forget_all(self) -> None:
        """The root is gone, and all with it."""
        self._drop_below(b"")

    def poll(self, budget: float) -> None:
        """Look, for at most `budget` seconds, where no hints come from: at unwatched directories and at hard links.

        A link may be made and written outside the tree, and neither is heard here: all files are gone through, slowly.
        """
        end = monotonic() + budget
        self._real.clear()
        self._to_poll = self._to_poll or list(self._hints.polled)
        while self._to_poll and monotonic() < end:
            self._poll_directory(self._to_poll.pop())
        self._poll_linked()
        self._poll_all(monotonic() + STROLL)

    def begin(self) -> None:
        """A new round of looks: nothing is taken for granted from the one before."""
        self._real.clear()
        if not self.pending:
            self._scanned.clear()

    def flush(self) -> None:
        """Write what was seen."""
        seen, self._seen, self._seen_bytes = self._seen, [], 0
        if seen:
            self._committed(self._index.apply(seen, clock.now(), report=self.report))

    def forget_seen(self) -> None:
        """Drop what could not be written: it will be looked at again."""
        self._seen, self._seen_bytes = [], 0

    # Looking

    def _absolute(self, path: bytes) -> bytes:
        return self._root + b"/" + path

    def _topmost_unknown(self, path: bytes) -> bytes:
        while path:
            above = parent(path)
            if above in self._hints and self._is_real(above):
                return path
            path = above
        return path

    def _is_real(self, directory: bytes) -> bool:
        """Whether `directory` is one, and no name on the way to it a link. What cannot be told is believed."""
        way = [directory]
        while way[-1]:
            way.append(parent(way[-1]))
        for step in reversed(way):
            if step not in self._real and not self._is_directory(step):
                return False
            self._real.add(step)
        return True

    def _is_directory(self, directory: bytes) -> bool:
        try:
            return stat.S_ISDIR(os.lstat(self._absolute(directory)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            return True

    def _found(self, due: Due, status: os.stat_result) -> None:
        path, is_directory = due.path, stat.S_ISDIR(status.st_mode)
        if is_directory:
            self._see_gone(path)
        elif self._may_have_been_directory(path):
            self._drop_below(path)
        if self._ignore.judge(path, is_directory=is_directory).ignored:
            if path in self._hints:
                self._hints.unwatch_below(path)
        elif is_directory:
            self._found_directory(due)
        elif not stat.S_ISREG(status.st_mode):
            self._gone(path)
        elif self._options.wanted(path):
            self._read(due)

    def _found_directory(self, due: Due) -> None:
        if self._scanned.get(due.path, due.last) <= due.last:
            self.scan(due.path)

    def _may_have_been_directory(self, path: bytes) -> bool:
        """Whether files may be known below what is no directory now: it was watched, could not be, or must not be."""
        is_known = path in self._hints or path in self.unreadable
        return is_known or self._ignore.judge(path, is_directory=True).ignored

    def _read(self, due: Due) -> None:
        result = stable.read(self._absolute(due.path), self._options.content_limit)
        if isinstance(result, stable.Content):
            self._settled(due.path, result)
        elif result is stable.Unsettled.BUSY:
            self.pending.retry(due, monotonic())
        elif result is stable.Unsettled.UNREADABLE:
            self._cannot_read(due.path)
        else:
            self.pending.add(due.path, monotonic())

    def _settled(self, path: bytes, content: stable.Content) -> None:
        self.unreadable.pop(path, None)
        if content.stamp.links > 1 and self.report and self._index.hash(path) != content.hash:
            for name in self._index.names_of(content.stamp.inode):
                if name != path:
                    self.pending.add(name, monotonic())
        self._see(Sighting(path, content.stamp, content.hash, content.data))

    def _cannot_read(self, path: bytes) -> None:
        attempt = self.unreadable.get(path, 0)
        self.unreadable[path] = attempt + 1
        now = monotonic()
        self.pending.retry(Due(path, now, attempt), now, UNREADABLE_LAST)

    def _gone(self, path: bytes) -> None:
        self.unreadable.pop(path, None)
        self._see_gone(path)
        self._drop_below(path)

    def _drop_below(self, path: bytes) -> None:
        self._write_below(path)
        self._forget_unreadable(path)
        if path in self._hints:
            self._hints.unwatch_below(path)
        for file in self._index.below(path):
            self._see(Sighting(file))

    def _forget_unreadable(self, top: bytes) -> None:
        """What is below `top` is gone, or looked at anew."""
        below = join(top, b"")
        for path in [known for known in self.unreadable if known != top and known.startswith(below)]:
            del self.unreadable[path]

    def _write_below(self, top: bytes) -> None:
        """Let the index know what was seen at `top` and below it, before it is asked."""
        below = join(top, b"")
        if any(one.path == top or one.path.startswith(below) for one in self._seen):
            self.flush()

    def _see_gone(self, path: bytes) -> None:
        self._write_below(path)
        if self._index.hash(path) is not None:
            self._see(Sighting(path))

    def _see(self, sighting: Sighting) -> None:
        self._seen.append(sighting)
        self._seen_bytes += len(sighting.content or b"")
        if len(self._seen) >= BATCH or self._seen_bytes >= BATCH_BYTES:
            self.flush()

    # Scanning

    def _list(self, directory: bytes) -> list[bytes] | None:
        """Watch a directory and compare its files; return its directories, or None where it cannot be listed."""
        try:
            self._hints.watch(directory)
            files, directories = self._entries(directory)
        except (FileNotFoundError, NotADirectoryError):
            self.pending.add(directory, monotonic())
            return None
        except OSError:
            self._cannot_read(directory)
            return None
        self.unreadable.pop(directory, None)
        self._compare(directory, files)
        return directories

    def _entries(self, directory: bytes) -> tuple[list[bytes], list[bytes]]:
        """The names of the files and the paths of the directories in `directory` that are of interest."""
        self._ignore.load(directory)
        judge, wanted = self._ignore.judge, self._options.wanted
        files, directories = [], []
        with os.scandir(self._absolute(directory)) as entries:
            for entry in entries:
                path, is_directory = join(directory, entry.name), entry.is_dir(follow_symlinks=False)
                if judge(path, is_directory=is_directory).ignored:
                    continue
                if is_directory:
                    directories.append(path)
                elif entry.is_file(follow_symlinks=False) and wanted(path):
                    files.append(entry.name)
        return sorted(files), sorted(directories)

    def _compare(self, directory: bytes, names: list[bytes]) -> None:
        after = b""
        for start in range(0, len(names) or 1, PAGE):
            page = names[start : start + PAGE]
            upto = page[-1] if start + PAGE < len(names) else LAST_NAME
            stamps = self._index.stamps(directory, after, upto)
            for name in page:
                self._compare_file(join(directory, name), stamps.pop(name, None))
            for name in stamps:
                self._missing(join(directory, name))
            after = upto

    def _compare_file(self, path: bytes, known: tuple[int, ...] | None) -> None:
        try:
            status = os.lstat(self._absolute(path))
        except OSError:
            self.pending.add(path, monotonic())
            return
        if known == stamp(status):
            return
        if abs(time.time_ns() - status.st_ctime_ns) < self._options.settle * 1e9:
            self.pending.add(path, monotonic())
        else:
            self._read(Due(path, monotonic(), 0))

    def _missing(self, path: bytes) -> None:
        """A file of the index that the listing did not show: gone, or ignored by now."""
        try:
            is_file = stat.S_ISREG(os.lstat(self._absolute(path)).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            is_file = False
        except OSError:
            return
        if not is_file:
            self._see(Sighting(path))
        elif not self._ignore.judge(path, is_directory=False).ignored:
            self.pending.add(path, monotonic())

    def _sweep(self, top: bytes, listed: set[bytes]) -> None:
        """Note as gone the files of directories that are no longer there."""
        self._real.clear()
        for directory in self._index.directories(top):
            if directory not in listed and not self._is_real(directory):
                for name in self._index.rows(directory):
                    self._see(Sighting(join(directory, name)))

    def _poll_directory(self, directory: bytes) -> None:
        if directory not in self._hints.polled:  # ignored by now, or gone, or watched
            return
        if not self._is_real(directory):
            self.pending.add(directory, monotonic())
            return
        if self._ignore.load(directory):
            self.scan(directory)
            return
        for below in self._list(directory) or ():
            if below not in self._hints:
                self.scan(below)

    def _poll_linked(self) -> None:
        """A file may be written through a name outside the tree, of which nothing is heard here."""
        page = self._index.linked(self._linked, LINKED_PAGE)
        self._linked = page[-1][0] if len(page) == LINKED_PAGE else b""
        self._compare_stamps(page)

    def _poll_all(self, end: float) -> None:
        while (page := next(self._stroll, None)) is not None:
            self._compare_stamps(page)
            if monotonic() >= end:
                return
        self._stroll = self._pages()

    def _pages(self) -> Iterator[list[tuple[bytes, Stamp]]]:
        """What is known of all files, a few at a time."""
        for directory in self._hints.directories():
            last = b""
            while rows := self._index.rows(directory, last, count=STROLL_PAGE):
                yield [(join(directory, name), row.stamp) for name, row in rows.items()]
                last = max(rows)

    def _compare_stamps(self, page: list[tuple[bytes, Stamp]]) -> None:
        for path, known in page:
            try:
                same = stamp(os.lstat(self._absolute(path))) == known
            except OSError:
                same = False
            if not same:
                self.pending.add(path, monotonic(), soft=True)
