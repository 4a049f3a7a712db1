"""`headrace watch TREE --emit jsonl` as its user has it: killed, doubled, stopped, restarted; what its lines say."""

import asyncio
import json
import os
import sys
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.errors import Misconfigured
from tests.headrace.process import until
from tests.watchers.emitting import Daemon, Said, emitting, said
from tests.watchers.observed import digest, on_disk
from tests.watchers.storm import BULK, RACES, Storm, perform
from watchers.daemon import Options, run
from watchers.roots import Root
from watchers.watch import BATCH

KEYS = {"path", "hash", "base", "size", "time"}


@pytest.fixture
def daemon(tmp_path: Path, root: Path) -> Iterator[Daemon]:
    """One on an empty tree, watching."""
    with emitting(tmp_path / "one", root) as running:
        yield running


# Killed


@contextmanager
def raging(root: Path, storm: Storm) -> Iterator[None]:
    """A storm that blows for as long as one is inside."""
    over = threading.Event()

    def rage() -> None:
        for step in storm.steps(1_000_000):
            perform(root, step)
            if over.wait(0.0005):
                return

    with ThreadPoolExecutor(1) as pool:
        storming = pool.submit(rage)
        try:
            yield
        finally:
            over.set()
        storming.result()


def said_once(runs: list[list[Said]]) -> list[Said]:
    """All that was said. Only what was printed and not yet noted may be said again, first thing and to the letter."""
    told: list[Said] = []
    for lines in runs:
        recent = set(told[-BATCH:])
        again = [one for one in lines if one in recent]
        assert again == lines[: len(again)]
        told += lines[len(again) :]
    return told


def check_chain(told: list[Said]) -> None:
    """Every change begins where the one before it ended."""
    last: dict[bytes, str | None] = {}
    for one in told:
        assert one.base != one.hash, one
        assert last.get(one.path) == one.base, one
        last[one.path] = one.hash


def check_history(told: list[Said], storm: Storm) -> None:
    """Every content that was reported was once complete at its path."""
    for one in told:
        assert one.hash is None or one.hash in storm.truth.history[os.fsdecode(one.path)], one


def commits(daemon: Daemon) -> Callable[[], bool]:
    """Whether it has written to its state since now."""
    log = Path(f"{daemon.state}-wal")
    before = log.stat().st_mtime_ns
    return lambda: log.exists() and log.stat().st_mtime_ns != before


def kill_before_it_is_ready(daemon: Daemon) -> None:
    """At its first commit, and at its first line."""
    daemon.kill()
    written = commits(daemon)
    daemon.launch()
    until(written)
    daemon.kill()
    daemon.launch()
    until(daemon.raw)
    daemon.kill()


def test_killed_again_and_again_in_a_storm(daemon: Daemon, root: Path) -> None:
    storm = Storm(1, BULK | RACES)
    with raging(root, storm):
        until(lambda: len(daemon.raw()) > 300)
        kill_before_it_is_ready(daemon)
        daemon.start()
        seen = len(daemon.raw())
        until(lambda: len(daemon.raw()) > seen + 100)
    daemon.kill()
    daemon.start()
    truth = on_disk(root)
    until(lambda: daemon.present() == truth)
    told = said_once(daemon.runs())
    check_chain(told)
    check_history(told, storm)
    assert storm.truth.files


MEANWHILE = {
    "edited": b"edited while it was down",
    "back in time": b"BACK IN TIME",
    "renamed": None,
    "new name": b"renamed",
    "d/moved": None,
    "e/moved": b"d/moved",
    "deleted": None,
}


def do_meanwhile(root: Path) -> None:
    before = (root / "back in time").stat()
    (root / "same").rename(root.parent / "the inode must not come again")
    (root / "same").write_text("same")
    os.utime(root / "touched", (0, 0))
    (root / "edited").write_text("edited while it was down")
    (root / "back in time").write_text("BACK IN TIME")
    os.utime(root / "back in time", ns=(before.st_atime_ns, before.st_mtime_ns))
    (root / "renamed").rename(root / "new name")
    (root / "d").rename(root / "e")
    (root / "deleted").unlink()


