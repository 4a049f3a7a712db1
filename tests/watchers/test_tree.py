"""Awkward trees: what is no file, what may not be read, what has an odd name or place, what becomes something else."""

import asyncio
import ctypes
import os
import shutil
import socket
import stat
import subprocess
import unicodedata
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed, digest, on_disk
from watchers.pending import RETRY_LAST, Due, Pending

# Links


LINKS = {
    "file": "d/real",
    "dir": "d",
    "up": "..",
    "self": "self",
    "out": "../outside",
    "far": "../outside/a",
    "no": "x",
    "d/loop": "..",
}


@pytest.mark.parametrize("found", [True, False])
async def test_links_are_no_files_and_lead_nowhere(root: Path, observe: Observe, tmp_path: Path, found: bool) -> None:
    for directory in (tmp_path / "outside", root / "d"):
        directory.mkdir()
    (root / "d" / "real").write_bytes(b"real")
    (tmp_path / "outside" / "a").write_bytes(b"outside")
    for name in LINKS if found else []:
        (root / name).symlink_to(LINKS[name])
    async with observe(initial=True) as observed:
        for name in [] if found else LINKS:
            (root / name).symlink_to(LINKS[name])
        (root / "out" / "a").write_bytes(b"edited outside")
        (root / "dir" / "real").write_bytes(b"written through a link")
        await observed.hears("d/real", b"written through a link")
        await observed.rests()
        assert {path for path in observed.last if not path.startswith(b"probe")} == {b"d/real"}
        assert observed.watch.health.text == "ok"


async def test_a_link_becomes_a_file_and_a_file_a_link(root: Path, observe: Observe, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"outside")
    (root / "a").write_bytes(b"a")
    async with observe(initial=True) as observed:
        await observed.hears("a", b"a")
        (root / "new").symlink_to(tmp_path / "outside")
        (root / "new").rename(root / "a")
        await observed.hears("a", None)
        (root / "new").write_bytes(b"a file again")
        (root / "new").rename(root / "a")
        await observed.hears("a", b"a file again")
        observed.chain()


# What is neither file nor directory


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def make_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("devices are root's to make")


@pytest.mark.parametrize("make", [os.mkfifo, make_socket, make_device])
async def test_what_is_no_file_is_no_news(root: Path, observe: Observe, make: Callable[[Path], None]) -> None:
    make(root / "before")
    (root / "a").write_bytes(b"a")
    async with observe(initial=True) as observed:
        await observed.hears("a", b"a")
        make(root / "made")
        (root / "made").rename(root / "moved")
        (root / "moved").touch()
        make(root / "new")
        (root / "new").rename(root / "a")
        await observed.hears("a", None)
        await observed.rests()
        assert {path for path in observed.last if not path.startswith(b"probe")} == {b"a"}
        assert observed.watch.health.text == "ok"


