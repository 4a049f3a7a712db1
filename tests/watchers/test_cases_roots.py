"""Awkward cases: the root itself, what is mounted in it, and rules that change what is watched."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed, digest
from tests.watchers.test_cases_files import NEW, OLD, directories, watched

FOUND = {"a": OLD, "d/b": OLD, "d/e/c": OLD}


def fill(root: Path, content: bytes = OLD) -> None:
    for name in FOUND:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


async def follows(observed: Observed, root: Path) -> None:
    """The last word is what is there, every directory is heard, and no other."""
    await observed.agrees()
    for directory in await asyncio.to_thread(directories, root):
        name = os.fsdecode(directory) + "/heard" if directory else "heard"
        (root / name).write_bytes(NEW)
        await observed.hears(name, NEW)
    await observed.agrees()
    await observed.until(lambda: watched(observed) == directories(root))
    assert observed.watch.health.text == "ok"


# The root: `home/tree`, of which `home` may move, too


def remade(home: Path) -> None:
    shutil.rmtree(home)
    fill(home / "tree", NEW)


def replaced_with_its_home(home: Path) -> None:
    home.rename(f"{home}-away")
    fill(home / "tree", NEW)


def away_and_back(home: Path) -> None:
    home.rename(f"{home}-away")
    (Path(f"{home}-away") / "tree" / "d" / "new").write_bytes(NEW)
    Path(f"{home}-away").rename(home)


def a_file_for_a_while(home: Path) -> None:
    (home / "tree").rename(home / "away")
    (home / "tree").write_bytes(NEW)
    (home / "tree").unlink()
    (home / "away").rename(home / "tree")


def a_link_to_where_it_went(home: Path) -> None:
    (home / "tree").rename(home / "away")
    (home / "tree").symlink_to("away")


def emptied(home: Path) -> None:
    shutil.rmtree(home / "tree")
    (home / "tree").mkdir()


def exchanged_again_and_again(home: Path) -> None:
    fill(home / "other", NEW)
    (home / "other" / "only here").write_bytes(NEW)
    for _ in range(7):
        (home / "tree").rename(home / "way")
        (home / "other").rename(home / "tree")
        (home / "way").rename(home / "other")


ROOTS: list[Callable[[Path], None]] = [
    *(remade, replaced_with_its_home, away_and_back, a_file_for_a_while),
    *(a_link_to_where_it_went, emptied, exchanged_again_and_again),
]


@pytest.mark.parametrize("do", ROOTS)
async def test_the_root_is(tmp_path: Path, observe: Observe, do: Callable[[Path], None]) -> None:
    home = tmp_path / "home"
    fill(home / "tree")
    async with observe(home / "tree", initial=True) as observed:
        await observed.agrees()
        await asyncio.to_thread(do, home)
        await follows(observed, home / "tree")
    told = {change.hash for change in observed.changes}
    assert told <= {digest(OLD), digest(NEW), None}


async def test_the_home_of_the_root_goes_and_another_comes(tmp_path: Path, observe: Observe) -> None:
    """What went is no longer heard."""
    home, away = tmp_path / "home", tmp_path / "away"
    fill(home / "tree")
    async with observe(home / "tree", initial=True) as observed:
        await observed.agrees()
        home.rename(away)
        await observed.until(lambda: not observed.present)
        assert observed.watch.health.text == "the root is not there"
        assert watched(observed) == set()
        (home / "tree" / "x").mkdir(parents=True)
        (home / "tree" / "x" / "a").write_bytes(NEW)
        await follows(observed, home / "tree")
        fill(away / "tree", NEW)
        assert await observed.rests() == 0


# Mounts


@pytest.fixture
def mount() -> Iterator[Callable[..., None]]:
    """Mounts things, and unmounts them in the end."""
    places: list[Path] = []

    def do(place: Path, *arguments: str | Path) -> None:
        place.mkdir(exist_ok=True)
        if subprocess.run(["mount", *arguments, place], check=False, capture_output=True).returncode:
            pytest.skip("mounting is for root")
        places.append(place)

    yield do
    for place in reversed(places):
        subprocess.run(["umount", "-l", place], check=False, capture_output=True)


Mount = Callable[..., None]
TMPFS = ("-t", "tmpfs", "none")


def umount(place: Path) -> None:
    """As soon as nobody has a file there open."""
    while subprocess.run(["umount", place], check=False, capture_output=True).returncode:
        assert place.is_mount()


async def test_a_mount_hides_what_was_there(root: Path, observe: Observe, mount: Mount) -> None:
    fill(root)
    async with observe(initial=True) as observed:
        await observed.agrees()
        for _ in range(2):
            mount(root / "d", *TMPFS)
            await observed.hears("d/e/c", None)
            (root / "d" / "b").write_bytes(NEW)
            await follows(observed, root)
            umount(root / "d")
            await observed.hears("d/e/c", OLD)
            await follows(observed, root)


async def test_a_place_outside_is_mounted(root: Path, observe: Observe, mount: Mount, tmp_path: Path) -> None:
    fill(tmp_path / "outside")
    async with observe(initial=True) as observed:
        mount(root / "d", "--bind", tmp_path / "outside")
        await observed.hears("d/d/e/c", OLD)
        (tmp_path / "outside" / "d" / "b").write_bytes(NEW)
        await observed.hears("d/d/b", NEW)
        await follows(observed, root)
        umount(root / "d")
        await observed.hears("d/d/e/c", None)
        (tmp_path / "outside" / "d" / "b").write_bytes(OLD)
        await follows(observed, root)


@pytest.mark.parametrize("place", ["d/e", ""])
async def test_a_place_in_the_tree_is_mounted_in_it_again(
    root: Path, observe: Observe, mount: Mount, place: str
) -> None:
    """One directory, two names: what is heard of it is heard once."""
    fill(root)
    async with observe(initial=True) as observed:
        await observed.agrees()
        mount(root / "again", "--bind", root / place)
        await observed.agrees()
        for name in ("c", "new", "again/c") if place else ("d/e/c", "again/a", "d/new", "again/d/e/new"):
            content = name.encode()
            (root / place / name if place and "again" not in name else root / name).write_bytes(content)
            await observed.agrees()
        (root / "d" / "e" / "c").unlink()
        await observed.agrees()
        umount(root / "again")
        await follows(observed, root)


@pytest.mark.parametrize("kind", ["cgroup2", "mqueue"])
async def test_what_only_looks_like_files_is_mounted(root: Path, observe: Observe, mount: Mount, kind: str) -> None:
    """Their files say that they are empty, and are not, or fail: nothing is said of them, and nobody waits for them."""
    mount(root / "kernel", "-t", kind, "none")
    async with observe(initial=True) as observed:
        (root / "a").write_bytes(NEW)
        await observed.hears("a", NEW)
        umount(root / "kernel")
        (root / "kernel" / "b").write_bytes(NEW)
        await observed.hears("kernel/b", NEW)
        await follows(observed, root)


@pytest.mark.parametrize("elsewhere", [False, True])
async def test_a_mount_comes_and_goes_while_nobody_looks_at_mounts(
    root: Path, observe: Observe, mount: Mount, tmp_path: Path, elsewhere: bool
) -> None:
    """Its watch outlives it, as what was mounted does; what is mounted elsewhere meanwhile says nothing of it."""
    (tmp_path / "outside").mkdir()
    async with observe() as observed:
        mount(root / "d", "--bind", tmp_path / "outside")
        if elsewhere:
            mount(tmp_path / "elsewhere", *TMPFS)
        (root / "a").write_bytes(NEW)
        await observed.hears("a", NEW)
        umount(root / "d")
        await follows(observed, root)
