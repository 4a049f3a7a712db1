"""The first flow from outside: a lab's tree is watched, edited, rolled back, shared; over HTTP, WebSocket, CLI."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.build import until
from tests.faults import HEADRACE
from tests.headrace.cvlab_worker import CATEGORIES, ComponentManager, ServerError, content_hash
from tests.headrace.process import KEY, Up, components
from tests.headrace.process import until as until_now

pytestmark = pytest.mark.slow

HEADERS = {"X-API-Key": KEY}
VERSIONS = "/api/components/versions"
PATHS = [f"{CATEGORIES[n % 13]}/part_{n}.py" for n in range(81)]
SUMMARY = {"path", "category", "name", "active_hash", "version_count", "updated_at", "active_number"}
VERSION = {"hash", "path", "category", "name", "is_active", "created_at", "content", "number", "author", "policy"}
CONFIG = (
    "agent: part_0\nmodel: [part_1(depth=18), part_14]\ntransform: {train: part_4 | part_17(size=8)}\nloss: part_6\n"
)


def in_tree(tree: Path, path: str) -> Path:
    """Where a component lies in a CVLab-Kit checkout."""
    return tree / "cvlabkit" / ("" if path.startswith("agent/") else "component") / path


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """A lab of 81 components, and what the framework itself brings along."""
    home = tmp_path_factory.mktemp("journey")
    tree = home / "lab"
    components(tree, PATHS)
    for own in (
        "core/engine.py",
        "component/base/model.py",
        "component/model/__init__.py",
        "component/model/notes.txt",
    ):
        (tree / "cvlabkit" / own).parent.mkdir(parents=True, exist_ok=True)
        (tree / "cvlabkit" / own).write_text("# the framework's own\n")
    with Up(home, tree) as running:
        until_now(lambda: len(running.components()) >= len(PATHS))
        yield running


@pytest.fixture
def lab(up: Up) -> Path:
    """The tree that is watched."""
    return up.trees[0]


class Api:
    """The gateway over HTTP and WebSocket."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        async with self.session.request(method, path, json=body) as response:
            return response.status, await response.json()

    async def get(self, path: str) -> Any:
        status, answer = await self.call("GET", path)
        assert (status, answer["success"]) == (200, True), answer
        return answer["data"]

    async def post(self, path: str, body: object) -> Any:
        status, answer = await self.call("POST", path, body)
        assert (status, answer["success"]) == (200, True), answer
        return answer["data"]

    async def history(self, path: str) -> list[dict[str, Any]]:
        """Versions with content, newest first; none where there is no such component."""
        status, answer = await self.call("GET", f"{VERSIONS}/{path.removesuffix('.py')}?include_content=true")
        return answer["data"] if status == 200 else []

    async def contents(self, path: str) -> list[str]:
        """The history as text, oldest first."""
        return [version["content"] for version in reversed(await self.history(path))]

    async def summary(self, path: str) -> dict[str, Any]:
        listed = await self.get(f"{VERSIONS}/{path.split('/', maxsplit=1)[0]}")
        return next((one for one in listed if one["path"] == path), {})

    async def story(self, path: str, kind: str) -> list[dict[str, Any]]:
        """What the log tells of a component."""
        events = await self.get(f"/api/events?subject=components/{path}&type={kind}&limit=1000")
        return [event["data"] for event in events]

    @asynccontextmanager
    async def feed(self, **query: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self.session.ws_connect("/ws/sync", params=query) as ws:
            yield ws


@pytest.fixture
async def api(up: Up) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession(up.url, headers=HEADERS) as session:
        yield Api(session)


async def next_of(ws: aiohttp.ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next event of a kind."""
    async with asyncio.timeout(30):
        while True:
            event: dict[str, Any] = json.loads(await ws.receive_str())
            if event["type"] == kind:
                return event


def so(what: Callable[[], Awaitable[Any]], expected: Any) -> Awaitable[Any]:
    """Wait until something is what it should be."""

    async def check() -> bool:
        return bool(await what() == expected)

    return until(check, 60)


async def test_everything_of_the_lab_is_there(api: Api) -> None:
    listed = await api.get(VERSIONS)
    assert sorted(one["path"] for one in listed) == sorted(PATHS)
    for one in listed:
        assert one.keys() == SUMMARY
        assert one["path"] == f"{one['category']}/{one['name']}.py"
        assert one["active_hash"] == content_hash(f'"""{one["path"]}"""\n'.encode())
        assert one["version_count"] == 1
    for category in CATEGORIES:
        in_category = await api.get(f"{VERSIONS}/{category}")
        assert in_category == [one for one in listed if one["category"] == category] != []
    assert await api.post(f"{VERSIONS}/scan", {}) == {"registered": 0}


async def test_an_edit_is_seen_everywhere(api: Api, up: Up, lab: Path) -> None:
    path = "model/part_1.py"
    old, text = (await api.history(path))[0], "class Part:\n    depth = 18\n"
    async with api.feed(subject=f"components/{path}") as ws:
        in_tree(lab, path).write_text(text)
        created, moved = await next_of(ws, "version.created"), await next_of(ws, "head.moved")
    new = content_hash(text.encode())
    assert created["data"]["hash"] == moved["data"]["hash"] == new
    await so(lambda: api.contents(path), [old["content"], text])
    versions = await api.history(path)
    assert versions[0].keys() == VERSION
    assert [(version["hash"], version["is_active"]) for version in versions] == [(new, True), (old["hash"], False)]
    await so(lambda: _told(up, path), [created["id"], moved["id"]])
    diff = await api.post(f"{VERSIONS}/diff", {"from_hash": old["hash"], "to_hash": new})
    assert diff == {
        "from_hash": old["hash"],
        "to_hash": new,
        "from_content": old["content"],
        "to_content": text,
        "path": path,
    }


async def _told(up: Up, path: str) -> list[str]:
    """The newest two events of a component, by the command."""
    command = [str(HEADRACE), "events", "--json", "--limit", "2", "--subject", f"components/{path}"]
    done = await asyncio.to_thread(
        subprocess.run, [*command, "--data", str(up.data)], env=up.env, capture_output=True, text=True, check=True
    )
    return [json.loads(row)["id"] for row in done.stdout.splitlines()]


async def test_thirty_edits_at_once(api: Api, lab: Path) -> None:
    paths = PATHS[26:56]
    async with api.feed(type="version.created") as ws:
        for path in paths:
            in_tree(lab, path).write_text(f"# all at once: {path}\n")
        seen = {(await next_of(ws, "version.created"))["subject"] for _ in paths}
    assert seen == {f"components/{path}" for path in paths}
    for path in paths:
        assert await api.contents(path) == [f'"""{path}"""\n', f"# all at once: {path}\n"]


async def test_many_edits_of_one_file_end_with_the_last(api: Api, lab: Path) -> None:
    path = "metric/part_7.py"
    for number in range(50):
        in_tree(lab, path).write_text(f"step = {number}\n")
    await until(lambda: _ends_with(api, path, "step = 49\n"), 60)
    steps = (await api.contents(path))[1:]
    assert steps == sorted(steps, key=lambda text: int(text.split()[-1]))


async def _ends_with(api: Api, path: str, text: str) -> bool:
    return (await api.contents(path))[-1] == text


async def test_a_file_is_deleted_and_comes_back(api: Api, lab: Path) -> None:
    path = "loss/part_6.py"
    before = await api.history(path)
    in_tree(lab, path).unlink()
    await so(lambda: _head(api, path), None)
    assert [version["hash"] for version in await api.history(path)] == [version["hash"] for version in before]
    assert not any(version["is_active"] for version in await api.history(path))
    assert (await api.get(f"{VERSIONS}/hash/{before[0]['hash']}"))["content"] == before[0]["content"]
    in_tree(lab, path).write_text(before[0]["content"])
    await so(lambda: _head(api, path), before[0]["hash"])


async def _head(api: Api, path: str) -> Any:
    return (await api.summary(path)).get("active_hash", "none")


async def test_a_file_is_moved(api: Api, lab: Path) -> None:
    path, to = "solver/part_10.py", "solver/moved.py"
    (version,) = await api.history(path)
    in_tree(lab, path).rename(in_tree(lab, to))
    await so(lambda: _head(api, path), None)
    await so(lambda: _head(api, to), version["hash"])
    assert await api.contents(to) == await api.contents(path) == [version["content"]]
    status, answer = await api.call("POST", f"{VERSIONS}/activate", {"hash": version["hash"]})
    assert (status, "several components" in answer["error"]["message"]) == (409, True)
    assert (await api.post(f"{VERSIONS}/activate", {"hash": version["hash"], "path": path}))["is_active"]


async def test_rolling_back_is_told_apart_from_editing_to_old_bytes(api: Api, lab: Path) -> None:
    path = "scheduler/part_8.py"
    first, second = (await api.history(path))[0]["content"], "# the second\n"
    old = content_hash(first.encode())
    in_tree(lab, path).write_text(second)
    await so(lambda: api.contents(path), [first, second])
    rolled_back = await api.post(f"{VERSIONS}/activate", {"hash": old})
    assert (rolled_back["hash"], rolled_back["is_active"]) == (old, True)
    assert await _head(api, path) == old
    assert await api.contents(path) == [first, second]  # nothing was written anew
    assert [version["is_active"] for version in await api.history(path)] == [False, True]

    path = "scheduler/part_21.py"
    first = (await api.history(path))[0]["content"]
    old = content_hash(first.encode())
    for text in (second, first):
        in_tree(lab, path).write_text(text)
        await so(lambda text=text: _head(api, path), content_hash(text.encode()))  # type: ignore[misc]
    assert await api.contents(path) == [first, second, first]  # somebody wrote it
    await until(lambda: _archived(api, path, 3))
    reasons = [moved["reason"] for moved in await api.story(path, "head.moved")]
    assert reasons == ["first", "fast-forward", "fast-forward"]
    assert [moved["reason"] for moved in await api.story("scheduler/part_8.py", "head.moved")][-1] == "activated"


async def _archived(api: Api, path: str, moves: int) -> bool:
    return len(await api.story(path, "head.moved")) == moves


async def test_the_feed_is_resumed_without_a_gap(api: Api, lab: Path) -> None:
    path = "sampler/part_9.py"
    async with api.feed(subject=f"components/{path}") as ws:
        in_tree(lab, path).write_text("# one\n")
        last = await next_of(ws, "head.moved")
    in_tree(lab, path).write_text("# two\n")
    await until(lambda: _ends_with(api, path, "# two\n"))
    async with api.feed(subject=f"components/{path}", after=last["id"]) as ws:
        kinds = [json.loads(await asyncio.wait_for(ws.receive_str(), 30))["type"] for _ in range(5)]
    assert kinds == ["change.observed", "change.hashed", "change.accepted", "version.created", "head.moved"]


@pytest.fixture
def worker(up: Up, tmp_path: Path) -> Callable[[str], ComponentManager]:
    """A CVLab-Kit worker with an empty checkout and one experiment."""
    (tmp_path / "experiment.yaml").write_text(CONFIG)
    return lambda strategy: ComponentManager(up.url, tmp_path / "checkout", KEY, strategy)


NEEDED = ["agent/part_0.py", "model/part_1.py", "model/part_14.py", "transform/part_4.py", "transform/part_17.py"]
NEEDED.append("loss/part_6.py")


def test_a_worker_is_served_unchanged(worker: Callable[[str], ComponentManager], tmp_path: Path) -> None:
    config, manager = tmp_path / "experiment.yaml", worker("interactive")
    assert sorted(manager.sync_with_strategy(config).synced) == sorted(NEEDED)
    active = manager.active()
    assert all(content_hash(manager.file(path).read_bytes()) == active[path] for path in NEEDED)
    assert manager.sync_with_strategy(config).synced == []

    manager.file("model/part_14.py").write_text("mine = 1\n")
    assert manager.sync_with_strategy(config).conflicts == ["model/part_14.py"]
    assert worker("dry_run").sync_with_strategy(config).skipped == manager.needed(config)
    assert worker("local_priority").sync_with_strategy(config).uploaded == ["model/part_14.py"]
    assert manager.active()["model/part_14.py"] == content_hash(b"mine = 1\n")

    before = manager.history("model/part_14.py")[-1]
    assert manager.call("POST", "/activate", {"hash": before["hash"]})["is_active"]
    assert manager.sync_with_strategy(config).synced == ["model/part_14.py"]  # an inactive version gives way
    assert manager.file("model/part_14.py").read_text() == before["content"]

    manager.file("model/part_14.py").write_text("mine = 2\n")
    assert worker("server_authoritative").sync_with_strategy(config).synced == ["model/part_14.py"]


def test_what_a_worker_is_answered(worker: Callable[[str], ComponentManager]) -> None:
    manager = worker("interactive")
    stored = manager.upload("dataset/answered.py", "x = 1\n", activate=False)
    assert stored == {
        "hash": content_hash(b"x = 1\n"),
        "path": "dataset/answered.py",
        "category": "dataset",
        "name": "answered",
        "is_new": True,
        "is_active": False,
        "active_hash": None,
    }
    assert manager.upload("dataset/answered.py", "x = 1\n")["is_active"]
    again = manager.upload("dataset/answered.py", "x = 1\n")
    assert (again["is_new"], again["is_active"]) == (False, True)
    diff = manager.call("POST", "/diff", {"from_hash": stored["hash"], "to_hash": stored["hash"]})
    assert diff["from_content"] == diff["to_content"] == "x = 1\n"
    assert manager.call("POST", "/scan", {}).keys() == {"registered"}
    assert manager.by_hash("0" * 16) is None
    for path in ("/model/nothing", "/nothing", "/hash/xyz"):
        with pytest.raises(ServerError, match="404"):
            manager.call("GET", path)
    manager._headers["X-API-Key"] = "wrong"
    with pytest.raises(ServerError, match="401"):
        manager.active()


HOSTILE = [
    "../../etc/x.py",
    "/etc/x.py",
    "model/../../x.py",
    "agent/../../../x.py",
    "nosuch/x.py",
    "base/x.py",
    "core/x.py",
    "model/__init__.py",
    "model/sub/x.py",
    "model/x.sh",
    "model/a\0b.py",
    "model/a\nb.py",
    "model\\x.py",
    "C:/model/x.py",
    "model/NUL.py",
    "model/.py",
    "",
    "model/" + "x" * 300 + ".py",
]  # fmt: skip - a list to read


async def test_nothing_lands_outside(api: Api, up: Up, tmp_path: Path) -> None:
    snapshot = _files(up)
    for path in HOSTILE:
        for content in ("x = 1", ""):
            status, answer = await api.call("POST", f"{VERSIONS}/upload", {"path": path, "content": content})
            assert (400 <= status < 500, answer["success"]) == (True, False), path
    for path in ("../../x.py", "model/../../../x.py"):
        async with api.session.get(f"{VERSIONS}/{path}") as response:
            assert 400 <= response.status < 500
    assert {one["path"] for one in await api.get(VERSIONS)}.isdisjoint(HOSTILE)
    assert _files(up) == snapshot


def _files(up: Up) -> set[Path]:
    """Everything around the data directory, and what is not a database inside."""
    home = up.data.parent
    return {file for file in home.rglob("*") if not {"postgres", "redis", "watch", "logs"} & set(file.parts)}


async def test_links_out_of_the_tree_are_not_followed(api: Api, lab: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1\n")
    in_tree(lab, "checkpoint/link.py").symlink_to(secret)
    shutil.copy(secret, in_tree(lab, "checkpoint/after.py"))
    await so(lambda: _head(api, "checkpoint/after.py"), content_hash(secret.read_bytes()))
    await api.post(f"{VERSIONS}/scan", {})
    assert await _head(api, "checkpoint/link.py") == "none"
