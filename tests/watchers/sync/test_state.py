"""What a tree remembers, and that one sync at a time does."""

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

from schemas.errors import Misconfigured
from schemas.sides import NEVER
from tests.build import hash_of
from watchers import lock
from watchers.lock import alone
from watchers.sync.outbox import MANIFEST, UPLOAD, keep_manifest, keep_uploads
from watchers.sync.state import State, folder_of, state_file, unusable
from watchers.sync.tree import File
from watchers.system import hold

A, B = "model/a.py", "model/b.py"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder_of(tmp_path)
    return state_file(tmp_path)


def test_bases_outlive_the_process_and_belong_to_a_server_and_a_project(path: Path) -> None:
    with State(path, "http://one", "p") as state:
        state.set_bases({A: "1", B: "1"})
        state.set_bases({A: "2"})
    with State(path, "http://one", "p") as state:
        assert state.bases() == {A: "2", B: "1"}
    for other in (State(path, "http://two", "p"), State(path, "http://one", "")):
        with other as state:
            assert state.bases() == {}


def test_to_begin_is_not_to_be_in_sync(path: Path) -> None:
    with State(path, "s", "p") as state:
        state.set_bases({A: "1"})
        state.begin([A, B])
        assert state.bases() == {A: "1", B: NEVER}


def test_a_question_stays_the_same_until_a_side_moves_or_it_is_settled(path: Path) -> None:
    with State(path, "s", "p") as state:
        first = state.ask({A: ("1", "2"), B: ("1", None)})
        assert state.ask({A: ("1", "2"), B: ("1", None)}) == first
        moved = state.ask({A: ("1", "3"), B: ("1", None)})
        assert moved[A].id != first[A].id
        assert moved[B] == first[B]
        assert state.questions() == moved
        state.set_bases({A: "3"})
        assert state.questions() == {B: first[B]}
        state.drop_questions([B])
        assert state.ask({B: ("1", None)})[B].id != first[B].id


def test_the_outbox_keeps_its_order_and_each_state_once(path: Path) -> None:
    with State(path, "s", "p") as state:
        state.set_bases({A: hash_of("0")})
        keep_uploads(state, {A: File(hash_of("1"), "1"), B: File(hash_of("1"), "1")})
        keep_manifest(state, "e", {A: hash_of("1")})
        assert keep_uploads(state, {A: File(hash_of("1"), "1")}) == 0
        assert keep_uploads(state, {A: File(hash_of("2"), "2")}) == 1
        kinds = [thing.kind for thing in state.waiting()]
        assert kinds == [UPLOAD, UPLOAD, MANIFEST, UPLOAD]
        assert f'"base":"{hash_of("0")}"' in state.waiting()[0].body
        assert '"base":null' in state.waiting()[1].body
        assert f'"base":"{hash_of("1")}"' in state.waiting()[3].body
        assert state.bases() == {A: hash_of("0"), B: NEVER}
        state.drop(state.waiting()[:3])
        assert len(state.waiting()) == 1


def test_a_state_of_nowhere_leaves_nothing(tmp_path: Path) -> None:
    with State(None, "s", "p") as state:
        state.set_bases({A: "1"})
    assert list(tmp_path.iterdir()) == []


def test_the_folder_is_not_for_git(tmp_path: Path) -> None:
    assert folder_of(tmp_path) == folder_of(tmp_path)
    assert (tmp_path / ".headrace/.gitignore").read_text() == "*\n"


@pytest.mark.parametrize("name", ["", "sync.db", "sync.lock"])
def test_no_part_of_it_is_a_link(tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    if name:
        outside.write_text("")
        (tmp_path / ".headrace").mkdir()
    else:
        outside.mkdir()
    (tmp_path / ".headrace" / name).symlink_to(outside)
    with pytest.raises(Misconfigured, match="is a link"):
        folder_of(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / ".headrace").write_text("")
    with pytest.raises(Misconfigured, match="cannot be used"):
        folder_of(tmp_path)


def test_a_damaged_file_is_named(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        State(path, "s", "p")
    assert "remove the file" in unusable(path.parent.parent, caught.value).remedy


async def test_one_at_a_time(tmp_path: Path) -> None:
    folder, order = folder_of(tmp_path), list[str]()
    entered, leave = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with alone(folder / "sync.lock", folder.parent):
            entered.set()
            await leave.wait()
            order.append("first")

    async def second() -> None:
        async with alone(folder / "sync.lock", folder.parent):
            order.append("second")

    async with asyncio.TaskGroup() as group:
        group.create_task(first())
        await entered.wait()
        group.create_task(second())
        group.create_task(asyncio.sleep(0)).add_done_callback(lambda _: leave.set())
    assert order == ["first", "second"]


async def test_another_that_does_not_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "SYNC_PATIENCE", 0.1)
    folder = folder_of(tmp_path)
    async with alone(folder / "sync.lock", folder.parent):
        with pytest.raises(Misconfigured, match="another sync"):
            async with alone(folder / "sync.lock", folder.parent):
                pass


async def test_a_killed_process_lets_go(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    if not (child := os.fork()):
        hold(folder / "sync.lock")
        os._exit(9)
    os.waitpid(child, 0)
    async with alone(folder / "sync.lock", folder.parent):
        pass
