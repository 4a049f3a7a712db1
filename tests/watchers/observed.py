"""A watched tree and all that was said about it: what the tests wait on and judge by."""

import asyncio
import os
import stat
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import xxhash

from watchers.change import Change
from watchers.index import Index
from watchers.options import WatchOptions
from watchers.spool import Limits
from watchers.watch import Watch

PATIENCE = 20.0


def digest(content: bytes) -> str:
    return xxhash.xxh3_64_hexdigest(content)


def on_disk(root: Path, ignored: Callable[[bytes], bool] = lambda _name: False) -> dict[bytes, str]:
    """Every regular file below `root`, with its hash: the truth."""
    found: dict[bytes, str] = {}
    top = os.fsencode(root)
    for directory, directories, names in os.walk(top):
        directories[:] = [name for name in directories if not ignored(name)]
        for name in names:
            path = directory + b"/" + name
            with suppress(OSError):
                if not ignored(name) and stat.S_ISREG(os.lstat(path).st_mode):
                    found[path[len(top) + 1 :]] = digest(Path(os.fsdecode(path)).read_bytes())
    return found


class Observed:
    """A running watch that keeps every change."""

    def __init__(self, root: Path, state: Path, options: WatchOptions | None = None, limits: Limits | None = None):
        self.root = root
        self.changes: list[Change] = []
        self._state = state
        self._options = options or WatchOptions()
        self._limits = limits

    async def __aenter__(self) -> Self:
        self.index = Index(self._state, self._limits)
        self.watch = await Watch(self.root, self.index, self._options).__aenter__()
        self._task = asyncio.create_task(self._listen())
        await asyncio.wait_for(self.watch.ready(), PATIENCE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with closing(self.index):
            self.watch.stop()
            await asyncio.wait_for(self._task, PATIENCE)
            await self.watch.__aexit__(kind, error, trace)

    async def _listen(self) -> None:
        while changes := await self.watch.batch():
            self.changes += changes
            await self.watch.acknowledge(changes)

    @property
    def last(self) -> dict[bytes, str | None]:
        """The last word on every path that was spoken of."""
        return {change.path: change.hash for change in self.changes}

    @property
    def present(self) -> dict[bytes, str]:
        """The paths that were last said to hold a file."""
        return {path: said for path, said in self.last.items() if said is not None}

    def said(self, path: str | bytes) -> list[str | None]:
        """Everything that was said of one path."""
        return [change.hash for change in self.changes if change.path == os.fsencode(path)]

    async def until(self, condition: Callable[[], object], patience: float = PATIENCE) -> None:
        """Wait until the condition holds; fail where it does not come to hold."""
        async with asyncio.timeout(patience):
            while not condition():
                await asyncio.sleep(0.01)

    async def hears(self, path: str | bytes, content: bytes | None) -> None:
        """Wait until the last word on `path` is this content; None: that it is gone."""
        wanted = None if content is None else digest(content)
        name = os.fsencode(path)
        await self.until(lambda: name in self.last and self.last[name] == wanted)

    async def agrees(self) -> None:
        """Wait until everything said is what is on the disk, for a tree that was empty at the start."""
        truth = await asyncio.to_thread(on_disk, self.root)
        try:
            await self.until(lambda: self.present == truth)
        except TimeoutError:
            said = self.present
            wrong = {path: (said.get(path), truth.get(path)) for path in said.keys() | truth.keys()}
            raise AssertionError({p: w for p, w in wrong.items() if w[0] != w[1]}) from None
        self.chain()

    def chain(self) -> None:
        """Every change begins where the one before it ended, and no change changes nothing."""
        last: dict[bytes, str | None] = {}
        for change in self.changes:
            assert change.base != change.hash, change
            assert change.path not in last or last[change.path] == change.base, change
            last[change.path] = change.hash

    async def rests(self) -> int:
        """Let everything heard of so far be settled, by a file made for the purpose; return how many changes came."""
        before = len(self.changes)
        probe = self.root / f"probe-{before}"
        probe.write_bytes(b"probe")
        await self.hears(probe.name, b"probe")
        probe.unlink()
        await self.hears(probe.name, None)
        return len(self.changes) - before - 2
