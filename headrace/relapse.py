"""A server that begins anew by itself when a part of it dies, as PostgreSQL does, says so only in its log."""

import re
from pathlib import Path

POSTGRES = re.compile(r"LOG: +(?P<words>.* was terminated by signal (?P<signal>[0-9]+).*)")
"""What the postmaster writes before it ends all its other processes too, and recovers."""

_AT_ONCE = 1 << 16


class Relapses:
    """Reads on in a log, from its present end."""

    def __init__(self, log: Path, sign: re.Pattern[str]) -> None:
        self._log = log
        self._sign = sign
        self._place = self._size()

    def _size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def skip(self) -> None:
        """Pass what is written: it is of a process that has ended since."""
        self._place = self._size()

    def next(self) -> re.Match[str] | None:
        """The first sign of a relapse among the lines that came since it was last asked."""
        size = self._size()
        if size < self._place:  # another file, since the last one was put aside
            self._place = 0
        if size == self._place:
            return None
        with self._log.open("rb") as log:
            log.seek(self._place)
            lines = log.read(_AT_ONCE)
        whole = lines[: lines.rfind(b"\n") + 1] or lines[: _AT_ONCE - 1]
        found = self._sign.search(whole.decode(errors="replace"))
        self._place += len(whole)
        return found
