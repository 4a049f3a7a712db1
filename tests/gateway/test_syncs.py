"""Syncs over HTTP: what was done is found again, what is asked for is done once, and nothing is told twice."""

import asyncio

import orjson
import pytest

from handlers import HANDLERS
from schemas.base import new_id
from schemas.settings import Settings
from streams.log import Log
from streams.proof import prove
from streams.store import Store
from tests.build import until
from tests.gateway.conftest import KEY, Client
from tests.gateway.sites import RUNS, brief, event, run, session, site, tell

BASE = "/api/v1/sync"
SIDES = {"base": None, "ours": {"url": "https://a.example"}, "theirs": {"url": "https://b.example"}}


async def test_a_session_with_all_that_happened(client: Client) -> None:
    decided = event("changed, decided by: last-write", "decision", element="servers/docs", payload=SIDES)
    told = session(
        summary={"files": [".cursor/mcp.json"], "changes": 1, "decisions": 1},
        events=[event("a.json:1:2: what is this", "problem", "warning"), decided],
        snapshot={"project/servers/docs": {"transport": "http"}},
        diff="--- before\n+++ after\n",
    )
    taken = await tell(client, told)
    assert taken["sessions"] == [told["id"]]
    (shown,) = await client.get(f"{BASE}/sessions")
    assert (shown["id"], shown["status"], shown["trigger"]) == (told["id"], "success", "command")
    assert shown["summary"]["files"] == [".cursor/mcp.json"]
    detail = await client.get(f"{BASE}/sessions/{told['id']}")
    assert [(one["type"], one["level"]) for one in detail["events"]] == [("problem", "warning"), ("decision", "info")]
    assert (detail["events"][1]["payload"], detail["events"][1]["element"]) == (SIDES, "servers/docs")
    left = {one["type"]: one["url"] for one in detail["artifacts"]}
    assert left.keys() == {"config_snapshot", "diff", "log"}
    async with client.raw.get(left["config_snapshot"], headers=KEY) as response:
        assert orjson.loads(await response.read()) == {"project/servers/docs": {"transport": "http"}}
    async with client.raw.get(left["diff"], headers=KEY) as response:
        assert await response.text() == "--- before\n+++ after\n"
    async with client.raw.get(left["log"], headers=KEY) as response:
        assert len((await response.text()).splitlines()) == 2


async def test_what_is_told_twice_is_there_once(client: Client) -> None:
    told = run(session(events=[event()]))
    for _ in range(2):
        await client.post(RUNS, told)
    assert len(await client.get(f"{BASE}/sessions")) == 1
    assert len(await client.get("/api/v1/logs")) == 1


async def test_what_is_asked_for_goes_on_to_its_end(client: Client) -> None:
    await tell(client, session("cursor"), session("claude"))
    (cursor,) = [one["name"] for one in await client.get("/api/v1/clients") if one["type"] == "cursor"]
    (asked,) = await client.post(f"{BASE}/trigger", {"clients": [cursor]})
    assert (asked["client"], asked["status"], asked["trigger"]) == (cursor, "pending", "request")
    assert [one["id"] for one in await client.post(f"{BASE}/trigger", {"clients": [cursor]})] == [asked["id"]]
    assert (await brief(client))["requests"] == [{"session": asked["id"], "type": "cursor"}]
    begun = session("cursor", id=asked["id"], status="running", finished_at=None)
    await tell(client, begun, trigger="request")
    assert (await client.get(f"{BASE}/sessions/{asked['id']}"))["status"] == "running"
    done = session("cursor", id=asked["id"], status="failed", events=[event("disk full", "failed", "error")])
    await tell(client, done, trigger="request")
    await tell(client, begun, trigger="request")  # late
    shown = await client.get(f"{BASE}/sessions/{asked['id']}")
    assert (shown["status"], shown["why"], len(shown["events"])) == ("failed", "disk full", 1)
    assert (await brief(client))["requests"] == []


async def test_all_are_asked_but_those_that_are_not_enabled(client: Client) -> None:
    await tell(client, session("cursor"), session("claude"))
    await tell(client, session("cursor"), at=site("desktop"))
    off = (await client.get("/api/v1/clients"))[0]["name"]
    await client.call("PATCH", f"/api/v1/clients/{off}", {"settings": {"enabled": False}})
    assert off not in {one["client"] for one in await client.post(f"{BASE}/trigger")}
    assert len(await client.get(f"{BASE}/sessions?status=pending")) == 2
    status, error = await client.call("POST", f"{BASE}/trigger", {"clients": [off]})
    assert (status, "not enabled" in error["message"]) == (422, True)
    assert (await client.call("POST", f"{BASE}/trigger", {"clients": ["nobody"]}))[0] == 404


