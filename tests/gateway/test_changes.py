"""What watchers send."""

from base64 import b64encode
from typing import Any

import pytest

from schemas.base import new_id
from tests.build import START, hash_of, until
from tests.gateway.conftest import Client

VERSIONS = "/api/components/versions"


def change(path: str, text: str | None, base: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "project": "default",
        "domain": "components",
        "path": path,
        "hash": None if text is None else hash_of(text),
        "base": None if base is None else hash_of(base),
        "size": len(text or ""),
        "seen_at": START.isoformat(),
        "content": None if text is None else {"text": text},
        **more,
    }


async def send(client: Client, *changes: dict[str, Any]) -> Any:
    return await client.post("/api/changes", {"watcher": "laptop", "changes": changes})


async def history(client: Client, name: str) -> list[str]:
    status, versions = await client.call("GET", f"{VERSIONS}/model/{name}?include_content=true")
    return [version["content"] for version in versions] if status == 200 else []


async def _is(client: Client, name: str, contents: list[str]) -> bool:
    return await history(client, name) == contents


async def _archived(client: Client, id_: str) -> Any:
    status, event = await client.call("GET", f"/api/events/{id_}")
    return event if status == 200 else None


async def test_changes_become_versions(client: Client) -> None:
    sent = [change("model/a.py", "a"), change("model/a.py", "b", "a"), change("model/z.py", "z")]
    answer = await send(client, *sent)
    assert answer == {"published": [one["id"] for one in sent], "refused": []}
    await until(lambda: _is(client, "a", ["b", "a"]))
    event = await until(lambda: _archived(client, sent[0]["id"]))
    assert event["source"] == "watcher/laptop"


async def test_sending_again_changes_nothing(client: Client) -> None:
    sent = [change("model/a.py", "a"), change("model/a.py", "b", "a")]
    for _ in range(3):
        await send(client, *sent)
    await send(client, change("model/a.py", "c", "b"))
    await until(lambda: _is(client, "a", ["c", "b", "a"]))


async def test_a_deletion(client: Client) -> None:
    await send(client, change("model/a.py", "a"), change("model/a.py", None, "a"))
    await until(lambda: _active(client, None))


async def _active(client: Client, hash_: str | None) -> bool:
    summaries = await client.get(VERSIONS)
    return bool(summaries) and summaries[0]["active_hash"] == hash_


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_one_bad_change_does_not_hold_the_others_up(client: Client) -> None:
    good = change("model/a.py", "a")
    bad = [
        change("model/b.py", "b") | {"hash": "0" * 16},
        change("model/c.py", "c") | {"content": None},
        change("model/d.py", "d", content={"text": "d" * 2_000_000}),
    ]
    answer = await send(client, *bad, good)
    assert answer["published"] == [good["id"]]
    assert {one["id"] for one in answer["refused"]} == {one["id"] for one in bad}
    assert all(one["reason"] for one in answer["refused"])
    await until(lambda: _is(client, "a", ["a"]))


async def test_bytes_as_base64(client: Client) -> None:
    await send(client, change("model/a.py", "한", content={"base64": b64encode("한".encode()).decode()}))
    await until(lambda: _is(client, "a", ["한"]))


async def test_what_the_domain_refuses_is_seen_in_the_feed(client: Client) -> None:
    sent = change("nosuch/a.py", "a")
    await send(client, sent)
    state = await until(lambda: _state(client, sent["id"]))
    assert (state["state"], "CATEGORY" in state["reason"]) == ("rejected", True)


async def _state(client: Client, id_: str) -> Any:
    status, state = await client.call("GET", f"/api/changes/{id_}")
    return state if status == 200 and state["state"] != "pending" else None


@pytest.mark.parametrize(
    "broken",
    [
        {"path": "../x"},
        {"path": "/x"},
        {"path": "a\0"},
        {"id": "1"},
        {"project": "../x"},
        {"domain": "A b"},
        {"seen_at": "yesterday"},
        {"content": {}},
        {"content": {"text": "a", "base64": "YQ=="}},
        {"surprise": 1},
    ],
)  # fmt: skip - a list to read
async def test_malformed_changes_are_not_understood(client: Client, broken: dict[str, Any]) -> None:
    body = {"watcher": "laptop", "changes": [change("model/a.py", "a") | broken]}
    assert (await client.call("POST", "/api/changes", body))[0] == 422


async def test_a_watcher_says_how_it_does(client: Client) -> None:
    report = {
        "host": "h",
        "roots": [{"path": "/x", "project": "default", "files": 3, "health": "ok"}],
        "spool": 2,
    }
    status, _ = await client.call("PUT", "/api/watchers/laptop", report)
    assert status == 200
    (watcher,) = await client.get("/api/watchers")
    assert (watcher["name"], watcher["report"]["spool"]) == ("laptop", 2)
    assert (await client.get("/api/status"))["watchers"] == [watcher]
    assert (await client.call("PUT", "/api/watchers/..%2F..", report))[0] == 404
