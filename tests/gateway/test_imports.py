"""Imports: what another store has kept, with its times; once, however often it is sent; nothing here overridden."""

from typing import Any

import pytest

from gateway.routes import imports
from handlers import HANDLERS
from schemas.access import Role
from schemas.events import decode
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from tests.build import hash_of, until
from tests.conftest import TABLES
from tests.gateway.conftest import Client
from tests.gateway.test_auth import add_key
from tests.gateway.test_changes import change, send
from tests.handlers.stage import carry_through
from tests.handlers.test_pipeline import dump
from tests.streams.runner import length, working

URL = "/api/components/import"
VERSIONS = "/api/components/versions"
MANIFEST = "/api/components/manifest"


def at(day: int) -> str:
    return f"2024-03-{day:02}T09:30:00.123456+00:00"


def old(text: str, day: int, path: str = "model/a.py", *, active: bool = False, **more: Any) -> dict[str, Any]:
    """A version as another store had it."""
    whole = {"path": path, "content": text, "hash": hash_of(text), "created_at": at(day), "is_active": active}
    return whole | more


def experiment(uid: str, day: int = 9, **used: str) -> dict[str, Any]:
    """What an experiment used: texts by the names of models."""
    components = {f"model/{name}.py": hash_of(text) for name, text in used.items()}
    return {"experiment_uid": uid, "components": components, "created_at": at(day)}


async def take(client: Client, *versions: dict[str, Any], manifests: Any = (), **options: Any) -> Any:
    return await client.post(URL, {"versions": versions, "manifests": list(manifests)}, **options)


async def history(client: Client, name: str = "model/a") -> list[tuple[str, str, bool]]:
    """(content, time, active) of each version, oldest first."""
    found = await client.get(f"{VERSIONS}/{name}?include_content=true")
    return [(one["content"], one["created_at"], one["is_active"]) for one in reversed(found)]


def texts(found: list[tuple[str, str, bool]]) -> str:
    return " ".join(text + "*" * active for text, _, active in found)


def named(*those: str, path: str = "model/a.py") -> list[dict[str, str]]:
    return [{"path": path, "hash": hash_of(text)} for text in those]


async def archived(client: Client) -> list[dict[str, Any]]:
    """All events, once all are in the archive."""

    async def whole() -> list[dict[str, Any]]:
        status = await client.get("/api/status")
        ended = status["events"] == status["archived"] and not any(group["lag"] for group in status["groups"])
        return await client.get("/api/events?since=2000-01-01T00:00:00Z&limit=1000") if ended else []

    return await until(whole)


async def test_hashes_times_and_flags_are_kept(client: Client) -> None:
    answer = await take(client, old("1", 1), old("2", 2, active=True), old("3", 3))
    assert answer["versions"] == {"added": named("1", "2", "3"), "present": [], "refused": [], "aside": []}
    assert await history(client) == [("1", at(1), False), ("2", at(2), True), ("3", at(3), False)]
    (listed,) = await client.get(VERSIONS)
    assert (listed["active_hash"], listed["version_count"]) == (hash_of("2"), 3)


async def test_everything_is_an_event_of_its_own_time(client: Client, store: Store) -> None:
    await take(client, old("1", 1, active=True), manifests=[experiment("e", 4, a="1")])
    events = await archived(client)
    roots = [event for event in events if event.get("causationid") is None]
    assert [(one["type"], one["subject"], one["time"][:10]) for one in roots] == [
        ("change.observed", "components/model/a.py", "2024-03-01"),
        ("change.observed", "manifests/e", "2024-03-04"),
    ]
    assert {(one["source"], one["actor"]) for one in roots} == {("headrace/import", "admin")}
    assert {one["time"][:10] for one in events if "model/a" in one["subject"]} == {"2024-03-01"}


async def test_a_replay_gives_the_same(client: Client, store: Store) -> None:
    await client.upload("model/b.py", "here")
    await take(client, old("1", 1), old("2", 2, active=True), old("x", 1, "model/b.py", active=True))
    await take(client, old("3", 3), manifests=[experiment("e", a="2", b="x")])
    await archived(client)
    events = [decode(event.encode()) for _, event in await store.events.after(0, 1000)]
    before = await dump(store)
    await store.db.execute(f"truncate {TABLES}")
    for event in events:
        if event.causationid is None:
            await carry_through([event], store)
    assert await dump(store) == before


async def test_twice_is_once(client: Client) -> None:
    everything = [old("1", 1), old("2", 2, active=True), old("3", 3)]
    await take(client, *everything, manifests=[experiment("e", a="1")])
    events, before = await archived(client), await history(client)
    answer = await take(client, *everything, manifests=[experiment("e", a="1")])
    assert answer == {
        "versions": {"added": [], "present": named("1", "2", "3"), "refused": [], "aside": []},
        "manifests": {"added": [], "present": ["e"], "refused": []},
    }
    assert (await archived(client), await history(client)) == (events, before)