async def test_two_who_ask_at_once(client: Client) -> None:
    await tell(client, session("cursor"))
    answers = await asyncio.gather(*[client.post(f"{BASE}/trigger") for _ in range(4)])
    assert len({one["id"] for (one,) in answers}) == 1
    assert len(await client.get(f"{BASE}/sessions?status=pending")) == 1


async def test_how_syncs_do(client: Client) -> None:
    empty = await client.get(f"{BASE}/status")
    assert (empty["success"], empty["failed"], empty["last_run"], empty["clients"]) == (0, 0, None, [])
    await tell(client, session("cursor", events=[event()]), session("claude", status="failed"))
    now = await client.get(f"{BASE}/status", params={"since": "2026-11-22T00:00:00+00:00"})
    assert (now["success"], now["failed"], now["waiting"]) == (1, 1, 0)
    assert now["last_run"].startswith("2026-11-22T10:00:00")
    assert [one["message"] for one in now["events"]] == ["added in its files"]
    assert [one["type"] for one in now["clients"]] == ["claude", "cursor"]
    later = await client.get(f"{BASE}/status", params={"since": "2026-11-23T00:00:00+00:00"})
    assert (later["success"], later["failed"]) == (0, 0)


async def test_pages_of_sessions(client: Client) -> None:
    for minute in range(3):
        await tell(client, session(started_at=f"2026-11-22T10:0{minute}:00+00:00"))
    first = await client.get(f"{BASE}/sessions?limit=2")
    rest = await client.get(f"{BASE}/sessions?limit=2&before={first[-1]['id']}")
    assert [one["started_at"][15:16] for one in (*first, *rest)] == ["2", "1", "0"]
    assert await client.get(f"{BASE}/sessions?client=nobody") == []


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (session("emacs"), "there is no client 'emacs'"),
        (session(events=[event("token sk-ant-0123456789abcdefghij")]), "secret"),
        (session(snapshot={"a": "ghp_0123456789abcdefghijklmnop"}), "secret"),
        (session(diff="+ghp_0123456789abcdefghijklmnop"), "secret"),
        (session(events=[event("a\x00b")]), "NUL"),
        (session(status="pending"), "not understood"),
        (session(events=[event()] * 1001), "not understood"),
    ],
)
async def test_what_is_no_report_is_refused(client: Client, told: dict[str, object], why: str) -> None:
    status, error = await client.call("POST", RUNS, run(told))
    assert (status, why in error["message"]) == (422, True)
    assert await client.get(f"{BASE}/sessions") == []


async def test_what_is_not_there(client: Client) -> None:
    assert (await client.call("GET", f"{BASE}/sessions/{new_id()}"))[0] == 404
    await tell(client, told := session())
    assert (await client.call("GET", f"{BASE}/sessions/{told['id']}/artifacts/diff"))[0] == 404


async def test_decisions_are_in_the_audit(client: Client, store: Store) -> None:
    decided = event("changed, decided by: last-write", "decision", element="servers/docs", payload=SIDES)
    await tell(client, session(events=[decided, event()]))
    (row,) = await store.db.fetch("select * from audit_logs where action = 'sync.decision'")
    assert (row["user_id"].partition("@")[0], row["target"]) == ("cursor", "servers/docs")
    assert orjson.loads(row["details"]) == SIDES
    await until(lambda: store.db.fetchval("select count(*) >= 2 from audit_logs where action = 'change.observed'"))
    (adapter,) = await store.db.fetch("select client_type, version, schema_version from adapters")
    assert tuple(adapter) == ("cursor", "1.2.3", 1)


async def test_a_replay_comes_to_the_same(
    client: Client, log: Log, store: Store, postgres_url: str, settings: Settings
) -> None:
    await tell(client, session("cursor", events=[event()], diff="+a\n"), session("claude"))
    asked = await client.post(f"{BASE}/trigger")
    await tell(client, *[session(one["client"].partition("@")[0], id=one["id"]) for one in asked], trigger="request")
    await client.call("PATCH", f"/api/v1/clients/{asked[0]['client']}", {"settings": {"enabled": False}})
    await until(lambda: _is_archived(log, store))
    report = await prove([one for one in HANDLERS if one.tables], postgres_url, settings, lambda *_: None)
    assert report.differences == []
    assert await store.db.fetchval("select count(*) from sync_sessions") == 4


async def _is_archived(log: Log, store: Store) -> bool:
    return bool(await store.db.fetchval("select sum(entry_offset) from chains") == await log.last_seq())
