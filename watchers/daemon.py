"""The daemon: watches roots, keeps what it saw on disk, and hands every change on, to a server or as lines of JSON."""

import asyncio
import hashlib
import os
import re
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from schemas.errors import Misconfigured
from watchers import clock, lines, service
from watchers.change import Change
from watchers.index import Index
from watchers.lock import exclusive
from watchers.options import Viewer, WatchOptions, everything, nobody
from watchers.report import DaemonState, Report, RootState
from watchers.roots import Root
from watchers.terminal import Screen
from watchers.watch import Watch

if TYPE_CHECKING:
    from watchers.publish import Publisher
    from watchers.server import Server

Emitter: TypeAlias = Callable[[Sequence[Change]], Awaitable[None]]

HEARTBEAT = 10.0
TELL = 1.0
FLUSH = 5.0  # how long a stop waits for a server


class Options(NamedTuple):
    """How the daemon runs.

    Attributes:
        data: folder of its state; one may serve many daemons.
        server: address to send documents to; None: all files are watched, and none sent.
        key: the API key for it.
        watcher: the name by which the server knows this daemon.
        emit_jsonl: write every change of every file to standard output.
        show: write every change there for people.
        initial: report all files on the first start; with a server that is always so.
        settle: seconds that a file must be quiet.
    """

    data: Path
    server: str | None = None
    key: str | None = None
    watcher: str = "watcher"
    emit_jsonl: bool = False
    show: bool = False
    initial: bool = False
    settle: float = 0.05


async def run(roots: Sequence[Root], options: Options, stop: asyncio.Event) -> None:
    """Watch `roots` until `stop` is set, then hand on what has settled and return.

    Raises:
        Misconfigured: a root is no directory, is watched already, or the state cannot be used.
    """
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_server(options)) if options.server else None
        screen = stack.enter_context(closing(Screen())) if options.show else None
        roots = _apart(roots)
        several = len(roots) > 1
        trees = [
            await stack.enter_async_context(_tree(root, options, server, _viewer(root, screen, several=several)))
            for root in roots
        ]
        report = stack.enter_context(Report.kept(options.data / "watch", options.watcher))
        drains = [asyncio.create_task(tree.drain(_emitter(tree.root, options, several=several))) for tree in trees]
        others = [asyncio.create_task(_announce(trees)), asyncio.create_task(_tell(report, trees, options))]
        if server:
            others.append(asyncio.create_task(_beat(server, trees)))
        try:
            await _first_of(stop, drains)
            service.notify("STOPPING=1")
            for tree in trees:
                tree.watch.stop()
            await asyncio.wait(drains, timeout=FLUSH)
        finally:
            await _end([*drains, *others])
        _raise_failure(drains)


def _apart(roots: Sequence[Root]) -> list[Root]:
    """The roots, each once."""
    return list({(root.path.resolve(), root.project): root for root in roots}.values())


class _Tree:
    """One root: its watch, and what publishes its changes."""

    def __init__(self, root: Root, watch: Watch, publisher: "Publisher | None") -> None:
        self.root = root
        self.watch = watch
        self._publisher = publisher

    async def drain(self, emit: Emitter) -> None:
        """Hand on every change until the watch has ended."""
        while changes := await self.watch.batch():
            await emit(changes)
            if self._publisher:
                await self._publisher.publish(changes)
            await self.watch.acknowledge(changes)

    @property
    def state(self) -> RootState:
        """How it is."""
        return RootState(
            path=os.fsencode(self.watch.root).decode(errors="replace"),
            project=self.root.project,
            domain=self.root.domain,
            gitignore=self.root.gitignore,
            files=self.watch.files,
            last_change=self.watch.last_change.isoformat() if self.watch.last_change else None,
            spool=self.watch.spooled,
            health=self.watch.health.text,
        )


@asynccontextmanager
async def _tree(root: Root, options: Options, server: "Server | None", seen: Viewer) -> AsyncGenerator[_Tree, None]:
    state = _state_file(root, options)
    watch_options, publisher = _wiring(root, options, server)
    watch_options = watch_options._replace(own=_own(root.path, options.data), seen=seen)
    with (
        exclusive(root.path, f"watches {root.path}"),
        exclusive(state, f"uses the state {state}"),
        closing(Index(state)) as index,
    ):
        async with Watch(root.path, index, watch_options) as watch:
            yield _Tree(root, watch, publisher)


