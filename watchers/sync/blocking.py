"""The same for who does not write `async`: every call runs in a thread with an event loop of its own.

Nothing lives between calls. So it works inside a running loop, which waits meanwhile, from several threads, and in a
forked child. A callback is called in the caller's thread, where it may read from a terminal or a notebook.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, Self, TypeVar

from schemas.manifests import ManifestSaved
from schemas.sides import SyncConflict, SyncResult, SyncStrategy
from watchers.sync.cases import Progress
from watchers.sync.manager import Answer, AsyncComponentManager, Config

T = TypeVar("T")


class ComponentManager:
    """Keeps the components of the tree at `base_path` in sync with a server. See `AsyncComponentManager`."""

    def __init__(
        self,
        server_url: str,
        base_path: str | Path = ".",
        api_key: str | None = None,
        sync_strategy: SyncStrategy | str = SyncStrategy.INTERACTIVE,
        conflict_callback: Callable[[SyncConflict], Answer] | None = None,
        *,
        project: str | None = None,
        worker: str | None = None,
        progress: Progress | None = None,
    ) -> None:
        asks = None if conflict_callback is None else self._pass_on
        self._manager = AsyncComponentManager(
            server_url, base_path, api_key, sync_strategy, asks, project=project, worker=worker, progress=progress
        )
        self._callback = conflict_callback
        self._here = threading.local()
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """No more calls."""
        self._is_closed = True

    @property
    def base_path(self) -> Path:
        """The tree."""
        return self._manager.base_path

    @property
    def sync_strategy(self) -> SyncStrategy:
        """Who wins where nothing else is said."""
        return self._manager.sync_strategy

    def sync_from_version_store(self, config: Config, force: bool = False) -> SyncResult:
        """Sync what a config needs. `force`: the server's versions win everywhere; what they replace is kept there."""
        return self._run(lambda: self._manager.sync_from_version_store(config, force))

    def sync_with_strategy(self, config: Config, strategy: SyncStrategy | str | None = None) -> SyncResult:
        """Sync what a config needs, by this strategy or the manager's. A server that is away is not an error."""
        return self._run(lambda: self._manager.sync_with_strategy(config, strategy))

    def resolve_pending_conflicts(self, result: SyncResult, resolutions: Mapping[str, str]) -> SyncResult:
        """Decide conflicts of a result: `{path: resolution}`. The same result is returned, with what became of them."""
        return self._run(lambda: self._manager.resolve_pending_conflicts(result, resolutions))

    def restore_from_manifest(self, uid: str) -> SyncResult:
        """Put into the tree what an experiment used. What that overwrites is kept on the server first."""
        return self._run(lambda: self._manager.restore_from_manifest(uid))

    def save_experiment_manifest(self, uid: str, component_hashes: Mapping[str, str]) -> ManifestSaved | None:
        """Have the server remember what an experiment uses; None where it is away, and is told at the next call."""
        return self._run(lambda: self._manager.save_experiment_manifest(uid, component_hashes))

    def _run(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        if self._is_closed:
            raise RuntimeError("this ComponentManager is closed: make another one")
        return _Errand(work, self._here).run()

    async def _pass_on(self, conflict: SyncConflict) -> Answer:
        errand: _Errand[Any] = self._here.errand
        callback = self._callback
        return None if callback is None else await errand.have_called(lambda: callback(conflict))


class _Errand(Generic[T]):
    """One call. Its work runs in a thread of its own, and what that asks is answered in the caller's."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]], here: threading.local) -> None:
        self._work = work
        self._here = here
        self._inbox: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._outcome: Future[T] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[T] | None = None
        self._is_cancelled = False

    def run(self) -> T:
        """Carry it out, in the caller's thread as far as anybody can see."""
        thread = threading.Thread(target=self._carry_out, name="headrace-sync", daemon=True)
        thread.start()
        try:
            while (asked := self._inbox.get()) is not None:
                asked()
        except BaseException:  # the callback's own, or an interrupt
            self._cancel()
            raise
        finally:
            thread.join()
        return self._outcome.result()

    async def have_called(self, callback: Callable[[], Answer]) -> Answer:
        """Have this called in the caller's thread."""
        answer: Future[Answer] = Future()
        self._inbox.put(lambda: answer.set_result(callback()))
        return await asyncio.wrap_future(answer)

    def _carry_out(self) -> None:
        self._here.errand = self
        try:
            self._outcome.set_result(asyncio.run(self._main()))
        except BaseException as error:  # noqa: BLE001 - raised where it was called
            self._outcome.set_exception(error)
        finally:
            self._inbox.put(None)

    async def _main(self) -> T:
        self._loop = asyncio.get_running_loop()
        task = self._task = self._loop.create_task(self._work())
        if self._is_cancelled:
            task.cancel()
        return await task

    def _cancel(self) -> None:
        self._is_cancelled = True
        if self._loop and self._task:
            with suppress(RuntimeError):  # it has come to its end
                self._loop.call_soon_threadsafe(self._task.cancel)
