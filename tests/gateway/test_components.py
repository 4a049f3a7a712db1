"""The seed's endpoints, in the seed's wire format."""

import asyncio
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest

from gateway.services import SERVICES
from schemas.access import ADMINISTRATOR
from schemas.base import now
from schemas.components import CATEGORIES
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from streams.store.credentials import Credential
from tests.build import hash_of, until
from tests.gateway.conftest import Client
from tests.streams.runner import length

VERSIONS = "/api/components/versions"


async def test_an_upload_is_there_when_it_is_answered(client: Client) -> None:
    uploaded = await client.upload("model/resnet.py", "x = 1\n")
    assert uploaded == {
        "hash": hash_of("x = 1\n"),
        "path": "model/resnet.py",
        "category": "model",
        "name": "resnet",
        "is_new": True,
        "is_active": True,
        "active_hash": hash_of("x = 1\n"),
    }
    (summary,) = await client.get(VERSIONS)
    assert datetime.fromisoformat(summary.pop("updated_at")).tzinfo is not None
    assert summary == {
        "path": "model/resnet.py",
        "category": "model",
        "name": "resnet",
        "active_hash": hash_of("x = 1\n"),
        "active_number": 1,
        "version_count": 1,
    }
    (version,) = await client.get(f"{VERSIONS}/model/resnet")
    created = version.pop("created_at")
    assert created.endswith("+00:00")  # Python before 3.11 reads nothing else
    assert datetime.fromisoformat(created).tzinfo is not None
    assert version == {
        "hash": hash_of("x = 1\n"),
        "path": "model/resnet.py",
        "category": "model",
        "name": "resnet",
        "number": 1,
        "author": ADMINISTRATOR,
        "policy": "forced",
        "is_active": True,
        "content": None,
    }
    assert (await client.get(f"{VERSIONS}/model/resnet?include_content=true"))[0]["content"] == "x = 1\n"


async def test_the_answer_has_the_seeds_shape(client: Client) -> None:
    async with client.raw.get(VERSIONS, headers={"X-API-Key": "key-of-the-tests"}) as response:
        assert await response.json() == {"success": True, "data": [], "meta": {"message": "ok"}}
        assert response.content_type == "application/json"


@pytest.mark.parametrize("category", CATEGORIES)
async def test_all_13_categories(client: Client, category: str) -> None:
    await client.upload(f"{category}/one.py", category)
    await client.upload("model/other.py" if category != "model" else "loss/other.py", "other")
    assert [one["path"] for one in await client.get(f"{VERSIONS}/{category}")] == [f"{category}/one.py"]
    assert len(await client.get(VERSIONS)) == 2


async def test_the_same_bytes_again_are_nothing_new(client: Client) -> None:
    assert (await client.upload("model/a.py", "a"))["is_new"] is True
    again = await client.upload("model/a.py", "a")
    assert (again["is_new"], again["is_active"]) == (False, True)
    assert len(await client.get(f"{VERSIONS}/model/a")) == 1


async def test_upload_without_activation(client: Client) -> None:
    await client.upload("model/a.py", "a")
    kept = await client.upload("model/a.py", "b", activate=False)
    assert (kept["is_new"], kept["is_active"]) == (True, False)
    assert [v["is_active"] for v in await client.get(f"{VERSIONS}/model/a")] == [False, True]


async def test_roll_back(client: Client) -> None:
    for text in ("a", "b", "c"):
        await client.upload("model/a.py", text)
    version = await client.post(f"{VERSIONS}/activate", {"hash": hash_of("a")})
    assert (version["hash"], version["is_active"], version["content"]) == (hash_of("a"), True, "a")
    assert [v["is_active"] for v in await client.get(f"{VERSIONS}/model/a")] == [False, False, True]
    assert (await client.get(VERSIONS))[0]["active_hash"] == hash_of("a")
    again = await client.post(f"{VERSIONS}/activate", {"hash": hash_of("a")})
    assert again["is_active"] is True


async def test_edit_to_old_bytes_is_a_version_of_its_own(client: Client) -> None:
    for text in ("a", "b", "a"):
        await client.upload("model/a.py", text)
    assert [v["hash"] for v in await client.get(f"{VERSIONS}/model/a")] == [hash_of(t) for t in "aba"]
    await client.post(f"{VERSIONS}/activate", {"hash": hash_of("b")})
    await client.post(f"{VERSIONS}/activate", {"hash": hash_of("a")})
    assert [v["is_active"] for v in await client.get(f"{VERSIONS}/model/a")] == [True, False, False]


