"""A write is answered when the log has carried it through, or with the place to ask."""

import asyncio
from typing import Any

from handlers import HANDLERS
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from tests.build import hash_of, until
from tests.gateway.conftest import KEY, Client
from tests.streams.runner import length, working

UPLOAD = "/api/components/versions/upload"


async def test_202_and_where_to_ask(idle: Client, redis_url: str, postgres_url: str, settings: Settings) -> None:
    from gateway.services import SERVICES

    services = idle.raw.app[SERVICES]
    object.__setattr__(services, "settings", settings.model_copy(update={"answer_ms": 100}))
    async with idle.raw.post(UPLOAD, json={"path": "model/a.py", "content": "a"}, headers=KEY) as response:
        assert response.status == 202
        pending = (await response.json())["data"]
        assert response.headers["Location"] == pending["url"]
    assert (await idle.call("GET", pending["url"]))[0] == 404
    async with working(HANDLERS, redis_url, postgres_url, settings):
        state = await until(lambda: _ended(idle, pending["url"]))
    assert state["state"] == "accepted"
    assert [event["type"] for event in state["events"]] == [
        "change.observed",
        "change.hashed",
        "change.accepted",
        "version.created",
        "head.moved",
    ]  # fmt: skip - the story in one line


async def _ended(client: Client, url: str) -> Any:
    status, state = await client.call("GET", url)
    return state if status == 200 and state["state"] != "pending" and len(state["events"]) == 5 else None


async def test_the_same_key_is_the_same_change(client: Client, log: Log) -> None:
    headers = KEY | {"Idempotency-Key": "upload 1"}
    body = {"path": "model/a.py", "content": "a"}
    first = await client.post(UPLOAD, body, headers=headers)
    await client.upload("model/a.py", "b")
    await until(lambda: _archived(client, 10))
    again = await client.post(UPLOAD, body, headers=headers)
    assert first["is_new"] is again["is_new"] is True
    assert again["is_active"] is False
    assert await length(log, "changes") == 2


async def _archived(client: Client, events: int) -> bool:
    return len(await client.get("/api/events?limit=1000")) >= events


async def test_a_refused_change_says_why(client: Client) -> None:
    status, error = await client.call("POST", UPLOAD, {"path": "model/a.py", "content": "a\0"})
    assert (status, "NUL" in error["message"]) == (422, True)


async def test_a_buried_change_says_why(client: Client, store: Store) -> None:
    await store.db.execute("insert into blobs values ($1, $2, 1, 'z'), ('0', '0', 0, '')", hash_of("a"), "0" * 64)
    status, error = await client.call("POST", UPLOAD, {"path": "model/a.py", "content": "a"})
    assert (status, "another content" in error["message"]) == (422, True)


async def test_a_full_log_says_when_to_come_back(idle: Client, log: Log, settings: Settings) -> None:
    from gateway.services import SERVICES
    from streams.publisher import Publisher
    from streams.recovery import Recovery

    services = idle.raw.app[SERVICES]
    full = Log(log.redis, settings.model_copy(update={"high_water": 1}))
    object.__setattr__(services, "publisher", Publisher(full, services.store, Recovery(full, services.store)))
    object.__setattr__(services, "settings", settings.model_copy(update={"answer_ms": 50}))
    await idle.call("POST", UPLOAD, {"path": "model/a.py", "content": "a"})
    async with idle.raw.post(UPLOAD, json={"path": "model/a.py", "content": "b"}, headers=KEY) as response:
        assert response.status == 503
        assert int(response.headers["Retry-After"]) >= 1
        assert (await response.json())["success"] is False


async def test_writers_do_not_wait_for_each_other(client: Client) -> None:
    async with asyncio.timeout(30):
        await asyncio.gather(*(client.upload(f"model/m{n}.py", "x") for n in range(200)))
