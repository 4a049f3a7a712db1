"""What a sync tells the server, and what people decide there: each thing told once, each decision followed."""

import json
from typing import Any

import pytest

from schemas.clients.reconcile import nobody
from schemas.errors import Away
from tests.gateway.conftest import Client
from tests.watchers.clients.conftest import Machine, Machines
from watchers.clients.centre import ServedCentre

CLAUDE, CURSOR, CODEX = ".mcp.json", ".cursor/mcp.json", ".codex/config.toml"
SESSIONS, LOGS, CONFLICTS = "/api/v1/sync/sessions", "/api/v1/logs", "/api/v1/conflicts"
TEAM = {"project": "team"}


def servers(**urls: str) -> str:
    entries = {name: {"type": "http", "url": f"https://{url}.example"} for name, url in urls.items()}
    return json.dumps({"mcpServers": entries}, indent=2) + "\n"


def url_of(machine: Machine, path: str, name: str = "docs") -> str | None:
    entry = json.loads(machine.text(path) or "{}").get("mcpServers", {}).get(name)
    return None if entry is None else str(entry["url"]).removeprefix("https://").removesuffix(".example")


async def sessions(client: Client) -> list[Any]:
    found: list[Any] = await client.get(SESSIONS, params=TEAM)
    return found


async def log(client: Client, **query: str) -> list[Any]:
    found: list[Any] = await client.get(LOGS, params=TEAM | query)
    return found


async def conflicts(client: Client) -> list[Any]:
    found: list[Any] = await client.get(CONFLICTS, params=TEAM)
    return found


async def set_policy(client: Client, **policy: Any) -> None:
    status, _ = await client.call("PUT", "/api/v1/policies/project", policy, params=TEAM)
    assert status == 200


@pytest.fixture
async def team(machine: Machine) -> Machine:
    """Two clients in step."""
    machine.write(CLAUDE, servers(docs="one"))
    machine.write(CURSOR, servers())
    await machine.sync()
    return machine


async def changed_elsewhere(machines: Machines) -> None:
    """Somebody else changes the same element, by Claude, on a machine of its own."""
    other = machines("other")
    other.write(CLAUDE, servers())
    await other.sync()
    other.write(CLAUDE, servers(docs="2"))
    await other.sync()


async def test_a_sync_is_told_once(team: Machine, client: Client) -> None:
    first = await sessions(client)
    assert {one["client"].partition("@")[0] for one in first} == {"claude", "cursor", "agents"}
    assert {one["status"] for one in first} == {"success"}
    (decided,) = [one for one in await log(client) if one["type"] == "decision"]
    assert decided["client"].startswith("claude@")
    assert decided["payload"]["theirs"] == {"transport": "http", "url": "https://one.example"}
    assert (decided["payload"]["ours"], decided["payload"]["how"]) == (None, "taken")
    (changed,) = [one for one in await log(client) if one["type"] == "changed"]
    assert (changed["client"].partition("@")[0], changed["element"]) == ("cursor", "servers/docs")
    await team.sync()
    team.write(CURSOR, json.dumps(json.loads(team.text(CURSOR) or "")))  # as a client rewrites its own file
    await team.sync()
    assert await sessions(client) == first


async def test_what_is_wrong_is_told_once_and_again_when_it_is_something_else(team: Machine, client: Client) -> None:
    before = len(await sessions(client))
    good = team.text(CURSOR) or ""
    for _ in range(2):
        team.write(CURSOR, '{\n  "mcpServers": {,\n')
        await team.sync()
    (problem,) = await log(client, level="error")
    assert (problem["type"], problem["payload"]["file"], problem["payload"]["line"]) == ("problem", CURSOR, 2)
    assert len(await sessions(client)) == before + 1
    assert (await sessions(client))[0]["status"] == "failed"
    team.write(CURSOR, good)
    await team.sync()
    assert (await sessions(client))[0]["status"] == "success"
    team.write(CURSOR, "{")
    await team.sync()
    assert len(await log(client, level="error")) == 2


async def test_a_secret_is_told_of_and_not_told(team: Machine, client: Client) -> None:
    token = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"
    entry = {"command": "npx", "env": {"GITHUB_TOKEN": token}}
    team.write(CURSOR, json.dumps({"mcpServers": {"gh": entry}}))
    await team.sync()
    (problem,) = await log(client, level="warning")
    assert "GitHub token" in problem["message"]
    whole = [await client.get(f"{SESSIONS}/{one['id']}", params=TEAM) for one in await sessions(client)]
    assert token not in json.dumps([whole, await log(client)])


