"""`headrace watch` as its user has it: a process, its lines, its words; as many runs of it as one likes."""

import json
import os
import signal
import sqlite3
import subprocess
from base64 import b64decode
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from schemas.settings import Settings
from tests.faults import HEADRACE, environment
from tests.headrace.process import until
from tests.watchers.observed import digest


class Said(NamedTuple):
    """One line."""

    path: bytes
    hash: str | None
    base: str | None
    size: int
    time: str


def said(line: bytes) -> Said:
    one = json.loads(line)
    path = b64decode(one["path_b64"]) if "path_b64" in one else one["path"].encode()
    return Said(path, one["hash"], one["base"], one["size"], one["time"])


class Daemon:
    """A daemon on one state, started as often as one likes. Every run has its own output."""

    def __init__(
        self, home: Path, *trees: Path, data: Path | None = None, more: Sequence[str] = (), **env: str
    ) -> None:
        home.mkdir(exist_ok=True)
        self.data = data or home / "data"
        self.program: list[str | Path] = [HEADRACE]
        self._home = home
        self._arguments: list[str | Path] = ["watch", *trees, "--data", self.data, *more]
        self._env = environment(Settings(), **env)
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._processes:
            self.kill()

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The newest run."""
        return self._processes[-1]

    @property
    def err(self) -> str:
        """What the newest run said to its user."""
        return self._file("err", len(self._processes)).read_text()

    @property
    def state(self) -> Path:
        """The file in which it remembers."""
        return next((self.data / "watch").glob("*.db"))

    def raw(self, run: int = 0) -> list[bytes]:
        """The whole lines of a run, counted from 1; of the newest. A run that is killed may tear its last."""
        return self._file("out", run or len(self._processes)).read_bytes().split(b"\n")[:-1]

    def lines(self, run: int = 0) -> list[Said]:
        return [said(line) for line in self.raw(run)]

    def runs(self) -> list[list[Said]]:
        return [self.lines(number) for number in range(1, len(self._processes) + 1)]

    def last(self) -> dict[bytes, str | None]:
        """The last word of all runs on every path."""
        return {one.path: one.hash for lines in self.runs() for one in lines}

    def present(self) -> dict[bytes, str]:
        return {path: hash_ for path, hash_ in self.last().items() if hash_}

    def _file(self, kind: str, run: int) -> Path:
        return self._home / f"{kind}-{run}"

    def launch(self, **options: Any) -> None:
        """Start it and wait for nothing."""
        run = len(self._processes) + 1
        with self._file("out", run).open("wb") as out, self._file("err", run).open("wb") as err:
            given: dict[str, Any] = {"stdout": out, "stderr": err} | options
            command = [*self.program, *self._arguments]
            process: subprocess.Popen[bytes] = subprocess.Popen(command, env=self._env, **given)
            self._processes.append(process)

    def start(self) -> None:
        """Start it and wait until it sees everything."""
        self.launch()
        until(lambda: "watching " in self.err or self.process.poll() is not None)
        assert self.process.poll() is None, self.err

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def refusal(self) -> list[str]:
        """What it says when it does not start."""
        self.launch()
        try:
            assert self.process.wait(30) == 1
        finally:
            self.kill()
        assert self.raw() == []
        return self.err.splitlines()

    def hears(self, path: str, content: bytes | None) -> None:
        """Wait until the last word on `path` is this content."""
        wanted = None if content is None else digest(content)
        until(lambda: self.last().get(os.fsencode(path), "nothing") == wanted)


def emitting(home: Path, *trees: Path, data: Path | None = None, more: Sequence[str] = (), **env: str) -> Daemon:
    return Daemon(home, *trees, data=data, more=("--emit", "jsonl", *more), **env)


def spooled(data: Path) -> list[tuple[str, str | None]]:
    """What waits, in order."""
    rows: list[tuple[bytes, str | None]] = []
    for state in (data / "watch").glob("*.db"):
        with closing(sqlite3.connect(state)) as connection, suppress(sqlite3.OperationalError):
            rows += connection.execute("SELECT path, hash FROM outbox ORDER BY number")
    return [(path.decode(), hash_) for path, hash_ in rows]
