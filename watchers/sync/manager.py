"""The worker's door to component sync. Nothing is held open between calls: a fork or a closed loop breaks nothing."""

import hashlib
import re
import socket
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from inspect import isawaitable
from pathlib import Path
from typing import Any, Self, TypeAlias

from pydantic import TypeAdapter, ValidationError

from schemas.addresses import server_address
from schemas.base import Project
from schemas.errors import Away, Misconfigured, NotFound, Rejected
from schemas.manifests import ManifestSaved
from schemas.needs import needs
from schemas.settings import Settings
from schemas.sides import Action, ConflictType, Resolution, Sides, SyncConflict, SyncResult, SyncStrategy, plan, relate
from schemas.wire import Name
from watchers.connection import Address
from watchers.lock import alone
from watchers.sync.cases import Progress
from watchers.sync.client import Client
from watchers.sync.restoring import restore, save
from watchers.sync.session import Session, aside
from watchers.sync.state import State, folder_of, state_file, unusable
from watchers.sync.syncing import Syncing
from watchers.sync.tree import Tree

Config: TypeAlias = str | Path | Mapping[str, Any]
"""The path of an experiment's config, or what stands in it."""

Answer: TypeAlias = str | None
Callback: TypeAlias = Callable[[SyncConflict], Answer | Awaitable[Answer]]
"""Decides a conflict: a `Resolution`, or None to leave it to whoever looks at the server's pages."""


