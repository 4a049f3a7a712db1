"""Making one of both sides of a conflict: it stands once, by whom it was, and only where it is sound and was seen."""

import json
from typing import Any

import pytest

from handlers import HANDLERS
from schemas.base import new_id
from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Server, encode
from schemas.settings import Settings
from streams.log import Log
from streams.proof import prove
from streams.store import Store
from tests.build import hash_of, until
from tests.gateway.access import member
from tests.gateway.conftest import Client
from tests.gateway.sites import session, tell
from tests.streams.test_proof import settled

BASE, ELEMENTS = "/api/v1/conflicts", "/api/v1/elements"
DOCS = path_of("project", Key("servers", "docs"))
TOKEN = "ghp_" + "0aB1" * 9


def server(url: str, **more: Any) -> str:
    return encode(Server(transport="http", url=f"https://{url}.example", **more)).decode()


ONE, TWO, MINE = server("1"), server("2", call_timeout=5.0), server("me", start_timeout=7.0)
BOTH = server("2", call_timeout=5.0, start_timeout=7.0)


async def put(client: Client, content: str | None, base: str | None = None) -> None:
    element = {"id": new_id(), "path": DOCS, "content": content, "base": base and hash_of(base)}
    (made,) = await client.post(ELEMENTS, {"client": "codex", "elements": [element]})
    assert made["stands"]


async def start(client: Client, content: str | None = MINE) -> Any:
    """An element that both sides have changed."""
    await put(client, ONE)
    await put(client, TWO, ONE)
    asked = {"id": new_id(), "type": "cursor", "path": DOCS, "content": content, "base": hash_of(ONE), "why": "url"}
    await tell(client, session("cursor"), questions=[asked])
    (conflict,) = await client.get(BASE)
    return conflict


async def merge(client: Client, conflict: Any, content: str, seen: str | None = TWO, **options: Any) -> tuple[int, Any]:
    body = {"content": content, "server_hash": seen and hash_of(seen)}
    return await client.call("POST", f"{BASE}/{conflict['id']}/merge", body, **options)


async def check(client: Client, conflict: Any, content: str) -> Any:
    return await client.post(f"{BASE}/{conflict['id']}/check", {"content": content})


async def active(client: Client) -> Any:
    (found,) = await client.get(ELEMENTS)
    return found


async def test_it_stands_and_is_told_as_whose(client: Client, store: Store) -> None:
    conflict = await start(client)
    kim = await member(client, store, "kim", default="user")
    status, done = await merge(client, conflict, json.dumps(json.loads(BOTH)), headers=kim)
    assert (status, done["state"], done["decided_by"], done["merged_hash"]) == (200, "merge", "kim", hash_of(BOTH))
    found = await active(client)
    assert (found["content"], found["author"]) == (BOTH, "kim")
    detail = await client.get(f"{BASE}/{conflict['id']}")
    assert (detail["server_content"], detail["local_content"], detail["merged_content"]) == (TWO, MINE, BOTH)
    assert await client.get(BASE) == []
    (newest, *_) = await client.get(f"{ELEMENTS}/history", params={"path": DOCS})
    assert (newest["content"], newest["author"], newest["reason"]) == (BOTH, "kim", "decided")


async def test_sent_twice_it_is_one(client: Client) -> None:
    conflict = await start(client)
    first = await merge(client, conflict, BOTH)
    assert await merge(client, conflict, BOTH) == first
    assert len(await client.get(f"{ELEMENTS}/history", params={"path": DOCS})) == 3
    status, error = await merge(client, conflict, MINE)
    assert (status, "decided already: merge, by " in error["message"]) == (409, True)


async def test_somebody_else_was_first(client: Client, store: Store) -> None:
    conflict = await start(client)
    await merge(client, conflict, BOTH)
    kim = await member(client, store, "kim", default="user")
    assert (await merge(client, conflict, BOTH, headers=kim))[0] == 409


@pytest.mark.parametrize("seen", [ONE, None])
async def test_what_was_seen_stands_no_more(client: Client, seen: str | None) -> None:
    conflict = await start(client)
    status, error = await merge(client, conflict, BOTH, seen)
    assert (status, "by now" in error["message"]) == (409, True)
    assert (await active(client))["content"] == TWO
    assert (await client.get(BASE)) == [conflict]