def test_what_happened_while_it_was_down(daemon: Daemon, root: Path) -> None:
    for name in ("same", "touched", "edited", "back in time", "renamed", "d/moved", "deleted"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(name)
        daemon.hears(name, name.encode())
    daemon.kill()
    do_meanwhile(root)
    daemon.start()
    for name, content in MEANWHILE.items():
        daemon.hears(name, content)
    check_chain(said_once(daemon.runs()))
    assert {one.path for one in daemon.lines() if one not in daemon.lines(1)} == {name.encode() for name in MEANWHILE}


# Stopped


def test_a_stop_finishes_what_was_heard_of_and_leaves_out_what_is_half_written(daemon: Daemon, root: Path) -> None:
    names = [b"%d" % number for number in range(100)]
    with (root / "half").open("wb", buffering=0) as half:
        half.write(b"half ")
        for name in names:
            (root / name.decode()).write_bytes(name)
        until(daemon.raw)
        assert daemon.stop() == 0
        assert sorted(one.path for one in daemon.lines()) == sorted(names)
        half.write(b"whole")
    daemon.start()
    daemon.hears("half", b"half whole")
    assert [one.path for one in daemon.lines()] == [b"half"]


def test_a_reader_who_has_gone_ends_it_without_a_word(root: Path, tmp_path: Path) -> None:
    daemon = emitting(tmp_path / "one", root, more=["--initial"])
    (root / "a").touch()
    reading, writing = os.pipe()
    os.close(reading)
    daemon.launch(stdout=writing)
    os.close(writing)
    try:
        assert daemon.process.wait(30) == 0
    finally:
        daemon.kill()
    assert daemon.err in ("", f"watching {root} (1 files)\n")


IMPATIENT = "from watchers import daemon; daemon.FLUSH = 0.2; from headrace.cli import main; main()"


def test_a_reader_who_does_not_read_cannot_hold_up_its_end(root: Path, tmp_path: Path) -> None:
    for number in range(1000):
        (root / f"{number}{'x' * 200}").touch()
    reading, writing = os.pipe()
    daemon = emitting(tmp_path / "one", root, more=["--initial"])
    daemon.program = [sys.executable, "-c", IMPATIENT]
    daemon.launch(stdout=writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        try:
            until(lambda: "watching " in daemon.err)
            assert daemon.stop() == 0
        finally:
            daemon.kill()
        read = [said(line) for line in pipe.read().split(b"\n")[:-1]]
    with daemon:
        until(lambda: len({one.path for one in [*read, *daemon.lines()]}) == 1000)
    assert len(said_once([read, daemon.lines()])) == 1000


# Two on one tree

BUSY = "  try: end it first (see `headrace status`), or watch another tree"


def test_a_second_one_is_refused_and_the_first_goes_on(daemon: Daemon, root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    for tree, data in ((root, daemon.data), (tmp_path / "link", tmp_path / "another")):
        second = emitting(tmp_path / "two", tree, data=data)
        assert second.refusal() == [f"error: another process already watches {tree}", BUSY]
    (root / "a").write_bytes(b"a")
    daemon.hears("a", b"a")
    daemon.kill()
    (root / "b").write_bytes(b"b")
    with emitting(tmp_path / "two", root, data=daemon.data) as second:
        second.hears("b", b"b")


def test_a_second_one_on_a_tree_that_was_made_anew(daemon: Daemon, root: Path, tmp_path: Path) -> None:
    root.rename(tmp_path / "away")
    root.mkdir()
    second = emitting(tmp_path / "two", root, data=daemon.data)
    assert second.refusal() == [f"error: another process already uses the state {daemon.state}", BUSY]
    (root / "a").write_bytes(b"a")
    daemon.hears("a", b"a")


async def test_a_tree_that_may_not_be_read(unprivileged: Path) -> None:
    root = unprivileged / "root"
    root.mkdir(mode=0)
    with pytest.raises(Misconfigured, match=f"{root} cannot be read: Permission denied"):
        await run([Root(root)], Options(unprivileged / "data"), asyncio.Event())


# Lines

NAMES = [
    b"plain.py",
    b"with space",
    b"new\nline",
    b'"quoted"',
    b"back\\slash",
    b"tab\tand\x01control\x7f",
    "é 한국어 😀".encode(),
    "\u2028separator\u202ertl".encode(),
    b"-rf",
    b"{}",
    b"not\xffutf-8",
    "\ud83d".encode(errors="surrogatepass"),
    b"x" * 255,
    b"deep/er/est",
]


def check_form(line: bytes) -> None:
    """One object, its keys, in UTF-8, on one line for everybody."""
    one = json.loads(line.decode())
    unreadable = "path_b64" in one
    assert one.keys() == KEYS - {"path"} | {"path_b64"} if unreadable else one.keys() == KEYS
    if unreadable:
        with pytest.raises(UnicodeDecodeError):
            b64decode(one["path_b64"]).decode()
    assert datetime.fromisoformat(one["time"]).utcoffset() == UTC.utcoffset(None)
    assert all(one[key] is None or len(one[key]) == 16 for key in ("hash", "base"))


def test_every_name_can_be_said(daemon: Daemon, root: Path) -> None:
    top = os.fsencode(root)
    (root / "deep" / "er").mkdir(parents=True)
    for name in NAMES:
        Path(os.fsdecode(top + b"/" + name)).write_bytes(name)
    until(lambda: len(daemon.raw()) == len(NAMES))
    assert daemon.present() == {name: digest(name) for name in NAMES}
    for name in NAMES:
        os.unlink(top + b"/" + name)  # noqa: PTH108 - bytes
    until(lambda: len(daemon.raw()) == 2 * len(NAMES))
    for line in daemon.raw():
        check_form(line)
    gone = [Said(name, None, digest(name), 0, "") for name in sorted(NAMES)]
    assert sorted(one._replace(time="") for one in daemon.lines()[len(NAMES) :]) == gone


def test_several_trees_are_told_apart(tmp_path: Path) -> None:
    trees = [tmp_path / "one tree", tmp_path / os.fsdecode(b"another\xff")]
    for tree in trees:
        tree.mkdir()
    with emitting(tmp_path / "home", *trees) as daemon:
        until(lambda: daemon.err.count("watching ") == 2)
        for tree in trees:
            (tree / "a").write_bytes(b"a")
        until(lambda: len(daemon.raw()) == 2)
        lines = sorted(map(json.loads, daemon.raw()), key=lambda one: "root" in one)
    assert [one.keys() for one in lines] == [KEYS | {"root_b64"}, KEYS | {"root"}]
    assert b64decode(lines[0]["root_b64"]) == os.fsencode(trees[1])
    assert lines[1]["root"] == str(trees[0])


def test_its_own_state_in_the_tree_is_no_news(root: Path, tmp_path: Path) -> None:
    (root / "..statement").touch()
    with emitting(tmp_path / "one", root, data=root / "..state") as daemon:
        for name in ("..state/other", "a", "..state/another", "b", "..statement"):
            (root / name).write_bytes(b"news")
        for name in ("a", "b", "..statement"):
            daemon.hears(name, b"news")
        assert {one.path for one in daemon.lines()} == {b"a", b"b", b"..statement"}
