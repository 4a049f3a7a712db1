"""When to look: a path is looked at once it is quiet, so that nobody is caught in the middle of a save.

Pure bookkeeping of times; the clock is the caller's.
"""

import heapq
from typing import NamedTuple

PATIENCE = 1.0  # the longest a path that never becomes quiet waits for a look
SOFT = 4  # how many times longer than `settle` a path waits that was only written to: its writer is still there
RETRY_FIRST = 0.02
RETRY_LAST = 2.0
UNREADABLE_LAST = 30.0
DOUBLINGS = 20  # a float holds no more than a thousand, and a log may stay open for months


class Due(NamedTuple):
    """A path to look at now. `last` is when it was last hinted at, `attempt` how many looks came too early."""

    path: bytes
    last: float
    attempt: int


class _Entry:
    __slots__ = ("attempt", "due", "first", "last", "soft")

    def __init__(self, at: float, *, soft: bool) -> None:
        self.first = self.last = at
        self.soft = soft
        self.attempt = 0
        self.due = 0.0


class Pending:
    """The paths to look at, and when."""

    def __init__(self, settle: float) -> None:
        self._settle = settle
        self._entries: dict[bytes, _Entry] = {}
        self._heap: list[tuple[float, bytes]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def add(self, path: bytes, at: float, *, soft: bool = False) -> None:
        """Something happened at `path`. `soft`: it was written to, and no more is known."""
        entry = self._entries.get(path)
        if entry is None:
            entry = self._entries[path] = _Entry(at, soft=soft)
            self._queue(path, entry, self._quiet(entry))
            return
        entry.last = max(at, entry.last)
        entry.soft = entry.soft and soft
        if entry.attempt and not soft:
            entry.first, entry.attempt = at, 0
        self._hasten(path, entry)

    def retry(self, due: Due, now: float, longest: float = RETRY_LAST) -> None:
        """The look came too early: look again, ever later, until something happens there."""
        if due.path in self._entries:
            return
        entry = self._entries[due.path] = _Entry(now, soft=True)
        entry.last = due.last
        entry.attempt = due.attempt + 1
        self._queue(due.path, entry, now + min(RETRY_FIRST * 2.0 ** min(due.attempt, DOUBLINGS), longest))

    def take(self, now: float, limit: int) -> list[Due]:
        """Take what is due, at most `limit` paths, directories before what is in them."""
        taken: list[Due] = []
        while self._heap and self._heap[0][0] <= now and len(taken) < limit:
            due, path = heapq.heappop(self._heap)
            entry = self._entries.get(path)
            if entry is None or entry.due != due:
                continue
            if not entry.attempt and (later := self._quiet(entry)) > now:
                self._queue(path, entry, later)
                continue
            del self._entries[path]
            taken.append(Due(path, entry.last, entry.attempt))
        return sorted(taken, key=lambda one: one.path.count(b"/") if one.path else -1)

    def next(self) -> float | None:
        """When something may be due; None while nothing waits."""
        return self._heap[0][0] if self._heap else None

    def restless(self) -> bool:
        """Whether something waits that was not yet looked at since it last changed."""
        return any(entry.attempt == 0 for entry in self._entries.values())

    def clear(self) -> None:
        """Forget everything: a scan will find it."""
        self._entries.clear()
        self._heap.clear()

    def _quiet(self, entry: _Entry) -> float:
        wait = self._settle * (SOFT if entry.soft else 1)
        return min(entry.last + wait, entry.first + max(PATIENCE, wait))

    def _hasten(self, path: bytes, entry: _Entry) -> None:
        if not entry.attempt and (due := self._quiet(entry)) < entry.due:
            self._queue(path, entry, due)

    def _queue(self, path: bytes, entry: _Entry, due: float) -> None:
        entry.due = due
        heapq.heappush(self._heap, (due, path))
