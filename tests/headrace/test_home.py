"""The data directory: one `up` at a time, found by all, private, and clear about what is wrong with it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from headrace.home import Home, Running
from schemas.errors import Misconfigured
from schemas.settings import Settings
from watchers import lock

HERE = Running(pid=os.getpid(), url="http://127.0.0.1:1", redis_url="redis://x", postgres_url="postgresql://x")
HOLD = """
import os, sys
from pathlib import Path
from headrace.home import Home, Running
home = Home(Path(sys.argv[1]))
home.make()
home.lock()
home.announce(Running(pid=os.getpid(), url="http://127.0.0.1:1", redis_url="r", postgres_url="p"))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "some" / "where")
    made.make()
    return made


@contextmanager
def locked(home: Home) -> Iterator[None]:
    lock = home.lock()
    try:
        yield
    finally:
        os.close(lock)


@contextmanager
def another(home: Home) -> Iterator["subprocess.Popen[str]"]:
    """A process that has the directory until it is killed."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(home.path)], text=True, **pipes)  # type: ignore[call-overload]
    with process:
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_second_one_is_told_who_has_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.0)
    with another(home) as first, pytest.raises(Misconfigured) as refused:
        home.lock()
    assert refused.value.message == (
        f"headrace up already runs on {home.path} (process {first.pid}, at http://127.0.0.1:1)"
    )
    assert "--data" in refused.value.remedy


def test_a_claim_ends_with_its_process(home: Home) -> None:
    with another(home) as first:
        assert home.running() == HERE.model_copy(update={"pid": first.pid, "redis_url": "r", "postgres_url": "p"})
    assert home.running() is None
    with locked(home):
        assert home.running() is None  # what the dead one had said is gone
        home.announce(HERE)
        assert home.running() == HERE


def test_a_process_id_proves_nothing(home: Home) -> None:
    """After a restart of the machine it may be anybody's."""
    home.announce(HERE)
    assert home.running() is None


def test_looking_does_not_keep_it_from_starting(home: Home) -> None:
    with another(home):
        home.running()
    with locked(home):
        assert home.running() is None


@pytest.mark.parametrize("said", ["", "{", "[]", '{"pid": 1}', "\xff"])
def test_what_is_half_written_is_nobody(home: Home, said: str) -> None:
    with locked(home):
        (home.path / "running.json").write_text(said, encoding="latin-1")
        assert home.running() is None


def test_withdrawn(home: Home) -> None:
    with locked(home):
        home.announce(HERE)
        home.withdraw()
        home.withdraw()
        assert home.running() is None


def test_everything_is_private(home: Home) -> None:
    home.make_admin_key()
    home.remember_key_was_shown()
    with locked(home):
        home.announce(HERE)
    modes = {path.name: path.stat().st_mode & 0o777 for path in [home.path, *home.path.iterdir()]}
    folders = {name: modes.pop(name) for name in ("where", "logs", "watch")}
    assert folders == dict.fromkeys(folders, 0o700)
    assert modes == dict.fromkeys(["running.json", "admin-key", "admin-key.shown", "lock"], 0o600)


def test_the_key_is_made_once_and_shown_once(home: Home) -> None:
    assert (home.admin_key(), home.key_was_shown()) == (None, False)
    key = home.make_admin_key()
    assert (home.admin_key(), home.key_was_shown()) == (key, False)
    home.remember_key_was_shown()
    assert home.key_was_shown()
    assert len(key) > 40


@pytest.mark.parametrize("place", ["file", "file/below", "file/far/below"])
def test_where_nothing_can_be_made(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match=r"cannot write to the data directory .*/file.*: ") as refused:
        Home(tmp_path / place).make()
    assert "--data" in refused.value.remedy


def test_a_directory_that_is_not_ours(unprivileged: Path) -> None:
    folder = unprivileged / "theirs"
    folder.mkdir(mode=0o500)
    with pytest.raises(Misconfigured, match=r"cannot write .*/theirs: Permission denied"):
        Home(folder).make()


def test_which_directory_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given, set_ = tmp_path / "given", tmp_path / "set"
    assert Home.of(given, Settings(data=set_)).path == given
    assert Home.of(None, Settings(data=set_)).path == set_
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home.of(None, Settings()).path == tmp_path / "xdg" / "headrace"
    assert Home.of(Path("~/x"), Settings()).path == tmp_path / "x"
