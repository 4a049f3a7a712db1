"""`headrace status`: once, and from second to second."""

import json
import os
import pty
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults import HEADRACE
from tests.headrace.conftest import Cli
from tests.headrace.process import KEY, Up, components, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """One for all these tests, with a tree of one component."""
    home = tmp_path_factory.mktemp("status")
    components(home / "tree", ["model/a.py"])
    with Up(home, home / "tree") as running:
        until(lambda: len(running.history("model/a")) == 1)
        yield running


def watching(up: Up, *more: str, out: int) -> "subprocess.Popen[bytes]":
    """`headrace status --watch`, writing to a descriptor."""
    command = [str(HEADRACE), "status", "--watch", "--data", str(up.data), *more]
    return subprocess.Popen(command, env={**up.env, "TERM": "xterm", "COLUMNS": "120"}, stdout=out)


def test_a_pipe_gets_it_once(up: Up, cli: Cli) -> None:
    said = cli.good("status", "--watch", "--data", up.data, HEADRACE_API_KEY=KEY)
    assert said.splitlines()[0].startswith("Headrace ")
    assert said.splitlines()[2].startswith("Redis uses ")
    assert "rate" in said
    assert {"archive", "hash", "persist", "resolve"} <= {line.split(" ")[0] for line in said.splitlines()}


def test_a_line_of_json_every_second(up: Up, tmp_path: Path) -> None:
    """Also while nobody answers: that is said, and looked at again."""
    said = tmp_path / "said"
    with said.open("wb") as out:
        process = watching(up, "--json", out=out.fileno())
    try:
        until(lambda: len(said.read_text().splitlines()) >= 2)
        before = up.child("gateway")
        os.kill(before, signal.SIGSTOP)
        os.kill(before, signal.SIGKILL)
        until(lambda: _last(said)["ready"] is False)
        assert "groups" not in _last(said)
        until(lambda: _last(said)["ready"] is True)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
    finally:
        process.kill()
    assert all(json.loads(line)["problems"] is not None for line in said.read_text().splitlines())


def _last(said: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(said.read_text().rpartition("\n")[0].splitlines()[-1])
    return found


def test_a_terminal_shows_it_in_place(up: Up) -> None:
    ours, theirs = pty.openpty()
    process = watching(up, out=theirs)
    os.close(theirs)
    try:
        said = _read(ours, lambda said: said.count("resolve") >= 3)
        assert "\x1b[1A" in said  # the cursor goes up again
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert "\x1b[?25h" in _read(ours, lambda rest: "\x1b[?25h" in rest)  # it is shown again
    finally:
        process.kill()
        os.close(ours)


def _read(terminal: int, enough: Callable[[str], bool]) -> str:
    said = ""
    while not enough(said):
        said += os.read(terminal, 65536).decode(errors="replace")
    return said
