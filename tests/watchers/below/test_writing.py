"""Many files at once: each is whole or as it was, one that fails spoils no other, and nothing is left beside them."""

import os
import time
from collections.abc import Callable
from errno import EIO, ENOSPC
from pathlib import Path
from typing import Any

import pytest

from tests.build import hash_of
from watchers import system
from watchers.below import folder as folders
from watchers.below import writing
from watchers.below.files import Moved, Unusable
from watchers.below.writing import MANY, Write
from watchers.sync.tree import Tree

COUNT = 2 * MANY
MODELS = [f"model/m{number}.py" for number in range(COUNT)]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    """In which every change was long ago: none is told by its age."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3600 * 10**9)
    return Tree(tmp_path)


def place(tree: Tree, path: str) -> Path:
    return tree.base / "cvlabkit" / ("" if path.startswith("agent/") else "component") / path


def new(*paths: str) -> list[Write]:
    return [Write(path, b"new", None) for path in paths]


def there(tree: Tree) -> dict[str, str]:
    """Every file of the tree, also those that are unfinished."""
    return {file.name: file.read_text() for file in tree.base.rglob("*") if file.is_file()}


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How things were flushed: all at once, or one by one."""
    how: list[str] = []

    def noted(name: str, flush: Callable[[int], Any]) -> Callable[[int], Any]:
        def call(descriptor: int) -> Any:
            how.append(name)
            return flush(descriptor)

        return call

    monkeypatch.setattr(writing, "flush_file_system", noted("all", system.flush_file_system))
    monkeypatch.setattr(os, "fsync", noted("one", os.fsync))
    return how


def test_many_are_flushed_together_and_each_folder_once(tree: Tree, flushed: list[str]) -> None:
    assert tree.write_all(new(*MODELS, "agent/a.py")) == [None] * (COUNT + 1)
    assert flushed == ["all", "one", "one"]
    assert there(tree) == {Path(path).name: "new" for path in (*MODELS, "agent/a.py")}


def test_a_few_are_flushed_one_by_one(tree: Tree, flushed: list[str]) -> None:
    assert tree.write_all(new(*MODELS[:3])) == [None] * 3
    assert flushed == ["one"] * 4


def test_where_the_system_cannot_flush_all_each_is_flushed(
    tree: Tree, flushed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "flush_file_system", lambda _: False)
    assert tree.write_all(new(*MODELS)) == [None] * COUNT
    assert flushed == ["one"] * (COUNT + 1)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_more_than_may_be_open_together(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "AT_ONCE", 5)
    before = open_files()
    assert tree.write_all(new(*MODELS)) == [None] * COUNT
    assert (len(there(tree)), open_files()) == (COUNT, before)


def test_what_moved_and_what_cannot_be_used_spoil_no_other(tree: Tree) -> None:
    moved, linked, *rest = MODELS
    place(tree, moved).parent.mkdir(parents=True)
    place(tree, moved).write_text("mine")
    place(tree, linked).symlink_to(moved)
    errors = tree.write_all(new(*MODELS))
    assert [type(error) for error in errors] == [Moved, Unusable, *[type(None)] * len(rest)]
    assert place(tree, moved).read_text() == "mine"
    assert len(there(tree)) == COUNT - 1  # the link leads nowhere


def test_a_judged_file_is_replaced(tree: Tree) -> None:
    tree.write_all(new(*MODELS))
    again = [Write(path, b"newer", hash_of("new")) for path in MODELS]
    assert tree.write_all(again) == [None] * COUNT
    assert set(there(tree).values()) == {"newer"}


def failing(of: Callable[..., Any], when: int, error: int) -> Callable[..., Any]:
    calls = 0

    def call(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == when:
            raise OSError(error, os.strerror(error))
        return of(*args, **options)

    return call


@pytest.mark.parametrize(("name", "error"), [("write", ENOSPC), ("fsync", EIO), ("replace", ENOSPC)])
def test_a_disk_that_fails_once_leaves_the_old_file(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, name: str, error: int
) -> None:
    paths = MODELS[:4]
    tree.write_all(new(*paths))
    monkeypatch.setattr(os, name, failing(getattr(os, name), 2, error))
    errors = tree.write_all([Write(path, b"newer", hash_of("new")) for path in paths])
    assert [isinstance(one, Unusable) for one in errors] == [False, True, False, False]
    assert [place(tree, path).read_text() for path in paths] == ["newer", "new", "newer", "newer"]
    assert len(there(tree)) == 4


def test_a_folder_that_cannot_be_flushed_is_said_of_all_in_it(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be gone after a power failure: no base may be remembered for any of them."""
    monkeypatch.setattr(os, "fsync", failing(os.fsync, 1, EIO))
    errors = tree.write_all(new(*MODELS, "agent/a.py"))
    assert [isinstance(error, Unusable) for error in errors] == [True] * COUNT + [False]