async def test_the_same_twice_in_one_request(client: Client) -> None:
    version, manifest = old("1", 1, active=True), experiment("e", a="1")
    answer = await take(client, version, version, version, manifests=[manifest, manifest])
    assert (answer["versions"]["added"], len(answer["versions"]["present"])) == (named("1"), 2)
    assert (answer["manifests"]["added"], answer["manifests"]["present"]) == (["e"], ["e"])
    assert await history(client) == [("1", at(1), True)]


async def test_a_part_of_it_was_sent_before(client: Client) -> None:
    await take(client, old("1", 1))
    answer = await take(client, old("1", 1), old("2", 2, active=True), old("3", 3))
    assert (answer["versions"]["present"], answer["versions"]["added"]) == (named("1"), named("2", "3"))
    assert texts(await history(client)) == "1 2* 3"


async def test_asked_again_before_the_log_has_carried_it_through(
    idle: Client, redis_url: str, postgres_url: str, settings: Settings, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "ROUNDS", 1)
    object.__setattr__(settings, "answer_ms", 50)
    body = {"versions": [old("1", 1, active=True)], "manifests": []}
    for _ in range(2):
        assert (await idle.call("POST", URL, body))[0] == 503
    assert await length(log, "changes") == 1
    monkeypatch.setattr(imports, "ROUNDS", 200)
    async with working(HANDLERS, redis_url, postgres_url, settings):
        assert (await idle.post(URL, body))["versions"]["added"] == named("1")
        assert await history(idle) == [("1", at(1), True)]


async def test_what_is_active_here_stays_so(client: Client) -> None:
    await client.upload("model/a.py", "here")
    answer = await take(client, old("1", 1), old("2", 2, active=True))
    assert answer["versions"]["aside"] == named("2")
    assert texts(await history(client)) == "here* 1 2"


async def test_what_was_rolled_back_here_stays_so(client: Client) -> None:
    await take(client, old("1", 1), old("2", 2, active=True))
    await client.post(f"{VERSIONS}/activate", {"hash": hash_of("1")})
    answer = await take(client, old("1", 1), old("2", 2, active=True), old("3", 3))
    assert (answer["versions"]["aside"], texts(await history(client))) == (named("2"), "1* 2 3")


async def test_what_was_deleted_here_stays_so(client: Client) -> None:
    await take(client, old("1", 1, active=True))
    await send(client, change("model/a.py", None, "1"))
    await until(lambda: _is(client, "1"))
    answer = await take(client, old("1", 1), old("2", 2, active=True))
    assert (answer["versions"]["added"], answer["versions"]["aside"]) == (named("2"), named("2"))
    assert texts(await history(client)) == "1 2"


async def _is(client: Client, expected: str) -> bool:
    return texts(await history(client)) == expected


async def test_what_was_kept_becomes_active_where_nothing_ever_was(client: Client) -> None:
    await take(client, old("1", 1), old("2", 2))
    assert texts(await history(client)) == "1 2"
    answer = await take(client, old("1", 1, active=True), old("2", 2))
    assert (answer["versions"]["present"], answer["versions"]["aside"]) == (named("1", "2"), [])
    assert texts(await history(client)) == "1* 2"


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_what_cannot_be_taken_is_named_and_the_rest_goes_on(client: Client) -> None:
    wrong = old("1", 1) | {"hash": "0" * 16}
    answer = await take(client, wrong, old("x" * (1024 * 1024 + 1), 2), old("\0", 3), old("4" * 50_000, 4, active=True))
    refused = answer["versions"]["refused"]
    reasons = [f"the hash of its content is {hash_of('1')}", "1048577 bytes", "NUL"]
    assert [one["hash"] for one in refused] == [wrong["hash"], hash_of("x" * (1024 * 1024 + 1)), hash_of("\0")]
    assert all(reason in one["reason"] for reason, one in zip(reasons, refused, strict=True)), refused
    assert await history(client) == [("4" * 50_000, at(4), True)]


async def test_another_content_with_this_hash(client: Client, store: Store) -> None:
    """Neither the gateway, where it keeps a large content by itself, nor the log takes one for the other."""
    for text in ("small", "x" * 50_000):
        await store.db.execute(
            "insert into blobs (hash, digest, size, content) values ($1, 'other', 1, 'x')", hash_of(text)
        )
        answer = await take(client, old(text, 1), old(f"{text} fine", 2))
        assert "hash" in answer["versions"]["refused"][0]["reason"]
        assert len(answer["versions"]["added"]) == 1


