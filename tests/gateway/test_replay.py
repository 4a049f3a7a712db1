"""What happened, told, played again and proved, over HTTP."""

from typing import Any

import orjson
import pytest

from streams.store import Store
from tests.build import until
from tests.gateway.conftest import KEY, Client

SUBJECT = "components/model/a.py"


async def archived(store: Store, count: int) -> bool:
    return bool(await store.db.fetchval("select count(*) >= $1 from events where kind = 'head.moved'", count))


async def test_the_story_of_a_file(client: Client, store: Store) -> None:
    first = await client.upload("model/a.py", "x = 1\n")
    await client.upload("model/a.py", "x = 2\n")
    await client.upload("model/b.py", "y = 1\n")
    await client.post("/api/components/versions/activate", {"path": "model/a.py", "hash": first["hash"]})
    await until(lambda: archived(store, 4))
    story = await client.get("/api/replay/story", params={"subject": SUBJECT})
    assert [(one["did"], one["outcome"], one["version"], one["active"]) for one in story] == [
        ("wrote", "accepted", 1, True),
        ("wrote", "accepted", 2, True),
        ("activated", "accepted", 1, True),
    ]
    assert story[2]["policy"] == "activated"
    assert story[2]["over"] == story[1]["hash"]
    before = await client.get("/api/replay/story", params={"subject": SUBJECT, "until": story[0]["time"]})
    assert before == story[:1]


async def test_nothing_happened(client: Client) -> None:
    assert await client.get("/api/replay/story", params={"subject": "components/model/none.py"}) == []
    status, _ = await client.call("GET", "/api/replay/story", params={"subject": "components/*"})
    assert status == 422


async def played(client: Client, **query: str) -> list[dict[str, Any]]:
    async with client.raw.ws_connect("/ws/replay", params=query, headers=KEY) as ws:
        return [orjson.loads(message.data) async for message in ws]


async def test_history_is_played_and_ends(client: Client, store: Store) -> None:
    for n in range(3):
        await client.upload("model/a.py", f"x = {n}\n")
    await until(lambda: archived(store, 3))
    events = await played(client, speed="0")
    numbers = [int(event["sequence"]) for event in events]
    assert numbers == list(range(1, 16))
    assert "content" not in events[0]["data"]
    again = await played(client, speed="100000", after=events[4]["id"], type="version.created")
    assert [event["data"]["number"] for event in again] == [2, 3]
    assert await played(client, speed="0", until="2020-01-01T00:00Z") == []


@pytest.mark.parametrize("query", [{"speed": "fast"}, {"speed": "-1"}, {"until": "soon"}, {"speed": "nan"}])
async def test_what_cannot_be_played(client: Client, query: dict[str, str]) -> None:
    async with client.raw.get("/ws/replay", params=query, headers=KEY) as response:
        assert response.status == 422


async def test_only_for_those_who_may(client: Client) -> None:
    async with client.raw.get("/ws/replay") as response:
        assert response.status == 401


@pytest.mark.slow
async def test_a_replay_and_an_audit_that_were_asked_for(client: Client, store: Store) -> None:
    await client.upload("model/a.py", "x = 1\n")
    await until(lambda: archived(store, 1))
    for kind in ("replay", "audit"):
        status, begun = await client.call("POST", f"/api/{kind}", {})
        assert (status, begun["state"]) == (202, "running")
        busy, _ = await client.call("POST", "/api/replay", {})
        assert busy == 409

        async def ended(id_: str = begun["id"]) -> Any:
            found = await client.get(f"/api/replay/{id_}")
            return found if found["state"] != "running" else None

        proof = await until(ended, 60)
        assert proof["state"] == "holds", proof
    await store.db.execute("update versions set actor = 'nobody'")
    _, begun = await client.call("POST", "/api/replay", {"group": "persist"})
    proof = await until(lambda: ended(begun["id"]), 60)
    assert proof["state"] == "broken"
    assert proof["report"]["differences"][0]["subject"] == SUBJECT
    assert [one["kind"] for one in await client.get("/api/replay")] == ["replay", "audit", "replay"]
    assert (await client.call("GET", f"/api/replay/{'0' * 36}"))[0] == 404
