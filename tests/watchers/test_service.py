"""What a daemon tells those on its own machine: systemd, and whoever asks how it does."""

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from schemas.base import now
from schemas.errors import Misconfigured
from tests.headrace.process import until
from tests.watchers.emitting import emitting
from watchers.report import DaemonState, Found, Report, RootState, read_reports
from watchers.service import notify


@contextmanager
def systemd(folder: Path) -> Iterator[socket.socket]:
    """A socket where systemd would listen."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as heard:
        heard.bind(str(folder / "notify"))
        heard.settimeout(30)
        yield heard


def test_it_says_when_it_is_ready_that_it_lives_and_that_it_ends(root: Path, tmp_path: Path) -> None:
    with (
        systemd(tmp_path) as heard,
        emitting(tmp_path / "one", root, NOTIFY_SOCKET=str(tmp_path / "notify")) as daemon,
    ):
        first = {heard.recv(100), heard.recv(100)}
        assert first == {b"READY=1", b"WATCHDOG=1"}
        assert heard.recv(100) == b"WATCHDOG=1"
        assert daemon.stop() == 0
        said = heard.recv(100)
        while said == b"WATCHDOG=1":
            said = heard.recv(100)
        assert said == b"STOPPING=1"


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    notify("READY=1")
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    notify("READY=1")


def test_a_name_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"headrace-test-{os.getpid()}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as heard:
        heard.bind(f"\0{name}")
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        notify("READY=1")
        assert heard.recv(100) == b"READY=1"


def found(data: Path) -> list[Found]:
    return read_reports(data / "watch")


def root_state(data: Path) -> RootState | None:
    return found(data)[0].state.roots[0] if found(data) else None


def test_others_on_the_machine_see_how_it_does(root: Path, tmp_path: Path) -> None:
    assert found(tmp_path / "one" / "data") == []
    with emitting(tmp_path / "one", root, more=["--gitignore"]) as daemon:
        (root / "a").write_bytes(b"a")
        until(lambda: (state := root_state(daemon.data)) and state.files == 1 and state.spool == 0)
        state = found(daemon.data)[0].state
        assert (state.pid, state.server, found(daemon.data)[0].running) == (daemon.process.pid, None, True)
        assert state.roots == [
            RootState(str(root), "default", "components", True, 1, state.roots[0].last_change, 0, "ok")
        ]
        shutil.rmtree(root)
        until(lambda: (state := root_state(daemon.data)) and state.health != "ok")
        daemon.kill()
        assert [one.running for one in found(daemon.data)] == [False]
        root.mkdir()
        daemon.start()
        until(lambda: [one.running for one in found(daemon.data)] == [True])
        assert daemon.stop() == 0
    assert found(daemon.data) == []


def _state() -> DaemonState:
    return DaemonState("w", 1, None, now().isoformat(), [RootState("/x", "p", "components", False, 1, None, 0, "ok")])


def test_only_what_is_new_is_written(tmp_path: Path) -> None:
    with Report.kept(tmp_path, "w") as report:
        assert report.is_news(_state().roots)
        report.tell(_state())
        assert not report.is_news(_state().roots)
        assert [one.running for one in read_reports(tmp_path)] == [True]
        with pytest.raises(Misconfigured, match="already watches these trees"), Report.kept(tmp_path, "w"):
            pass
    assert list(tmp_path.glob("*.json")) == []


def test_a_report_that_cannot_be_written_or_read(tmp_path: Path) -> None:
    with Report.kept(tmp_path / "state", "w") as report:
        (tmp_path / "state" / "w.unfinished").mkdir()
        report.tell(_state())
        assert found(tmp_path / "state") == []
    for name, text in (
        ("torn", '{"watcher": '),
        ("other", "[]"),
        ("strange", '{"pid": 3}'),
        ("bare", '{"roots": [3]}'),
    ):
        (tmp_path / f"{name}.json").write_text(text)
    assert read_reports(tmp_path) == []
