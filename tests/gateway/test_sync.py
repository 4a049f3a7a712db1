"""Many components in one request: comparing, fetching, sending; and who wins when several send at once."""

import asyncio
from typing import Any

import pytest

from gateway.routes import sync
from schemas.base import new_id
from schemas.hashing import fingerprint
from tests.gateway.conftest import Client

BASE = "/api/components"


def hashed(content: str) -> str:
    return fingerprint(content.encode()).hash


async def compare(client: Client, **files: Any) -> dict[str, Any]:
    """The standings of `model/NAME.py`, by name."""
    body = {"files": {f"model/{name}.py": held for name, held in files.items()}}
    data = await client.post(f"{BASE}/compare", body)
    return {path[6:-3]: standing for path, standing in data["components"].items()}


async def send(client: Client, *uploads: dict[str, Any]) -> list[dict[str, Any]]:
    body = {"uploads": [{"id": new_id(), "path": "model/a.py", "content": "1", **one} for one in uploads]}
    found: list[dict[str, Any]] = await client.post(f"{BASE}/uploads", body)
    return found


async def history(client: Client, name: str = "model/a") -> list[tuple[str, bool]]:
    found = await client.get(f"{BASE}/versions/{name}")
    return [(version["hash"], version["is_active"]) for version in found]


async def test_standings(client: Client) -> None:
    await client.upload("model/a.py", "1")
    await client.upload("model/a.py", "2")
    await client.upload("model/resnet.py", "3")
    held = {"hash": hashed("1"), "base": None}
    found = await compare(client, a=held, resnet={"hash": hashed("x")}, resnt={}, new={"hash": hashed("y")})
    assert found["a"] == {"active_hash": hashed("2"), "exists": True, "known": True, "nearest": []}
    assert found["resnet"] == {"active_hash": hashed("3"), "exists": True, "known": False, "nearest": []}
    assert found["resnt"] == {"active_hash": None, "exists": False, "known": False, "nearest": ["model/resnet.py"]}
    assert found["new"]["nearest"] == []


async def test_what_was_deleted_exists_and_is_not_active(client: Client) -> None:
    await client.upload("model/a.py", "1")
    change = {
        "id": new_id(),
        "project": "default",
        "domain": "components",
        "path": "model/a.py",
        "base": hashed("1"),
        "seen_at": "2026-01-01T00:00:00Z",
    }
    await client.post("/api/changes", {"watcher": "w", "changes": [change]})
    while (found := await compare(client, a={"hash": hashed("1")}))["a"]["active_hash"] is not None:
        await asyncio.sleep(0.01)
    assert found["a"] == {"active_hash": None, "exists": True, "known": True, "nearest": []}


async def test_contents_by_hash(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["1" * 100, "2" * 100, "3" * 100]
    for number, text in enumerate(texts):
        await client.upload(f"model/m{number}.py", text)
    asked = [hashed(text) for text in texts]
    found = await client.post(f"{BASE}/contents", {"hashes": [*asked, "0" * 16, asked[0]]})
    assert found == {"contents": dict(zip(asked, texts, strict=True)), "missing": ["0" * 16]}
    monkeypatch.setattr(sync, "ANSWER_BYTES", 250)
    assert list((await client.post(f"{BASE}/contents", {"hashes": asked}))["contents"]) == asked[:2]
    monkeypatch.setattr(sync, "ANSWER_BYTES", 50)
    assert list((await client.post(f"{BASE}/contents", {"hashes": asked[1:]}))["contents"]) == [asked[1]]
    elsewhere = await client.post(f"{BASE}/contents?project=other", {"hashes": asked})
    assert (elsewhere["contents"], elsewhere["missing"]) == ({}, asked)


async def test_what_is_sent_in_the_place_of_its_base(client: Client) -> None:
    (first,) = await send(client, {"content": "1", "swap": True})
    assert (first["is_new"], first["is_active"], first["active_hash"]) == (True, True, hashed("1"))
    (second,) = await send(client, {"content": "2", "swap": True, "base": hashed("1")})
    assert second["is_active"]
    (late,) = await send(client, {"content": "3", "swap": True, "base": hashed("1")})
    assert (late["is_new"], late["is_active"], late["active_hash"], late["error"]) == (True, False, hashed("2"), None)
    assert await history(client) == [(hashed("3"), False), (hashed("2"), True), (hashed("1"), False)]
    (revert,) = await send(client, {"content": "1", "swap": True, "base": hashed("2")})
    assert revert["is_active"]


async def test_what_is_sent_to_be_kept_or_regardless(client: Client) -> None:
    await client.upload("model/a.py", "1")
    (kept,) = await send(client, {"content": "2", "activate": False})
    assert (kept["is_new"], kept["is_active"], kept["active_hash"]) == (True, False, hashed("1"))
    (forced,) = await send(client, {"content": "3"})
    assert forced["is_active"]


async def test_sent_twice_counts_once(client: Client) -> None:
    once = {"id": new_id(), "content": "1"}
    await send(client, once)
    await client.upload("model/a.py", "2")
    (again,) = await send(client, once)
    assert (again["is_active"], again["active_hash"], len(await history(client))) == (False, hashed("2"), 2)


async def test_one_that_is_refused_spoils_no_other(client: Client) -> None:
    found = await send(client, {"content": "\0"}, {"path": "model/b.py"}, {"path": "model/c.py", "content": "\ufeff"})
    assert [one["error"] is None for one in found] == [False, True, True]
    assert (found[0]["is_active"], found[0]["active_hash"]) == (False, None)


@pytest.mark.parametrize(
    "path", ["../a.py", "core/a.py", "/model/a.py", "model/_a.py", "base/model.py", "model/a/b.py"]
)
async def test_no_such_place(client: Client, path: str) -> None:
    for where, body in (
        ("compare", {"files": {path: {}}}),
        ("uploads", {"uploads": [{"id": new_id(), "path": path, "content": ""}]}),
        ("conflicts", {"worker": "w", "conflicts": [{"id": new_id(), "path": path, "content": ""}]}),
        ("manifest/one", {path: "0" * 16}),
    ):
        status, _ = await client.call("POST", f"{BASE}/{where}", body)
        assert status == 422


async def test_many_workers_at_once(client: Client) -> None:
    """Every version is kept, one wins each round, and each of the others is told who."""
    head: str | None = None
    for turn in range(5):
        texts = [f"{turn} {worker}" for worker in range(8)]
        sent = await asyncio.gather(*[send(client, {"content": text, "swap": True, "base": head}) for text in texts])
        (winner,) = [one for (one,) in sent if one["is_active"]]
        head = winner["hash"]
        assert {one["active_hash"] for (one,) in sent} <= {head, None} | {hashed(text) for text in texts}
        assert all(one["is_new"] for (one,) in sent)
    found = await history(client)
    assert ([hash_ for hash_, active in found if active], len(found)) == ([head], 40)


async def test_upload_and_activate_in_the_place_of_a_base(client: Client) -> None:
    one, two = [(await client.upload("model/a.py", text))["hash"] for text in "12"]
    late = await client.upload("model/a.py", "3", base=one)
    assert (late["is_active"], late["active_hash"]) == (False, two)
    status, error = await client.call("POST", f"{BASE}/versions/activate", {"hash": late["hash"], "base": one})
    assert (status, two in error["message"]) == (409, True)
    activated = await client.post(f"{BASE}/versions/activate", {"hash": one, "base": two})
    assert activated["is_active"]