async def test_what_the_server_missed_is_told_by_the_next_sync(
    team: Machine, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = len(await sessions(client))

    async def away(*_: object) -> None:
        raise Away("the server went just now")

    team.write(CLAUDE, servers(docs="two"))
    with monkeypatch.context() as patch:
        patch.setattr(ServedCentre, "tell", away)
        with pytest.raises(Away):
            await team.sync()
    assert url_of(team, CURSOR) == "two"
    assert len(await sessions(client)) == before
    await team.sync()
    assert len(await sessions(client)) == before + 2
    await team.sync()
    assert len(await sessions(client)) == before + 2


@pytest.mark.parametrize(
    ("decision", "here", "there"), [("upload", "3", "3"), ("download", "2", "2"), ("skip", "3", "2")]
)
async def test_a_conflict_is_decided_on_the_server(
    team: Machine, machines: Machines, client: Client, decision: str, here: str, there: str
) -> None:
    await set_policy(client, strategy="manual-review")
    await changed_elsewhere(machines)
    team.write(CURSOR, servers(docs="3"))
    report = await team.sync()
    assert [one.client for one in report.plan.outcome.conflicts] == ["cursor"]
    (asked,) = await conflicts(client)
    assert (asked["worker"].partition("@")[0], asked["why"]) == ("cursor", "both sides have changed endpoint")
    await client.call("POST", f"{CONFLICTS}/{asked['id']}", {"decision": decision}, params=TEAM)
    report = await team.sync()
    assert report.plan.outcome.conflicts == ()
    assert (url_of(team, CURSOR), url_of(team, CLAUDE)) == (here, there)
    assert await conflicts(client) == []
    before = team.files()
    assert (await team.sync()).plan.in_step
    assert team.files() == before


async def test_a_conflict_that_is_settled_here_waits_no_more_there(
    team: Machine, machines: Machines, client: Client
) -> None:
    await set_policy(client, strategy="manual-review")
    await changed_elsewhere(machines)
    team.write(CURSOR, servers(docs="3"))
    await team.sync()
    team.write(CURSOR, servers(docs="2"))
    await team.sync()
    assert await conflicts(client) == []
    assert url_of(team, CURSOR) == "2"


async def test_what_widens_is_approved_on_the_server(team: Machine, client: Client) -> None:
    team.write(CLAUDE, servers(docs="one", more="new"))
    await team.sync(nobody)
    assert url_of(team, CURSOR, "more") is None
    (asked,) = await conflicts(client)
    assert asked["why"] == "a new server to call"
    await team.sync(nobody)
    assert await conflicts(client) == [asked]
    await client.call("POST", f"{CONFLICTS}/{asked['id']}", {"decision": "upload"}, params=TEAM)
    await team.sync(nobody)
    assert url_of(team, CURSOR, "more") == "new"
    assert await conflicts(client) == []


async def test_what_widens_is_refused_on_the_server(team: Machine, client: Client) -> None:
    team.write(CLAUDE, servers(docs="one", more="new"))
    await team.sync(nobody)
    (asked,) = await conflicts(client)
    await client.call("POST", f"{CONFLICTS}/{asked['id']}", {"decision": "download"}, params=TEAM)
    await team.sync(nobody)
    assert url_of(team, CLAUDE, "more") is None
    assert (await team.sync(nobody)).plan.in_step


@pytest.mark.parametrize(
    ("policy", "wins"),
    [
        ({"strategy": "central-authoritative"}, "2"),
        ({"strategy": "last-write-wins"}, "3"),
        ({"strategy": "last-write-wins", "priorities": {"claude": 5}}, "2"),
        ({"strategy": "central-authoritative", "kinds": {"servers": {"strategy": "last-write-wins"}}}, "3"),
        ({"strategy": "last-write-wins", "kinds": {"rules": {"strategy": "central-authoritative"}}}, "3"),
    ],
)
async def test_the_policy_of_the_server_counts(
    team: Machine, machines: Machines, client: Client, policy: dict[str, Any], wins: str
) -> None:
    await set_policy(client, **policy)
    await changed_elsewhere(machines)
    team.write(CURSOR, servers(docs="3"))
    await team.sync()
    assert (url_of(team, CURSOR), url_of(team, CLAUDE)) == (wins, wins)
    decided = [one for one in await log(client) if one["type"] == "decision" and one["client"].startswith("cursor")]
    assert decided[0]["payload"]["ours"]["url"] == "https://2.example"
    assert decided[0]["payload"]["theirs"]["url"] == "https://3.example"


async def test_one_that_is_not_enabled_is_left_alone(team: Machine, client: Client) -> None:
    (cursor,) = [one["name"] for one in await client.get("/api/v1/clients", params=TEAM) if one["type"] == "cursor"]
    await client.call("PATCH", f"/api/v1/clients/{cursor}", {"settings": {"enabled": False}}, params=TEAM)
    team.write(CLAUDE, servers(docs="two"))
    team.write(CURSOR, servers(docs="one", own="here"))
    await team.sync()
    assert (url_of(team, CURSOR), url_of(team, CLAUDE, "own")) == ("one", None)
    await client.call("PATCH", f"/api/v1/clients/{cursor}", {"settings": {"enabled": True}}, params=TEAM)
    await team.sync()
    assert (url_of(team, CURSOR, "own"), url_of(team, CLAUDE, "own")) == ("here", "here")


async def test_one_that_is_added_on_the_server_is_written(team: Machine, client: Client) -> None:
    record = {"type": "codex", "config_path": str(team.root)}
    await client.call("POST", "/api/v1/clients", record, params=TEAM)
    await team.sync()
    assert "https://one.example" in (team.text(CODEX) or "")


async def test_what_is_asked_for_is_done_and_told_though_nothing_has_changed(team: Machine, client: Client) -> None:
    _, asked = await client.call("POST", "/api/v1/sync/trigger", {}, params=TEAM)
    await team.sync()
    shown = {one["id"]: one for one in await sessions(client)}
    assert {shown[one["id"]]["status"] for one in asked} == {"success"}
    assert {shown[one["id"]]["trigger"] for one in asked} == {"request"}


async def test_who_was_asked_for_and_has_gone_is_told_of(team: Machine, client: Client) -> None:
    team.root.joinpath(CURSOR).unlink()
    _, asked = await client.call("POST", "/api/v1/sync/trigger", {}, params=TEAM)
    await team.sync()
    states = {
        one["client"].partition("@")[0]: one["status"]
        for one in await sessions(client)
        if one["id"] in {a["id"] for a in asked}
    }
    assert states == {"agents": "success", "claude": "success", "cursor": "failed"}
    _, again = await client.call("POST", "/api/v1/sync/trigger", {"clients": [asked[0]["client"]]}, params=TEAM)
    assert again[0]["id"] not in {one["id"] for one in asked}


async def test_two_machines_are_two_sites(machines: Machines, client: Client) -> None:
    one, two = machines("one"), machines("two")
    one.write(CURSOR, servers(docs="one"))
    two.write(CURSOR, servers())
    await one.sync()
    await two.sync()
    found = await client.get("/api/v1/clients", params=TEAM)
    assert {one["machine"] for one in found if one["type"] == "cursor"} == {"one", "two"}
    assert url_of(two, CURSOR) == "one"
    before = len(await sessions(client))
    await one.sync()
    assert len(await sessions(client)) == before


MERGED = {"transport": "http", "url": "https://2.example", "call_timeout": 9.0}


async def merge(client: Client, asked: Any, made: dict[str, Any]) -> None:
    body = {"content": json.dumps(made), "server_hash": asked["server_hash"]}
    status, answer = await client.call("POST", f"{CONFLICTS}/{asked['id']}/merge", body, params=TEAM)
    assert status == 200, answer


@pytest.mark.parametrize("strategy", ["manual-review", "last-write-wins"])
async def test_what_a_person_made_of_both_sides_goes_everywhere(
    team: Machine, machines: Machines, client: Client, strategy: str
) -> None:
    await set_policy(client, strategy="manual-review")
    await changed_elsewhere(machines)
    team.write(CURSOR, servers(docs="3"))
    await team.sync()
    (asked,) = await conflicts(client)
    await merge(client, asked, MERGED)
    await set_policy(client, strategy=strategy)
    assert (await team.sync()).plan.news == {}
    assert (url_of(team, CURSOR), url_of(team, CLAUDE)) == ("2", "2")
    assert '"timeout": 9' in (team.text(CLAUDE) or "")
    assert await conflicts(client) == []
    before = team.files()
    assert (await team.sync()).plan.in_step
    assert team.files() == before


async def test_what_was_changed_since_a_person_merged_is_asked_anew(
    team: Machine, machines: Machines, client: Client
) -> None:
    await set_policy(client, strategy="manual-review")
    await changed_elsewhere(machines)
    team.write(CURSOR, servers(docs="3"))
    await team.sync()
    (asked,) = await conflicts(client)
    await merge(client, asked, MERGED)
    team.write(CURSOR, servers(docs="4"))
    await team.sync()
    assert url_of(team, CURSOR) == "4"
    (again,) = await conflicts(client)
    assert (again["id"] != asked["id"], again["server_hash"]) == (True, (await merged_hash(client, asked)))


async def merged_hash(client: Client, asked: Any) -> str:
    found = await client.get(f"{CONFLICTS}/{asked['id']}", params=TEAM)
    return str(found["merged_hash"])


async def test_what_widens_is_taken_with_less_than_was_asked_for(team: Machine, client: Client) -> None:
    team.write(CLAUDE, servers(docs="one", more="new"))
    await team.sync(nobody)
    (asked,) = await conflicts(client)
    await merge(client, asked, {"transport": "http", "url": "https://less.example"})
    await team.sync(nobody)
    assert (url_of(team, CLAUDE, "more"), url_of(team, CURSOR, "more")) == ("less", "less")
    assert await conflicts(client) == []
    assert (await team.sync(nobody)).plan.in_step
