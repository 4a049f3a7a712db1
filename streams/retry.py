"""When to try again, when to give up: pure decisions."""

import random
import traceback
from typing import NamedTuple

from schemas.errors import Busy, Rejected

WARY = 2
"""Owners that ended with the same entries in their hands, before these are handled one by one."""

_LINE = 2_000
_FULL = 50_000
"""Characters that are kept of an error, and of its traceback."""


class Backoff(NamedTuple):
    """How often an event is tried and how long it waits in between: `base` seconds, `growth` times as long each time,
    up to `cap`.
    """

    attempts: int = 5
    base: float = 0.5
    cap: float = 60.0
    growth: float = 2.0

    def delay(self, attempt: int) -> float:
        """Seconds to wait after failure number `attempt`, without jitter."""
        return min(self.cap, self.base * self.growth ** min(attempt - 1, 64))


class Failure(NamedTuple):
    """What went wrong, in one line and in full."""

    error: str
    traceback: str

    @classmethod
    def of(cls, error: BaseException) -> "Failure":
        """Describe an exception, as text that can be kept, and let go of what its handler had in its hands.

        An error that cannot be described, or described but not kept, would come back for ever; and after a
        MemoryError there is no room for anything else until the memory is free again.
        """
        _clear(error)
        line = "".join(traceback.format_exception_only(error)).strip().removeprefix(f"{type(error).__module__}.")
        return cls(_kept(line, _LINE), _kept("".join(traceback.format_exception(error)), _FULL))


def _clear(error: BaseException) -> None:
    """Drop the local variables of all frames that an exception, and those behind it, have come through."""
    seen: set[int] = set()
    last: BaseException | None = error
    while last is not None and id(last) not in seen:
        seen.add(id(last))
        traceback.clear_frames(last.__traceback__)
        last = last.__cause__ or last.__context__


def _kept(text: str, most: int) -> str:
    """A text that PostgreSQL and JSON can hold: no zero bytes, no halves of characters, and an end."""
    if len(text) > most:
        text = f"{text[: most // 2]} … {text[-most // 2 :]}"
    return text.replace("\0", "\\x00").encode(errors="backslashreplace").decode()


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
