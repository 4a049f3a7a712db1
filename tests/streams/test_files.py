"""A file is there whole or not at all."""

import errno
import os
import signal
from pathlib import Path

import pytest

from schemas.errors import Misconfigured, Retry
from streams.files import finished, sha256_of


def test_it_gets_there_when_all_went_well(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with finished(path) as unfinished:
        unfinished.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    assert sha256_of(path) == "11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437"


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), Misconfigured),
        (ConnectionResetError(errno.ECONNRESET, "the server went"), ConnectionResetError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_what_goes_wrong_leaves_the_old_one(tmp_path: Path, error: BaseException, raised: type[BaseException]) -> None:
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(raised), finished(path) as unfinished:
        unfinished.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_where_one_may_not_write(unprivileged: Path) -> None:
    unprivileged.chmod(0o500)
    with pytest.raises(Misconfigured, match="cannot write .*Permission denied"), finished(unprivileged / "a"):
        pass


def test_two_at_once(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with finished(path) as unfinished:
        unfinished.write_text("mine")
        with pytest.raises(Retry, match="somebody else"), finished(path):
            pass
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_one_left_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a"
    if not (child := os.fork()):
        with finished(path) as unfinished:
            unfinished.write_text("half, and longer than all of it")
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    with finished(path) as unfinished:
        unfinished.write_text("whole")
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]
