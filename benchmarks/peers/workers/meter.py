"""What a worker measures of itself, the same way in each framework."""

import json
import os
import sys
from threading import Timer
from time import perf_counter, process_time

SETTLE = 0.5
"""Seconds for the last acknowledgements: the CPU time they take counts, the wait does not."""


class Meter:
    """CPU and wall seconds from the first event handled to the last one acknowledged; then the process ends.

    What came before the first event is left out: imports, connections, publishing, reading the first batch.
    """

    def __init__(self, name: str, events: int) -> None:
        self._name = name
        self._events = self._left = events
        self._cpu = self._wall = 0.0

    def handled(self, count: int = 1) -> None:
        """Count events that the handler has dealt with."""
        if self._left == self._events:
            self._cpu, self._wall = process_time(), perf_counter()
        self._left -= count
        if self._left == 0:
            self._wall = perf_counter() - self._wall
            Timer(SETTLE, self._end).start()

    def _end(self) -> None:
        cpu = process_time() - self._cpu
        print(json.dumps({"name": self._name, "events": self._events, "cpu_s": cpu, "wall_s": self._wall}), flush=True)
        os._exit(0)


def arguments() -> tuple[str, int, str]:
    """Where the broker is, how many events, and the event."""
    url, events, event = sys.argv[1:4]
    return url, int(events), event
