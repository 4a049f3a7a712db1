"""The log as a list: found by what events say, part by part, to each what is theirs."""

from typing import Any

import pytest

from streams.store import Store
from streams.store import events as archive
from tests.build import until
from tests.gateway.access import member
from tests.gateway.conftest import KEY, Client

EVENTS = "/api/events"
STORY = 5
"""Events of an upload."""

HOSTILE = ("%", "_", "\\", "'; drop table events; --", '"', "$1", "\u202e", "한글", "*", "a" * 300, "{}", "[a-z]?")


async def answer(client: Client, **query: str) -> tuple[list[dict[str, Any]], str | None]:
    """The events of an answer, and where they go on."""
    async with client.raw.get(EVENTS, params=query, headers=KEY) as response:
        assert response.status == 200, await response.text()
        said = await response.json()
        return said["data"], said["meta"].get("next")


async def types(client: Client, **query: str) -> list[str]:
    return [event["type"] for event in (await answer(client, **query))[0]]


async def settled(client: Client, count: int) -> list[dict[str, Any]]:
    """So many events, once they are archived."""

    async def all_of_them() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await client.get(f"{EVENTS}?limit=1000")
        return found if len(found) == count else []

    return await until(all_of_them)


async def test_by_actor_text_and_time(client: Client, store: Store) -> None:
    kim = await member(client, store, "kim", default="user")
    await client.upload("model/a.py", "# said 100%_of\\it\n")
    body = {"path": "model/b.py", "content": "b"}
    await client.post("/api/components/versions/upload", body, headers=kim)
    every = await settled(client, 2 * STORY)
    assert {event["actor"] for event in every} == {"admin", "kim"}
    assert {event["subject"] for event in (await answer(client, actor="k*m"))[0]} == {"components/model/b.py"}
    assert await types(client, actor="kim") == [event["type"] for event in every if event["actor"] == "kim"]
    assert await types(client, actor="KIM") == []
    assert await types(client, text="SAID 100%_OF") == ["change.observed"]
    assert await types(client, text="said 100%_of\\\\it") == ["change.observed"]  # as JSON writes it
    assert await types(client, text="said 100_") == []
    assert await types(client, text="model/B.PY", type="head.*") == ["head.moved"]
    middle = every[STORY]["time"]
    before, then = (await answer(client, until=middle))[0], (await answer(client, since=middle))[0]
    assert [event["id"] for event in (*before, *then)] == [event["id"] for event in every]


async def test_an_answer_that_ends_early_says_where_to_go_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LOOKED", 3)
    await client.upload("model/a.py", "a")
    await settled(client, STORY)
    assert await answer(client, text="nowhere") == ([], "3")
    assert await answer(client, text="nowhere", after="3") == ([], None)
    assert await answer(client, text="nowhere", newest_first="true") == ([], "3")
    assert await answer(client, text="nowhere", newest_first="true", before="3") == ([], None)
    found, following = await answer(client, limit="2")
    assert ([event["sequence"] for event in found], following) == (["1", "2"], "2")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["text", "actor"])
async def test_hostile_words(client: Client, store: Store, name: str, text: str) -> None:
    await client.upload("model/a.py", "harmless")
    await settled(client, STORY)
    found, _ = await answer(client, **{name: text})
    raws = [row["event"] for row in await store.db.fetch("select event from events order by seq")]
    meant = [text in raw for raw in raws] if name == "text" else [text in {"*", "admin"}] * STORY
    assert len(found) == sum(meant)


@pytest.mark.parametrize(
    "query",
    [
        {"text": "a" * 301},
        {"actor": "a" * 301},
        {"text": "a\0b"},
        {"actor": "\0"},
        {"until": "tomorrow"},
        {"until": "2026-01-01T00:00:00"},
        {"since": "x"},
    ],
)
async def test_what_cannot_be_asked(idle: Client, query: dict[str, str]) -> None:
    assert (await idle.call("GET", EVENTS, params=query))[0] == 422


async def test_nobody_finds_what_is_of_others(client: Client, store: Store) -> None:
    for project in ("a", "b"):
        body = {"path": "model/x.py", "content": "the same words"}
        await client.post(f"/api/components/versions/upload?project={project}", body)
    await settled(client, 2 * STORY)
    kim = await member(client, store, "kim", a="viewer")
    for query in ({"text": "the same words"}, {"actor": "admin"}, {"actor": "*"}):
        found = await client.get(EVENTS, params=query, headers=kim)
        assert {event["project"] for event in found} == {"a"}
    assert await client.get(EVENTS, params={"text": "words", "project": "b"}, headers=kim) == []
    nobody = await member(client, store, "lee")
    assert (await client.call("GET", EVENTS, params={"text": "x"}, headers=nobody))[0] == 403
