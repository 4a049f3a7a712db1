"""`headrace sync` and `headrace manifests restore`: a worker's checkout, brought up to date from a command line."""

import asyncio
import sys
from pathlib import Path
from typing import NamedTuple, Self

from rich.progress import Progress

from headrace.components import version
from headrace.remote import Remote, Server
from headrace.words import complain, err, line, out, plain, print_json, show_code_diff, table
from schemas.settings import Settings
from schemas.sides import ConflictType, Resolution, SyncConflict, SyncResult, SyncStrategy
from watchers.sync.manager import AsyncComponentManager

CONFLICTS, FAILED = 2, 1
MANY = 50
"""From how many components on a bar is shown."""

_TYPES = {
    ConflictType.SERVER_ONLY: "only on the server",
    ConflictType.SERVER_NEWER: "newer on the server",
    ConflictType.LOCAL_NEWER: "changed here",
    ConflictType.LOCAL_ONLY: "only here",
}
_ANSWERS = {
    "u": Resolution.USE_LOCAL,
    "d": Resolution.USE_SERVER,
    "s": Resolution.SKIP,
    "l": Resolution.PENDING,
}
_QUESTION = "[u]pload yours, [d]ownload the server's, [s]kip, or decide [l]ater? "


class Wanted(NamedTuple):
    """What a sync is asked for."""

    config: Path
    strategy: SyncStrategy
    base_path: Path
    experiment: str | None
    project: str | None
    as_json: bool


def run_sync(settings: Settings, server: str | None, data: Path | None, wanted: Wanted) -> None:
    """Sync what a config needs. Exits with 1 where something failed, with 2 where conflicts wait."""
    found = Server.find(server, data, settings)
    try:
        result = asyncio.run(_sync(found, wanted))
    except KeyboardInterrupt:
        sys.exit(130)
    _finish(result, as_json=wanted.as_json, is_done=wanted.strategy != SyncStrategy.DRY_RUN)


def restore(
    settings: Settings,
    server: str | None,
    data: Path | None,
    base_path: Path,
    uid: str,
    project: str | None,
    *,
    as_json: bool,
) -> None:
    """Bring a checkout back to what an experiment used. Exits as `run_sync` does."""
    found = Server.find(server, data, settings)

    async def run() -> SyncResult:
        with _Bar(hidden=as_json) as bar:
            manager = AsyncComponentManager(found.url, base_path, found.key, project=project, progress=bar.show)
            return await manager.restore_from_manifest(uid)

    _finish(asyncio.run(run()), as_json=as_json)


async def _sync(server: Server, wanted: Wanted) -> SyncResult:
    asks = _is_watched() and not wanted.as_json
    async with Remote(server) as remote:
        with _Bar(hidden=wanted.as_json) as bar:
            chooser = _Chooser(remote, wanted.project, bar)
            manager = AsyncComponentManager(
                server.url,
                wanted.base_path,
                server.key,
                wanted.strategy,
                chooser.choose if asks else None,
                project=wanted.project,
                progress=bar.show,
            )
            if asks:
                _show_plan(await manager.sync_with_strategy(wanted.config, SyncStrategy.DRY_RUN))
            result = await manager.sync_with_strategy(wanted.config)
            if wanted.experiment and not result.failed and wanted.strategy != SyncStrategy.DRY_RUN:
                await manager.save_experiment_manifest(wanted.experiment, result.component_hashes)
            return result


def _is_watched() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


class _Bar:
    """How far a sync of many components has come, for whoever looks on."""

    def __init__(self, *, hidden: bool) -> None:
        self._progress = Progress(console=err, transient=True, disable=hidden or not sys.stderr.isatty())
        self._task = self._progress.add_task("components", visible=False)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hide()

    def show(self, done: int, of: int) -> None:
        """So many are done."""
        self._progress.update(self._task, completed=done, total=of, visible=of >= MANY)

    def hide(self) -> None:
        """Make room for a question."""
        self._progress.stop()


class _Chooser:
    """Asks whoever sits at the terminal."""

    def __init__(self, remote: Remote, project: str | None, bar: _Bar) -> None:
        self._remote = remote
        self._project = project
        self._bar = bar

    async def choose(self, conflict: SyncConflict) -> str:
        """Show both sides, and what may be done."""
        self._bar.hide()
        theirs = conflict.server_hash
        content = (await version(self._remote, theirs, self._project))["content"] if theirs else ""
        both = "both sides have changed" if conflict.diverged else "you have changed it"
        out.print(f"\n[bold]{plain(conflict.path)}[/]: {both}")
        show_code_diff(
            conflict.path, (theirs or "none", content), (conflict.local_hash or "", conflict.local_content or "")
        )
        return await asyncio.to_thread(_ask)


def _ask() -> str:
    while True:
        try:
            answer = input(_QUESTION).strip().lower()
        except EOFError:
            return Resolution.PENDING
        if answer[:1] in _ANSWERS:
            return _ANSWERS[answer[:1]]


def _show_plan(result: SyncResult) -> None:
    """What a sync would have to deal with."""
    if result.conflicts:
        table(["component", "differs"], [[one.path, _TYPES[one.conflict_type]] for one in result.conflicts])


def _finish(result: SyncResult, *, as_json: bool, is_done: bool = True) -> None:
    if as_json:
        print_json(dict(result))
    else:
        _show(result)
    if result.failed or result.offline:
        raise SystemExit(FAILED)
    if is_done and any(not conflict.resolved for conflict in result.conflicts):
        raise SystemExit(CONFLICTS)
    raise SystemExit(0)


def _show(result: SyncResult) -> None:
    for what, paths in (("downloaded", result.synced), ("uploaded", result.uploaded)):
        for path in paths:
            out.print(f"[green]{what:<11}[/]{plain(path)}")
    for conflict in result.overridden:
        said = f"took the place of {conflict.server_hash}, which is kept: headrace components history {conflict.path}"
        out.print(f"[yellow]{'overridden':<11}[/]{plain(conflict.path)}: {plain(said)}")
    for conflict in result.conflicts:
        out.print(f"[yellow]{'conflict':<11}[/]{plain(conflict.path)}: {_TYPES[conflict.conflict_type]}")
    for path in result.failed:
        err.print(f"[bold red]{'failed':<11}[/]{line(path)}: {line(result.errors.get(path, ''))}")
    if result.offline:
        complain(result.message, "headrace doctor looks into it")
    else:
        out.print(plain(result.message))
