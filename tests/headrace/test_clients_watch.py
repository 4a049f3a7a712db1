"""`headrace clients watch`: what is edited on one machine is in every client's file on all of them a moment later."""

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from schemas.settings import Settings
from tests.faults import HEADRACE, environment
from tests.headrace.process import KEY, Up, until

pytestmark = pytest.mark.slow
CLAUDE, CURSOR, CODEX = ".mcp.json", ".cursor/mcp.json", ".codex/config.toml"
DOCS = {"type": "http", "url": "https://docs.example.com/mcp"}


class Watched:
    """A clone on one machine, and the watch on it."""

    def __init__(self, folder: Path, up: Up) -> None:
        self.root = folder / "work"
        self.root.mkdir(parents=True)
        more = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "HEADRACE_API_KEY": KEY}
        self._env = environment(Settings(url=up.url, project="team"), **more)
        self._log = folder / "log"
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str) -> None:
        """A command that must succeed."""
        command = [str(HEADRACE), "clients", *arguments, "--root", str(self.root)]
        subprocess.run(command, env=self._env, check=True, timeout=60, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        """Begin to watch."""
        command = [str(HEADRACE), "clients", "watch", "--root", str(self.root)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self._env, stdout=log, stderr=log)
        until(lambda: b"watching the clients" in self._log.read_bytes())

    def write(self, path: str, text: str) -> None:
        """Edit a file."""
        self.root.joinpath(path).parent.mkdir(parents=True, exist_ok=True)
        self.root.joinpath(path).write_text(text)

    def text(self, path: str) -> str:
        """What a file holds."""
        file = self.root / path
        return file.read_text() if file.exists() else ""

    def says(self, text: str) -> bool:
        """Whether the watch has said this."""
        return text in self._log.read_text()


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    with Up(tmp_path / "up") as running:
        yield running


@pytest.fixture
def machines(tmp_path: Path, up: Up) -> Iterator[Callable[[str], Watched]]:
    made: list[Watched] = []

    def make(name: str) -> Watched:
        made.append(Watched(tmp_path / name, up))
        return made[-1]

    yield make
    for one in made:
        if one.process is not None:
            one.process.kill()
            one.process.wait()


def claude(**entries: Any) -> str:
    return json.dumps({"mcpServers": entries})


def test_an_edit_is_everywhere_a_moment_later(machines: Callable[[str], Watched], up: Up) -> None:
    one, two = machines("one"), machines("two")
    one.write(CLAUDE, claude(docs=DOCS))
    one.write(CODEX, "# mine\n")
    two.write(CURSOR, "{}")
    one.run("sync", "--yes")
    for machine in (one, two):
        machine.start()
    until(lambda: "docs.example.com" in two.text(CURSOR))
    one.write(CLAUDE, claude(docs=DOCS | {"headers": {"X-Team": "vision"}}))
    until(lambda: "vision" in two.text(CURSOR) and "vision" in one.text(CODEX))
    two.write(CURSOR, two.text(CURSOR).replace("vision", "other"))
    until(lambda: "other" in one.text(CLAUDE) and "other" in one.text(CODEX))
    one.write(".gemini/settings.json", "{}")
    until(lambda: "docs.example.com" in one.text(".gemini/settings.json"))


def test_what_widens_waits_and_the_server_may_go_and_come(machines: Callable[[str], Watched], up: Up) -> None:
    one = machines("one")
    one.write(CLAUDE, claude(docs=DOCS))
    one.write(CURSOR, "{}")
    one.start()
    until(lambda: one.says("waits  servers/docs of claude"))
    assert one.text(CURSOR) == "{}"
    one.run("sync", "--yes")
    assert "docs.example.com" in one.text(CURSOR)
    before = up.child("gateway")
    os.kill(before, signal.SIGKILL)
    one.write(CLAUDE, claude(docs=DOCS | {"headers": {"X-Team": "vision"}}))
    until(lambda: "vision" in one.text(CURSOR))
    assert one.process is not None
    one.process.send_signal(signal.SIGTERM)
    assert one.process.wait(20) == 0


def test_what_is_decided_and_asked_for_on_the_server_is_done(machines: Callable[[str], Watched], up: Up) -> None:
    one = machines("one")
    one.write(CLAUDE, claude(docs=DOCS))
    one.write(CURSOR, "{}")
    one.start()
    (asked,) = until(lambda: up.get("/api/v1/conflicts?project=team"))
    assert asked["why"] == "a new server to call"
    up.request("POST", f"/api/v1/conflicts/{asked['id']}?project=team", {"decision": "upload"})
    until(lambda: "docs.example.com" in one.text(CURSOR))
    _, sessions = up.request("POST", "/api/v1/sync/trigger?project=team", {})
    assert {one["client"].partition("@")[0] for one in sessions} == {"agents", "claude", "cursor"}

    def states() -> set[str]:
        return {up.get(f"/api/v1/sync/sessions/{one['id']}?project=team")["status"] for one in sessions}

    until(lambda: states() == {"success"})
