"""Ways in which programs write files. Nothing half-written is ever reported."""

import asyncio
import mmap
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.observed import digest


def vim(path: Path, content: bytes) -> None:
    """`backupcopy=no`: the old file becomes the backup, the new one is written in its place."""
    (path.parent / "4913").write_bytes(b"")
    (path.parent / "4913").unlink()
    path.rename(f"{path}~")
    path.write_bytes(content)
    Path(f"{path}~").unlink()


def vscode(path: Path, content: bytes) -> None:
    """Truncates and writes in place."""
    with path.open("r+b") as file:
        file.truncate(0)
        file.flush()
        file.write(content)
        os.fsync(file.fileno())


def emacs(path: Path, content: bytes) -> None:
    """Locks by a dangling link, copies to a backup, writes in place."""
    lock = path.parent / f".#{path.name}"
    lock.symlink_to("somebody@somewhere.1234")
    Path(f"{path}~").write_bytes(path.read_bytes())
    path.write_bytes(content)
    lock.unlink()


def pycharm(path: Path, content: bytes) -> None:
    """Writes beside it, moves the old one away, the new one in, and deletes the old one."""
    new, old = Path(f"{path}___jb_tmp___"), Path(f"{path}___jb_old___")
    new.write_bytes(content)
    path.rename(old)
    new.rename(path)
    old.unlink()


def plain_rename(path: Path, content: bytes) -> None:
    temporary = path.parent / f".{path.name}.k3j2h"
    temporary.write_bytes(content)
    temporary.replace(path)


def sed(path: Path, content: bytes) -> None:
    subprocess.run(["sed", "-i", f"s/.*/{content.decode()}/", path], check=True)


@pytest.mark.parametrize("save", [vim, vscode, emacs, pycharm, plain_rename, sed])
async def test_editors(root: Path, observe: Observe, save: Callable[[Path, bytes], None]) -> None:
    (root / "a.py").write_bytes(b"before")
    async with observe() as observed:
        for content in (b"one", b"two", b"one"):
            await asyncio.to_thread(save, root / "a.py", content)
            await observed.hears("a.py", content)
        assert await observed.rests() == 0
    assert observed.said("a.py") == [digest(b"one"), digest(b"two"), digest(b"one")]


@pytest.mark.skipif(not Path("/usr/bin/vim").exists(), reason="no vim here")
async def test_the_real_vim(root: Path, observe: Observe) -> None:
    (root / "a.py").write_bytes(b"before\n")
    async with observe() as observed:
        command = ["vim", "-u", "NONE", "-es", "-c", "%s/before/after/", "-c", "wq", str(root / "a.py")]
        await asyncio.to_thread(lambda: subprocess.run(command, check=True, stdin=subprocess.DEVNULL))
        await observed.hears("a.py", b"after\n")
        assert await observed.rests() == 0


async def test_a_slow_writer_is_waited_for(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        with (root / "a").open("wb", buffering=0) as file:
            for part in (b"one ", b"two ", b"three"):
                file.write(part)
                await asyncio.sleep(0.3)  # the writer's own pace
        await observed.hears("a", b"one two three")
    assert len(observed.changes) == 1


async def test_a_file_found_half_written_is_waited_for(root: Path, observe: Observe) -> None:
    with (root / "a").open("wb", buffering=0) as file:
        file.write(b"half ")
        async with observe() as observed:
            (root / "b").write_bytes(b"b")
            await observed.hears("b", b"b")
            assert observed.said("a") == []
            file.write(b"whole")
            file.close()
            await observed.hears("a", b"half whole")
    assert len(observed.said("a")) == 1


async def test_truncation_by_path(root: Path, observe: Observe) -> None:
    (root / "a").write_bytes(b"long content")
    async with observe() as observed:
        os.truncate(root / "a", 4)
        await observed.hears("a", b"long")


async def test_a_node_made_without_opening_it(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        os.mknod(root / "a")
        await observed.hears("a", b"")


async def test_writing_through_memory(root: Path, observe: Observe) -> None:
    (root / "a").write_bytes(b"x" * 8192)
    async with observe() as observed:
        with (root / "a").open("r+b") as file:
            memory = mmap.mmap(file.fileno(), 0)
        memory[:5] = b"first"
        (root / "b").write_bytes(b"b")
        await observed.hears("b", b"b")
        assert observed.said("a") == []
        memory[4096:4102] = b"second"
        memory.close()
        await observed.hears("a", (root / "a").read_bytes())
    assert len(observed.said("a")) == 1


async def test_the_same_size_and_the_old_time(root: Path, observe: Observe) -> None:
    path = root / "a"
    path.write_bytes(b"before")
    before = path.stat()
    async with observe() as observed:
        path.write_bytes(b"after!")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        await observed.hears("a", b"after!")


async def test_hard_links_inside_the_tree(root: Path, observe: Observe) -> None:
    (root / "d").mkdir()
    (root / "a").write_bytes(b"a")
    async with observe() as observed:
        os.link(root / "a", root / "d" / "b")
        await observed.hears("d/b", b"a")
        (root / "d" / "b").write_bytes(b"through b")
        await observed.hears("a", b"through b")
        (root / "a").write_bytes(b"through a")
        await observed.hears("d/b", b"through a")
        observed.chain()


async def test_a_hard_link_outside_the_tree(root: Path, observe: Observe, tmp_path: Path) -> None:
    (root / "a").write_bytes(b"a")
    os.link(root / "a", tmp_path / "outside")
    async with observe() as observed:
        (tmp_path / "outside").write_bytes(b"through outside")
        await observed.hears("a", b"through outside")


REWRITER = """
import sys, time
end, number = time.monotonic() + 1.5, 0
while time.monotonic() < end:
    number += 1
    with open(sys.argv[1], "wb", buffering=0) as file:
        for _ in range(3):
            file.write(b"%d:" % number * 500)
with open(sys.argv[1], "wb") as file:
    file.write(b"the end")
"""


async def test_a_file_rewritten_without_pause(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", REWRITER, root / "log")
        (root / "other").write_bytes(b"other")
        await observed.hears("other", b"other")
        assert process.returncode is None, "the writer must not hold up the others"
        await process.wait()
        await observed.hears("log", b"the end")
    whole = {digest(b"%d:" % number * 1500) for number in range(200_000)}
    assert {said for said in observed.said("log")[:-1] if said} <= whole


async def test_a_scratch_file_made_and_deleted_a_thousand_times(root: Path, observe: Observe) -> None:
    def scratch() -> None:
        for _ in range(1000):
            (root / "scratch").write_bytes(b"s")
            (root / "scratch").unlink()

    async with observe() as observed:
        await asyncio.to_thread(scratch)
        await observed.rests()
        assert b"scratch" not in observed.present
    observed.chain()
