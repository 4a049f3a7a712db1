"""What waits for a person in clients' configurations: asked once, with both sides, decided once, withdrawn."""

from typing import Any

import pytest

from schemas.base import new_id
from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Server, encode
from tests.build import hash_of
from tests.gateway.conftest import Client
from tests.gateway.sites import brief, session, site, tell

BASE, ELEMENTS = "/api/v1/conflicts", "/api/v1/elements"
DOCS = path_of("project", Key("servers", "docs"))
ONE, TWO, MINE = (encode(Server(transport="http", url=f"https://{name}.example")).decode() for name in ("1", "2", "me"))


def question(content: str | None = MINE, base: str | None = ONE, type_: str = "cursor", path: str = DOCS) -> Any:
    base = base and hash_of(base)
    return {"id": new_id(), "type": type_, "path": path, "content": content, "base": base, "why": "both changed url"}


async def put(client: Client, content: str | None, base: str | None = None) -> None:
    element = {"id": new_id(), "path": DOCS, "content": content, "base": base and hash_of(base)}
    (made,) = await client.post(ELEMENTS, {"client": "codex", "elements": [element]})
    assert made["stands"]


async def active(client: Client) -> str | None:
    (found,) = await client.get(ELEMENTS)
    content: str | None = found["content"]
    return content


async def decide(client: Client, conflict: Any, decision: str) -> tuple[int, Any]:
    return await client.call("POST", f"{BASE}/{conflict['id']}", {"decision": decision})


async def start(client: Client) -> Any:
    """An element that both sides have changed."""
    await put(client, ONE)
    await put(client, TWO, ONE)
    taken = await tell(client, session("cursor"), questions=[question()])
    (conflict,) = await client.get(BASE)
    assert [conflict] == taken["conflicts"]
    return conflict


async def test_a_question_with_both_sides(client: Client) -> None:
    conflict = await start(client)
    assert (conflict["path"], conflict["state"], conflict["why"]) == (DOCS, "pending", "both changed url")
    assert conflict["worker"].startswith("cursor@laptop-")
    detail = await client.get(f"{BASE}/{conflict['id']}")
    assert (detail["local_content"], detail["server_content"]) == (MINE, TWO)
    assert (await brief(client))["conflicts"] == [conflict]
    assert (await client.get("/api/v1/sync/status"))["waiting"] == 1
    assert await client.get("/api/components/conflicts") == []
    assert (await client.call("GET", f"/api/components/conflicts/{conflict['id']}"))[0] == 404


async def test_asked_again_it_is_the_same(client: Client) -> None:
    conflict = await start(client)
    await tell(client, questions=[question()])
    assert await client.get(BASE) == [conflict]


@pytest.mark.parametrize(("decision", "stands"), [("upload", MINE), ("download", TWO), ("skip", TWO)])
async def test_a_person_decides(client: Client, decision: str, stands: str) -> None:
    conflict = await start(client)
    status, done = await decide(client, conflict, decision)
    assert (status, done["state"]) == (200, decision)
    assert await active(client) == stands
    assert await client.get(BASE) == []
    assert [one["state"] for one in (await brief(client))["conflicts"]] == [decision]
    assert (await decide(client, conflict, "upload"))[0] == 409


async def test_one_that_would_go(client: Client) -> None:
    await put(client, ONE)
    await put(client, TWO, ONE)
    await tell(client, questions=[question(None)])
    (conflict,) = await client.get(BASE)
    assert (conflict["local_hash"], conflict["server_hash"]) == (None, hash_of(TWO))
    assert (await client.get(f"{BASE}/{conflict['id']}"))["local_content"] is None
    assert (await decide(client, conflict, "upload"))[0] == 200
    assert await active(client) is None


async def test_one_that_has_gone_here(client: Client) -> None:
    await put(client, ONE)
    await put(client, None, ONE)
    await tell(client, questions=[question()])
    (conflict,) = await client.get(BASE)
    assert (conflict["server_hash"], (await client.get(f"{BASE}/{conflict['id']}"))["server_content"]) == (None, None)
    await decide(client, conflict, "upload")
    assert await active(client) == MINE


async def test_what_is_new_waits_too(client: Client) -> None:
    await tell(client, questions=[question(base=None)])
    (conflict,) = await client.get(BASE)
    assert conflict["server_hash"] is None
    await decide(client, conflict, "upload")
    assert await active(client) == MINE


async def test_what_waits_no_more_is_settled(client: Client) -> None:
    conflict = await start(client)
    other = question(path=path_of("project", Key("servers", "other")), base=None)
    await tell(client, questions=[question(), other])
    assert len(await client.get(BASE)) == 2
    await tell(client, session("cursor"))  # says nothing of questions
    assert len(await client.get(BASE)) == 2
    await tell(client, questions=[other])
    assert [one["path"] for one in await client.get(BASE)] == [other["path"]]
    assert (await client.get(f"{BASE}/{conflict['id']}"))["state"] == "download"


async def test_two_sites_ask_for_themselves(client: Client) -> None:
    await start(client)
    await tell(client, questions=[question()], at=site("desktop"))
    assert len(await client.get(BASE)) == 2
    await tell(client, questions=[], at=site("desktop"))
    (left,) = await client.get(BASE)
    assert left["worker"].startswith("cursor@laptop-")


async def test_a_new_side_takes_the_place_of_the_old(client: Client) -> None:
    first = await start(client)
    await tell(client, questions=[question(encode(Server(transport="http", url="https://new.example")).decode())])
    (second,) = await client.get(BASE)
    assert second["id"] != first["id"]
    assert (await client.get(f"{BASE}/{first['id']}"))["state"] == "superseded"


async def test_what_is_no_element_is_refused(client: Client) -> None:
    told = {"id": new_id(), "site": site(), "trigger": "command", "version": "1", "sessions": []}
    for wrong in (question("{}"), question(path="project/tools/x"), question(path="../x"), question(type_="emacs")):
        status, error = await client.call("POST", "/api/v1/sync/runs", {**told, "questions": [wrong]})
        assert (status, bool(error["message"])) == (422, True)
    assert await client.get(BASE) == []
