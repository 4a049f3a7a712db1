"""The daemon: watches roots, keeps what it saw on disk, and hands every change on, to a server or as lines of JSON."""

import asyncio
import hashlib
import os
import re
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.errors import Misconfigured
from watchers import lines
from watchers.change import Change
from watchers.index import Index
from watchers.lock import exclusive
from watchers.options import WatchOptions, everything
from watchers.watch import Watch

if TYPE_CHECKING:
    from watchers.server import Server

Sink = Callable[[Sequence[Change]], Awaitable[None]]

HEARTBEAT = 10.0
FLUSH = 5.0  # how long a stop waits for a server


class Options(NamedTuple):
    """How the daemon runs.

    Attributes:
        data: folder of its state; one may serve many daemons.
        server: address to send component files to; None: only lines of JSON.
        key: the API key for it.
        project: the project that the files belong to.
        watcher: the name by which the server knows this daemon.
        emit_jsonl: write every change of every file to standard output.
        initial: report all files on the first start; with a server that is always so.
        gitignore: heed `.gitignore` too.
        settle: seconds that a file must be quiet.
    """

    data: Path
    server: str | None = None
    key: str | None = None
    project: str = "default"
    watcher: str = "watcher"
    emit_jsonl: bool = False
    initial: bool = False
    gitignore: bool = False
    settle: float = 0.05


async def run(roots: Sequence[Path], options: Options, stop: asyncio.Event) -> None:
    """Watch `roots` until `stop` is set, then hand on what has settled and return.

    Raises:
        Misconfigured: a root is no directory, is watched already, or the state cannot be used.
    """
    if sys.platform != "linux":
        raise Misconfigured("watching needs inotify, which only Linux has", "run the watcher on Linux")
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_server(options)) if options.server else None
        trees = [await stack.enter_async_context(_tree(Path(root), roots, options, server)) for root in roots]
        drains = [asyncio.create_task(tree.drain()) for tree in trees]
        others = [asyncio.create_task(tree.announce()) for tree in trees]
        if server:
            others.append(asyncio.create_task(_beat(server, trees, options)))
        try:
            await _first_of(stop, drains)
            for tree in trees:
                tree.watch.stop()
            await asyncio.wait(drains, timeout=FLUSH)
        finally:
            await _end([*drains, *others])
        _raise_failure(drains)


class _Tree:
    """One root: its watch, and where its changes go."""

    def __init__(self, watch: Watch, sinks: Sequence[Sink]) -> None:
        self.watch = watch
        self._sinks = sinks

    async def drain(self) -> None:
        """Hand on every change until the watch has ended."""
        while changes := await self.watch.batch():
            for sink in self._sinks:
                await sink(changes)
            await self.watch.acknowledge(changes)

    async def announce(self) -> None:
        """Say when every change will be seen."""
        files = await self.watch.ready()
        sys.stderr.write(f"watching {self.watch.root} ({files} files)\n")
        sys.stderr.flush()

    def state(self, project: str) -> dict[str, Any]:
        """What the server is told of this root."""
        return {
            "path": os.fsencode(self.watch.root).decode(errors="replace"),
            "project": project,
            "domain": "components",
            "files": self.watch.files,
            "last_change": self.watch.last_change,
            "health": self.watch.health.text,
        }


@asynccontextmanager
async def _tree(
    root: Path, roots: Sequence[Path], options: Options, server: "Server | None"
) -> AsyncGenerator[_Tree, None]:
    state = _state_file(root, options)
    watch_options, sinks = _wiring(options, server, str(root) if len(roots) > 1 else None)
    watch_options = watch_options._replace(own=_own(root, options.data))
    with (
        exclusive(root, f"watches {root}"),
        exclusive(state, f"uses the state {state}"),
        closing(Index(state)) as index,
    ):
        async with Watch(root, index, watch_options) as watch:
            yield _Tree(watch, sinks)


def _wiring(options: Options, server: "Server | None", root: str | None) -> tuple[WatchOptions, list[Sink]]:
    """What is watched for, and where it goes."""
    watch = WatchOptions(options.settle, options.initial or server is not None, options.gitignore)
    sinks: list[Sink] = []
    if server:
        from watchers.components import CONTENT_LIMIT, Components
        from watchers.publish import Publisher

        components = Components()
        sinks.append(Publisher(server, options.project, components).publish)
        wanted = everything if options.emit_jsonl else components.is_wanted
        watch = watch._replace(content_limit=CONTENT_LIMIT, wanted=wanted)
    if options.emit_jsonl:
        sinks.append(partial(lines.emit, root=root))
    return watch, sinks


def _state_file(root: Path, options: Options) -> Path:
    """The state of this root towards this reader of it: each must be told everything once."""
    if not root.is_dir():
        raise Misconfigured(f"{root} is not a directory", "name a directory that exists")
    towards = options.server.rstrip("/") if options.server else "jsonl"
    key = b"\0".join(map(os.fsencode, (os.path.realpath(root), towards, options.project)))
    name = re.sub(r"[^A-Za-z0-9]+", "-", root.absolute().name).strip("-") or "root"
    state = options.data / "watch" / f"{name[:40]}-{hashlib.sha256(key).hexdigest()[:16]}.db"
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        state.touch()
    except OSError as error:
        raise Misconfigured(f"{state} cannot be written: {error}", "choose another folder with --data") from error
    return state


def _own(root: Path, data: Path) -> bytes | None:
    """Where below the root our state lies, if it does."""
    relative = os.path.relpath(os.path.realpath(data), os.path.realpath(root))
    if relative == ".":
        raise Misconfigured(f"{data} is the watched tree itself", "choose another folder with --data")
    return None if Path(relative).parts[0] == ".." else os.fsencode(relative)


@asynccontextmanager
async def _server(options: Options) -> AsyncGenerator["Server", None]:
    from watchers.server import Server

    async with Server(options.server or "", options.key, options.watcher) as server:
        yield server


async def _beat(server: "Server", trees: Sequence[_Tree], options: Options) -> None:
    host = socket.gethostname()
    while True:
        roots = [tree.state(options.project) for tree in trees]
        await server.report({"host": host, "roots": roots, "spool": sum(tree.watch.spooled for tree in trees)})
        await asyncio.sleep(HEARTBEAT)


async def _first_of(stop: asyncio.Event, drains: Sequence[asyncio.Task[None]]) -> None:
    """Wait until `stop` is set, or one of the drains has failed."""
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([stopped, *drains], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _raise_failure(drains: Sequence[asyncio.Task[None]]) -> None:
    failures = [error for drain in drains if not drain.cancelled() and (error := drain.exception())]
    if failures and isinstance(failures[0], BrokenPipeError):  # nobody reads our lines any more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    elif failures:
        raise failures[0]