class AsyncComponentManager:
    """Keeps the components of the tree at `base_path` in sync with a server.

    `api_key` unset: that of the settings. `worker`: by which the server knows this tree; unset: this host's name and a
    mark of the path. `progress(done, of)` is called as a sync goes on. Only one sync is at work on a tree at a time;
    others wait, for a minute at most.

    Raises:
        Misconfigured: `server_url` is no address, `base_path` no directory, a name or a setting is wrong.
    """

    def __init__(
        self,
        server_url: str,
        base_path: str | Path = ".",
        api_key: str | None = None,
        sync_strategy: SyncStrategy | str = SyncStrategy.INTERACTIVE,
        conflict_callback: Callback | None = None,
        *,
        project: str | None = None,
        worker: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        settings = _settings()
        self._progress = progress
        self.base_path = _directory(Path(base_path))
        self.sync_strategy = _strategy(sync_strategy)
        self._callback = conflict_callback
        self._address = Address(
            server_address(server_url),
            settings.api_key.get_secret_value() if api_key is None and settings.api_key else api_key,
            _checked_name(project, Project, "project") or _own_project(settings),
            _checked_name(worker, Name, "worker") or _worker(self.base_path),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Nothing is held between calls: this is for those who expect it."""

    async def sync_from_version_store(self, config: Config, force: bool = False) -> SyncResult:
        """Sync what a config needs. `force`: the server's versions win everywhere; what they replace is kept there."""
        return await self.sync_with_strategy(config, SyncStrategy.SERVER_AUTHORITATIVE if force else None)

    async def sync_with_strategy(self, config: Config, strategy: SyncStrategy | str | None = None) -> SyncResult:
        """Sync what a config needs, by this strategy or the manager's.

        A server that is away is not an error: the result says so, and what lies in the tree is used.

        Raises:
            NotFound, Rejected: there is no such config, or it cannot be understood.
            Denied: the key does not allow it.
            Misconfigured: a person must mend something.
        """
        strategy = self.sync_strategy if strategy is None else _strategy(strategy)
        paths = await aside(_needed, config)
        is_dry = strategy is SyncStrategy.DRY_RUN
        async with self._session(is_dry=is_dry) as session:
            syncing = Syncing(session, paths, partial(plan, strategy=strategy), self._choose, self._progress)
            try:
                if not is_dry:
                    await syncing.send_waiting()
                return await syncing.run()
            except Away as error:
                return await syncing.go_offline(error, is_kept=strategy is SyncStrategy.LOCAL_PRIORITY)

    async def resolve_pending_conflicts(self, result: SyncResult, resolutions: Mapping[str, str]) -> SyncResult:
        """Decide conflicts of a result: `{path: resolution}`. The same result is returned, with what became of them.

        A conflict of which a side has moved since it was shown is not decided: it stays, with the new sides.

        Raises:
            NotFound: the result has no such conflict.
            Rejected: there is no such resolution.
            Away: the server cannot be reached; what is not decided yet stays in the result.
        """
        shown = {conflict.path: conflict for conflict in result.conflicts}
        chosen = {path: _resolution(resolution) for path, resolution in resolutions.items()}
        if unknown := chosen.keys() - shown.keys():
            raise NotFound(f"the result has no conflict about {', '.join(sorted(unknown))}")

        async def choose(conflict: SyncConflict) -> Resolution:
            before = shown[conflict.path]
            is_as_shown = (before.local_hash, before.server_hash) == (conflict.local_hash, conflict.server_hash)
            return chosen[conflict.path] if is_as_shown else Resolution.PENDING

        async with self._session() as session:
            syncing = Syncing(session, chosen, _ask_about_all, choose)
            try:
                await syncing.run()
            finally:
                _merge(result, syncing.result, chosen)
        return result

    async def restore_from_manifest(self, uid: str) -> SyncResult:
        """Put into the tree what an experiment used. What that overwrites is kept on the server first.

        Raises:
            NotFound: there is no manifest of this experiment.
            Away: the server cannot be reached. What can be used then is not what the experiment used.
        """
        async with self._session() as session:
            manifest = await session.client.manifest(uid)
            return await restore(session, manifest.components, self._progress)

    async def save_experiment_manifest(self, uid: str, component_hashes: Mapping[str, str]) -> ManifestSaved | None:
        """Have the server remember what an experiment uses; None where it is away, and will be told at the next call.

        Raises:
            Rejected: it names what neither the server nor the tree has, or nothing.
        """
        async with self._session() as session:
            return await save(session, uid, component_hashes)

    @asynccontextmanager
    async def _session(self, *, is_dry: bool = False) -> AsyncIterator[Session]:
        """Have the tree for oneself. A dry run leaves no trace: where nothing is remembered, it begins nothing."""
        if is_dry and not state_file(self.base_path).exists():
            async with self._opened(None) as session:
                yield session
            return
        folder = folder_of(self.base_path)
        async with alone(folder / "sync.lock", self.base_path), self._opened(state_file(self.base_path)) as session:
            if not is_dry:
                await aside(session.tree.sweep)
            yield session

    @asynccontextmanager
    async def _opened(self, path: Path | None) -> AsyncIterator[Session]:
        address = self._address
        try:
            with State(path, address.url, address.project or "") as state:
                async with Client(address) as client:
                    yield Session(Tree(self.base_path), state, client)
        except sqlite3.Error as error:
            raise unusable(self.base_path, error) from error

    async def _choose(self, conflict: SyncConflict) -> Resolution:
        if self._callback is None:
            return Resolution.PENDING
        answer = self._callback(conflict)
        return _resolution(await answer if isawaitable(answer) else answer)


def _ask_about_all(sides: Sides) -> Action:
    """Whatever kind of conflict it was: somebody has decided about it."""
    is_open = isinstance(relate(sides).relation, ConflictType)
    return Action.ASK if is_open else plan(sides, SyncStrategy.INTERACTIVE)


def _merge(result: SyncResult, later: SyncResult, chosen: Mapping[str, Resolution]) -> None:
    """Take what was decided out of the conflicts, and add what became of it."""
    pending = {conflict.path for conflict in later.conflicts}
    ended = {*later.synced, *later.uploaded, *later.skipped, *later.failed}
    for conflict in [one for one in result.conflicts if one.path in ended | pending]:
        result.conflicts.remove(conflict)
        if conflict.path in ended and conflict.path not in later.failed:
            conflict.settle(chosen[conflict.path])
    result.absorb(later)


def _needed(config: Config) -> list[str]:
    if isinstance(config, Mapping):
        try:
            return [path.wire for path in needs(config)]
        except ValueError as error:
            raise Rejected(f"the config cannot be understood: {error}") from error
    from watchers.configs import read_needs

    return [path.wire for path in read_needs(Path(config))]


def _resolution(said: str | None) -> Resolution:
    try:
        return Resolution(said or Resolution.PENDING)
    except ValueError:
        raise Rejected(f"{said!r} is no resolution", f"it is one of {', '.join(Resolution)}") from None


def _strategy(said: str) -> SyncStrategy:
    try:
        return SyncStrategy(said)
    except ValueError:
        raise Misconfigured(f"{said!r} is no strategy", f"it is one of {', '.join(SyncStrategy)}") from None


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        raise Misconfigured(f"a setting is wrong: {wrong['loc'][0]}: {wrong['msg']}", "see README for all") from None


def _own_project(settings: Settings) -> str | None:
    """The project that was set, if one was: else the server has its own default."""
    return settings.project if "project" in settings.model_fields_set else None


def _directory(path: Path) -> Path:
    if not path.is_dir():
        raise Misconfigured(f"{path} is not a directory", "name the CVLab-Kit checkout")
    return path.resolve()


def _checked_name(name: str | None, kind: Any, what: str) -> str | None:
    try:
        return None if name is None else str(TypeAdapter(kind).validate_python(name))
    except ValidationError as error:
        raise Misconfigured(f"{name!r} cannot be a {what}: {error.errors()[0]['msg']}") from None


def _worker(base: Path) -> str:
    """The same at every start, and another for other trees of this machine."""
    host = re.sub(r"[^A-Za-z0-9_.:@-]", "-", socket.gethostname()).lstrip("_.:@-")[:100] or "worker"
    return f"{host}-{hashlib.sha256(str(base).encode(errors='surrogateescape')).hexdigest()[:6]}"
