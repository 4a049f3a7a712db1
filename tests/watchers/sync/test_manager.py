"""What each strategy makes of each pair of sides, on a real gateway."""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from schemas.sides import SyncStrategy
from tests.build import hash_of, until
from tests.gateway.conftest import Client
from tests.watchers.sync.conftest import A, B, C, Hire, Network, Worker, config, history, is_history, lists, remove
from watchers.system import is_held

Scene = Callable[[Client, Worker], Awaitable[None]]


async def never_had(client: Client, worker: Worker) -> None:
    await client.upload(A, "s")


async def new_here(client: Client, worker: Worker) -> None:
    worker.write(A, "l")


async def synced(client: Client, worker: Worker) -> None:
    worker.write(A, "a")
    assert lists(await worker.sync(A)) == {"uploaded": [A]}


async def changed_there(client: Client, worker: Worker) -> None:
    await synced(client, worker)
    await client.upload(A, "s")


async def changed_here(client: Client, worker: Worker) -> None:
    await synced(client, worker)
    worker.write(A, "l")


async def changed_on_both(client: Client, worker: Worker) -> None:
    await changed_there(client, worker)
    worker.write(A, "l")


async def went_back(client: Client, worker: Worker) -> None:
    await changed_there(client, worker)
    assert lists(await worker.sync(A)) == {"synced": [A]}
    worker.write(A, "a")


async def old_at_first(client: Client, worker: Worker) -> None:
    await client.upload(A, "a")
    await client.upload(A, "s")
    worker.write(A, "a")


async def unknown_at_first(client: Client, worker: Worker) -> None:
    await client.upload(A, "s")
    worker.write(A, "l")


async def removed(client: Client, worker: Worker) -> None:
    await synced(client, worker)
    await remove(client, A, "a")


async def removed_and_edited(client: Client, worker: Worker) -> None:
    await removed(client, worker)
    worker.write(A, "l")


async def nothing(client: Client, worker: Worker) -> None:
    pass


ASK, L, S = SyncStrategy.INTERACTIVE, SyncStrategy.LOCAL_PRIORITY, SyncStrategy.SERVER_AUTHORITATIVE
ROWS: list[tuple[Scene, dict[SyncStrategy, tuple[str, str | None, str]]]] = [
    # the scene; by strategy: where it stands in the result, what lies in the tree, the versions and the active one
    (never_had, dict.fromkeys((ASK, L, S), ("synced", "s", "S"))),
    (new_here, dict.fromkeys((ASK, L, S), ("uploaded", "l", "L"))),
    (synced, dict.fromkeys((ASK, L, S), ("skipped", "a", "A"))),
    (changed_there, dict.fromkeys((ASK, L, S), ("synced", "s", "aS"))),
    (changed_here, {ASK: ("conflicts", "l", "Al"), L: ("uploaded", "l", "aL"), S: ("synced", "a", "Al")}),
    (changed_on_both, {ASK: ("conflicts", "l", "aSl"), L: ("overridden", "l", "asL"), S: ("synced", "s", "aSl")}),
    (went_back, {ASK: ("conflicts", "a", "aS"), L: ("uploaded", "a", "asA"), S: ("synced", "s", "aS")}),
    (old_at_first, dict.fromkeys((ASK, L, S), ("synced", "s", "aS"))),
    (unknown_at_first, {ASK: ("conflicts", "l", "Sl"), L: ("overridden", "l", "sL"), S: ("synced", "s", "Sl")}),
    (removed, {ASK: ("skipped", "a", "a"), L: ("overridden", "a", "aA"), S: ("skipped", "a", "a")}),
    (removed_and_edited, {ASK: ("conflicts", "l", "al"), L: ("overridden", "l", "aL"), S: ("skipped", "l", "a")}),
    (nothing, dict.fromkeys((ASK, L, S), ("failed", None, ""))),
]
CASES = [
    pytest.param(scene, strategy, *expected, id=f"{scene.__name__}-{strategy}")
    for scene, by_strategy in ROWS
    for strategy, expected in by_strategy.items()
]


@pytest.mark.parametrize(("scene", "strategy", "where", "text", "versions"), CASES)
async def test_every_strategy(
    client: Client,
    hire: Hire,
    network: Network,
    scene: Scene,
    strategy: SyncStrategy,
    where: str,
    text: str | None,
    versions: str,
) -> None:
    one = hire(sync_strategy=strategy)
    await scene(client, one)
    result = await one.manager.sync_from_version_store(config(A))
    assert lists(result) == ({"uploaded": [A], "overridden": [A]} if where == "overridden" else {where: [A]})
    assert one.text(A) == text
    await until(lambda: is_history(client, A, versions))
    assert result.component_hashes == ({} if text is None else {A: hash_of(text)})
    assert bool(result.errors) == (where == "failed")
    assert not result.offline
    network.requests.clear()
    again = await one.sync(A)
    if where not in {"conflicts", "failed"}:
        assert lists(again) == {"skipped": [A]}
        assert network.requests == ["/compare"]
    assert one.text(A) == text
    assert await history(client, A) == versions