async def test_the_history_says_who_and_by_which_rule(client: Client, store: Store) -> None:
    await store.credentials.add("key-of-ann", Credential("key", "ann", "user"), now(), None)
    await client.upload("model/a.py", "a")
    body = {"path": "model/a.py", "content": "b", "base": hash_of("a")}
    await client.post(f"{VERSIONS}/upload", body, headers={"X-API-Key": "key-of-ann"})
    await client.upload("model/a.py", "c", activate=False)
    told = [(v["number"], v["author"], v["policy"]) for v in await client.get(f"{VERSIONS}/model/a")]
    assert told == [(3, ADMINISTRATOR, "stored"), (2, "ann", "fast-forward"), (1, ADMINISTRATOR, "forced")]


@pytest.mark.parametrize("size", [1, 2, 5, 6, 7, 100])
async def test_the_pages_of_a_history_put_together_are_the_whole(client: Client, size: int) -> None:
    for number in range(6):
        await client.upload("model/a.py", str(number))
    whole, put, before = await client.get(f"{VERSIONS}/model/a"), [], ""
    while part := await client.get(f"{VERSIONS}/model/a?limit={size}{before}"):
        assert len(part) <= size
        put += part
        before = f"&before={part[-1]['number']}"
        await client.upload("model/a.py", f"{before} meanwhile")
    assert put == whole
    assert [version["number"] for version in put] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("before", ["0", "-1", "x", str(2**31), str(2**64), "1e3"])
async def test_before_what_is_no_number(client: Client, before: str) -> None:
    await client.upload("model/a.py", "a")
    assert (await client.call("GET", f"{VERSIONS}/model/a?before={before}"))[0] == 422
    assert (await client.call("GET", f"{VERSIONS}/model/b?before=1"))[0] == 404


async def test_one_component(client: Client) -> None:
    for text in "aba":
        await client.upload("model/a.py", text)
    await client.upload("model/b.py", "b")
    (listed, _) = await client.get(VERSIONS)
    assert await client.get(f"{VERSIONS}/model/a/summary") == listed
    assert (listed["active_number"], listed["version_count"]) == (3, 3)
    assert (await client.call("GET", f"{VERSIONS}/model/c/summary"))[0] == 404
    version = await client.get(f"{VERSIONS}/hash/{hash_of('b')}?path=model/a.py")
    assert (version["path"], version["number"], version["is_active"]) == ("model/a.py", 2, False)
    assert (await client.call("GET", f"{VERSIONS}/hash/{hash_of('a')}?path=model/b.py"))[0] == 404
    assert (await client.call("GET", f"{VERSIONS}/hash/{hash_of('a')}?path=../a.py"))[0] == 422


async def told(client: Client, store: Store, head_moves: int) -> list[dict[str, Any]]:
    """The story, when the archive has it."""

    async def archived() -> bool:
        found = await store.db.fetchval("select count(*) from events where kind = 'head.moved'")
        return bool(found >= head_moves)

    await until(archived)
    story: list[dict[str, Any]] = await client.get("/api/replay/story?subject=components/model/a.py")
    return story


REASONS = ["it was better", "", "<script>", "한글 \u202e \n\t'\"", "x" * 500]


@pytest.mark.parametrize("reason", REASONS, ids=range(len(REASONS)))
async def test_a_roll_back_says_why(client: Client, store: Store, reason: str) -> None:
    for text in "ab":
        await client.upload("model/a.py", text)
    await client.post(f"{VERSIONS}/activate", {"hash": hash_of("a"), "reason": f" {reason} "})
    story = await told(client, store, 3)
    assert [one["reason"] for one in story] == [None, None, reason.strip() or None]
    event = await client.get(f"/api/events/{story[2]['story']}")
    assert event["data"].get("reason", "") == reason.strip()


@pytest.mark.parametrize("reason", ["x" * 501, "a\0b", None, 5, []], ids=range(5))
async def test_what_is_no_reason(client: Client, reason: object) -> None:
    await client.upload("model/a.py", "a")
    assert (await client.call("POST", f"{VERSIONS}/activate", {"hash": hash_of("a"), "reason": reason}))[0] == 422


async def test_an_undo_may_leave_nothing_active(client: Client, store: Store) -> None:
    await client.upload("model/a.py", "a", activate=False)
    await client.post(f"{VERSIONS}/activate", {"hash": hash_of("a"), "base": None})
    undo = {"hash": None, "path": "model/a.py", "base": hash_of("a"), "reason": "a mistake"}
    assert await client.post(f"{VERSIONS}/activate", undo) is None
    (summary,) = await client.get(VERSIONS)
    assert (summary["active_hash"], summary["active_number"], summary["version_count"]) == (None, None, 1)
    assert await client.post(f"{VERSIONS}/activate", undo) is None  # said again, it is so already
    undone = (await told(client, store, 2))[2]
    assert (undone["did"], undone["policy"], undone["reason"]) == ("removed", "removed", "a mistake")
    assert (undone["active"], undone["over"]) == (False, hash_of("a"))


