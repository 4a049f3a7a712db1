"""Replays into the log: what they would be, what comes of them, and that they end."""

from typing import Any

import orjson
import pytest

from gateway import reinjections
from gateway.services import SERVICES
from schemas.base import new_id
from schemas.reinjection import REPLAYABLE
from streams.store import Store
from tests.build import event_id, hash_of, until
from tests.gateway.access import member
from tests.gateway.conftest import Client

BASE = "/api/v1/reinjections"
FIRST, SECOND = "x = 1\n", "x = 2\n"


async def archived(store: Store, count: int) -> list[dict[str, Any]]:
    """What was asked for, once there is so much of it and all of it is carried through."""

    async def found() -> list[dict[str, Any]]:
        rows = await store.db.fetch("select event from events order by seq")
        events = [orjson.loads(row["event"]) for row in rows]
        asked = [one for one in events if one["type"] in REPLAYABLE]
        moved = [one for one in events if one["type"] in {"head.moved", "change.unchanged"}]
        return asked if len(asked) == len(moved) == count else []

    return await until(found)


async def ended(client: Client, id_: str) -> dict[str, Any]:
    """A replay, once it does not run."""

    async def found() -> dict[str, Any]:
        one: dict[str, Any] = await client.get(f"{BASE}/{id_}")
        return one if one["state"] != "running" else {}

    return await until(found)


async def begun(client: Client, **order: Any) -> dict[str, Any]:
    status, one = await client.call("POST", BASE, {"rate": 1000} | order)
    assert (status, one["state"]) == (202, "running"), one
    return dict(one)


async def active(client: Client, name: str = "a") -> str:
    found = await client.get("/api/components/versions")
    return str(next(one["active_hash"] for one in found if one["name"] == name))


async def two_versions(client: Client, store: Store) -> list[dict[str, Any]]:
    await client.upload("model/a.py", FIRST)
    await client.upload("model/a.py", SECOND)
    return await archived(store, 2)


async def test_what_a_replay_would_be_is_said_first(client: Client, store: Store) -> None:
    first, second = await two_versions(client, store)
    await client.upload("model/b.py", FIRST)
    await archived(store, 3)
    plan = await client.post(f"{BASE}/preview", {"subject": "components/model/a*"})
    assert (plan["count"], plan["documents"], plan["topics"]) == (2, 1, {"changes": 2})
    assert (plan["first"]["id"], plan["last"]["id"]) == (first["id"], second["id"])
    assert plan["passed_over"]["version.created"] == 2
    assert (await client.post(f"{BASE}/preview", {}))["documents"] == 2
    assert (await client.post(f"{BASE}/preview", {"since": first["time"], "until": second["time"]}))["count"] == 1
    assert (await client.post(f"{BASE}/preview", {"ids": [first["id"]]}))["last"]["id"] == first["id"]
    assert await archived(store, 3), "nothing was published"


async def test_what_was_asked_for_is_asked_for_again(client: Client, store: Store) -> None:
    first, _ = await two_versions(client, store)
    one = await ended(client, (await begun(client, ids=[first["id"]]))["id"])
    assert (one["state"], one["published"], one["asked_by"]) == ("done", 1, "admin")
    assert one["outcomes"] == {"version.created": 1}
    *_, again = await archived(store, 3)
    assert (again["causationid"], again["correlationid"], again["actor"]) == (first["id"], again["id"], "admin")
    assert (again["data"]["hash"], again["subject"]) == (first["data"]["hash"], first["subject"])
    assert again["time"] > first["time"]
    assert await active(client) == hash_of(FIRST)


async def test_a_range_in_its_order(client: Client, store: Store) -> None:
    asked = await two_versions(client, store)
    await client.post("/api/components/versions/activate", {"path": "model/a.py", "hash": hash_of(FIRST)})
    asked = await archived(store, 3)
    one = await ended(client, (await begun(client, subject="components/model/a.py"))["id"])
    assert one["plan"]["topics"] == {"changes": 2, "hashed": 1}
    again = (await archived(store, 6))[3:]
    assert [event["causationid"] for event in again] == [event["id"] for event in asked]
    assert await active(client) == hash_of(FIRST)


