"""What anybody does to files all day, and what happened while nobody watched."""

import os
from contextlib import aclosing, closing
from pathlib import Path

from tests.watchers.conftest import Observe
from tests.watchers.observed import digest
from watchers.change import Change
from watchers.index import Index
from watchers.watch import settled


async def test_a_file_is_made_edited_and_deleted(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        for content in (b"one", b"two", None):
            if content is None:
                (root / "a.py").unlink()
            else:
                (root / "a.py").write_bytes(content)
            await observed.hears("a.py", content)
    said = [(change.hash, change.base, change.size) for change in observed.changes]
    assert said == [(digest(b"one"), None, 3), (digest(b"two"), digest(b"one"), 3), (None, digest(b"two"), 0)]


async def test_the_tree_as_found_is_the_baseline(root: Path, observe: Observe) -> None:
    (root / "old").write_bytes(b"old")
    async with observe() as observed:
        assert observed.watch.files == 1
        (root / "new").write_bytes(b"new")
        await observed.hears("new", b"new")
    assert observed.said("old") == []


async def test_initial_reports_the_tree_as_found(root: Path, observe: Observe) -> None:
    (root / "deep" / "er").mkdir(parents=True)
    (root / "deep" / "er" / "old").write_bytes(b"old")
    async with observe(initial=True) as observed:
        await observed.hears("deep/er/old", b"old")
    assert observed.changes[0].base is None


async def test_what_changed_meanwhile_comes_first(root: Path, observe: Observe) -> None:
    for name in ("edited", "deleted", "kept", "gone/deep", "same size"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(b"before")
    async with observe():
        pass
    (root / "edited").write_bytes(b"edited!")
    (root / "same size").write_bytes(b"BEFORE")
    (root / "deleted").unlink()
    (root / "gone" / "deep").unlink()
    (root / "gone").rmdir()
    (root / "made").write_bytes(b"made")
    async with observe() as observed:
        await observed.until(lambda: len(observed.changes) == 5)
    assert observed.last == {
        b"edited": digest(b"edited!"),
        b"same size": digest(b"BEFORE"),
        b"deleted": None,
        b"gone/deep": None,
        b"made": digest(b"made"),
    }
    assert {change.base for change in observed.changes if change.path != b"made"} == {digest(b"before")}


async def test_a_move_is_a_deletion_and_a_new_file(root: Path, observe: Observe, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"outside")
    (root / "a").write_bytes(b"a")
    async with observe() as observed:
        (root / "a").rename(root / "b")
        await observed.hears("a", None)
        await observed.hears("b", b"a")
        (root / "b").rename(tmp_path / "b")
        await observed.hears("b", None)
        (tmp_path / "outside").rename(root / "c")
        await observed.hears("c", b"outside")


async def test_touching_a_file_says_nothing(root: Path, observe: Observe) -> None:
    (root / "a").write_bytes(b"a")
    async with observe() as observed:
        (root / "a").touch()
        (root / "a").chmod(0o600)
        (root / "a").write_bytes(b"a")
        assert await observed.rests() == 0


async def test_many_saves_in_a_row_are_one_change(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        for number in range(20):
            (root / "a").write_bytes(b"%d" % number)
        await observed.hears("a", b"19")
    assert len(observed.changes) == 1


async def test_content_is_handed_out_where_asked_for(root: Path, observe: Observe) -> None:
    async with observe(content_limit=10) as observed:
        (root / "small").write_bytes(b"0123456789")
        (root / "large").write_bytes(b"0123456789+")
        await observed.agrees()
    assert {change.path: change.content for change in observed.changes} == {b"small": b"0123456789", b"large": None}


async def test_files_that_are_not_wanted_are_not_even_read(root: Path, observe: Observe) -> None:
    async with observe(wanted=lambda path: path.endswith(b".py")) as observed:
        (root / "a.bin").write_bytes(b"a")
        (root / "d").mkdir()
        (root / "d" / "b.py").write_bytes(b"b")
        await observed.hears("d/b.py", b"b")
        assert observed.watch.files == 1


async def test_a_stop_reports_what_was_just_written(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        (root / "a").write_bytes(b"a")
    assert observed.present == {b"a": digest(b"a")}


async def test_the_generator_repeats_what_was_not_finished(root: Path, tmp_path: Path) -> None:
    with closing(Index(tmp_path / "state.db")) as index:
        index.set_complete()
        (root / "a").write_bytes(b"a")
        first = await _first(root, index)
        again = await _first(root, index)
    assert first == again
    assert first.path == b"a"


async def _first(root: Path, index: Index) -> Change:
    async with aclosing(settled(root, index)) as changes:
        async for change in changes:
            return change
    raise AssertionError


async def test_ids_differ_for_the_same_content_and_place(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        for content in (b"a", b"b", b"a", b"b"):
            (root / "f").write_bytes(content)
            await observed.hears("f", content)
    assert len({change.id for change in observed.changes}) == 4
    assert all(len(change.id) == 36 and change.id[14] == "5" for change in observed.changes)


async def test_a_large_file(root: Path, observe: Observe) -> None:
    content = os.urandom(1 << 20) * 5
    async with observe() as observed:
        (root / "large").write_bytes(content)
        await observed.hears("large", content)