async def test_an_undo_does_not_take_away_somebody_elses(client: Client) -> None:
    for text in "ab":
        await client.upload("model/a.py", text)
    status, error = await client.call(
        "POST", f"{VERSIONS}/activate", {"hash": None, "path": "model/a.py", "base": hash_of("a")}
    )
    assert (status, hash_of("b") in error["message"]) == (409, True)
    assert (await client.get(VERSIONS))[0]["active_hash"] == hash_of("b")
    assert await client.post(f"{VERSIONS}/activate", {"hash": None, "path": "model/a.py"}) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"path": "../a.py"}, 422),
        ({"path": "model/none.py"}, 404),
        ({"path": "model/none.py", "hash": 5}, 422),
    ],
)
async def test_no_active_version_of_what(client: Client, body: dict[str, object], status: int) -> None:
    assert (await client.call("POST", f"{VERSIONS}/activate", {"hash": None} | body))[0] == status


async def test_two_components_share_bytes(client: Client) -> None:
    for path in ("model/a.py", "loss/b.py"):
        await client.upload(path, "same")
        await client.upload(path, "other")
    status, error = await client.call("POST", f"{VERSIONS}/activate", {"hash": hash_of("same")})
    assert (status, "path" in error["detail"]) == (409, True)
    assert "loss/b.py" in error["message"]
    version = await client.post(f"{VERSIONS}/activate", {"hash": hash_of("same"), "path": "loss/b.py"})
    assert version["path"] == "loss/b.py"
    active = {one["path"]: one["active_hash"] for one in await client.get(VERSIONS)}
    assert active == {"model/a.py": hash_of("other"), "loss/b.py": hash_of("same")}


async def test_one_version_by_its_hash_wins_over_category_and_name(client: Client) -> None:
    await client.upload("model/a.py", "a")
    version = await client.get(f"{VERSIONS}/hash/{hash_of('a')}")
    assert (version["content"], version["path"]) == ("a", "model/a.py")


async def test_diff(client: Client) -> None:
    await client.upload("model/a.py", "a")
    await client.upload("model/a.py", "b")
    assert await client.post(f"{VERSIONS}/diff", {"from_hash": hash_of("a"), "to_hash": hash_of("b")}) == {
        "from_hash": hash_of("a"),
        "to_hash": hash_of("b"),
        "from_content": "a",
        "to_content": "b",
        "path": "model/a.py",
    }


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"{VERSIONS}/hash/0000000000000000", None),
        ("GET", f"{VERSIONS}/hash/not-a-hash", None),
        ("GET", f"{VERSIONS}/model/nothing", None),
        ("GET", f"{VERSIONS}/nothing", None),
        ("GET", f"{VERSIONS}/nothing/nothing", None),
        ("POST", f"{VERSIONS}/activate", {"hash": "0" * 16}),
        ("POST", f"{VERSIONS}/activate", {"hash": "0" * 16, "path": "model/a.py"}),
        ("POST", f"{VERSIONS}/diff", {"from_hash": "0" * 16, "to_hash": "1" * 16}),
    ],
)
async def test_what_is_not_there_is_404(client: Client, method: str, path: str, body: object) -> None:
    status, error = await client.call(method, path, body)
    assert status == 404
    assert error["message"]


def watch(client: Client, settings: Settings, *trees: Path) -> None:
    """Let these be the server's own trees."""
    scan = ":".join(map(str, trees))
    object.__setattr__(client.raw.app[SERVICES], "settings", settings.model_copy(update={"scan": scan}))


async def test_scan_registers_what_is_new(client: Client, lab: Path, settings: Settings) -> None:
    watch(client, settings, lab)
    files = [f for f in lab.glob("cvlabkit/**/*.py") if "core" not in f.parts and "base" not in f.parts]
    assert await client.post(f"{VERSIONS}/scan") == {"registered": len(files)}
    assert await client.post(f"{VERSIONS}/scan") == {"registered": 0}
    (lab / "cvlabkit/component/model/resnet.py").write_text("changed = True\n")
    (lab / "cvlabkit/component/model/link.py").symlink_to("/etc/hostname")
    assert await client.post(f"{VERSIONS}/scan") == {"registered": 1}
    assert len(await client.get(VERSIONS)) == len(files)


async def test_a_server_without_a_tree_says_so(client: Client) -> None:
    for query in ("", "?dry_run=true"):
        status, error = await client.call("POST", f"{VERSIONS}/scan{query}", {})
        assert (status, "--watch" in error["detail"]) == (409, True)


async def plan(client: Client) -> dict[str, Any]:
    """What a scan would come to."""
    found: dict[str, Any] = await client.post(f"{VERSIONS}/scan?dry_run=true")
    return found


