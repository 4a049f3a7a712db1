"""The loop that turns hints into settled changes: one thread a tree, which blocks as it likes."""

import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from time import monotonic

from loguru import logger

from watchers import clock
from watchers.change import Change
from watchers.guard import Guard, Root
from watchers.hints import QUEUE_LIMIT
from watchers.index import Index
from watchers.options import Health, WatchOptions
from watchers.system import hints_of
from watchers.tree import Tree

GATHER = 0.01  # how long hints gather while something happens: each round has its price, whatever it finds
LOOKS = 128  # looks in one round: what is found in a round is committed together
TICK = 1.0  # how often the root, the mounts and the reader are checked, and what cannot be watched is polled
POLL_BUDGET = 0.05
CALM = 0.1  # after an overflow: how long no hint must have come before the tree is scanned
CALM_PATIENCE = 2.0
FLUSH_PATIENCE = 1.0  # how long a stop waits for what is under way or has not settled yet
STATE_RETRY = 1.0


class _Stopped(Exception):
    """The engine was told to end in the middle of something long."""


class Engine:
    """Watches one tree until it is stopped. `news` is called, from its thread, when anything below may have changed."""

    def __init__(self, root: Path, index: Index, options: WatchOptions, news: Callable[[], None]) -> None:
        self.ready = False
        self.last_change: datetime | None = None
        self.pulse = monotonic()  # when it last got on with its work
        self._index = index
        self._options = options
        self._news = news
        self._stop = threading.Event()
        self._patience_ends = 0.0  # once told to stop
        path = os.fsencode(root)
        self._hints = hints_of(path)
        self._guard = Guard(path, index, self._hints.strayed)
        self._tree = Tree(path, index, options, self._hints, self._committed)
        self._trouble = ""
        self._unwritten = ""
        self._last_overflow: datetime | None = None
        self._lost_since: float | None = None  # hints were lost: a scan is due
        self._last_hint = 0.0
        self._missing_since: float | None = None
        self._next_tick = 0.0

    @property
    def health(self) -> Health:
        """What is not as it should be."""
        polled = len(self._hints.polled)
        waiting = "the spool is full: changes are looked for again once it is sent" if self._index.spool.full else ""
        return Health(
            self._trouble or self._unwritten or waiting,
            polled,
            self._hints.limit,
            len(self._tree.unreadable),
            self._last_overflow,
        )

    def stop(self) -> None:
        """End soon, after what was already heard of is settled. From any thread."""
        if not self._stop.is_set():
            self._patience_ends = monotonic() + FLUSH_PATIENCE
        self._stop.set()
        self._hints.wake()

    def run(self) -> None:
        """Watch until stopped."""
        try:
            self._start()
            while not self._stop.is_set():
                self._guarded(self._round)
            self._settle()
        except _Stopped:
            pass
        finally:
            self._hints.close()
            self._guard.close()

    def _start(self) -> None:
        """Take the tree as the baseline, or find what changed since it was last watched."""
        while not self.ready:
            self._stop_if_told()
            self._guarded(self._first_scan)
        self._news()

    def _first_scan(self) -> None:
        self._tree.report = self._options.initial or self._index.complete
        self._scan_all()
        if not self._tree.report:
            self._look_again_at_the_young()
        self._tree.report = True
        self._index.set_complete()
        self.ready = True

    def _look_again_at_the_young(self) -> None:
        """What was written just before the start is part of the baseline, too."""
        young = self._tree.pending.take(float("inf"), QUEUE_LIMIT)
        self._stop.wait(self._options.settle)
        for due in young:
            self._tree.look(due)
        self._tree.flush()

    def _guarded(self, step: Callable[[], None]) -> None:
        """Do a step; where our own state cannot be written (a full disk), wait and scan anew: nothing is lost."""
        try:
            step()
        except sqlite3.OperationalError as error:
            if not self._unwritten:
                logger.error("the watcher cannot write its state: {}", error)
            self._unwritten = f"the watcher cannot write its state: {error}"
            self._tree.forget_seen()
            self._lose()
            self._news()  # some of it may have been written
            self._stop.wait(STATE_RETRY)

    def _round(self) -> None:
        self.pulse = monotonic()
        if self._tree.pending:
            self._stop.wait(GATHER)
        self._listen(self._timeout())
        now = monotonic()
        if now >= self._next_tick:
            self._next_tick = now + TICK
            self._tick()
        if self._is_scan_due(now):
            self._scan_all()
        self._look(now)

    def _listen(self, timeout: float) -> None:
        hints = self._hints.drain(timeout)
        for hint in hints:
            self._tree.pending.add(hint.path, hint.at, soft=hint.soft)
        if hints:
            self._last_hint = monotonic()
        if self._hints.take_overflow() or len(self._tree.pending) > QUEUE_LIMIT:
            self._last_overflow = clock.now()
            self._lose()

    def _timeout(self) -> float:
        due = self._next_tick
        if (hinted := self._tree.pending.next()) is not None:
            due = min(due, hinted)
        if self._lost_since is not None:
            due = min(due, monotonic() + CALM)
        return max(0.0, due - monotonic())

    def _lose(self) -> None:
        """Hints were lost: nothing short of a scan will do."""
        self._tree.pending.clear()
        self._lost_since = self._lost_since or monotonic()

    def _is_scan_due(self, now: float) -> bool:
        if self._lost_since is None:
            return False
        return now - self._last_hint >= CALM or now - self._lost_since >= CALM_PATIENCE

    def _look(self, now: float) -> None:
        self._tree.begin()
        for due in self._tree.pending.take(now, LOOKS):
            self._tree.look(due)
        self._tree.flush()
        if self._tree.root_hinted:
            self._tree.root_hinted = False
            self._lose()

    def _tick(self) -> None:
        if self._hints.revive() or self._guard.changed() or b"" not in self._hints:
            self._lose()
        self._tree.poll(POLL_BUDGET)

    def _scan_all(self) -> None:
        self._lost_since = None
        state = self._guard.state()
        self._trouble = "" if state is Root.PRESENT else state.value
        if state is Root.PRESENT:
            self._missing_since = None
            self._tree.scan(b"")
        else:
            self._hints.unwatch_below(b"")
        if state is Root.MISSING:
            self._root_missing()
        self._tree.flush()
        self._unwritten = ""

    def _root_missing(self) -> None:
        """A root that stays away took its files with it; one that is only being replaced did not."""
        now = monotonic()
        self._missing_since = self._missing_since or now
        if now - self._missing_since >= TICK:
            self._tree.forget_all()

    def _committed(self, changes: Sequence[Change]) -> None:
        self.pulse = monotonic()
        if changes:
            self.last_change = changes[-1].time
            self._options.seen(changes)
            self._news()
        while self._index.spool.full and not self._stop.is_set():
            self.pulse = monotonic()
            self._stop.wait(0.1)
        if monotonic() > self._patience_ends:
            self._stop_if_told()

    def _stop_if_told(self) -> None:
        if self._stop.is_set():
            raise _Stopped

    def _settle(self) -> None:
        """Report what was heard of before the stop, as far as it becomes quiet soon."""
        self._hints.catch_up(FLUSH_PATIENCE / 2)
        self._listen(0)
        while monotonic() < self._patience_ends:
            self._look(monotonic())
            if not self._tree.pending.restless():
                return
            self._listen(self._options.settle / 4)
