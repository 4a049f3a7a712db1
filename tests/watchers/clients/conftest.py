"""Machines with clients' files on them, all in step with one gateway."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from schemas.clients.adapter import Scope
from schemas.clients.adapters import CLIENTS
from schemas.clients.reconcile import Decision, Policy
from schemas.clients.sessions import Site
from tests.gateway.conftest import KEY, Client, client, idle  # noqa: F401 - fixtures
from watchers.clients.centre import ServedCentre
from watchers.clients.checking import Programs
from watchers.clients.disk import Disk
from watchers.clients.report import Report
from watchers.clients.state import State
from watchers.clients.syncing import Scene, as_on_server, look, sync, taking_part
from watchers.connection import Address


def yes(_: Decision) -> bool:
    return True


class Machine:
    """A project and a home on one machine."""

    def __init__(self, folder: Path, url: str, project: str = "team") -> None:
        self.root, self.home = folder / "root", folder / "home"
        for one in (self.root, self.home):
            one.mkdir(parents=True)
        self._state = folder / "state"
        self.programs: Programs | None = None
        self._address = Address(url, KEY["X-API-Key"], project, "")

    def write(self, path: str, text: str, *, at: str = "root") -> None:
        """Put a file below the root, or the home."""
        file = self.folder(at) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def text(self, path: str, *, at: str = "root") -> str | None:
        """What a file holds."""
        file = self.folder(at) / path
        return file.read_bytes().decode() if file.exists() else None

    def folder(self, at: str) -> Path:
        """The root or the home."""
        return self.root if at == "root" else self.home

    def files(self) -> dict[str, bytes]:
        """All files that are there."""
        folders = (self.root, self.home)
        return {str(path): path.read_bytes() for one in folders for path in one.rglob("*") if path.is_file()}

    def scene(self, scope: Scope = "project", named: Sequence[str] = (), **policy: Any) -> Scene:
        """All who take part."""
        disk = Disk(self.root, self.home)
        state = State(self._state, self.root, self._address.project or "", scope)
        clients = taking_part(CLIENTS, scope, disk, named)
        decides = (lambda _, __: Policy(**policy)) if policy else as_on_server
        return Scene(self.site(scope), clients, disk, state, decides, self.programs)

    def site(self, scope: Scope = "project") -> Site:
        """What the server knows it by."""
        return Site(machine=self.root.parent.name, scope=scope, path=str(self.root))

    async def sync(self, approves: Callable[[Decision], bool] = yes, scope: Scope = "project", **policy: Any) -> Report:
        """Bring all into step."""
        scene = self.scene(scope, **policy)
        async with scene.state.alone(), ServedCentre(self._address) as centre:
            return await sync(scene, centre, approves)

    async def look(self) -> Report:
        """Say what that would do."""
        async with ServedCentre(self._address) as centre:
            return await look(self.scene(), centre)


Machines = Callable[[str], Machine]


@pytest.fixture
def machines(tmp_path: Path, client: Client) -> Machines:  # noqa: F811 - the fixture
    """Machines by name."""
    url = str(client.raw.make_url("")).rstrip("/")
    return lambda name: Machine(tmp_path / name, url)


@pytest.fixture
def machine(machines: Machines) -> Machine:
    """One of them."""
    return machines("one")
