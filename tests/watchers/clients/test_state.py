"""What each client said when it was in step is remembered whole, and by one sync at a time."""

import asyncio
from pathlib import Path

import pytest

from schemas.base import EventId
from schemas.clients.adapter import Location
from schemas.clients.containers import Memory
from schemas.clients.sessions import SentRun, Site
from schemas.clients.unified import Element, Key, Permission, Rule, Server
from schemas.errors import Misconfigured
from watchers import lock
from watchers.clients.state import State

ELEMENTS: dict[Key, Element] = {
    Key("servers", "a/b"): Server(transport="http", url="https://x", headers={"A": "Bearer ${TOKEN}"}),
    Key("rules", "style"): Rule(body="Äh\r\n", trigger="files", globs=("*.py",)),
    Key("permissions", "Bash(git push *)"): Permission("ask"),
}
MADE = {Location("project", ".codex/config.toml"): Memory(frozenset({(), ("mcp_servers",), ("a", 0)}), b"// \xff\n")}


def test_it_outlives_the_process(tmp_path: Path) -> None:
    state = State(tmp_path, Path("/srv/x"), "p", "project")
    assert state.bases() == {}
    asyncio.run(_kept(state))
    again = State(tmp_path, Path("/srv/x"), "p", "project")
    assert again.bases() == {"codex": ELEMENTS, "cursor": {}}
    assert again.made() == {"codex": MADE}
    for root, project, scope in (("/srv/y", "p", "project"), ("/srv/x", "q", "project"), ("/srv/x", "p", "user")):
        assert State(tmp_path, Path(root), project, "user" if scope == "user" else "project").bases() == {}


async def _kept(state: State) -> None:
    async with state.alone():
        state.keep({"codex": ELEMENTS, "cursor": {}}, {"codex": MADE, "cursor": {}})


def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    asyncio.run(_kept(State(tmp_path / "deep", Path("/srv/x"), "p", "project")))
    assert [path for path in tmp_path.rglob("*") if path.stat().st_mode & 0o077 and path != tmp_path] == []


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b'{"clients": {"codex": {"x": {}}}}', b'{"clients": {"c": {"project/servers/a": {}}}}']
)
def test_what_is_damaged_is_said(tmp_path: Path, damage: bytes) -> None:
    state = State(tmp_path, Path("/srv/x"), "p", "project")
    asyncio.run(_kept(state))
    (file,) = tmp_path.glob("*.json")
    file.write_bytes(damage)
    with pytest.raises(Misconfigured, match="damaged"):
        state.bases()


async def test_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "SYNC_PATIENCE", 0.1)
    one, other = (State(tmp_path, Path("/srv/x"), "p", "project") for _ in range(2))
    async with one.alone():
        with pytest.raises(Misconfigured, match="/srv/x"):
            async with other.alone():
                pass
    async with other.alone():
        pass


def run(number: int) -> SentRun:
    site = Site(machine="m", scope="project", path="/srv/x")
    return SentRun(
        id=EventId(f"{number:08}-0000-4000-8000-000000000000"), site=site, trigger="file", version="1", sessions=[]
    )


def test_what_was_not_told_is_kept_in_its_order(tmp_path: Path) -> None:
    state = State(tmp_path, Path("/srv/x"), "p", "project")
    assert state.untold() == []
    for number in (2, 1):
        state.put_untold(run(number))
    again = State(tmp_path, Path("/srv/x"), "p", "project")
    assert [one.id[7] for one in again.untold()] == ["2", "1"]
    again.forget(run(2).id)
    again.forget(run(2).id)
    assert again.untold() == [run(1)]
    (file,) = tmp_path.rglob("*.runs/*.json")
    file.write_bytes(b"{}")
    assert again.untold() == []


def test_what_was_told_is_remembered(tmp_path: Path) -> None:
    state = State(tmp_path, Path("/srv/x"), "p", "project")
    state.keep_told({"codex": "1"})
    asyncio.run(_kept(state))
    assert state.told() == {"codex": "1"}
