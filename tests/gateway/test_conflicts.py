"""Conflicts: asked once, shown with both sides, decided once, kept through everything."""

import asyncio
from typing import Any

from schemas.base import new_id
from schemas.hashing import fingerprint
from tests.gateway.conftest import Client

BASE = "/api/components/conflicts"


def hashed(content: str) -> str:
    return fingerprint(content.encode()).hash


async def ask(client: Client, content: str, base: str | None, worker: str = "w1", path: str = "model/a.py") -> Any:
    question = {"id": new_id(), "path": path, "content": content, "base": base}
    (conflict,) = await client.post(BASE, {"worker": worker, "conflicts": [question]})
    return conflict


async def active(client: Client) -> str:
    found = await client.get("/api/components/versions/model/a")
    (hash_,) = [version["hash"] for version in found if version["is_active"]]
    return str(hash_)


async def start(client: Client) -> tuple[str, str]:
    """A component whose active version is not what the worker started from."""
    one, two = [(await client.upload("model/a.py", text))["hash"] for text in "12"]
    return one, two


async def test_what_a_conflict_says(client: Client) -> None:
    one, two = await start(client)
    conflict = await ask(client, "mine", one)
    assert (conflict["path"], conflict["worker"], conflict["state"]) == ("model/a.py", "w1", "pending")
    assert (conflict["local_hash"], conflict["server_hash"], conflict["base_hash"]) == (hashed("mine"), two, one)
    assert conflict["diverged"]
    detail = await client.get(f"{BASE}/{conflict['id']}")
    assert (detail["local_content"], detail["server_content"]) == ("mine", "2")
    assert await client.get(BASE) == [conflict]
    history = await client.get("/api/components/versions/model/a")
    assert [(version["hash"], version["is_active"]) for version in history][:2] == [
        (hashed("mine"), False),
        (two, True),
    ]


async def test_an_edit_alone_has_not_diverged(client: Client) -> None:
    _, two = await start(client)
    assert not (await ask(client, "mine", two))["diverged"]


async def test_asked_again_it_is_the_same(client: Client) -> None:
    one, _ = await start(client)
    conflict = await ask(client, "mine", one)
    assert await ask(client, "mine", one) == conflict
    skipped = await client.post(f"{BASE}/{conflict['id']}", {"decision": "skip"})
    assert await ask(client, "mine", one) == skipped
    assert await client.get(BASE) == []


async def test_what_was_taken_back_after_a_decision_is_asked_anew(client: Client) -> None:
    one, _ = await start(client)
    conflict = await ask(client, "mine", one)
    await client.post(f"{BASE}/{conflict['id']}", {"decision": "download"})
    again = await ask(client, "mine", one)
    assert (again["state"], again["id"] != conflict["id"]) == ("pending", True)


async def test_the_same_worker_has_gone_on(client: Client) -> None:
    one, _ = await start(client)
    first, second = [await ask(client, text, one) for text in ("mine", "mine too")]
    other = await ask(client, "theirs", one, worker="w2")
    assert [conflict["id"] for conflict in await client.get(BASE)] == [other["id"], second["id"]]
    states = {conflict["id"]: conflict["state"] for conflict in await client.get(f"{BASE}?state=all")}
    assert states == {first["id"]: "superseded", second["id"]: "pending", other["id"]: "pending"}
    assert [conflict["id"] for conflict in await client.get(f"{BASE}?worker=w2")] == [other["id"]]
    status, error = await client.call("POST", f"{BASE}/{first['id']}", {"decision": "upload"})
    assert (status, "superseded" in error["message"]) == (409, True)


async def test_decided_for_the_worker(client: Client) -> None:
    one, two = await start(client)
    conflict = await ask(client, "mine", one)
    decided = await client.post(f"{BASE}/{conflict['id']}", {"decision": "upload"})
    assert (decided["state"], decided["decided_by"] is not None, decided["server_hash"]) == ("upload", True, two)
    assert await active(client) == hashed("mine")
    assert len(await client.get("/api/components/versions/model/a")) == 3


async def test_decided_for_the_active_version(client: Client) -> None:
    one, two = await start(client)
    conflict = await ask(client, "mine", one)
    decided = await client.post(f"{BASE}/{conflict['id']}", {"decision": "download"})
    assert (decided["state"], await active(client)) == ("download", two)
    assert await client.get(f"{BASE}?state=all") == [decided]


async def test_two_people_decide_at_once(client: Client) -> None:
    one, _ = await start(client)
    conflict = await ask(client, "mine", one)
    answers = await asyncio.gather(
        *[client.call("POST", f"{BASE}/{conflict['id']}", {"decision": one}) for one in ("upload", "download", "skip")]
    )
    (winner,) = [data for status, data in answers if status == 200]
    assert sorted(status for status, _ in answers) == [200, 409, 409]
    assert all(f"decided already: {winner['state']}" in data["message"] for status, data in answers if status == 409)
    assert (await active(client) == hashed("mine")) == (winner["state"] == "upload")


async def test_the_active_version_moves_before_the_decision(client: Client) -> None:
    one, two = await start(client)
    conflict = await ask(client, "mine", one)
    three = (await client.upload("model/a.py", "3"))["hash"]
    body = {"decision": "upload", "server_hash": two}
    status, error = await client.call("POST", f"{BASE}/{conflict['id']}", body)
    assert (status, three in error["message"], await active(client)) == (409, True, three)
    (shown,) = await client.get(BASE)
    assert (shown["state"], shown["server_hash"]) == ("pending", three)
    await client.post(f"{BASE}/{conflict['id']}", {"decision": "upload", "server_hash": three})
    assert await active(client) == hashed("mine")


async def test_a_conflict_that_time_has_settled(client: Client) -> None:
    one, _ = await start(client)
    conflict = await ask(client, "mine", one)
    await client.upload("model/a.py", "mine")
    assert await client.get(BASE) == []
    assert (await client.get(f"{BASE}/{conflict['id']}"))["state"] == "upload"


async def test_pages(client: Client) -> None:
    one, _ = await start(client)
    ids = [(await ask(client, "mine", one, worker=f"w{number}"))["id"] for number in range(5)]
    seen: list[str] = []
    before = ""
    while page := await client.get(f"{BASE}?limit=2{before}"):
        seen += [conflict["id"] for conflict in page]
        time = page[-1]["created_at"].replace("+", "%2B")
        before = f"&before={time}&before_id={page[-1]['id']}"
    assert seen == ids[::-1]


async def test_there_is_no_such_conflict(client: Client) -> None:
    status, _ = await client.call("POST", f"{BASE}/{new_id()}", {"decision": "skip"})
    assert status == 404
    one, _ = await start(client)
    conflict = await ask(client, "mine", one)
    assert (await client.call("GET", f"{BASE}/{conflict['id']}?project=other"))[0] == 404


async def test_it_is_pushed_to_those_who_watch(client: Client) -> None:
    one, _ = await start(client)
    async with client.raw.ws_connect("/ws/sync?type=conflict.opened", headers={"X-API-Key": "key-of-the-tests"}) as ws:
        await ask(client, "mine", one)
        while (event := await ws.receive_json(timeout=20))["type"] != "conflict.opened":
            pass
    assert (event["data"]["worker"], event["data"]["hash"]) == ("w1", hashed("mine"))