@pytest.fixture
async def waiting_writer(root: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Somebody who opens a FIFO for writing, which lasts until somebody opens it for reading."""
    os.mkfifo(root / "pipe")
    writer = await asyncio.create_subprocess_exec(
        "sh", "-c", "echo waiting; : > pipe", cwd=root, stdout=subprocess.PIPE
    )
    assert writer.stdout
    await writer.stdout.readline()
    yield writer
    if writer.returncode is None:
        writer.kill()
    await writer.wait()


async def test_a_fifo_is_never_opened(root: Path, observe: Observe, waiting_writer: asyncio.subprocess.Process) -> None:
    async with observe(initial=True) as observed:
        (root / "pipe").chmod(0o644)
        (root / "pipe").rename(root / "renamed")
        await observed.rests()
    with pytest.raises(OSError, match="No such device or address"):  # nobody reads it
        os.open(root / "renamed", os.O_WRONLY | os.O_NONBLOCK)
    assert waiting_writer.returncode is None


# What may not be read


async def heals(observed: Observed) -> None:
    await observed.until(lambda: observed.watch.health.text == "ok")


async def ails(observed: Observed, paths: int = 1) -> None:
    await observed.until(lambda: observed.watch.health.text == f"{paths} paths cannot be read")


@pytest.fixture
async def private(unprivileged: Path) -> AsyncIterator[Observed]:
    """The tree of somebody to whom permissions mean something: d/a, d/e/b and c."""
    root = unprivileged / "tree"
    (root / "d" / "e").mkdir(parents=True)
    for name in ("c", "d/a", "d/e/b"):
        (root / name).write_bytes(name.encode())
    async with Observed(root, unprivileged / "state.db") as observed:
        yield observed
        for folder in (root, *root.rglob("*")):
            folder.chmod(0o700)


@pytest.mark.parametrize("mode", [0, 0o444, 0o111])
async def test_a_directory_that_may_not_be_read_for_a_while(private: Observed, mode: int) -> None:
    directory = private.root / "d"
    directory.chmod(mode)
    await private.until(lambda: "cannot be read" in private.watch.health.text)
    (private.root / "c").write_bytes(b"meanwhile")
    await private.hears("c", b"meanwhile")
    assert private.last.keys() == {b"c"}, "what cannot be seen is not gone"
    directory.chmod(0o700)
    (directory / "e" / "b").write_bytes(b"afterwards")
    await private.hears("d/e/b", b"afterwards")
    await heals(private)
    assert private.last.keys() == {b"c", b"d/e/b"}


async def test_a_file_that_may_not_be_read_for_a_while(private: Observed) -> None:
    for name in ("c", "new"):
        (private.root / name).write_bytes(b"secret")
        (private.root / name).chmod(0)
    await ails(private, 2)
    (private.root / "d" / "a").write_bytes(b"the others go on")
    await private.hears("d/a", b"the others go on")
    for name in ("c", "new"):
        (private.root / name).chmod(0o600)
        await private.hears(name, b"secret")
    await heals(private)
    private.chain()


def replace_by_directory(root: Path) -> None:
    (root / "d" / "a").unlink()
    (root / "d" / "a").mkdir()


GOES: dict[str, Callable[[Path], object]] = {
    "deleted": lambda root: (root / "d" / "a").unlink(),
    "deleted with its directory": lambda root: shutil.rmtree(root / "d"),
    "replaced by a directory": replace_by_directory,
    "moved away": lambda root: (root / "d").rename(root.parent / "away"),
    "ignored": lambda root: (root / ".headraceignore").write_text("d\n"),
}


@pytest.mark.parametrize("way", GOES)
async def test_what_could_not_be_read_is_no_trouble_once_it_is_gone(private: Observed, way: str) -> None:
    (private.root / "d" / "a").chmod(0)
    await ails(private)
    GOES[way](private.root)
    await heals(private)


async def test_what_could_not_be_read_is_counted_once_where_it_moves(private: Observed) -> None:
    (private.root / "d" / "a").chmod(0)
    await ails(private)
    (private.root / "d").rename(private.root / "moved")
    await private.hears("moved/e/b", b"d/e/b")
    await ails(private)
    (private.root / "moved" / "a").chmod(0o600)
    await private.hears("moved/a", b"d/a")
    await heals(private)


async def test_a_file_is_open_for_writing_for_months() -> None:
    pending, now = Pending(0.05), 0.0
    pending.add(b"log", now)
    for _ in range(3000):
        now = (pending.next() or 0.0) + 1e-6
        (due,) = pending.take(now, 1)
        pending.retry(due, now)
        assert (pending.next() or 0.0) - now < RETRY_LAST + 0.001
    pending.retry(Due(b"other", now, 10**9), now)


# Odd names and places


def deepen(root: Path, name: str, depth: int) -> list[Path]:
    """Directories in directories, a file in each, made from within: the path may be longer than any call takes."""
    made: list[Path] = []
    here = os.open(root, os.O_RDONLY)
    try:
        for _ in range(depth):
            root /= name
            os.mkdir(name, dir_fd=here)
            here, above = os.open(name, os.O_RDONLY, dir_fd=here), here
            os.close(above)
            with open(os.open("f", os.O_WRONLY | os.O_CREAT, dir_fd=here), "wb") as file:  # noqa: PTH123 - relative
                file.write(str(len(made)).encode())
            made.append(root / "f")
    finally:
        os.close(here)
    return made


async def test_a_very_deep_tree(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        files = deepen(root, "d", 500)
        await observed.hears(os.fsencode(files[-1].relative_to(root)), b"499")
        await observed.agrees()
        files[-1].write_bytes(b"edited")
        await observed.agrees()
        (root / "d").rename(root / "e")
        await observed.agrees()


async def test_a_tree_deeper_than_any_call_takes(root: Path, observe: Observe) -> None:
    async with observe(initial=True) as observed:
        files = deepen(root, "n" * 250, 20)
        known = [file for file in files if len(os.fsencode(file)) < 4096]
        assert 10 < len(known) < 20
        await observed.until(lambda: len(observed.present) == len(known))
        await ails(observed)
        known[-1].write_bytes(b"edited")
        await observed.hears(os.fsencode(known[-1].relative_to(root)), b"edited")
        shutil.rmtree(root / ("n" * 250))
        await observed.until(lambda: not observed.present)
        await heals(observed)
        observed.chain()


async def test_ten_thousand_files_in_one_directory(root: Path, observe: Observe) -> None:
    def write() -> None:
        (root / "d").mkdir()
        for number in range(10_000):
            (root / "d" / f"{number}").write_bytes(b"%d" % number)

    async with observe() as observed:
        await asyncio.to_thread(write)
        await observed.until(lambda: len(observed.changes) == 10_000)
        await observed.agrees()
        (root / "d" / "5000").write_bytes(b"edited")
        await observed.hears("d/5000", b"edited")
        (root / "d").rename(root.parent / "away")
        await observed.until(lambda: len(observed.changes) == 20_001)
        assert not observed.present
        observed.chain()


async def test_names_that_only_look_alike(root: Path, observe: Observe) -> None:
    names = ["a.py", "A.py", *(unicodedata.normalize(form, "é가") for form in ("NFC", "NFD")), "a.py ", "a\u200b.py"]
    assert len(set(names)) == 6
    async with observe() as observed:
        for name in names:
            (root / name).write_bytes(name.encode())
        await observed.agrees()
        (root / "a.py").rename(root / "way")
        (root / "A.py").rename(root / "a.py")
        (root / names[2]).unlink()
        await observed.agrees()
        assert len(observed.present) == 5


# What becomes something else

RENAME_EXCHANGE = 2


def exchange(one: Path, other: Path) -> None:
    """At no moment is either of the names without something."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), RENAME_EXCHANGE):
        pytest.skip("this file system exchanges nothing")


async def test_a_file_and_a_directory_are_exchanged(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        (root / "a").write_bytes(b"a file")
        (root / "d" / "e").mkdir(parents=True)
        (root / "d" / "e" / "f").write_bytes(b"f")
        await observed.agrees()
        for _ in range(3):
            exchange(root / "a", root / "d")
            await observed.agrees()
        (root / "a" / "e" / "f").write_bytes(b"edited")
        await observed.hears("a/e/f", b"edited")
        assert observed.present == {b"d": digest(b"a file"), b"a/e/f": digest(b"edited")}


async def test_a_directory_is_exchanged_with_a_link_to_it(root: Path, observe: Observe, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    async with observe() as observed:
        (root / "d").mkdir()
        (root / "d" / "a").write_bytes(b"a")
        await observed.agrees()
        outside.symlink_to(outside)
        exchange(root / "d", outside)
        await observed.hears("d/a", None)
        (outside / "a").write_bytes(b"not ours")
        await observed.rests()
        exchange(root / "d", outside)
        await observed.hears("d/a", b"not ours")
        assert observed.present == {b"d/a": digest(b"not ours")}


async def test_emptied_filled_and_set_back(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        for content in (b"", b"filled", b"", b"filled"):
            (root / "a").write_bytes(content)
            os.utime(root / "a", (0, 0))
            await observed.hears("a", content)
        before = len(observed.changes)
        os.utime(root / "a", (1, 1))
        await observed.rests()
        assert [change.path for change in observed.changes[before:] if change.path == b"a"] == []
    assert observed.said("a") == [digest(b""), digest(b"filled")] * 2


async def test_one_name_of_several_goes(root: Path, observe: Observe, tmp_path: Path) -> None:
    (root / "a").write_bytes(b"a")
    os.link(root / "a", root / "b")
    os.link(root / "a", tmp_path / "outside")
    async with observe() as observed:
        (root / "b").unlink()
        await observed.hears("b", None)
        assert await observed.rests() == 0
        (tmp_path / "outside").write_bytes(b"through outside")
        await observed.hears("a", b"through outside")
        (root / "c").write_bytes(b"of its own")
        (root / "c").rename(root / "a")
        await observed.hears("a", b"of its own")
        (tmp_path / "outside").write_bytes(b"no longer ours")
        await observed.rests()
        assert observed.present == {b"a": digest(b"of its own")}
        assert on_disk(root) == observed.present
