"""Who has a role in some projects alone meets nothing of the others, whichever way it is asked for."""

import asyncio
import json
import re
from typing import Any
from uuid import UUID

import pytest

from gateway.projects import ProjectQuery
from gateway.route import Route
from gateway.routes import ROUTES
from schemas.base import new_id, now
from streams.entry import Place
from streams.store import Store
from streams.store.letters import DeadLetter, DeadLetters, Remains
from tests.build import until
from tests.gateway.access import member
from tests.gateway.conftest import KEY, Client
from tests.gateway.test_changes import change

STORY = 5
"""Events of an upload."""


def path_of(route: Route) -> str:
    """The route's path with something in each place."""
    head, named, _ = re.sub(r"\{id:[^/]+\}", str(UUID(int=0)), route.path).partition("{name:")
    return re.sub(r"\{\w+\}", "x", head) + ("x" if named else "")


IN_PROJECT = [one for one in ROUTES if one.query is not None and issubclass(one.query, ProjectQuery)]
ON_SERVER = [one for one in ROUTES if one not in IN_PROJECT and one.scope == "server"]


NEEDED = {"subject": "x", "at": "2026-01-01T00:00:00Z", "path": "model/x.py", "machine": "x", "scope": "user"}
"""What some queries must have."""


def name_of(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("route", IN_PROJECT, ids=name_of)
async def test_a_project_is_closed_to_others(idle: Client, store: Store, route: Route) -> None:
    kim = await member(idle, store, "kim", a="admin")
    known = route.query.model_fields if route.query else {}
    query = {name: value for name, value in NEEDED.items() if name in known}
    for project in ({"project": "b"}, {}):  # the server's own project is another, too
        status, error = await idle.call(route.method, path_of(route), headers=kim, params=query | project)
        assert (status, "in the project" in error["message"]) == (403, True)


@pytest.mark.parametrize("route", ON_SERVER, ids=name_of)
async def test_what_is_of_no_project_takes_a_role_in_all(idle: Client, store: Store, route: Route) -> None:
    kim = await member(idle, store, "kim", a="admin", default="admin")
    assert (await idle.call(route.method, path_of(route), headers=kim))[0] == 403


def test_what_gives_to_each_what_is_theirs() -> None:
    """Whoever adds to these sees to it that nothing of another project is in the answer."""
    found = {re.sub(r"\{(\w+)[^/]*", r"{\1}", name_of(one)) for one in ROUTES if one.scope == "anywhere"}
    assert found == {
        "GET /api/events",
        "GET /api/events/{id}",
        "GET /api/traces/{id}",
        "GET /api/changes/{id}",
        "POST /api/changes",
        "GET /api/dead",
        "GET /api/dead/{id}",
        "GET /api/status",
        "GET /api/v1/projects",
        "GET /api/watchers",
        "PUT /api/watchers/{name}",
        "GET /metrics",
    }  # fmt: skip - a list


@pytest.fixture
async def two(client: Client, store: Store) -> dict[str, list[dict[str, Any]]]:
    """The events of an upload in each of two projects."""
    for project in ("a", "b"):
        body = {"path": "model/x.py", "content": f"# {project}"}
        await client.post(f"/api/components/versions/upload?project={project}", body)

    async def events(project: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await client.get(f"/api/events?project={project}")
        return found if len(found) == STORY else []

    return {project: await until(lambda project=project: events(project)) for project in ("a", "b")}  # type: ignore[misc]


async def test_roles_by_project(client: Client, store: Store) -> None:
    kim = await member(client, store, "kim", a="user", b="viewer")
    versions = "/api/components/versions"
    body = {"path": "model/x.py", "content": "x"}

    async def may(project: str) -> tuple[int, int]:
        read = await client.call("GET", f"{versions}?project={project}", headers=kim)
        write = await client.call("POST", f"{versions}/upload?project={project}", body, headers=kim)
        return read[0], write[0]

    assert [await may(project) for project in ("a", "b", "c")] == [(200, 200), (200, 403), (403, 403)]


async def test_events_and_traces(client: Client, store: Store, two: dict[str, list[dict[str, Any]]]) -> None:
    kim = await member(client, store, "kim", a="viewer")
    assert await client.get("/api/events", headers=kim) == two["a"]
    assert await client.get("/api/events?project=b", headers=kim) == []
    assert await client.get(f"/api/events?story={two['b'][0]['id']}", headers=kim) == []
    for event, status in ((two["a"][0], 200), (two["b"][0], 404)):
        for named in (event["id"], event["sequence"]):
            assert (await client.call("GET", f"/api/traces/{named}", headers=kim))[0] == status
        for path in ("events", "changes"):
            assert (await client.call("GET", f"/api/{path}/{event['id']}", headers=kim))[0] == status


async def heard(ws: Any, number: int) -> list[str]:
    """The projects of so many events of a feed."""
    async with asyncio.timeout(20):
        return [json.loads(await ws.receive_str())["project"] for _ in range(number)]


@pytest.mark.parametrize("path", ["/ws/sync?after=0", "/ws/sync?after=0&project=*", "/ws/replay?speed=0"])
async def test_feeds(client: Client, store: Store, two: dict[str, list[dict[str, Any]]], path: str) -> None:
    kim = await member(client, store, "kim", b="viewer")
    async with client.raw.ws_connect(path, headers=kim) as ws:
        assert await heard(ws, STORY) == ["b"] * STORY
        if "sync" in path:
            for project in ("a", "b"):
                body = {"path": "model/y.py", "content": "y"}
                await client.post(f"/api/components/versions/upload?project={project}", body)
            assert await heard(ws, STORY) == ["b"] * STORY
    async with client.raw.ws_connect(path, headers=KEY) as ws:
        assert await heard(ws, 2 * STORY) == ["a"] * STORY + ["b"] * STORY


async def test_a_feed_takes_a_role_somewhere(idle: Client, store: Store) -> None:
    nobody = await member(idle, store, "kim")
    for path in ("/ws/sync", "/ws/replay"):
        assert (await idle.call("GET", path, headers=nobody))[0] == 403


async def test_a_page_of_another_site_gets_no_feed_whatever_it_shows(idle: Client) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Origin": "https://evil.example"}
    for path in ("/ws/sync", "/ws/replay"):
        for credential in (KEY, {"Authorization": f"Bearer {KEY['X-API-Key']}"}):
            assert (await idle.call("GET", path, headers=upgrade | credential))[0] == 403


async def test_changes_of_watchers(client: Client, store: Store) -> None:
    kim = await member(client, store, "kim", a="user", b="viewer")

    async def send(*projects: str) -> int:
        changes = [change("model/x.py", "x", project=project) for project in projects]
        return (await client.call("POST", "/api/changes", {"watcher": "w", "changes": changes}, headers=kim))[0]

    assert [await send("a"), await send("a", "b"), await send("c"), await send()] == [200, 403, 403, 200]


async def test_watchers(idle: Client, store: Store) -> None:
    kim = await member(idle, store, "kim", a="user")

    def report(*projects: str) -> dict[str, Any]:
        roots = [{"path": f"/{one}", "project": one, "files": 1, "health": "ok"} for one in projects]
        return {"host": "h", "roots": roots, "spool": 0}

    assert (await idle.call("PUT", "/api/watchers/mine", report("a"), headers=kim))[0] == 200
    assert (await idle.call("PUT", "/api/watchers/mine", report("a", "b"), headers=kim))[0] == 403
    for name, projects in (("both", "ab"), ("other", "b")):
        assert (await idle.call("PUT", f"/api/watchers/{name}", report(*projects)))[0] == 200
    listed = await idle.get("/api/watchers", headers=kim)
    assert [(one["name"], [r["project"] for r in one["report"]["roots"]]) for one in listed] == [
        ("both", ["a"]),
        ("mine", ["a"]),
    ]
    assert (await idle.get("/api/status", headers=kim))["watchers"] == listed
    assert len(await idle.get("/api/watchers")) == 3


async def test_dead_letters(idle: Client, store: Store) -> None:
    kim = await member(idle, store, "kim", a="admin")
    ids = {project: new_id() for project in ("a", "b")}
    for number, (project, id_) in enumerate(ids.items(), 1):
        place = Place("changes", 0, number, number)
        letter = DeadLetter(id_, "hash", new_id(), "change.observed", project, "s", place, "k", 1, "why", now())
        await store.commit(*DeadLetters.bury(letter, Remains(b"{}", "")))
    assert [one["id"] for one in await idle.get("/api/dead", headers=kim)] == [ids["a"]]
    assert await idle.get("/api/dead?project=b", headers=kim) == []
    assert (await idle.call("GET", f"/api/dead/{ids['a']}", headers=kim))[0] == 200
    assert (await idle.call("GET", f"/api/dead/{ids['b']}", headers=kim))[0] == 404
    assert (await idle.call("POST", f"/api/dead/{ids['a']}/retry", headers=kim))[0] == 403