DRY = [
    (never_had, "server_only"),
    (new_here, "local_only"),
    (synced, None),
    (changed_there, "server_newer"),
    (changed_here, "local_newer"),
    (changed_on_both, "local_newer"),
    (removed, None),
    (nothing, None),
]


@pytest.mark.parametrize(("scene", "kind"), DRY)
async def test_a_dry_run_writes_nothing(client: Client, hire: Hire, scene: Scene, kind: str | None) -> None:
    one = hire()
    await scene(client, one)
    before = {path: path.read_bytes() for path in one.tree.rglob("*") if path.is_file()}, await history(client, A)
    result = await one.sync(A, strategy="dry_run")
    after = {path: path.read_bytes() for path in one.tree.rglob("*") if path.is_file()}, await history(client, A)
    assert after == before
    assert result.skipped == [A]
    assert [conflict.conflict_type for conflict in result.conflicts] == ([kind] if kind else [])
    assert [conflict.resolution for conflict in result.conflicts] == (["pending"] if kind else [])
    assert result.failed == ([A] if scene is nothing else [])
    assert await client.get("/api/components/conflicts") == []


@pytest.mark.parametrize("scene", [changed_here, changed_on_both, unknown_at_first])
async def test_force_is_the_servers_authority(client: Client, hire: Hire, scene: Scene) -> None:
    one = hire()
    await scene(client, one)
    assert lists(await one.manager.sync_from_version_store(config(A), force=True)) == {"synced": [A]}
    assert "l" in await history(client, A)


async def test_several_at_once_each_in_one_list(client: Client, hire: Hire) -> None:
    one = hire()
    await changed_here(client, one)
    await client.upload(B, "s")
    one.write(C, "l")
    result = await one.sync(A, B, C, "loss/nowhere.py")
    assert lists(result) == {"conflicts": [A], "synced": [B], "uploaded": [C], "failed": ["loss/nowhere.py"]}
    assert result.component_hashes == {A: hash_of("l"), B: hash_of("s"), C: hash_of("l")}


async def test_equal_bytes_in_two_places(client: Client, hire: Hire) -> None:
    for path in (A, B):
        await client.upload(path, "s")
    one = hire()
    assert lists(await one.sync(A, B)) == {"synced": [A, B]}
    assert (one.text(A), one.text(B)) == ("s", "s")


async def test_what_is_nowhere_is_told_with_what_is_spelt_alike(client: Client, hire: Hire) -> None:
    await client.upload("model/resnet18.py", "s")
    one = hire()
    one.write("model/resnet50.py", "l")
    result = await one.sync("model/resnet.py")
    assert "model/resnet18.py" in result.errors["model/resnet.py"]
    assert "model/resnet50.py" in result.errors["model/resnet.py"]


async def test_what_was_deleted_everywhere_is_told(client: Client, hire: Hire) -> None:
    one = hire()
    await removed(client, one)
    one.file(A).unlink()
    assert "was deleted" in (await one.sync(A)).errors[A]


async def test_what_cannot_be_read_spoils_nothing_for_the_others(client: Client, hire: Hire) -> None:
    one = hire()
    one.write(B, "l")
    one.file(A).write_bytes(b"\xff")
    result = await one.sync(A, B)
    assert lists(result) == {"uploaded": [B], "failed": [A]}
    assert "UTF-8" in result.errors[A]
    assert result.component_hashes == {B: hash_of("l")}


async def test_two_that_insist_keep_every_version(client: Client, hire: Hire, network: Network) -> None:
    one, two = (hire(name, sync_strategy=L) for name in ("one", "two"))
    await synced(client, one)
    await two.sync(A)
    one.write(A, "l")
    two.write(A, "m")
    network.after("/compare", lambda: two.sync(A))  # faster
    result = await one.sync(A)
    assert lists(result) == {"uploaded": [A], "overridden": [A]}
    assert [(c.server_hash, c.base_hash, c.diverged) for c in result.overridden] == [(hash_of("m"), hash_of("a"), True)]
    assert await history(client, A) == "amlL"  # kept when it lost, and active when it won
    assert lists(await two.sync(A)) == {"synced": [A]}


