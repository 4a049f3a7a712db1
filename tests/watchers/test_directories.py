"""Directories that arrive full, move, change places, die and are born again; and the root itself."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

from tests.watchers.conftest import Observe
from tests.watchers.observed import digest


def fill(directory: Path, depth: int = 3) -> None:
    for _ in range(depth):
        directory.mkdir(parents=True)
        for number in range(3):
            (directory / f"{number}.py").write_bytes(os.fsencode(directory) + b"%d" % number)
        directory /= "in"


async def test_directories_arrive_full(root: Path, observe: Observe, tmp_path: Path) -> None:
    fill(tmp_path / "moved")
    async with observe() as observed:
        fill(root / "made")
        (tmp_path / "moved").rename(root / "moved")
        shutil.copytree(root / "made", root / "copied")
        await observed.agrees()
        (root / "moved" / "in" / "in" / "new").write_bytes(b"new")
        await observed.hears("moved/in/in/new", b"new")


async def test_a_directory_leaves(root: Path, observe: Observe, tmp_path: Path) -> None:
    async with observe() as observed:
        fill(root / "d")
        await observed.agrees()
        (root / "d").rename(tmp_path / "d")
        await observed.until(lambda: not observed.present)
        (tmp_path / "d" / "in" / "outside").write_bytes(b"outside")
        assert await observed.rests() == 0
        assert len(observed.said("d/in/in/2.py")) == 2


async def test_a_directory_is_renamed_twice(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        fill(root / "a")
        await observed.agrees()
        (root / "a").rename(root / "b")
        (root / "b").rename(root / "c")
        (root / "c" / "in" / "late").write_bytes(b"late")
        await observed.agrees()
        (root / "c" / "in" / "later").write_bytes(b"later")
        await observed.hears("c/in/later", b"later")
    assert not any(path.startswith(b"b/") for path in observed.present)


async def test_directories_change_places(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        fill(root / "a")
        fill(root / "b" / "deep")
        await observed.agrees()
        for _ in range(5):
            (root / "a").rename(root / "way")
            (root / "b").rename(root / "a")
            (root / "way").rename(root / "b")
        await observed.agrees()
        (root / "a" / "deep" / "0.py").write_bytes(b"edited")
        (root / "b" / "in" / "0.py").write_bytes(b"edited")
        await observed.agrees()


async def test_a_directory_dies_and_is_born_again(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        for number in range(20):
            fill(root / "d")
            (root / "d" / "in" / "mark").write_bytes(b"%d" % number)
            if number < 19:
                shutil.rmtree(root / "d")
        await observed.agrees()
        (root / "d" / "in" / "in" / "0.py").write_bytes(b"alive")
        await observed.hears("d/in/in/0.py", b"alive")


async def test_a_file_becomes_a_directory_and_back(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        (root / "x").write_bytes(b"file")
        await observed.hears("x", b"file")
        (root / "x").unlink()
        fill(root / "x")
        await observed.hears("x", None)
        await observed.agrees()
        shutil.rmtree(root / "x")
        (root / "x").write_bytes(b"again")
        await observed.agrees()


async def test_a_directory_becomes_a_link_to_another(root: Path, observe: Observe, tmp_path: Path) -> None:
    fill(tmp_path / "outside")
    async with observe() as observed:
        fill(root / "d")
        await observed.agrees()
        shutil.rmtree(root / "d")
        (root / "d").symlink_to(tmp_path / "outside")
        await observed.agrees()
        (tmp_path / "outside" / "in" / "0.py").write_bytes(b"not ours")
        assert await observed.rests() == 0


async def test_the_root_is_made_again(root: Path, observe: Observe) -> None:
    (root / "old").write_bytes(b"old")
    async with observe() as observed:
        shutil.rmtree(root)
        root.mkdir()
        (root / "new").write_bytes(b"new")
        await observed.hears("new", b"new")
        await observed.hears("old", None)
        (root / "newer").write_bytes(b"newer")
        await observed.hears("newer", b"newer")


async def test_the_root_is_replaced_by_another_tree(root: Path, observe: Observe, tmp_path: Path) -> None:
    (root / "same").write_bytes(b"same")
    (root / "old").write_bytes(b"old")
    fill(tmp_path / "other")
    (tmp_path / "other" / "same").write_bytes(b"same")
    async with observe() as observed:
        root.rename(tmp_path / "away")
        (tmp_path / "other").rename(root)
        await observed.hears("in/in/0.py", os.fsencode(tmp_path / "other" / "in" / "in") + b"0")
        await observed.hears("old", None)
        (tmp_path / "away" / "old").write_bytes(b"not ours")
        (root / "in" / "edited").write_bytes(b"edited")
        await observed.hears("in/edited", b"edited")
        assert observed.said("same") == []


async def test_the_root_goes_away_for_good_and_comes_back(root: Path, observe: Observe, tmp_path: Path) -> None:
    (root / "a").write_bytes(b"a")
    async with observe() as observed:
        root.rename(tmp_path / "away")
        await observed.hears("a", None)
        assert "not there" in observed.watch.health.text
        (tmp_path / "away").rename(root)
        await observed.hears("a", b"a")
        assert observed.watch.health.text == "ok"


async def test_a_root_that_is_a_link(root: Path, observe: Observe, tmp_path: Path) -> None:
    fill(tmp_path / "other")
    (tmp_path / "link").symlink_to(root)
    async with observe(tmp_path / "link") as observed:
        (root / "a").write_bytes(b"a")
        await observed.hears("a", b"a")
        (tmp_path / "link").unlink()
        (tmp_path / "link").symlink_to(tmp_path / "other")
        await observed.hears("a", None)
        await observed.until(lambda: b"in/0.py" in observed.present)


async def test_git_checks_out_a_thousand_files(root: Path, observe: Observe) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e@e", "-c", "gc.auto=0"]
        subprocess.run(["git", "-C", root, *identity, *arguments], check=True, capture_output=True)

    def make(branch: str) -> None:
        git("checkout", "-q", "--orphan", branch)
        for number in range(1000):
            path = root / f"{branch}-or-shared" / f"{number % 10}" / f"{number}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{branch} {number}".encode())
        git("add", ".")
        git("commit", "-q", "-m", branch)

    git("init", "-q")
    await asyncio.to_thread(make, "one")
    async with observe(initial=True) as observed:
        await asyncio.to_thread(make, "two")
        for branch in ("one", "two", "one"):
            await asyncio.to_thread(git, "checkout", "-q", branch)
        await asyncio.to_thread(shutil.rmtree, root / ".git")
        await observed.agrees()


async def test_a_mount_inside_the_tree(root: Path, observe: Observe) -> None:
    if os.geteuid() != 0:
        return
    (root / "mounted").mkdir()
    async with observe() as observed:
        done = subprocess.run(["mount", "-t", "tmpfs", "none", root / "mounted"], check=False, capture_output=True)
        if done.returncode:
            return
        try:
            (root / "mounted" / "a").write_bytes(b"a")
            await observed.hears("mounted/a", b"a")
            (root / "mounted" / "b").write_bytes(b"b")
            await observed.hears("mounted/b", b"b")
        finally:
            subprocess.run(["umount", root / "mounted"], check=True)
        await observed.hears("mounted/a", None)
    assert observed.said("mounted/b") == [digest(b"b"), None]


async def test_a_root_that_is_unmounted_has_not_lost_its_files(root: Path, observe: Observe) -> None:
    if os.geteuid() != 0:
        return
    if subprocess.run(["mount", "-t", "tmpfs", "none", root], check=False, capture_output=True).returncode:
        return
    mounted = True
    try:
        (root / "d").mkdir()
        (root / "d" / "a").write_bytes(b"a")
        async with observe() as observed:
            subprocess.run(["umount", "-l", root], check=True)
            mounted = False
            await observed.until(lambda: "not mounted" in observed.watch.health.text)
    finally:
        if mounted:
            subprocess.run(["umount", root], check=True)
    assert observed.changes == []
