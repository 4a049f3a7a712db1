"""Awkward cases: what becomes ignored, or may not be read, and then becomes something else. What was said stays."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from watchdog.observers.inotify_c import InotifyFD  # here: while somebody is not root it may not be found

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed
from tests.watchers.test_cases_files import NEW, OLD, perform, refuse, watched

RULES = "printf 'd/\\nx\\n' > new && mv new .headraceignore"

IGNORED: dict[str, tuple[str, dict[str, bytes | None]]] = {
    "removed": ("rm -r d", {"d/a": None, "d/e/b": None}),
    "moved away": ("mv d g", {"d/a": None, "d/e/b": None, "g/a": OLD, "g/e/b": OLD}),
    "replaced by a file": ("rm -r d; printf new > d", {"d/a": None, "d/e/b": None, "d": NEW}),
    "replaced by a link": ("mv d g; ln -s g d", {"d/a": None, "d/e/b": None, "g/a": OLD}),
    "replaced by a pipe": ("rm -r d; mkfifo d", {"d/a": None, "d/e/b": None}),
    "a file, removed": ("rm x", {"x": None}),
    "a file, moved": ("mv x y", {"x": None, "y": OLD}),
    "a file, replaced by a directory": ("rm x; mkdir x; printf new > x/a", {"x": None}),
    "watched again": ("rm .headraceignore", {".headraceignore": None}),
    "edited and watched again": ("printf new > d/a; printf new > x; rm .headraceignore", {"d/a": NEW, "x": NEW}),
    "emptied and watched again": ("rm -r d/e x; rm .headraceignore", {"d/e/b": None, "x": None}),
    "filled and watched again": ("mkdir d/f; printf new > d/f/a; rm .headraceignore", {"d/f/a": NEW}),
}


@pytest.mark.parametrize("what", IGNORED)
async def test_what_became_ignored_is(root: Path, observe: Observe, what: str) -> None:
    script, says = IGNORED[what]
    (root / "d" / "e").mkdir(parents=True)
    for name in ("d/a", "d/e/b", "x"):
        (root / name).write_bytes(OLD)
    async with observe(initial=True, settle=0.02) as observed:
        await observed.agrees()
        perform(RULES, root)
        await observed.until(lambda: b"d" not in watched(observed))
        await observed.rests()
        before = len(observed.changes)
        perform(script, root)
        for name, content in says.items():
            await observed.hears(name, content)
        await observed.rests()
        spoken = {change.path for change in observed.changes[before:] if not change.path.startswith(b"probe")}
        assert spoken <= {*map(os.fsencode, says), b"g/e/b", b".headraceignore"}
        observed.chain()


async def test_a_directory_becomes_ignored_while_it_can_only_be_polled(
    root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it is among those still to be polled."""
    monkeypatch.setattr(InotifyFD, "_create_inotify_fd", refuse)
    (root / "d" / "e").mkdir(parents=True)
    async with observe() as observed:
        perform(RULES, root)
        await observed.hears(".headraceignore", b"d/\nx\n")
        await observed.until(lambda: watched(observed) == {b""})
        observed.watch._engine._tree._to_poll = [b"d/e", b"d"]
        (root / "d" / "e" / "a").write_bytes(NEW)
        await observed.rests()
        assert watched(observed) == {b""}
        assert observed.said("d/e/a") == []


# What could not be read


def by_a_file(path: Path) -> None:
    path.write_bytes(NEW)


def by_a_link(path: Path) -> None:
    path.symlink_to(".")


def by_a_directory(path: Path) -> None:
    (path / "new").mkdir(parents=True)
    (path / "new" / "a").write_bytes(NEW)


@pytest.mark.parametrize("replaced", [by_a_file, by_a_link, by_a_directory])
async def test_a_directory_that_could_not_be_read_is_replaced(
    unprivileged: Path, replaced: Callable[[Path], None]
) -> None:
    root = unprivileged / "tree"
    (root / "d" / "e").mkdir(parents=True)
    (root / "d" / "e" / "a").write_bytes(OLD)
    async with Observed(root, unprivileged / "state.db") as observed:
        (root / "d" / "a").write_bytes(OLD)
        (root / "d" / "e" / "a").write_bytes(NEW)
        await observed.agrees()
        (root / "d").chmod(0)
        await observed.until(lambda: observed.watch.health.text == "1 paths cannot be read")
        if subprocess.run(["mv", root / "d", unprivileged / "away"], user=os.getuid(), check=False).returncode:
            pytest.skip("only root moves what he may not write")
        replaced(root / "d")
        await observed.agrees()
        await observed.until(lambda: observed.watch.health.text == "ok")
        (unprivileged / "away").chmod(0o700)
        shutil.rmtree(unprivileged / "away")
