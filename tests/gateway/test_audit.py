"""Who did what, in one list."""

from typing import Any

from streams.store import Store
from streams.store.audit import PAGE, Query
from tests.build import until
from tests.gateway.access import LOGIN, log_in, make_user, member
from tests.gateway.conftest import KEY, Client
from tests.gateway.test_auth import add_key

AUDIT = "/api/v1/audit"


async def acts(client: Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await client.get(f"{AUDIT}?{query}")
    return found


async def test_acts_of_access(idle: Client) -> None:
    await make_user(idle)
    await idle.call("POST", LOGIN, {"username": "kim", "password": "wrong"}, headers={})
    tokens = await log_in(idle)
    await idle.raw.post("/api/v1/auth/logout", json={"refresh_token": tokens["refresh_token"]})
    await idle.call("PATCH", "/api/v1/users/kim", {"disabled": True})
    _, key = await idle.call("POST", "/api/v1/keys", {"name": "ci"})
    for path in (f"/api/v1/keys/{key['id']}", "/api/v1/users/kim"):
        await idle.raw.delete(path, headers=KEY)
    found = await acts(idle)
    assert [(one["actor"], one["action"], one["target"]) for one in reversed(found)] == [
        ("admin", "user.created", "kim"),
        ("kim", "login.failed", ""),
        ("kim", "login", ""),
        ("kim", "logout", "login"),
        ("admin", "user.changed", "kim"),
        ("admin", "key.created", "admin:ci"),
        ("admin", "key.revoked", "admin:ci"),
        ("admin", "user.removed", "kim"),
    ]
    assert {one["address"] for one in found} == {"127.0.0.1"}


async def test_writes_through_the_log_have_a_trace(client: Client, store: Store) -> None:
    headers = await add_key(store, "user")
    await client.post("/api/components/versions/upload", {"path": "model/a.py", "content": "a"}, headers=headers)
    (found,) = await until(lambda: acts(client, "actor=a user"))
    assert (found["action"], found["project"], found["target"], found["address"]) == (
        "change.observed",
        "default",
        "components/model/a.py",
        None,
    )
    assert len((await client.get(f"/api/traces/{found['trace']}"))["steps"]) >= 1


async def test_pages_and_filters(idle: Client) -> None:
    for number in range(5):
        await idle.post("/api/v1/keys", {"name": f"k{number}"})
    seen: list[dict[str, Any]] = []
    while page := await idle.get(
        AUDIT,
        params={"limit": 2, **({"before": seen[-1]["at"], "before_id": seen[-1]["id"]} if seen else {})},
    ):
        seen += page
    assert seen == await acts(idle)
    assert [one["target"] for one in seen] == [f"admin:k{number}" for number in reversed(range(5))]
    middle = seen[2]["at"]
    assert await idle.get(AUDIT, params={"since": middle}) == seen[:3]
    assert await idle.get(AUDIT, params={"until": middle}) == seen[3:]
    assert await acts(idle, "action=key.*&actor=admin") == seen
    assert await acts(idle, "action=user.*") == await acts(idle, "actor=kim") == []


async def test_it_is_for_administrators(idle: Client, store: Store) -> None:
    for headers in (await add_key(store, "user"), await member(idle, store, "kim", default="admin")):
        assert (await idle.call("GET", AUDIT, headers=headers))[0] == 403


async def test_a_page_reads_no_more_than_a_page(store: Store) -> None:
    """However long the archive is."""
    async with store.in_transaction() as connection:
        await connection.execute("select make_events_month('2026-01-01Z'); set local enable_sort = off")
        rows = await connection.fetch(f"explain {PAGE}", *Query())
        await connection.execute("rollback; begin")
    plan = "\n".join(row[0] for row in rows)
    assert "Sort  (" not in plan, plan
    for index in ("events_2026_01_time_id_idx", "sync_events_of_decisions", "access_acts_by_age"):
        assert f"using {index}" in plan, plan
