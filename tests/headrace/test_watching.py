"""`headrace watch` for those who use it: on a terminal, as a service, asked why and how it does."""

import json
import os
import pty
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schemas.settings import Settings
from tests.faults import HEADRACE, environment
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, components, until
from tests.watchers.emitting import emitting
from watchers.report import read_reports


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree of two components and of things that are none."""
    root = tmp_path / "tree"
    components(root, ["model/a.py", "agent/b.py"])
    (root / ".gitignore").write_text("*.pt\n")
    (root / "weights.pt").write_bytes(b"pt")
    (root / "link").symlink_to("weights.pt")
    os.mkfifo(root / "pipe")
    return root


EXPLAINED = [
    ("cvlabkit/component/model/a.py", "watched in {tree}; a server is told of it as model/a.py"),
    ("readme.txt", "not read: No such file or directory"),
    ("weights.pt", "not watched, by .gitignore:1: *.pt"),
    ("cvlabkit/__pycache__/a.pyc", "not watched, by built in: __pycache__"),
    ("link", "not read: a symbolic link is not followed"),
    ("pipe", "not read: it is no file"),
    (".gitignore", "watched in {tree}; a server is not told of it: it is no component"),
    ("state/x", "not watched, by built in: this program's own state"),
    ("cvlabkit/agent", "watched in {tree}; a server is not told of it: it is no component"),
]


@pytest.mark.parametrize(("path", "why"), EXPLAINED, ids=[path for path, _ in EXPLAINED])
def test_why_a_path_is_watched_or_not(cli: Cli, tree: Path, path: str, why: str) -> None:
    said = cli.good("watch", tree, "--gitignore", "--explain", tree / path, "--data", tree / "state")
    assert said == f"{tree / path}: {why.format(tree=tree)}\n"


def test_why_by_what_is_running(cli: Cli, tree: Path, tmp_path: Path) -> None:
    with emitting(tmp_path / "one", tree, more=["--gitignore"]) as daemon:
        until(lambda: list((daemon.data / "watch").glob("*.json")))
        said = cli.good("watch", "--explain", tree / "weights.pt", "--data", daemon.data)
    assert "by .gitignore:1: *.pt" in said
    assert "is in no tree that is watched" in cli.bad("watch", "--explain", tmp_path / "x", "--data", daemon.data)


def test_how_it_does(cli: Cli, tree: Path, tmp_path: Path) -> None:
    with emitting(tmp_path / "one", tree) as daemon:
        until(
            lambda: [root.files for found in read_reports(daemon.data / "watch") for root in found.state.roots] == [4]
        )
        said = cli.good("watch", "status", "--data", daemon.data)
        assert re.search(rf"prints +process {daemon.process.pid}\n", said)
        assert f"  {tree}\n    4 files of project default, last change none yet, 0 unsent\n    ok\n" in said
        (state,) = json.loads(cli.good("watch", "status", "--json", "--data", daemon.data))
        assert (state["running"], state["roots"][0]["files"]) == (True, 4)
        daemon.kill()
        code, out, _ = cli.run("watch", "status", "--data", daemon.data)
        assert (code, "ended without a word" in out) == (1, True)
        daemon.start()
        assert daemon.stop() == 0
    code, out, err = cli.run("watch", "status", "--data", daemon.data)
    assert (code, out) == (1, "")
    assert err.startswith("nothing is watched from")


@contextmanager
def on_a_terminal(folder: Path, *arguments: object, **variables: str) -> Iterator[Callable[[str], bool]]:
    """`headrace watch` on a terminal; waits until that shows a pattern."""
    ours, theirs = pty.openpty()
    command = [str(HEADRACE), "watch", *map(str, arguments), "--data", str(folder / "data")]
    env = environment(Settings(), TERM="xterm", COLUMNS="200", **variables)
    seen = ""

    def sees(pattern: str) -> bool:
        nonlocal seen
        while not re.search(pattern, seen):
            seen += re.sub(r"\x1b\[[0-9;]*m", "", os.read(ours, 4096).decode())
        return True

    try:
        with subprocess.Popen(command, env=env, stdout=theirs, stderr=subprocess.DEVNULL) as process:
            os.close(theirs)
            try:
                yield sees
            finally:
                process.kill()
    finally:
        os.close(ours)


def test_what_happens_is_seen_on_a_terminal(tree: Path, tmp_path: Path) -> None:
    with (
        Up(tmp_path / "up") as up,
        on_a_terminal(tmp_path, tree, "--server", up.url, HEADRACE_API_KEY=KEY) as sees,
    ):
        assert sees(r"\d\d:\d\d:\d\d new +cvlabkit/agent/b\.py  \d+ bytes")
        (tree / "cvlabkit/component/model/a.py").write_text("changed = 1\n")
        assert sees(r"edited +cvlabkit/component/model/a\.py  12 bytes")
        (tree / "cvlabkit/component/model/a.py").unlink()
        assert sees(r"deleted +cvlabkit/component/model/a\.py")


def test_a_terminal_shows_what_a_server_that_is_away_cannot_take(tree: Path, tmp_path: Path) -> None:
    with on_a_terminal(tmp_path, tree, "--server", "http://127.0.0.1:1", HEADRACE_API_KEY=KEY) as sees:
        assert sees(r"cvlabkit/agent/b\.py")
        (tree / "cvlabkit/component/model/a.py").write_text("changed = 1\n")
        assert sees(r"12 bytes")
        (tree / "cvlabkit/component/model/a.py").unlink()
        assert sees(r"deleted ")


def test_several_trees_from_a_file(cli: Cli, tree: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    file = tmp_path / "watch.toml"
    file.write_text('[[root]]\npath = "tree"\nproject = "one"\n[[root]]\npath = "other"\nproject = "two"\n')
    with emitting(tmp_path / "home", more=("--config", str(file))) as daemon:
        until(lambda: daemon.err.count("watching ") == 2)
        (other / "a").write_bytes(b"a")
        until(lambda: [json.loads(line)["root"] for line in daemon.raw()] == [str(other)])
        shutil.rmtree(other)
        until(lambda: _healths(cli, daemon.data) == {"one": "ok", "two": "the root is not there"})


def _healths(cli: Cli, data: Path) -> dict[str, str]:
    _, out, _ = cli.run("watch", "status", "--json", "--data", data)
    return {root["project"]: root["health"] for root in json.loads(out)[0]["roots"]}


def test_no_tree(cli: Cli, tmp_path: Path) -> None:
    assert "no tree to watch" in cli.bad("watch", "--data", tmp_path)
    assert "is not a directory" in cli.bad("watch", "install", tmp_path / "none", "--print")


def test_a_unit_that_systemd_takes(cli: Cli, tmp_path: Path) -> None:
    root = tmp_path / 'a "tree", 100 % $HOME'
    root.mkdir()
    unit = cli.good("watch", "install", root, "--server", "http://h:8000", "--data", tmp_path / "data", "--print")
    assert not (tmp_path / "data").exists()
    assert 'a \\"tree\\", 100 %% $$HOME"' in unit
    for line in ("Type=notify", "WatchdogSec=300", "Restart=on-failure", "WantedBy=default.target"):
        assert line in unit.splitlines()
    if shutil.which("systemd-analyze") is None:
        return
    file = tmp_path / "headrace-watch.service"
    file.write_text(unit)
    done = subprocess.run(["systemd-analyze", "--user", "verify", file], check=False, capture_output=True, text=True)
    assert "headrace-watch.service" not in done.stderr, done.stderr


def test_installed(cli: Cli, tree: Path, tmp_path: Path) -> None:
    """Where `systemctl` is a script that takes notes: no systemd runs in a container."""
    (tmp_path / "bin").mkdir()
    systemctl = tmp_path / "bin" / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n')
    systemctl.chmod(0o755)
    given = {
        "PATH": f"{systemctl.parent}:{os.environ['PATH']}",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "HEADRACE_API_KEY": 'se"cret',
        "HEADRACE_SETTLE_MS": "70",
    }
    data = tmp_path / "data"
    said = cli.good("watch", "install", tree, "--server", "http://h:8000", "--data", data, **given)
    (unit,) = (tmp_path / "config" / "systemd" / "user").glob("headrace-watch-*.service")
    assert f"installed {unit}" in said
    assert (tmp_path / "asked").read_text().splitlines() == [
        "--user daemon-reload",
        f"--user enable --now {unit.name}",
    ]
    kept = data / "watch.env"
    assert kept.read_text() == 'HEADRACE_API_KEY="se\\"cret"\nHEADRACE_SETTLE_MS="70"\n'
    assert kept.stat().st_mode & 0o777 == 0o600
    systemctl.write_text("#!/bin/sh\necho no bus >&2; exit 1\n")
    assert "no bus" in cli.bad("watch", "install", tree, "--server", "http://h:8000", "--data", data, **given)
