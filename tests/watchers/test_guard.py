"""Whether the root is still the root: a name may come to mean another directory, or nothing."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed
from watchers import guard as guard_module
from watchers.change import Sighting, Stamp
from watchers.guard import Guard, Root
from watchers.index import Index

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    """An index that knows one file."""
    with closing(Index(tmp_path / "state.db")) as opened:
        opened.apply([Sighting(b"a", Stamp(1, 2, 3, 4, 1), "hash")], NOW, report=False)
        yield opened


@pytest.fixture
def guard(root: Path, index: Index) -> Iterator[Guard]:
    opened = Guard(os.fsencode(root), index, lambda: False)
    yield opened
    opened.close()


def rename(root: Path) -> None:
    root.rename(root.parent / "other")


def remake(root: Path) -> None:
    rename(root)  # so that no inode comes again
    root.mkdir()


def turn_into_file(root: Path) -> None:
    root.rmdir()
    root.touch()


def turn_into_link(root: Path) -> None:
    rename(root)
    (root.parent / "target").mkdir()
    root.symlink_to("target")


@pytest.mark.parametrize(
    ("change", "state"),
    [(rename, Root.MISSING), (turn_into_file, Root.MISSING), (remake, Root.PRESENT), (turn_into_link, Root.PRESENT)],
)
def test_another_root(root: Path, guard: Guard, change: Callable[[Path], None], state: Root) -> None:
    assert guard.state() is Root.PRESENT
    assert not guard.changed()
    change(root)
    assert guard.changed()
    assert guard.state() is state
    assert guard.changed() == (state is not Root.PRESENT), "the root that was found is the one that is meant"


def test_what_happens_in_the_root_does_not_change_it(root: Path, guard: Guard) -> None:
    guard.state()
    (root / "a").touch()
    root.chmod(0o700)
    assert not guard.changed()


def test_a_root_that_cannot_be_read_has_not_lost_its_files(unprivileged: Path) -> None:
    root = unprivileged / "root"
    root.mkdir(mode=0)
    with (
        closing(Index(unprivileged / "state.db")) as index,
        closing(Guard(os.fsencode(root), index, lambda: False)) as guard,
    ):
        assert guard.state() is Root.UNREADABLE


@pytest.mark.parametrize("files", [True, False])
@pytest.mark.parametrize("other_device", [True, False])
@pytest.mark.parametrize("empty", [True, False])
def test_a_file_system_that_is_not_mounted(
    root: Path, guard: Guard, index: Index, files: bool, other_device: bool, empty: bool
) -> None:
    guard.state()
    if not files:
        index.apply([Sighting(b"a")], NOW, report=False)
    if other_device:
        index.set_device(root.stat().st_dev + 1)
    if not empty:
        (root / "b").touch()
    unmounted = files and other_device and empty
    assert guard.state() is (Root.UNMOUNTED if unmounted else Root.PRESENT)
    if not unmounted:
        assert index.device == root.stat().st_dev


MOUNTED = rb"36 25 0:31 / /mnt/a\040b\011c\134d" + "é".encode() + rb" rw,relatime - tmpfs none rw"


def test_a_mounts_name_is_read_as_it_is() -> None:
    assert guard_module._place(MOUNTED) == b"/mnt/a b\tc\\d\xc3\xa9"


@pytest.mark.parametrize("inside", [True, False])
def test_mounts(root: Path, index: Index, tmp_path: Path, inside: bool) -> None:
    place = (root if inside else tmp_path) / "a place"
    place.mkdir()
    with closing(Guard(os.fsencode(root), index, lambda: False)) as guard:
        guard.state()
        mount = ["mount", "-t", "tmpfs", "none", str(place)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("mounting is for root")
        try:
            assert guard.changed() == inside
            assert not guard.changed()
        finally:
            subprocess.run(["umount", place], check=True)
        assert guard.changed() == inside


async def test_a_root_that_cannot_be_read_for_a_while(unprivileged: Path) -> None:
    root = unprivileged / "root"
    root.mkdir()
    (root / "a").write_bytes(b"a")
    async with Observed(root, unprivileged / "state.db") as observed:
        (root / "b").write_bytes(b"b")
        await observed.hears("b", b"b")
        root.chmod(0)
        await observed.until(lambda: observed.watch.health.text != "ok")
        root.chmod(0o700)
        (root / "c").write_bytes(b"c")
        await observed.hears("c", b"c")
        await observed.until(lambda: observed.watch.health.text == "ok")
    assert observed.present.keys() == {b"b", b"c"}
    assert None not in observed.last.values()


async def test_a_tree_that_is_replaced_again_and_again(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        for number in range(15):
            (root / "d").mkdir(exist_ok=True)
            (root / "d" / f"{number}").write_bytes(b"%d" % number)
            if number < 14:
                shutil.rmtree(root)
                root.mkdir()
        await observed.agrees()
        (root / "d" / "later").write_bytes(b"later")
        await observed.hears("d/later", b"later")
