"""Elements of clients' configurations over HTTP: each stands once, in the place of what it was made from."""

from typing import Any
from urllib.parse import quote

import pytest

from schemas.base import new_id
from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Server, encode
from tests.build import hash_of
from tests.gateway.conftest import Client

BASE = "/api/v1/elements"
DOCS = path_of("project", Key("servers", "docs/v1"))
ONE, TWO = (encode(Server(transport="http", url=f"https://{name}.example")).decode() for name in ("one", "two"))


def sent(content: str | None, base: str | None = None, path: str = DOCS) -> dict[str, Any]:
    return {"id": new_id(), "path": path, "content": content, "base": base and hash_of(base)}


async def send(client: Client, *elements: dict[str, Any], of: str = "cursor") -> list[Any]:
    answer: list[Any] = await client.post(BASE, {"client": of, "elements": elements})
    return answer


async def test_an_element_comes_changes_and_goes(client: Client) -> None:
    (made,) = await send(client, sent(ONE))
    assert (made["stands"], made["active_hash"], made["error"]) == (True, hash_of(ONE), None)
    (changed,) = await send(client, sent(TWO, ONE), of="codex")
    assert changed["stands"]
    (now,) = await client.get(BASE)
    assert (now["path"], now["content"], now["last"]) == (DOCS, TWO, None)
    assert now["author"].endswith("/codex")
    (gone,) = await send(client, sent(None, TWO))
    assert (gone["stands"], gone["active_hash"]) == (True, None)
    (now,) = await client.get(BASE)
    assert (now["content"], now["hash"], now["last"]) == (None, None, TWO)
    moves = await client.get(f"{BASE}/history?path={quote(DOCS)}")
    assert [(one["move"], one["version"], one["content"]) for one in moves] == [
        (3, None, None),
        (2, 2, TWO),
        (1, 1, ONE),
    ]
    assert [one["move"] for one in await client.get(f"{BASE}/history?path={quote(DOCS)}&before=3&limit=1")] == [2]


async def test_who_was_first_stays(client: Client) -> None:
    await send(client, sent(ONE))
    (late,) = await send(client, sent(TWO))
    assert (late["stands"], late["active_hash"], late["error"]) == (False, hash_of(ONE), None)
    (late,) = await send(client, sent(None, TWO))
    assert (late["stands"], late["active_hash"]) == (False, hash_of(ONE))
    (same,) = await send(client, sent(ONE, TWO))
    assert same["stands"]


async def test_the_same_change_twice_is_made_once(client: Client) -> None:
    change = sent(ONE)
    for _ in range(2):
        (made,) = await send(client, change)
        assert made["stands"]
    assert len(await client.get(f"{BASE}/history?path={quote(DOCS)}")) == 1


async def test_as_it_stood_then(client: Client) -> None:
    await send(client, sent(ONE))
    (first,) = await client.get(BASE)
    await send(client, sent(TWO, ONE), sent(ONE, path=path_of("project", Key("servers", "more"))))
    then = await client.get(f"{BASE}/then", params={"at": first["changed_at"]})
    assert then["contents"] == {DOCS: ONE}
    assert await client.get(f"{BASE}?scope=user") == []


@pytest.mark.parametrize(
    ("path", "content", "why"),
    [
        ("project/servers/a/b", ONE, "SCOPE/KIND/NAME"),
        ("project/tools/a", ONE, "SCOPE/KIND/NAME"),
        (DOCS, "{}", "transport"),
        (DOCS, ONE.strip(), "one spelling"),
        (
            DOCS,
            encode(Server(transport="http", url="https://x", headers={"A": "ghp_" + "0aB1" * 9})).decode(),
            "GitHub",
        ),
    ],
)
async def test_what_is_no_element_is_refused_and_kept_nowhere(
    client: Client, path: str, content: str, why: str
) -> None:
    (refused,) = await send(client, sent(content, path=path))
    assert not refused["stands"]
    assert why in refused["error"]
    assert await client.get(BASE) == []
    assert await client.get("/api/events") == []


async def test_a_secret_reaches_no_event_by_another_way(client: Client) -> None:
    content = encode(Server(transport="http", url="https://x", headers={"A": "ghp_" + "0aB1" * 9})).decode()
    change: dict[str, Any] = {"id": new_id(), "project": "default", "domain": "clients", "path": DOCS}
    change |= {"hash": hash_of(content), "content": {"text": content}, "seen_at": "2026-11-22T08:00:00Z"}
    answer = await client.post("/api/changes", {"watcher": "w", "changes": [change]})
    assert [one["id"] for one in answer["refused"]] == [change["id"]]
    assert await client.get("/api/events") == []


async def test_nobody_has_it(client: Client) -> None:
    assert (await client.call("GET", f"{BASE}/history?path=project/servers/none"))[0] == 404
    assert (await client.call("GET", f"{BASE}?scope=other"))[0] == 422
