"""One id leads from a write to all that followed from it."""

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from schemas.base import derived_id, new_id, now
from streams.store import Store
from tests.build import event_id, hash_of, until
from tests.gateway.conftest import KEY, Client

STORY = ["change.observed", "change.hashed", "change.accepted", "version.created", "head.moved"]
UPLOAD = "/api/components/versions/upload"


async def upload(client: Client, content: str, **more: object) -> tuple[int, str | None]:
    """The status and the trace of an upload."""
    body = {"path": "model/a.py", "content": content, **more}
    async with client.raw.post(UPLOAD, json=body, headers=KEY) as response:
        return response.status, response.headers.get("X-Trace-Id")


async def whole(client: Client, named: str | None) -> Any:
    """A story as soon as the archive has all of it."""
    status, trace = await client.call("GET", f"/api/traces/{named}")
    return trace if status == 200 and len(trace["steps"]) == len(STORY) else None


async def test_a_write_names_its_trace(client: Client) -> None:
    _, named = await upload(client, "a = 1\n")
    trace = await until(lambda: whole(client, named))
    assert trace["trace"] == named == trace["steps"][0]["id"]
    assert [step["type"] for step in trace["steps"]] == STORY
    assert [step["by"] for step in trace["steps"]] == ["gateway", "hash", "resolve", "persist", "persist"]
    assert [step["because_of"] for step in trace["steps"][:3]] == [None, named, trace["steps"][1]["id"]]
    assert "content" not in trace["steps"][0]["data"]


async def test_each_step_says_when_it_was_taken(client: Client) -> None:
    before = now()
    _, named = await upload(client, "a = 2\n")
    after = now()
    trace = await until(lambda: whole(client, named))
    told = [trace["began_at"], *[step["at"] for step in trace["steps"][1:]]]
    times = [datetime.fromisoformat(one) for one in told]
    assert all(earlier <= later for earlier, later in pairwise(times)), times
    assert before <= times[0] <= times[-1] <= after
    assert trace["steps"][0]["after"] == 0.0 < trace["steps"][1]["after"] <= trace["steps"][-1]["after"]


async def test_any_event_of_it_leads_to_the_story(client: Client) -> None:
    _, named = await upload(client, "a = 3\n")
    trace = await until(lambda: whole(client, named))
    for step in trace["steps"]:
        assert await client.get(f"/api/traces/{step['id']}") == trace
        assert await client.get(f"/api/traces/{step['sequence']}") == trace


async def test_times_that_are_not_remembered_any_more(client: Client, store: Store) -> None:
    _, named = await upload(client, "a = 4\n")
    await until(lambda: whole(client, named))
    await store.handled.forget(10**9, limit=1000)
    steps = (await client.get(f"/api/traces/{named}"))["steps"]
    assert [step["at"] for step in steps[1:]] == [step["after"] for step in steps[1:]] == [None] * 4


@pytest.mark.parametrize("named", [event_id(404), "404", "0", "9" * 18, "9" * 19, "x", "٤", "-" * 36, "..%2Fstatus"])
async def test_no_such_event(idle: Client, named: str) -> None:
    assert (await idle.call("GET", f"/api/traces/{named}"))[0] == 404


async def test_what_a_watcher_sends_has_the_time_at_which_it_was_seen(client: Client) -> None:
    changes = [_change("model/w0.py", "w = 0\n")]
    async with client.raw.post("/api/changes", json={"watcher": "w", "changes": changes}, headers=KEY) as response:
        assert response.headers["X-Trace-Id"] == changes[0]["id"]
    trace = await until(lambda: whole(client, str(changes[0]["id"])))
    assert trace["seen_at"] == "2026-01-01T00:00:00+00:00"
    assert trace["steps"][0]["by"] == "watcher/w"


async def test_many_stories_have_no_one_trace(client: Client) -> None:
    body = {"watcher": "w", "changes": [_change(f"model/w{n}.py", f"w = {n}\n") for n in range(2)]}
    async with client.raw.post("/api/changes", json=body, headers=KEY) as response:
        assert response.status == 200
        assert "X-Trace-Id" not in response.headers
    async with client.raw.get("/api/status", headers=KEY) as response:
        assert "X-Trace-Id" not in response.headers


def _change(path: str, text: str) -> dict[str, Any]:
    where = {"id": new_id(), "project": "default", "domain": "components", "path": path}
    what = {"hash": hash_of(text), "size": len(text), "content": {"text": text}}
    return {**where, **what, "seen_at": "2026-01-01T00:00:00+00:00"}


async def test_what_was_refused_or_is_under_way_has_a_trace_too(idle: Client) -> None:
    status, named = await upload(idle, "a = 5\n")
    assert status == 202
    assert named
    key = {**KEY, "Idempotency-Key": "twice"}
    for _ in range(2):
        async with idle.raw.post(UPLOAD, json={"path": "model/a.py", "content": "a"}, headers=key) as response:
            assert response.headers["X-Trace-Id"] == derived_id("0b5c2ad6-8a3f-5d0e-8d7b-3f1f6c1a9e44", "admin/twice")
