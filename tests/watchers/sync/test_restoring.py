"""Manifests: what an experiment used is kept, and comes back."""

from pathlib import Path

import pytest

from schemas.errors import Away, NotFound, Rejected
from tests.build import hash_of
from tests.gateway.conftest import Client
from tests.watchers.sync.conftest import A, B, Hire, Network, Worker, config, history, lists


async def ran(one: Worker, uid: str = "e1") -> None:
    """An experiment, with what lies in the tree."""
    result = await one.sync(A, B)
    await one.manager.save_experiment_manifest(uid, result["component_hashes"])


@pytest.fixture
async def one(client: Client, hire: Hire) -> Worker:
    worker = hire()
    for path in (A, B):
        worker.write(path, "a")
    await ran(worker)
    return worker


async def test_it_comes_back(client: Client, one: Worker, hire: Hire) -> None:
    await client.upload(A, "s")
    assert lists(await one.sync(A, B)) == {"synced": [A], "skipped": [B]}
    result = await one.manager.restore_from_manifest("e1")
    assert lists(result) == {"synced": [A], "skipped": [B]}
    assert (one.text(A), await history(client, A)) == ("a", "aS")
    two = hire("two")
    assert lists(await two.manager.restore_from_manifest("e1")) == {"synced": [A, B]}
    assert (two.text(A), two.text(B)) == ("a", "a")


async def test_afterwards_the_worker_is_merely_behind(client: Client, one: Worker, hire: Hire) -> None:
    await client.upload(A, "s")
    two = hire("two")
    for worker in (one, two):
        await worker.manager.restore_from_manifest("e1")
        assert lists(await worker.sync(A, B, strategy="dry_run"))["conflicts"] == [A]
        assert lists(await worker.sync(A, B)) == {"synced": [A], "skipped": [B]}
        assert worker.text(A) == "s"


async def test_what_it_overwrites_is_kept_first(client: Client, one: Worker, network: Network) -> None:
    one.write(A, "l")
    assert lists(await one.manager.restore_from_manifest("e1")) == {"synced": [A], "skipped": [B]}
    assert await history(client, A) == "Al"
    network.down.add("/uploads")
    one.write(A, "m")
    with pytest.raises(Away):
        await one.manager.restore_from_manifest("e1")
    assert one.text(A) == "m"


async def test_what_a_person_left_open_can_be_used_and_restored(client: Client, one: Worker) -> None:
    """A local state that nobody has uploaded is kept on the server for the experiment's sake."""
    one.write(A, "l")
    result = await one.sync(A, B, strategy="dry_run")
    saved = await one.manager.save_experiment_manifest("e2", result.component_hashes)
    assert saved
    assert saved.component_count == 2
    assert await history(client, A) == "Al"
    assert (await one.sync(A)).conflicts[0].local_hash == hash_of("l")
    one.write(A, "m")
    await one.manager.restore_from_manifest("e2")
    assert one.text(A) == "l"


async def test_what_a_person_was_just_asked_about_can_be_used(client: Client, hire: Hire) -> None:
    two = hire("two")
    paths = [f"model/m{number}.py" for number in range(8)]
    for path in paths:
        await client.upload(path, "s")
        two.write(path, "l")
    for path in paths:
        result = await two.sync(path)
        assert lists(result) == {"conflicts": [path]}
        assert await two.manager.save_experiment_manifest("e1", result.component_hashes)


async def test_what_was_kept_for_an_experiment_is_not_taken_for_an_old_version(client: Client, hire: Hire) -> None:
    two = hire("two")
    await client.upload(A, "s")
    two.write(A, "l")
    await two.manager.save_experiment_manifest("e3", {A: hash_of("l")})
    assert lists(await two.sync(A)) == {"conflicts": [A]}
    assert two.text(A) == "l"


async def test_to_save_is_one_request(one: Worker, network: Network) -> None:
    await one.manager.save_experiment_manifest("e2", {A: hash_of("a")})
    assert network.requests == ["/manifest"]


@pytest.mark.parametrize("hashes", [{A: hash_of("nobody's")}, {"../a.py": hash_of("a")}, {A: "no hash"}, {}])
async def test_what_cannot_be_kept_is_refused(one: Worker, hashes: dict[str, str]) -> None:
    with pytest.raises(Rejected):
        await one.manager.save_experiment_manifest("e2", hashes)


@pytest.mark.parametrize("uid", ["never", "a/b", "ü?&#"])
async def test_an_experiment_that_nobody_knows(one: Worker, uid: str) -> None:
    with pytest.raises(NotFound):
        await one.manager.restore_from_manifest(uid)


async def test_a_restored_place_that_holds_a_link_fails_alone(one: Worker, hire: Hire, tmp_path: Path) -> None:
    two = hire("two")
    two.write(B, "b")
    two.file(A).symlink_to(tmp_path / "outside")
    result = await two.manager.restore_from_manifest("e1")
    assert lists(result) == {"synced": [B], "failed": [A]}
    assert "a link" in result.errors[A]
    assert not (tmp_path / "outside").exists()


async def test_without_a_server_nothing_is_restored(one: Worker, network: Network) -> None:
    network.down.add("")
    with pytest.raises(Away):
        await one.manager.restore_from_manifest("e1")


async def test_a_config_on_disk(client: Client, hire: Hire, tmp_path: Path) -> None:
    await client.upload(A, "s")
    file = tmp_path / "config.yaml"
    file.write_text("model: a(depth=18)\n")
    two = hire("two")
    for given in (file, str(file), config(A)):
        assert (await two.manager.sync_with_strategy(given)).component_hashes == {A: hash_of("s")}
    with pytest.raises(NotFound):
        await two.manager.sync_with_strategy(tmp_path / "none.yaml")
    with pytest.raises(Rejected):
        await two.manager.sync_with_strategy({"model": "../../etc/passwd"})
