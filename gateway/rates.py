"""How many events a second each group is done with: what it had done a moment ago beside what it has done now.

Nothing runs for it. Whoever asks for the status leaves a sample for whoever asks next, so a rate is known from the
second question on.
"""

from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

SPAN = 10.0
"""Seconds that a rate is taken over, where somebody has asked as long ago."""

LEAST, MOST = 1.0, 120.0
"""Seconds after which two samples say something, and up to which what they say is of now."""


class _Sample(NamedTuple):
    at: float
    done: Mapping[str, int]


class Rates:
    """Remembers samples."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque()

    def note(self, done: Mapping[str, int], at: float) -> dict[str, float]:
        """Take what each group has done by the second `at`; the rates of those of which one is known."""
        samples = self._samples
        while samples and self._is_past(at):
            samples.popleft()
        before = samples[0] if samples else _Sample(at, {})
        if not samples or at - samples[-1].at >= LEAST:
            samples.append(_Sample(at, done))
        seconds = at - before.at
        if seconds < LEAST:
            return {}
        known = {group: count - before.done[group] for group, count in done.items() if group in before.done}
        return {group: round(more / seconds, 1) for group, more in known.items() if more >= 0}

    def _is_past(self, at: float) -> bool:
        """Whether the oldest sample is too old to say how it is now, or not needed any more."""
        first, *others = self._samples
        return at - first.at > MOST or (bool(others) and at - others[0].at >= SPAN)