async def test_what_stands_may_stay(client: Client) -> None:
    conflict = await start(client)
    status, done = await merge(client, conflict, TWO)
    assert (status, done["state"], done["merged_hash"]) == (200, "merge", hash_of(TWO))
    assert len(await client.get(f"{ELEMENTS}/history", params={"path": DOCS})) == 2


async def test_where_one_side_has_nothing(client: Client) -> None:
    conflict = await start(client, None)
    assert (await merge(client, conflict, BOTH))[0] == 200
    assert (await active(client))["content"] == BOTH


async def test_what_is_wrong_is_said_and_nothing_written(client: Client, log: Log) -> None:
    conflict = await start(client)
    before = await log.last_seq()
    status, error = await merge(client, conflict, '{\n"transport": "http",\n"url": 3\n}')
    assert (status, error["message"]) == (422, "url (line 3): it must be text")
    assert (await check(client, conflict, '{"transport": "http",'))["flaws"][0]["line"] == 1
    assert (await check(client, conflict, BOTH))["flaws"] == []
    assert await log.last_seq() == before


async def test_a_secret_gets_nowhere(client: Client, store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    conflict = await start(client)
    secret = f'{{"transport": "http", "url": "https://x.example",\n"headers": {{"X": "Bearer {TOKEN}"}}}}'
    status, error = await merge(client, conflict, secret)
    assert (status, error["message"].startswith("headers.X (line 2): it holds a secret")) == (422, True)
    (flaw,) = (await check(client, conflict, secret))["flaws"]
    assert (flaw["field"], flaw["line"]) == ("headers.X", 2)
    assert TOKEN not in json.dumps([error, flaw]) + "".join(capfd.readouterr())
    assert not await store.db.fetchval("select count(*) from blobs where position($1 in content) > 0", TOKEN.encode())
    assert not await store.db.fetchval("select count(*) from events where position($1 in event::text) > 0", TOKEN)


async def test_what_lets_agents_do_more_is_said(client: Client) -> None:
    conflict = await start(client)
    assert await check(client, conflict, TWO) == {"flaws": [], "widens": ""}
    assert (await check(client, conflict, MINE))["widens"] == "another server to call"
    wide = server("2", call_timeout=5.0, approved_tools=("*",))
    assert (await check(client, conflict, wide))["widens"] == "more tools that run unasked"
    assert (await active(client))["content"] == TWO


async def test_who_may(client: Client, store: Store) -> None:
    conflict = await start(client)
    for name, role, status in (("eye", "viewer", 403), ("kim", "user", 200)):
        who = await member(client, store, name, default=role)  # type: ignore[arg-type]  # each is a role
        url = f"{BASE}/{conflict['id']}/check"
        assert (await client.call("POST", url, {"content": BOTH}, headers=who))[0] == status
        assert (await merge(client, conflict, BOTH, headers=who))[0] == status


async def test_hostile_requests(client: Client) -> None:
    conflict = await start(client)
    for content in ("\x00", "\u202e", '{"__proto__": {}}', "{" * 5000, "1e999", '"\\ud800"', "x" * 900_000):
        assert (await merge(client, conflict, content))[0] == 422
        assert (await check(client, conflict, content))["flaws"]
    for body in ({}, {"content": BOTH}, {"content": None, "server_hash": None}, {"content": BOTH, "server_hash": "x"}):
        assert (await client.call("POST", f"{BASE}/{conflict['id']}/merge", body))[0] == 422
    nowhere = {"id": new_id()}
    assert (await merge(client, nowhere, BOTH))[0] == 404
    assert (await client.call("POST", f"{BASE}/{new_id()}/check", {"content": BOTH}))[0] == 404
    assert (await client.call("POST", f"/api/components/conflicts/{conflict['id']}/merge", {"content": BOTH}))[0] == 404


async def test_a_replay_comes_to_the_same(
    client: Client, log: Log, store: Store, postgres_url: str, settings: Settings
) -> None:
    conflict = await start(client)
    await merge(client, conflict, BOTH, ONE)
    await merge(client, conflict, BOTH)
    await until(lambda: settled(log, store))
    report = await prove([one for one in HANDLERS if one.tables], postgres_url, settings, lambda *_: None)
    assert report.differences == []
    assert report.rows
