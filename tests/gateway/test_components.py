"""The seed's endpoints, in the seed's wire format."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from schemas.components import CATEGORIES
from schemas.settings import Settings
from tests.build import hash_of
from tests.gateway.conftest import Client

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


async def test_scan_registers_what_is_new(client: Client, lab: Path, settings: Settings) -> None:
    from gateway.services import SERVICES

    services = client.raw.app[SERVICES]
    object.__setattr__(services, "settings", settings.model_copy(update={"scan": str(lab)}))
    files = [f for f in lab.glob("cvlabkit/**/*.py") if "core" not in f.parts and "base" not in f.parts]
    assert await client.post(f"{VERSIONS}/scan") == {"registered": len(files)}
    assert await client.post(f"{VERSIONS}/scan") == {"registered": 0}
    (lab / "cvlabkit/component/model/resnet.py").write_text("changed = True\n")
    (lab / "cvlabkit/component/model/link.py").symlink_to("/etc/hostname")
    assert await client.post(f"{VERSIONS}/scan") == {"registered": 1}
    assert len(await client.get(VERSIONS)) == len(files)


async def test_a_server_without_a_tree_says_so(client: Client) -> None:
    status, error = await client.call("POST", f"{VERSIONS}/scan", {})
    assert (status, "--watch" in error["detail"]) == (409, True)


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
