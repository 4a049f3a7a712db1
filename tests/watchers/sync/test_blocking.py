"""The manager for who does not write `async`."""

import asyncio
import os
import threading
from pathlib import Path
from typing import Any

import pytest

import headrace
from headrace import ComponentManager, SyncConflict, SyncResult, SyncStrategy
from tests.build import hash_of
from tests.gateway.conftest import KEY, Client
from tests.watchers.sync.conftest import A, Worker, config, history, lists


class Tree(Worker):
    """A tree, and a blocking manager."""

    def __init__(self, tree: Path, url: str, **options: Any) -> None:
        super().__init__(tree, url, worker="one")
        self.blocking = ComponentManager(url, tree, KEY["X-API-Key"], worker="one", **options)


async def test_all_of_it_as_the_seed_writes_it(client: Client, url: str, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree", url, sync_strategy=SyncStrategy.LOCAL_PRIORITY)
    tree.write(A, "a")

    def work() -> tuple[SyncResult, ...]:
        with tree.blocking as manager:
            first = manager.sync_from_version_store(config(A))
            manager.save_experiment_manifest("e1", first["component_hashes"])
            tree.write(A, "l")
            second = manager.sync_with_strategy(config(A))
            third = manager.restore_from_manifest("e1")
            fourth = manager.sync_with_strategy(config(A), SyncStrategy.INTERACTIVE)
            return first, second, third, fourth

    results = await asyncio.to_thread(work)
    assert [lists(one) for one in results] == [{"uploaded": [A]}, {"uploaded": [A]}, {"synced": [A]}, {"synced": [A]}]
    assert await history(client, A) == "aL"
    with pytest.raises(RuntimeError, match="closed"):
        tree.blocking.sync_from_version_store(config(A))


async def test_inside_a_running_loop(client: Client, url: str, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree", url)
    tree.write(A, "a")

    async def notebook() -> SyncResult:
        return tree.blocking.sync_from_version_store(config(A))

    assert lists(await asyncio.to_thread(asyncio.run, notebook())) == {"uploaded": [A]}


async def test_the_callback_is_called_where_the_caller_is(client: Client, url: str, tmp_path: Path) -> None:
    callers: list[int] = []

    def choose(conflict: SyncConflict) -> str:
        callers.append(threading.get_ident())
        return "use_server"

    tree = Tree(tmp_path / "tree", url, conflict_callback=choose)
    await client.upload(A, "s")
    tree.write(A, "l")

    def work() -> tuple[int, SyncResult]:
        return threading.get_ident(), tree.blocking.sync_with_strategy(config(A))

    caller, result = await asyncio.to_thread(work)
    assert callers == [caller]
    assert lists(result) == {"synced": [A]}


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
async def test_what_the_callback_raises_ends_the_call_and_lets_the_tree_go(
    client: Client, url: str, tmp_path: Path, error: type[BaseException]
) -> None:
    def choose(_: SyncConflict) -> str:
        raise error

    tree = Tree(tmp_path / "tree", url, conflict_callback=choose)
    await client.upload(A, "s")
    tree.write(A, "l")
    caught: list[BaseException] = []

    def work() -> None:
        with pytest.raises(error) as raised:
            tree.blocking.sync_with_strategy(config(A))
        caught.append(raised.value)

    await asyncio.to_thread(work)
    assert [type(one) for one in caught] == [error]
    assert tree.text(A) == "l"
    assert not [one for one in threading.enumerate() if one.name == "headrace-sync"]
    assert lists(await tree.sync(A)) == {"conflicts": [A]}


async def test_pending_conflicts(client: Client, url: str, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree", url)
    await client.upload(A, "s")
    tree.write(A, "l")
    result = await asyncio.to_thread(tree.blocking.sync_with_strategy, config(A))
    await asyncio.to_thread(tree.blocking.resolve_pending_conflicts, result, {A: "use_local"})
    assert result.uploaded == [A]
    assert (await history(client, A)).endswith("L")


async def test_threads_take_turns(client: Client, url: str, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree", url)
    tree.write(A, "a")
    calls = (asyncio.to_thread(tree.blocking.sync_with_strategy, config(A)) for _ in range(4))
    assert sorted(len(result.uploaded) for result in await asyncio.gather(*calls)) == [0, 0, 0, 1]


async def test_in_a_forked_child(client: Client, url: str, tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree", url)
    tree.write(A, "a")
    await asyncio.to_thread(tree.blocking.sync_with_strategy, config(A))
    await client.upload(A, "s")

    def fork() -> int:
        if not (child := os.fork()):
            try:
                os._exit(len(tree.blocking.sync_with_strategy(config(A)).synced))
            finally:
                os._exit(99)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert await asyncio.to_thread(fork) == 1
    assert tree.text(A) == "s"


def test_without_a_server(tmp_path: Path) -> None:
    tree = Tree(tmp_path / "tree", "http://127.0.0.1:9")
    tree.write(A, "a")
    result = tree.blocking.sync_from_version_store(config(A))
    assert result["offline"] is True
    assert result["component_hashes"] == {A: hash_of("a")}


def test_the_public_names() -> None:
    assert {name: getattr(headrace, name).__name__ for name in headrace.__all__} == {n: n for n in headrace.__all__}
    with pytest.raises(AttributeError, match="unheard"):
        _ = headrace.unheard
