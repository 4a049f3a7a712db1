"""Manifests: what an experiment used, kept for ever, and everything that follows from it."""

from typing import Any

import pytest

from tests.gateway.conftest import Client

BASE = "/api/components/manifest"


@pytest.fixture
async def hashes(client: Client) -> dict[str, str]:
    """Two versions of two components: `a1`, `a2`, `b1`, `b2`; the second ones are active."""
    return {
        f"{name}{text}": (await client.upload(f"model/{name}.py", f"{name}{text}"))["hash"]
        for text in "12"
        for name in "ab"
    }


def named(hashes: dict[str, str], *versions: str) -> dict[str, str]:
    return {f"model/{version[0]}.py": hashes[version] for version in versions}


async def test_saved_and_shown(client: Client, hashes: dict[str, str]) -> None:
    used = named(hashes, "a1", "b2")
    saved = await client.post(f"{BASE}/exp-1", used)
    assert saved == {"experiment_uid": "exp-1", "component_count": 2, "revision": 1, "is_new": True}
    shown = await client.get(f"{BASE}/exp-1")
    assert (shown["experiment_uid"], shown["components"]) == ("exp-1", used)
    assert (shown["revision"], shown["revisions"]) == (1, 1)
    assert shown["created_at"].endswith("+00:00")


async def test_the_same_again_and_another(client: Client, hashes: dict[str, str]) -> None:
    one, two = named(hashes, "a1"), named(hashes, "a2", "b2")
    saved = [await client.post(f"{BASE}/e", used) for used in (one, one, two, one)]
    assert [(one["revision"], one["is_new"]) for one in saved] == [(1, True), (1, False), (2, True), (3, True)]
    shown = [(await client.get(f"{BASE}/e?revision={number}"))["components"] for number in (1, 2, 3)]
    assert shown == [one, two, one]
    assert (await client.get(f"{BASE}/e"))["revision"] == 3
    assert (await client.call("GET", f"{BASE}/e?revision=4"))[0] == 404


async def test_a_version_that_nobody_has(client: Client, hashes: dict[str, str]) -> None:
    for used in ({"model/a.py": "0" * 16}, {"model/a.py": hashes["b1"]}, {"model/c.py": hashes["a1"]}):
        status, error = await client.call("POST", f"{BASE}/e", used)
        assert (status, "no such version: model/" in error["message"]) == (422, True)
    assert (await client.call("GET", f"{BASE}/e"))[0] == 404


@pytest.mark.parametrize("uid", ["..", "a%2Fb", "a%00b", "nul", "x" * 256, "a%5Cb"])
async def test_no_such_uid(client: Client, hashes: dict[str, str], uid: str) -> None:
    status, _ = await client.call("POST", f"{BASE}/{uid}", named(hashes, "a1"))
    assert status in {404, 405, 422}


@pytest.mark.parametrize("body", [{}, [], {"model/a.py": None}, {"model/a.py": "xyz"}, {"core/a.py": "0" * 16}])
async def test_no_manifest(client: Client, body: Any) -> None:
    assert (await client.call("POST", f"{BASE}/e", body))[0] == 422


async def test_names_that_people_give(client: Client, hashes: dict[str, str]) -> None:
    for uid in ("2026-01-02 03.04", "실험-1", "a+b=c", "%2541"):
        await client.post(f"{BASE}/{uid}", named(hashes, "a1"))
    listed = [one["experiment_uid"] for one in await client.get(f"{BASE}s")]
    assert listed == sorted(["2026-01-02 03.04", "실험-1", "a+b=c", "%41"])


async def test_the_list(client: Client, hashes: dict[str, str]) -> None:
    for uid in ("e3", "e1", "e2"):
        await client.post(f"{BASE}/{uid}", named(hashes, "a1", "b1"))
    await client.post(f"{BASE}/e1", named(hashes, "a1"))
    listed = await client.get(f"{BASE}s")
    assert [(e["experiment_uid"], e["component_count"], e["revisions"]) for e in listed] == [
        ("e1", 1, 2),
        ("e2", 2, 1),
        ("e3", 2, 1),
    ]
    assert [e["experiment_uid"] for e in await client.get(f"{BASE}s?limit=1&after=e1")] == ["e2"]


async def test_who_used_a_version(client: Client, hashes: dict[str, str]) -> None:
    await client.post(f"{BASE}/e1", named(hashes, "a1", "b1"))
    await client.post(f"{BASE}/e2", named(hashes, "a1"))
    await client.post(f"{BASE}/e2", named(hashes, "a2"))
    users = await client.get(f"/api/components/versions/hash/{hashes['a1']}/experiments")
    assert [(user["experiment_uid"], user["revision"]) for user in users] == [("e1", 1), ("e2", 1)]
    url = f"/api/components/versions/hash/{hashes['a1']}/experiments"
    assert len(await client.get(f"{url}?limit=1&after=e1")) == 1
    assert await client.get(f"{url}?path=model/b.py") == []


async def test_what_has_changed_since(client: Client, hashes: dict[str, str]) -> None:
    await client.post(f"{BASE}/e", named(hashes, "a1", "b2"))
    assert await client.get(f"{BASE}/e/since") == [
        {"path": "model/a.py", "hash": hashes["a1"], "active_hash": hashes["a2"], "changed": True},
        {"path": "model/b.py", "hash": hashes["b2"], "active_hash": hashes["b2"], "changed": False},
    ]


async def test_how_two_experiments_differ(client: Client, hashes: dict[str, str]) -> None:
    await client.post(f"{BASE}/good", named(hashes, "a1", "b1"))
    await client.post(f"{BASE}/bad", named(hashes, "a2"))
    assert await client.get(f"{BASE}/good/diff/bad") == [
        {"path": "model/a.py", "from_hash": hashes["a1"], "to_hash": hashes["a2"]},
        {"path": "model/b.py", "from_hash": hashes["b1"], "to_hash": None},
    ]
    assert await client.get(f"{BASE}/good/diff/good") == []
    assert (await client.call("GET", f"{BASE}/good/diff/none"))[0] == 404
