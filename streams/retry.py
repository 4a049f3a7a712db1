"""When to try again, when to give up: pure decisions."""

import random
import traceback
from typing import NamedTuple

from schemas.errors import Busy, Rejected

WARY = 2
"""Owners that ended with the same entries in their hands, before these are handled one by one."""


class Backoff(NamedTuple):
    """How often an event is tried and how long it waits in between: `base` seconds, doubling up to `cap`."""

    attempts: int = 5
    base: float = 0.5
    cap: float = 60.0

    def delay(self, attempt: int) -> float:
        """Seconds to wait after failure number `attempt`, without jitter."""
        return min(self.cap, self.base * 2.0 ** min(attempt - 1, 32))


class Failure(NamedTuple):
    """What went wrong, in one line and in full."""

    error: str
    traceback: str

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """Describe an exception."""
        return cls(f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))


class Wait(NamedTuple):
    """Try again after so many seconds."""

    seconds: float


class Bury(NamedTuple):
    """Give up: a person must look."""


def decide(error: Exception, attempt: int, backoff: Backoff) -> Wait | Bury:
    """What becomes of an event whose handler failed for the `attempt`-th time."""
    if isinstance(error, Rejected) or attempt >= backoff.attempts:
        return Bury()
    if isinstance(error, Busy):
        return Wait(max(error.after, backoff.delay(attempt)))
    return Wait(backoff.delay(attempt))


def jittered(seconds: float) -> float:
    """Between half of it and all of it, so that many who wait for one server do not come back at once."""
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret
