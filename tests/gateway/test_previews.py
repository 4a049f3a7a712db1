"""The dry run of a sync on the server: what the next one would do, and that nothing is done."""

from typing import Any

import orjson

from schemas.base import new_id
from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Server, encode
from streams.store import Store
from tests.build import hash_of
from tests.gateway.access import member
from tests.gateway.conftest import Client
from tests.gateway.sites import session, site, tell

DOCS, MORE = (path_of("project", Key("servers", name)) for name in ("docs", "more"))
ONE, TWO = (encode(Server(transport="http", url=f"https://{name}.example")).decode() for name in ("one", "two"))
CURSOR, CLAUDE = "/api/v1/clients/cursor@laptop-d7b965ed", "/api/v1/clients/claude@laptop-d7b965ed"


async def put(client: Client, path: str, content: str | None, base: str | None = None) -> None:
    element = {"id": new_id(), "path": path, "content": content, "base": base and hash_of(base)}
    (made,) = await client.post("/api/v1/elements", {"client": "codex", "elements": [element]})
    assert made["stands"], made


def saying(**servers: str) -> dict[str, Any]:
    return {path_of("project", Key("servers", name)): orjson.loads(content) for name, content in servers.items()}


async def test_since_the_last_sync_that_succeeded(client: Client) -> None:
    await put(client, DOCS, ONE)
    await tell(client, session("cursor", status="failed", snapshot=saying(docs=TWO)))
    first = await client.get(f"{CURSOR}/preview")
    assert first == {
        "since": None,
        "changes": [{"path": DOCS, "before": None, "after": ONE}],
        "losses": [],
        "waiting": [],
    }
    await tell(client, session("cursor", snapshot=saying(docs=ONE)))
    await put(client, DOCS, TWO, ONE)
    await put(client, MORE, ONE)
    second = await client.get(f"{CURSOR}/preview")
    assert second["since"].startswith("2026-11-22T10:00:01")
    assert second["changes"] == [
        {"path": DOCS, "before": ONE, "after": TWO},
        {"path": MORE, "before": None, "after": ONE},
    ]
    await put(client, MORE, None, ONE)
    await tell(client, session("cursor", snapshot=saying(docs=TWO)))
    assert (await client.get(f"{CURSOR}/preview"))["changes"] == []
    assert await client.get("/api/v1/sync/sessions?status=pending") == []


async def test_what_waits_stays_as_it_is(client: Client) -> None:
    await put(client, DOCS, ONE)
    await put(client, DOCS, TWO, ONE)
    question = {
        "id": new_id(), "type": "cursor", "path": DOCS, "content": ONE, "base": hash_of(ONE), "why": "both sides",
    }  # fmt: skip
    await tell(client, session("cursor", snapshot=saying(docs=ONE)), questions=[question])
    found = await client.get(f"{CURSOR}/preview")
    assert (found["changes"], found["waiting"]) == ([], [DOCS])


async def test_those_beside_it_lend_what_it_reads(client: Client) -> None:
    await put(client, DOCS, ONE)
    await tell(client, session("claude"), session("qwen"))
    (qwen,) = await client.get("/api/v1/clients?type=qwen")
    assert (await client.get(f"/api/v1/clients/{qwen['name']}/preview"))["changes"] == []
    assert len((await client.get(f"{CLAUDE}/preview"))["changes"]) == 1
    await client.call("PATCH", CLAUDE, {"settings": {"enabled": False}})
    assert len((await client.get(f"/api/v1/clients/{qwen['name']}/preview"))["changes"]) == 1


async def test_nobody_sees_a_project_that_is_closed_to_them(client: Client, store: Store) -> None:
    await tell(client, session("cursor"), at=site())
    theirs = await member(client, store, "kim", lab="admin")
    assert (await client.call("GET", f"{CURSOR}/preview", headers=theirs))[0] == 403
    assert (await client.call("GET", "/api/v1/clients/nobody/preview"))[0] == 404