async def test_the_same_replay_twice_doubles_nothing(client: Client, store: Store) -> None:
    await two_versions(client, store)
    order = {"id": new_id(), "before": 100}
    await ended(client, (await begun(client, **order))["id"])
    events = await archived(store, 4)
    status, known = await client.call("POST", BASE, order)
    assert (status, known["state"]) == (202, "done")
    limited = {
        "before": int((await client.post(f"{BASE}/preview", {"ids": [events[1]["id"]]}))["last"]["sequence"]) + 1
    }
    client.raw.app[SERVICES].reinjections._known.clear()  # as after a restart
    one = await ended(client, (await begun(client, **order | limited))["id"])
    assert (one["state"], one["published"]) == ("done", 2)
    await client.upload("model/c.py", FIRST)
    assert len(await archived(store, 5)) == 5


async def test_one_is_cancelled_and_others_wait(client: Client, store: Store) -> None:
    await two_versions(client, store)
    one = await begun(client, rate=1)
    assert (await client.call("POST", BASE, {}))[0] == 409
    status, cancelled = await client.call("DELETE", f"{BASE}/{one['id']}")
    assert (status, cancelled["state"]) == (200, "cancelled")
    assert cancelled["published"] < 2
    assert (await client.call("DELETE", f"{BASE}/{one['id']}"))[1]["state"] == "cancelled"
    assert [found["id"] for found in await client.get(BASE)] == [one["id"]]
    assert (await begun(client, id=new_id()))["state"] == "running"


async def test_what_cannot_be_replayed(client: Client, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await two_versions(client, store)
    status, error = await client.call("POST", BASE, {"subject": "components/none"})
    assert (status, "nothing" in error["message"]) == (422, True)
    consequence = await store.db.fetchval("select id::text from events where kind = 'change.accepted' limit 1")
    assert (await client.call("POST", BASE, {"ids": [consequence]}))[0] == 422
    monkeypatch.setattr(reinjections, "MOST", 1)
    status, error = await client.call("POST", BASE, {})
    assert (status, "too many" in error["message"]) == (422, True)
    wrong: list[dict[str, Any]] = [
        {"ids": []},
        {"ids": ["x"]},
        {"rate": 0},
        {"rate": 1001},
        {"since": "now"},
        {"more": 1},
    ]
    for broken in wrong:
        assert (await client.call("POST", BASE, broken))[0] == 422
    assert (await client.call("GET", f"{BASE}/{event_id(1)}"))[0] == 404


async def test_it_takes_an_administrator_of_the_project(client: Client, store: Store) -> None:
    first, _ = await two_versions(client, store)
    kim, lee = await member(client, store, "kim", default="user"), await member(client, store, "lee", default="admin")
    for url in (BASE, f"{BASE}/preview"):
        assert (await client.call("POST", url, {}, headers=kim))[0] == 403
    assert await client.get(BASE, headers=kim) == []
    status, one = await client.call("POST", BASE, {"ids": [first["id"]]}, headers=lee)
    assert (status, one["asked_by"]) == (202, "lee")
    other = await member(client, store, "ann", other="admin")
    found = await client.post(f"{BASE}/preview?project=other", {"ids": [first["id"]]}, headers=other)
    assert found["count"] == 0, "it is of another project"
    assert (await client.call("GET", f"{BASE}/{one['id']}?project=other", headers=other))[0] == 404


@pytest.mark.slow
async def test_the_log_still_proves_what_there_is(client: Client, store: Store) -> None:
    await two_versions(client, store)
    await ended(client, (await begun(client))["id"])
    await archived(store, 4)
    _, proof = await client.call("POST", "/api/replay", {})

    async def proved() -> Any:
        found = await client.get(f"/api/replay/{proof['id']}")
        return found if found["state"] != "running" else None

    assert (await until(proved, 60))["state"] == "holds"