def _wiring(root: Root, options: Options, server: "Server | None") -> "tuple[WatchOptions, Publisher | None]":
    """What is watched for, and who sends it."""
    watch = WatchOptions(options.settle, options.initial or server is not None, root.gitignore)
    if server is None:
        return watch, None
    from watchers.components import CONTENT_LIMIT, Components
    from watchers.publish import Publisher

    components = Components()
    wanted = everything if options.emit_jsonl else components.is_wanted
    return watch._replace(content_limit=CONTENT_LIMIT, wanted=wanted), Publisher(server, root.project, components)


def _emitter(root: Root, options: Options, *, several: bool) -> Emitter:
    """Puts changes onto standard output before they are sent, where that is wanted."""

    async def emit(changes: Sequence[Change]) -> None:
        if options.emit_jsonl:
            await lines.emit(changes, str(root.path) if several else None)

    return emit


def _viewer(root: Root, screen: Screen | None, *, several: bool) -> Viewer:
    """Shows what changes below one root, whatever becomes of it."""
    tree = root.path.name if several else None
    return (lambda changes: screen.show(changes, tree)) if screen else nobody


async def _announce(trees: Sequence[_Tree]) -> None:
    """Say of each root when every change below it will be seen."""

    async def announce(tree: _Tree) -> None:
        files = await tree.watch.ready()
        sys.stderr.write(f"watching {tree.watch.root} ({files} files)\n")
        sys.stderr.flush()

    await asyncio.gather(*map(announce, trees))
    service.notify("READY=1")


def _state_file(root: Root, options: Options) -> Path:
    """The state of this root towards this reader of it: each must be told everything once."""
    if not root.path.is_dir():
        raise Misconfigured(f"{root.path} is not a directory", "name a directory that exists")
    towards = options.server.rstrip("/") if options.server else "jsonl"
    key = b"\0".join(map(os.fsencode, (os.path.realpath(root.path), towards, root.project)))
    name = re.sub(r"[^A-Za-z0-9]+", "-", root.path.absolute().name).strip("-") or "root"
    state = options.data / "watch" / f"{name[:40]}-{hashlib.sha256(key).hexdigest()[:16]}.db"
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        state.touch()
    except OSError as error:
        raise Misconfigured(f"{state} cannot be written: {error}", "choose another folder with --data") from error
    return state


def _own(root: Path, data: Path) -> bytes | None:
    """Where below the root our state lies, if it does."""
    here, there = Path(os.path.realpath(data)), Path(os.path.realpath(root))
    if here == there:
        raise Misconfigured(f"{data} is the watched tree itself", "choose another folder with --data")
    return os.fsencode(here.relative_to(there).as_posix()) if here.is_relative_to(there) else None


@asynccontextmanager
async def _server(options: Options) -> AsyncGenerator["Server", None]:
    from watchers.server import Server

    async with Server(options.server or "", options.key, options.watcher) as server:
        yield server


async def _tell(report: Report, trees: Sequence[_Tree], options: Options) -> None:
    """Keep those on this machine informed, systemd among them."""
    while True:
        roots = [tree.state for tree in trees]
        if report.is_news(roots):
            state = DaemonState(options.watcher, os.getpid(), options.server, clock.now().isoformat(), roots)
            await asyncio.to_thread(report.tell, state)
        if all(tree.watch.is_alive for tree in trees):
            service.notify("WATCHDOG=1")
        await asyncio.sleep(TELL)


async def _beat(server: "Server", trees: Sequence[_Tree]) -> None:
    """Keep the server informed."""
    host = socket.gethostname()
    while True:
        states = [tree.state for tree in trees]
        roots = [_told_to_server(state) for state in states]
        await server.report({"host": host, "roots": roots, "spool": sum(state.spool for state in states)})
        await asyncio.sleep(HEARTBEAT)


def _told_to_server(state: RootState) -> dict[str, Any]:
    return {name: value for name, value in state._asdict().items() if name not in {"spool", "gitignore"}}


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
