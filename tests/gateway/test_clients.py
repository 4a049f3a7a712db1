"""Clients and policies over HTTP: whoever syncs is there; others are added; what is decided about them counts."""

from typing import Any

import pytest

from schemas.base import new_id
from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Server, encode
from streams.store import Store
from tests.build import until
from tests.gateway.access import member
from tests.gateway.conftest import Client
from tests.gateway.sites import brief, event, session, site, tell

BASE, POLICY = "/api/v1/clients", "/api/v1/policies/project"
KEPT = ("/api/v1/elements", "/api/v1/sync/sessions", "/api/v1/logs")
DOCS = path_of("project", Key("servers", "docs"))
CONTENT = encode(Server(transport="http", url="https://docs.example")).decode()
CODEX = {"type": "codex", "config_path": "/work/app"}


async def names(client: Client, **query: str) -> list[str]:
    return [one["name"] for one in await client.get(BASE, params=query)]


async def test_who_syncs_is_there(client: Client) -> None:
    problem, reason = event("a field is unknown", "problem", "warning"), event("not JSON", "failed", "error")
    await tell(client, session("cursor", events=[reason]), session("claude", status="failed", events=[problem, reason]))
    claude, cursor = await client.get(BASE)
    assert (claude["type"], claude["title"], claude["machine"]) == ("claude", "Claude Code", "laptop")
    assert (claude["config_path"], claude["scope"]) == ("/work/app", "project")
    assert (claude["last"]["status"], cursor["last"]["status"]) == ("failed", "success")
    assert (claude["last"]["why"], cursor["last"]["why"]) == ("not JSON", None)
    assert await client.get(f"{BASE}/{cursor['name']}") == cursor
    await tell(client, session("cursor"))
    assert len(await client.get(BASE)) == 2
    await tell(client, session("cursor"), at=site("desktop"))
    assert len(await names(client, type="cursor")) == 2


async def test_one_is_added_and_is_briefed_of(client: Client) -> None:
    added = await client.post(BASE, {**CODEX, "name": "mine"})
    assert (added["name"], added["last"], added["settings"]) == ("mine", None, {"enabled": True, "create": True})
    assert [one["name"] for one in (await brief(client))["clients"]] == ["mine"]
    assert (await brief(client, site(path="/elsewhere")))["clients"] == []
    status, error = await client.call("POST", BASE, {**CODEX, "name": "mine"})
    assert (status, "already" in error["message"]) == (409, True)
    await tell(client, session("codex"))
    assert await names(client) == ["mine"]
    assert (await client.get(f"{BASE}/mine"))["last"]["status"] == "success"


async def test_one_of_another_machine_is_not_meant(client: Client) -> None:
    await client.post(BASE, {**CODEX, "machine": "desktop"})
    assert (await brief(client))["clients"] == []
    assert [one["machine"] for one in (await brief(client, site("desktop")))["clients"]] == ["desktop"]


async def test_what_is_decided_counts_until_it_is_decided_otherwise(client: Client) -> None:
    await client.post(BASE, {**CODEX, "name": "mine"})
    status, changed = await client.call("PATCH", f"{BASE}/mine", {"settings": {"enabled": False}})
    assert (status, changed["settings"]["enabled"]) == (200, False)
    assert [one["settings"]["enabled"] for one in (await brief(client))["clients"]] == [False]
    await client.call("PATCH", f"{BASE}/mine", {"settings": {"enabled": True}})
    assert [one["settings"]["enabled"] for one in (await brief(client))["clients"]] == [True]


async def test_one_is_removed_and_its_history_stays(client: Client) -> None:
    await client.post(BASE, {**CODEX, "name": "mine"})
    await tell(client, session("codex"))
    async with client.raw.delete(f"{BASE}/mine", headers={"X-API-Key": "key-of-the-tests"}) as response:
        assert response.status == 204
    assert await names(client) == []
    assert len(await client.get("/api/v1/sync/sessions")) == 1
    assert (await client.call("GET", f"{BASE}/mine"))[0] == 404
    assert (await client.call("DELETE", f"{BASE}/mine"))[0] == 404


async def test_one_that_is_forgotten_comes_back_when_it_reports(client: Client, store: Store) -> None:
    """What it did and brought was never gone; what was decided about it is."""
    await tell(client, session("cursor"))
    (name,) = await names(client)
    element = {"id": new_id(), "path": DOCS, "content": CONTENT, "base": None}
    await client.post("/api/v1/elements", {"client": name, "elements": [element]})
    await client.call("PATCH", f"{BASE}/{name}", {"settings": {"enabled": False}})
    before = [await client.get(path) for path in KEPT]
    viewer, user = (
        await member(client, store, "lee", default="viewer"),
        await member(client, store, "kim", default="user"),
    )
    assert (await client.call("DELETE", f"{BASE}/{name}", headers=viewer))[0] == 403
    assert await names(client) == [name]
    async with client.raw.delete(f"{BASE}/{name}", headers=user) as response:
        assert response.status == 204
    assert await names(client) == []
    assert [await client.get(path) for path in KEPT] == before

    async def acts() -> list[Any]:
        found: list[Any] = await client.get("/api/v1/audit?actor=kim")
        return found

    (act,) = await until(acts)
    assert act["target"] == f"sync/clients/{name}"
    await tell(client, session("cursor"))
    (back,) = await client.get(BASE)
    assert (back["name"], back["settings"]["enabled"]) == (name, True)
    assert len(await client.get("/api/v1/sync/sessions")) == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({**CODEX, "type": "emacs"}, "there is no client 'emacs'"),
        ({**CODEX, "name": "../x"}, "not understood"),
        ({**CODEX, "config_path": "a\x00b"}, "not understood"),
        ({**CODEX, "config_path": "/home/me/sk-ant-0123456789abcdefghij"}, "secret"),
        ({**CODEX, "settings": {"enabled": "perhaps"}}, "not understood"),
        ({}, "not understood"),
    ],
)
async def test_what_is_no_client_is_refused(client: Client, body: dict[str, Any], why: str) -> None:
    status, error = await client.call("POST", BASE, body)
    assert (status, why in error["message"]) == (422, True)
    assert await names(client) == []


async def test_the_policy_of_a_scope(client: Client) -> None:
    usual = {"strategy": "last-write-wins", "priorities": {}, "kinds": {}}
    assert await client.get(POLICY) == usual
    chosen = {
        "strategy": "manual-review",
        "priorities": {"codex": 10},
        "kinds": {"rules": {"strategy": "central-authoritative", "priorities": {}}},
    }
    status, said = await client.call("PUT", POLICY, chosen)
    assert (status, said) == (200, chosen)
    assert (await brief(client))["policy"] == chosen
    assert await client.get("/api/v1/policies/user") == usual
    status, error = await client.call("PUT", POLICY, {"priorities": {"emacs": 1}})
    assert (status, "emacs" in error["message"]) == (422, True)
    assert (await client.call("GET", "/api/v1/policies/galaxy"))[0] == 404