async def test_a_dry_run_says_what_a_scan_would_do_and_writes_nothing(
    client: Client, lab: Path, settings: Settings, store: Store, log: Log
) -> None:
    watch(client, settings, lab)
    model = lab / "cvlabkit" / "component" / "model"
    large = model / "large.py"
    large.write_text(f"x = '{'x' * settings.inline_limit}'\n")
    first = await plan(client)
    assert [await store.db.fetchval(f"select count(*) from {table}") for table in ("blobs", "documents")] == [0, 0]
    assert await length(log, "changes") == 0
    assert (first["new_versions"], first["unchanged"]) == ({"count": 0, "paths": []},) * 2
    count = first["new_components"]["count"]
    assert len(first["new_components"]["paths"]) == 10 < count
    assert await client.post(f"{VERSIONS}/scan") == {"registered": count}

    (model / "resnet.py").write_text("changed = True\n")
    (model / "new.py").write_text("new = True\n")
    (model / "bytes.py").write_bytes(b"\xff\xfe")
    (model / os.fsdecode(b"\xff.py")).write_text("")
    assert await plan(client) == {
        "new_components": {"count": 1, "paths": ["model/new.py"]},
        "new_versions": {"count": 1, "paths": ["model/resnet.py"]},
        "unchanged": {"count": count - 1, "paths": ANY},
        "refused": {"count": 1, "paths": ["model/bytes.py"]},
    }
    assert await client.post(f"{VERSIONS}/scan") == {"registered": 2}
    (model / "resnet.py").write_bytes(large.read_bytes())
    await client.upload("model/resnet.py", "the newest\n")
    await client.upload("model/resnet.py", large.read_text())
    await client.upload("model/resnet.py", "somebody has gone on\n")
    again = await plan(client)
    assert (again["new_components"]["count"], again["new_versions"]["count"]) == (0, 0)
    assert await client.post(f"{VERSIONS}/scan") == {"registered": 0}


async def test_a_dry_run_of_trees_that_hold_the_same_component(
    client: Client, lab: Path, settings: Settings, tmp_path: Path
) -> None:
    other = tmp_path / "other" / "cvlabkit" / "component" / "model" / "resnet.py"
    other.parent.mkdir(parents=True)
    other.write_text("other = True\n")
    watch(client, settings, lab, tmp_path / "other", lab)
    foreseen = await plan(client)
    assert foreseen["new_versions"] == {"count": 1, "paths": ["model/resnet.py"]}
    registered = foreseen["new_components"]["count"] + 1
    assert await client.post(f"{VERSIONS}/scan") == {"registered": registered}


async def test_a_deleted_component_that_lies_there_would_come_back(
    client: Client, lab: Path, settings: Settings
) -> None:
    watch(client, settings, lab)
    await client.post(f"{VERSIONS}/scan")
    await client.post(f"{VERSIONS}/activate", {"hash": None, "path": "model/resnet.py"})
    assert (await plan(client))["new_versions"] == {"count": 1, "paths": ["model/resnet.py"]}
    assert await client.post(f"{VERSIONS}/scan") == {"registered": 1}


async def test_projects_are_apart(client: Client) -> None:
    await client.upload("model/a.py", "a")
    await client.post(f"{VERSIONS}/upload?project=other", {"path": "model/a.py", "content": "b"})
    assert [one["active_hash"] for one in await client.get(f"{VERSIONS}?project=other")] == [hash_of("b")]
    assert [one["active_hash"] for one in await client.get(VERSIONS)] == [hash_of("a")]
    status, _ = await client.call("GET", f"{VERSIONS}/hash/{hash_of('a')}?project=other")
    assert status == 404


async def test_lists_are_paged_by_key(client: Client) -> None:
    for number in range(5):
        await client.upload(f"model/m{number}.py", "x")
    first = await client.get(f"{VERSIONS}?limit=2")
    rest = await client.get(f"{VERSIONS}?limit=10&after={first[-1]['path']}")
    assert [one["name"] for one in first + rest] == ["m0", "m1", "m2", "m3", "m4"]


async def test_content_of_any_kind(client: Client) -> None:
    for text in ("", "한글 = 'é'\r\n\t", "x" * 200_000, "\u2028\ufeff", '{"json": "\\u0000"}'):
        uploaded = await client.upload("model/a.py", text)
        assert (await client.get(f"{VERSIONS}/hash/{uploaded['hash']}"))["content"] == text


async def test_many_at_once(client: Client) -> None:
    uploads = [client.upload(f"model/m{n % 7}.py", f"x = {n}\n") for n in range(140)]
    answers: list[dict[str, Any]] = await asyncio.gather(*uploads)
    assert all(answer["is_new"] for answer in answers)
    for number in range(7):
        versions = await client.get(f"{VERSIONS}/model/m{number}?include_content=true")
        assert sorted(v["content"] for v in versions) == sorted(f"x = {n}\n" for n in range(number, 140, 7))
        assert sum(v["is_active"] for v in versions) == 1
