"""Workers, each with a tree of its own, the gateway that they share, and the network between them."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.errors import Away
from schemas.sides import SyncResult
from tests.build import until
from tests.gateway.conftest import KEY, Client, client, idle  # noqa: F401 - fixtures
from tests.gateway.test_changes import change, send
from watchers import connection
from watchers.sync.manager import AsyncComponentManager

Hook = Callable[[], Awaitable[object]]

A, B, C = "model/a.py", "model/b.py", "agent/c.py"


def config(*paths: str) -> dict[str, list[str]]:
    """A config that needs these."""
    wanted: dict[str, list[str]] = {}
    for path in paths:
        category, name = path.removesuffix(".py").split("/")
        wanted.setdefault(category, []).append(name)
    return wanted


class Worker:
    """A tree, and its manager."""

    def __init__(self, tree: Path, url: str, **options: Any) -> None:
        tree.mkdir(exist_ok=True)
        self.tree = tree
        self.manager = AsyncComponentManager(url, tree, KEY["X-API-Key"], **options)

    def file(self, path: str) -> Path:
        """Where a component lies."""
        return self.tree / "cvlabkit" / ("" if path.startswith("agent/") else "component") / path

    def write(self, path: str, text: str) -> None:
        """Edit a file."""
        self.file(path).parent.mkdir(parents=True, exist_ok=True)
        self.file(path).write_text(text)

    def text(self, path: str) -> str | None:
        """What lies there."""
        return self.file(path).read_text() if self.file(path).exists() else None

    async def sync(self, *paths: str, strategy: str | None = None) -> SyncResult:
        """Sync what a config needs that names these."""
        return await self.manager.sync_with_strategy(config(*paths), strategy)


Hire = Callable[..., Worker]


@pytest.fixture
def url(client: Client) -> str:  # noqa: F811 - the fixture
    """The gateway's address."""
    return str(client.raw.make_url("")).rstrip("/")


@pytest.fixture
def hire(tmp_path: Path, url: str) -> Hire:
    """Workers of the gateway, by name."""

    def begin(name: str = "one", **options: Any) -> Worker:
        return Worker(tmp_path / name, url, **{"worker": name, **options})

    return begin


class Network:
    """What workers ask of the gateway, written down; and what happens on the way."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.down: set[str] = set()
        self._before: dict[str, Hook] = {}
        self._after: dict[str, Hook] = {}

    def before(self, path: str, hook: Hook) -> None:
        """Do this once, before the next request of this kind arrives."""
        self._before[path] = hook

    def after(self, path: str, hook: Hook) -> None:
        """Do this once, after the next request of this kind has been answered."""
        self._after[path] = hook

    async def pass_on(self, path: str, request: Callable[[], Awaitable[Any]]) -> Any:
        """Carry a request."""
        kind = f"/{path.split('/')[1]}"
        self.requests.append(kind)
        if hook := self._before.pop(kind, None):
            await hook()
        if kind in self.down or "" in self.down:
            raise Away("the network is down")
        answer = await request()
        if hook := self._after.pop(kind, None):
            await hook()
        return answer


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """The network of all workers in this process."""
    found = Network()
    once = connection.Connection._once

    async def pass_on(self: connection.Connection, path: str, *args: Any) -> Any:
        return await found.pass_on(path.removeprefix("/api/components"), lambda: once(self, path, *args))

    monkeypatch.setattr(connection.Connection, "_once", pass_on)
    monkeypatch.setattr(connection, "PAUSES", (0.0, 0.0))
    return found


def lists(result: SyncResult) -> dict[str, list[str]]:
    """The lists that are not empty."""
    found = {name: list(result[name]) for name in ("synced", "uploaded", "skipped", "failed")}
    found["conflicts"] = [conflict.path for conflict in result.conflicts]
    found["overridden"] = [conflict.path for conflict in result.overridden]
    return {name: paths for name, paths in found.items() if paths}


async def history(client: Client, path: str) -> str:  # noqa: F811 - no fixture here
    """The contents of a component's versions, oldest first; the active one in capitals."""
    url = f"/api/components/versions/{path.removesuffix('.py')}?include_content=true"
    status, versions = await client.call("GET", url)
    if status == 404:
        return ""
    return "".join(v["content"].upper() if v["is_active"] else v["content"] for v in reversed(versions))


async def is_history(client: Client, path: str, versions: str) -> bool:  # noqa: F811 - no fixture here
    """Whether it has become this: what is kept while a person is asked is so a moment after the answer."""
    return (await history(client, path)).replace("lL", "L") == versions.replace("lL", "L")


async def remove(client: Client, path: str, text: str) -> None:  # noqa: F811 - no fixture here
    """Delete the server's file, of which this is the active content."""
    await send(client, change(path, None, text))

    async def is_gone() -> bool:
        return (await history(client, path)).islower()

    await until(is_gone)