async def test_at_first_contact_a_lost_race_does_not_lose_the_local_side(
    client: Client, hire: Hire, network: Network
) -> None:
    one = hire(sync_strategy=L)
    await unknown_at_first(client, one)
    network.before("/uploads", lambda: client.upload(A, "t"))
    assert lists(await one.sync(A)) == {"uploaded": [A], "overridden": [A]}
    assert (one.text(A), await history(client, A)) == ("l", "stlL")


async def test_many_that_insist(client: Client, hire: Hire) -> None:
    workers = [hire(name, sync_strategy=L) for name in "vwxyz"]
    await client.upload(A, "a")
    for worker in workers:
        await worker.sync(A)
        worker.write(A, worker.tree.name)
    results = await asyncio.gather(*(worker.sync(A) for worker in workers))
    versions = await history(client, A)
    assert set(versions.lower()) == set("avwxyz")
    active = next(char for char in versions if char.isupper()).lower()
    told = [result for result in results if result.overridden or result.failed]
    assert len(told) == 4  # whoever was not the first
    for worker in workers:
        result = await worker.sync(A, strategy="server_authoritative")
        assert not result.failed
        assert worker.text(A) == active


async def test_syncs_of_one_tree_go_one_after_the_other(client: Client, hire: Hire) -> None:
    one = hire(sync_strategy=L)
    one.write(A, "l")
    one.write(B, "l")
    results = await asyncio.gather(*(one.sync(A, B) for _ in range(4)))
    assert sorted(len(result.uploaded) for result in results) == [0, 0, 0, 2]


async def test_a_cancelled_sync_keeps_the_tree_until_its_last_write_has_ended(
    client: Client, hire: Hire, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end, replace = threading.Event(), threading.Event(), os.replace

    def slow(*args: Any, **kwargs: Any) -> None:
        begun.set()
        may_end.wait(20)
        replace(*args, **kwargs)

    monkeypatch.setattr(os, "replace", slow)
    one = hire()
    await client.upload(A, "s")
    task = asyncio.create_task(one.sync(A))
    assert await asyncio.to_thread(begun.wait, 20)
    task.cancel()
    for _ in range(10):
        await asyncio.sleep(0)
    assert is_held(one.tree / ".headrace/sync.lock")
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert one.text(A) == "s"
    assert not is_held(one.tree / ".headrace/sync.lock")
    assert lists(await one.sync(A)) == {"skipped": [A]}


@pytest.mark.parametrize("scene", [changed_there, never_had])
async def test_an_edit_while_the_content_comes_is_not_overwritten(
    client: Client, hire: Hire, network: Network, scene: Scene
) -> None:
    one = hire()
    await scene(client, one)
    network.after("/contents", lambda: asyncio.to_thread(one.write, A, "l"))
    assert lists(await one.sync(A)) == {"conflicts": [A]}
    assert one.text(A) == "l"


async def test_what_never_rests_is_given_up(client: Client, hire: Hire, network: Network) -> None:
    one = hire(sync_strategy=S)
    await changed_there(client, one)

    async def edit() -> None:
        one.write(A, f"l{len(network.requests)}")
        network.after("/contents", edit)

    network.after("/contents", edit)
    result = await one.sync(A)
    assert lists(result) == {"failed": [A]}
    assert "changes faster" in result.errors[A]


async def test_what_the_server_refuses_to_keep_is_not_overwritten(client: Client, hire: Hire) -> None:
    one = hire(sync_strategy=S)
    await client.upload(A, "s")
    await client.upload(B, "s")
    one.write(A, "#" * (2 << 20))  # more than this server takes
    result = await one.sync(A, B)
    assert lists(result) == {"synced": [B], "failed": [A]}
    assert "not overwritten" in result.errors[A]
    assert len(one.text(A) or "") == 2 << 20


async def test_trees_and_projects_are_apart(client: Client, hire: Hire) -> None:
    one, other = hire("one"), hire("two", project="other")
    one.write(A, "l")
    other.write(A, "m")
    assert lists(await one.sync(A)) == lists(await other.sync(A)) == {"uploaded": [A]}
    assert await history(client, A) == "L"
    elsewhere = await client.get("/api/components/versions/model/a?include_content=true&project=other")
    assert [version["content"] for version in elsewhere] == ["m"]


async def test_a_sync_says_how_far_it_has_come(client: Client, hire: Hire) -> None:
    said: list[tuple[int, int]] = []
    worker = hire(progress=lambda done, of: said.append((done, of)))
    await client.upload(B, "s")
    worker.write(A, "l")
    await worker.sync(A, B, C)
    assert said == [(1, 3), (2, 3), (3, 3)]
