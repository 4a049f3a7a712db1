"""What a daemon says of itself to those on its own machine: `headrace watch status` asks no server.

Each daemon keeps a small file in its data directory, and holds a lock for as long as it lives, however it ends.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import orjson
from loguru import logger

from watchers.lock import exclusive
from watchers.system import is_held


class RootState(NamedTuple):
    """How one root is. `last_change`: RFC 3339."""

    path: str
    project: str
    domain: str
    gitignore: bool
    files: int
    last_change: str | None
    spool: int
    health: str


class DaemonState(NamedTuple):
    """How one daemon is. `server`: where it sends to; None: it only prints. `at`: RFC 3339."""

    watcher: str
    pid: int
    server: str | None
    at: str
    roots: list[RootState]

    @property
    def json(self) -> dict[str, Any]:
        """It, as it is written down."""
        return self._asdict() | {"roots": [root._asdict() for root in self.roots]}

    @classmethod
    def read(cls, raw: bytes) -> Self:
        """It, as it was written down. Raises TypeError or ValueError where it was not."""
        fields = orjson.loads(raw)
        return cls(**fields | {"roots": [RootState(**root) for root in fields["roots"]]})


class Found(NamedTuple):
    """What a daemon last said, and whether it still runs."""

    state: DaemonState
    running: bool


class Report:
    """One daemon's file, inside `with Report.kept(…)`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._told: list[RootState] | None = None

    @classmethod
    @contextmanager
    def kept(cls, folder: Path, watcher: str) -> Iterator[Self]:
        """Say that this daemon lives, until the end of the block.

        Raises:
            Misconfigured: another does under the same name.
        """
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{watcher}.json"
        lock = file.with_suffix(".lock")
        lock.touch()
        with exclusive(lock, "watches these trees"):
            yield cls(file)
            file.unlink(missing_ok=True)

    def is_news(self, roots: Sequence[RootState]) -> bool:
        """Whether this was not written down yet."""
        return roots != self._told

    def tell(self, state: DaemonState) -> None:
        """Write it down. It matters little if that fails."""
        unfinished = self._file.with_suffix(".unfinished")
        try:
            unfinished.write_bytes(orjson.dumps(state.json))
            unfinished.replace(self._file)
        except OSError as error:
            logger.debug("no report: {}", error)
        else:
            self._told = state.roots


def read_reports(folder: Path) -> list[Found]:
    """The daemons that run on this data directory, and those that ended without a word."""
    found = []
    for file in sorted(folder.glob("*.json")):
        with suppress(OSError, ValueError, TypeError, KeyError):
            lock = file.with_suffix(".lock")
            state = DaemonState.read(file.read_bytes())
            found.append(Found(state, lock.exists() and is_held(lock)))
    return found
