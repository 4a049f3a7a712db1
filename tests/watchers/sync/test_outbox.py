"""The server is away: what is here is used, and what the server should have is sent when it is back."""

import pytest

from schemas.errors import Denied
from schemas.sides import SyncStrategy
from tests.build import hash_of
from tests.gateway.conftest import Client
from tests.watchers.sync.conftest import A, B, C, Hire, Network, Worker, config, history, lists

L = SyncStrategy.LOCAL_PRIORITY
MANIFEST = "/api/components/manifest/e1"


@pytest.fixture
async def one(client: Client, hire: Hire) -> Worker:
    """A worker that is in sync."""
    worker = hire(sync_strategy=L)
    for path in (A, B):
        worker.write(path, "a")
    assert lists(await worker.sync(A, B)) == {"uploaded": [A, B]}
    return worker


async def test_what_is_here_is_used(one: Worker, network: Network) -> None:
    network.down.add("")
    one.write(C, "l")
    result = await one.sync(A, C, "loss/nowhere.py")
    assert (result.offline, result["offline"]) == (True, True)
    assert lists(result) == {"skipped": [A, C], "failed": ["loss/nowhere.py"]}
    assert result.component_hashes == {A: hash_of("a"), C: hash_of("l")}
    assert "the network is down" in result.message
    assert "1 more" in result.message
    assert network.requests == ["/compare"] * 3  # it was tried again


@pytest.mark.parametrize("strategy", ["interactive", "server_authoritative", "dry_run"])
async def test_others_send_nothing_later(client: Client, one: Worker, network: Network, strategy: str) -> None:
    one.write(A, "l")
    network.down.add("")
    assert (await one.sync(A, strategy=strategy)).offline
    network.down.clear()
    network.requests.clear()
    await one.sync(B, strategy=strategy)
    assert network.requests == ["/compare"]
    assert await history(client, A) == "A"


async def test_changes_are_sent_later_in_order_and_once(client: Client, one: Worker, network: Network) -> None:
    network.down.add("")
    for text in ("l", "l", "m"):
        one.write(A, text)
        one.write(B, text)
        assert (await one.sync(A, B)).offline
    network.down.clear()
    result = await one.sync(A)
    assert lists(result) == {"uploaded": [B, A]}
    assert [await history(client, path) for path in (A, B)] == ["alM", "alM"]
    assert lists(await one.sync(A, B)) == {"skipped": [A, B]}


async def test_what_got_through_though_the_answer_did_not_counts_once(
    client: Client, one: Worker, network: Network
) -> None:
    one.write(A, "l")

    async def cut() -> None:
        network.down.add("")
        raise ConnectionResetError

    network.after("/uploads", cut)
    with pytest.raises(ConnectionResetError):
        await one.sync(A)
    assert (await one.sync(A)).offline
    network.down.clear()
    result = await one.sync(A)
    assert lists(result) == {"uploaded": [A]}
    assert await history(client, A) == "aL"


async def test_later_work_of_somebody_else_is_not_overwritten(client: Client, one: Worker, network: Network) -> None:
    network.down.add("")
    one.write(A, "l")
    await one.sync(A)
    network.down.clear()
    await client.upload(A, "s")
    assert lists(await one.sync(A, strategy="interactive")) == {"conflicts": [A]}
    assert await history(client, A) == "aSl"
    assert one.text(A) == "l"


async def test_at_first_contact_neither_side_is_lost(client: Client, hire: Hire, network: Network) -> None:
    two = hire("two", sync_strategy=L)
    two.write(A, "l")
    network.down.add("")
    await two.sync(A)
    network.down.clear()
    await client.upload(A, "s")
    result = await two.sync(A, strategy="interactive")
    assert lists(result) == {"conflicts": [A]}  # though the server has had it by now
    assert two.text(A) == "l"
    assert lists(await two.sync(A)) == {"uploaded": [A], "overridden": [A]}
    assert (await history(client, A)).startswith("sl")


async def test_what_was_kept_there_and_not_replaced_here_is_still_ours(
    client: Client, hire: Hire, network: Network
) -> None:
    two = hire("two")
    await client.upload(A, "s")
    two.write(A, "l")
    network.down.add("/contents")
    assert (await two.sync(A, strategy="server_authoritative")).offline
    network.down.clear()
    assert lists(await two.sync(A)) == {"conflicts": [A]}
    assert (two.text(A), await history(client, A)) == ("l", "Sl")


async def test_the_server_goes_in_the_middle(client: Client, one: Worker, network: Network) -> None:
    await client.upload(C, "s")
    one.write(A, "l")
    network.down.add("/contents")
    result = await one.sync(A, B, C)
    assert result.offline
    assert lists(result) == {"skipped": [B], "uploaded": [A], "failed": [C]}
    network.down = {"/uploads"}
    one.write(A, "m")
    result = await one.sync(A, B)
    assert result.offline
    assert lists(result) == {"skipped": [B, A]}
    network.down.clear()
    assert lists(await one.sync(A, B, C)) == {"uploaded": [A], "skipped": [B], "synced": [C]}
    assert await history(client, A) == "alM"


async def test_a_refused_one_is_dropped(client: Client, one: Worker, network: Network) -> None:
    network.down.add("")
    one.write(A, "#" * (2 << 20))  # more than this server takes
    one.write(B, "l")
    await one.sync(A, B)
    one.write(A, "m")
    await one.sync(A, B)
    network.down.clear()
    result = await one.sync(A, B)
    assert sorted(result.uploaded) == [A, B]
    assert [(await history(client, path)).replace("mM", "M") for path in (A, B)] == ["aM", "aL"]
    network.requests.clear()
    assert lists(await one.sync(A)) == {"skipped": [A]}
    assert network.requests == ["/compare"]


async def test_manifests_are_sent_later_with_what_they_name(client: Client, one: Worker, network: Network) -> None:
    network.down.add("")
    one.write(A, "l")
    hashes = (await one.sync(A, B, strategy="interactive")).component_hashes
    assert await one.manager.save_experiment_manifest("e1", hashes) is None
    network.down.clear()
    assert lists(await one.sync(B, strategy="interactive")) == {"skipped": [B]}
    assert (await client.get(MANIFEST))["components"] == {A: hash_of("l"), B: hash_of("a")}
    assert await history(client, A) == "Al"
    assert lists(await one.sync(A, strategy="interactive")) == {"conflicts": [A]}


async def test_a_manifest_that_is_refused_later_is_dropped(client: Client, one: Worker, network: Network) -> None:
    network.down.add("")
    await one.manager.save_experiment_manifest("e1", {A: hash_of("nobody's")})
    network.down.clear()
    assert lists(await one.sync(A)) == {"skipped": [A]}
    network.requests.clear()
    await one.sync(A)
    assert network.requests == ["/compare"]


async def test_a_dry_run_sends_nothing_of_it(client: Client, one: Worker, network: Network) -> None:
    one.write(A, "l")
    network.down.add("")
    await one.sync(A)
    network.down.clear()
    await one.sync(A, strategy="dry_run")
    assert await history(client, A) == "A"


async def test_a_wrong_key_is_no_absence(client: Client, one: Worker, url: str) -> None:
    stranger = type(one.manager)(url, one.tree, "wrong")
    with pytest.raises(Denied):
        await stranger.sync_with_strategy(config(A))