async def test_manifests(client: Client) -> None:
    await take(client, old("1", 1), old("2", 2, "model/b.py"))
    used = experiment("e", 5, a="1", b="2")
    unknown = [experiment("x", a="2"), experiment("y", a="1", c="2")]
    answer = await take(client, manifests=[used, *unknown])
    assert [one["experiment_uid"] for one in answer["manifests"]["refused"]] == ["x", "y"]
    assert all(hash_of("2") in one["reason"] for one in answer["manifests"]["refused"])
    shown = await client.get(f"{MANIFEST}/e")
    assert (shown["components"], shown["created_at"], shown["revisions"]) == (used["components"], at(5), 1)
    (user,) = await client.get(f"{VERSIONS}/hash/{hash_of('1')}/experiments")
    assert (user["experiment_uid"], user["created_at"]) == ("e", at(5))


async def test_a_manifest_of_here_stays(client: Client) -> None:
    await take(client, old("1", 1), old("2", 2))
    await client.post(f"{MANIFEST}/e", {"model/a.py": hash_of("2")})
    answer = await take(client, manifests=[experiment("e", a="1"), experiment("f", a="1"), experiment("f", a="2")])
    assert answer["manifests"]["added"] == ["f"]
    assert [one["experiment_uid"] for one in answer["manifests"]["refused"]] == ["e", "f"]
    assert (await client.get(f"{MANIFEST}/e"))["components"] == {"model/a.py": hash_of("2")}
    assert (await client.get(f"{MANIFEST}/f"))["components"] == {"model/a.py": hash_of("1")}


async def test_an_imported_manifest_that_has_a_further_revision_here(client: Client) -> None:
    await take(client, old("1", 1), old("2", 2), manifests=[experiment("e", a="1")])
    await client.post(f"{MANIFEST}/e", {"model/a.py": hash_of("2")})
    assert (await take(client, manifests=[experiment("e", a="1")]))["manifests"]["present"] == ["e"]
    shown = await client.get(f"{MANIFEST}/e")
    assert (shown["components"], shown["revision"]) == ({"model/a.py": hash_of("2")}, 2)


async def test_projects_are_apart(client: Client) -> None:
    body = {"versions": [old("1", 1, active=True)], "manifests": [experiment("e", a="1")]}
    for project in ("one", "two"):
        answer = await client.post(f"{URL}?project={project}", body)
        assert (answer["versions"]["added"], answer["manifests"]["added"]) == (named("1"), ["e"])
    assert await client.get(VERSIONS) == []


@pytest.mark.parametrize("time", ["2024-03-01T18:30:00.123456+09:00", "2024-03-01T09:30:00.123456Z"])
async def test_times_of_elsewhere(client: Client, time: str) -> None:
    await take(client, old("1", 1))
    assert (await take(client, old("1", 1, created_at=time)))["versions"]["present"] == named("1")
    await take(client, old("2", 1, created_at=time))
    assert (await history(client))[1][1] == at(1)


BAD = [
    {"created_at": "2024-03-01 09:30:00"},
    {"created_at": "0001-01-01T00:00:00+14:00"},
    {"created_at": "9999-12-31T23:59:59-14:00"},
    {"path": "../x.py"},
    {"path": "core/x.py"},
    {"hash": "xyz"},
    {"content": None},
    {"more": 1},
]


@pytest.mark.parametrize("bad", BAD, ids=str)
async def test_what_is_no_version(idle: Client, log: Log, bad: dict[str, Any]) -> None:
    status, _ = await idle.call("POST", URL, {"versions": [old("1", 1), old("2", 2) | bad]})
    assert (status, await length(log, "changes")) == (422, 0)


@pytest.mark.parametrize("bad", [{"experiment_uid": "a/b"}, {"components": {}}, {"components": {"x": "y"}}], ids=str)
async def test_what_is_no_manifest(idle: Client, bad: dict[str, Any]) -> None:
    assert (await idle.call("POST", URL, {"manifests": [experiment("e", a="1") | bad]}))[0] == 422


async def test_too_many_at_once(idle: Client) -> None:
    assert (await idle.call("POST", URL, {"versions": [old("1", 1)] * 1001}))[0] == 422
    assert (await idle.call("POST", URL, {"manifests": [experiment("e", a="1")] * 1001}))[0] == 422


async def test_many_at_once(client: Client) -> None:
    versions = [old(f"{n}", 1 + n % 20, f"model/m{n % 20}.py", active=n > 280) for n in range(300)]
    answer = await take(client, *sorted(versions, key=lambda one: str(one["created_at"])))
    assert (len(answer["versions"]["added"]), answer["versions"]["refused"]) == (300, [])
    assert len(await client.get(VERSIONS)) == 20


async def test_only_an_administrator_may(client: Client, store: Store) -> None:
    expected: dict[Role, int] = {"viewer": 403, "user": 403, "admin": 200}
    for role, status in expected.items():
        assert (await client.call("POST", URL, {}, headers=await add_key(store, role)))[0] == status
