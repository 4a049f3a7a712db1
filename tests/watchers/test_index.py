"""What was seen and what changed are one: both are on disk, or neither."""

import asyncio
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.errors import Misconfigured
from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed, on_disk
from watchers import index as index_module
from watchers.change import Change, Sighting, Stamp
from watchers.index import Index, Row
from watchers.spool import Spool
from watchers.watch import Watch

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def sighting(path: bytes, hash_: str | None, inode: int = 1, links: int = 1) -> Sighting:
    if hash_ is None:
        return Sighting(path)
    return Sighting(path, Stamp(inode, len(hash_), 2, 3, links), hash_, hash_.encode())


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def index(state: Path) -> Iterator[Index]:
    with closing(Index(state)) as opened:
        yield opened


def changes(index: Index) -> list[Change]:
    return index.spool.hand_out(1_000_000, 1 << 40)


# Rows

names = st.sampled_from([b"a", b"b", b"\x01", b"\xff", b"a.b", b"a0", b"\xc3\xa9"])
paths = st.lists(names, min_size=1, max_size=3).map(b"/".join)
batches = st.lists(st.lists(st.tuples(paths, st.sampled_from(["1", "2", None])), max_size=5), max_size=8)


def below(paths: dict[bytes, str], top: bytes) -> list[bytes]:
    return sorted(path for path in paths if not top or path.startswith(top + b"/"))


@settings(max_examples=25, deadline=None)
@given(batches=batches, page=st.integers(1, 3))
def test_the_rows_are_the_last_sightings(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[tuple[bytes, str | None]]], page: int
) -> None:
    state = tmp_path_factory.mktemp("index") / "state.db"
    model: dict[bytes, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_module, "PAGE", page)
        for batch in batches:
            with closing(Index(state)) as index:
                index.apply([sighting(*one) for one in batch], NOW, report=True)
                for path, hash_ in batch:
                    model.pop(path, None)
                    model |= {path: hash_} if hash_ else {}
                assert index.files == len(model)
                assert {path: index.hash(path) for path in index.below(b"")} == model
                for top in (b"a", b"a/b", b"\xff"):
                    assert sorted(index.below(top)) == below(model, top)
        with closing(Index(state)) as index:
            assert index.files == len(model)
            said: dict[bytes, str | None] = {}
            for change in changes(index):
                assert change.base == said.get(change.path)
                said[change.path] = change.hash
            assert {path: hash_ for path, hash_ in said.items() if hash_} == model


def test_rows_may_change_while_they_are_gone_through(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "PAGE", 2)
    index.apply([sighting(b"d/%d" % number, "h") for number in range(9)], NOW, report=False)
    for path in index.below(b"d"):
        index.apply([Sighting(path)], NOW, report=False)
    assert index.files == 0


def test_a_page_of_rows(index: Index) -> None:
    index.apply([sighting(name, "h") for name in (b"a", b"b", b"c", b"d/e")], NOW, report=False)
    row = Row(Stamp(1, 1, 2, 3, 1), "h")
    assert index.rows(b"") == {b"a": row, b"b": row, b"c": row}
    assert index.rows(b"", b"a", b"b") == {b"b": row}
    assert list(index.rows(b"", b"", count=2)) == [b"a", b"b"]


def test_the_names_of_an_inode(index: Index) -> None:
    seen = [(b"a", 7, 2), (b"d/b", 7, 2), (b"c", 8, 1)]
    index.apply([sighting(path, "h", inode, links) for path, inode, links in seen], NOW, report=False)
    assert index.names_of(7) == [b"a", b"d/b"]
    assert [path for path, _ in index.linked(b"", 10)] == [b"a", b"d/b"]
    assert [path for path, _ in index.linked(b"a", 10)] == [b"d/b"]


def test_the_baseline_makes_no_change(index: Index) -> None:
    assert index.apply([sighting(b"a", "1")], NOW, report=False) == []
    assert index.apply([sighting(b"a", "1"), sighting(b"b", None)], NOW, report=True) == []
    assert changes(index) == []


# Both or neither


@pytest.mark.parametrize("when", ["INSERT ON files", "INSERT ON outbox"])
def test_a_row_and_its_change_are_written_together(index: Index, when: str) -> None:
    index.apply([sighting(b"a", "1")], NOW, report=True)
    before = (index.files, index.hash(b"a"), changes(index))
    index._connection.execute(f"CREATE TRIGGER fails AFTER {when} BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(sqlite3.IntegrityError):
        index.apply([sighting(b"a", "2"), sighting(b"b", "1")], NOW, report=True)
    assert (index.files, index.hash(b"a"), changes(index)) == before
    index._connection.execute("DROP TRIGGER fails")
    index.apply([sighting(b"a", "2"), sighting(b"b", "1")], NOW, report=True)
    assert [(change.path, change.base, change.hash) for change in changes(index)[1:]] == [
        (b"a", "1", "2"),
        (b"b", None, "1"),
    ]


def test_a_copy_of_the_files_taken_at_any_moment_is_consistent(state: Path, tmp_path: Path) -> None:
    """As if the power failed between two system calls: every row in such a copy has its change, and the reverse."""
    copies = 0
    with closing(Index(state)) as index:
        for number in range(30):
            index.apply(
                [sighting(b"%d" % number, str(number)) for number in range(number, 2 * number)], NOW, report=True
            )
            wal = state.with_name("state.db-wal").read_bytes()
            for cut in (len(wal), len(wal) - 1, len(wal) - 3000):
                copy = tmp_path / f"copy-{copies}.db"
                copy.write_bytes(state.read_bytes())
                copy.with_name(f"{copy.name}-wal").write_bytes(wal[:cut])
                with closing(Index(copy)) as copied:
                    assert {change.path: change.hash for change in changes(copied)} == {
                        path: copied.hash(path) for path in copied.below(b"")
                    }
                copies += 1


# Ids


def test_ids_stay_the_same_across_restarts(state: Path) -> None:
    with closing(Index(state)) as index:
        index.apply([sighting(b"a", "1"), sighting(b"a", "2"), sighting(b"a", "1")], NOW, report=True)
        first = changes(index)
        assert len({change.id for change in first}) == 3
    with closing(Index(state)) as index:
        assert changes(index) == first


def test_ids_never_come_again(state: Path) -> None:
    seen: set[str] = set()
    for number in range(6):
        with closing(Index(state)) as index:
            index.apply([sighting(b"a", str(number % 2))], NOW, report=True)
            (change,) = changes(index)
            assert change.id not in seen
            seen.add(change.id)
            index.spool.drop([change])


def test_ids_of_another_life_are_others(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        with closing(Index(tmp_path / name)) as index:
            index.apply([sighting(b"a", "1")], NOW, report=True)
            ids |= {change.id for change in changes(index)}
    assert len(ids) == 2


# The file itself


def overwrite(state: Path, offset: int, data: bytes) -> None:
    with state.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def directory(state: Path) -> None:
    state.unlink()
    state.mkdir()


def foreign(state: Path) -> None:
    state.unlink()
    with closing(sqlite3.connect(state)) as connection:
        connection.execute("CREATE TABLE files (something TEXT)")


SPOIL: dict[str, Callable[[Path], object]] = {
    "garbage": lambda state: state.write_bytes(b"garbage" * 1000),
    "its head": lambda state: overwrite(state, 0, b"x" * 50),
    "its schema": lambda state: overwrite(state, 100, b"x" * 500),
    "a directory": directory,
    "another program's": foreign,
}


@pytest.mark.parametrize("what", SPOIL)
def test_a_spoilt_state_is_said_to_be_so(state: Path, what: str) -> None:
    with closing(Index(state)) as index:
        index.apply([sighting(b"a", "1")], NOW, report=True)
    SPOIL[what](state)
    with pytest.raises(Misconfigured) as error:
        Index(state)
    assert str(state) in error.value.message
    assert error.value.remedy


def test_an_empty_state_is_a_first_start(state: Path) -> None:
    state.touch()
    with closing(Index(state)) as index:
        assert not index.complete
        index.set_complete()
        index.set_device(7)
    with closing(Index(state)) as index:
        assert index.complete
        assert index.device == 7


def test_many_threads(index: Index) -> None:
    """The engine adds while the event loop's helpers hand out and drop."""
    seen: list[Change] = []
    done = threading.Event()

    def drain() -> None:
        while not done.is_set() or index.spool.rows:
            batch = index.spool.hand_out(7, 1 << 20)
            seen.extend(batch)
            index.spool.drop(batch)

    thread = threading.Thread(target=drain)
    thread.start()
    for number in range(300):
        index.apply([sighting(b"%d" % (number % 5), str(number))], NOW, report=True)
    done.set()
    thread.join(20)
    assert [change.hash for change in seen] == [str(number) for number in range(300)]
    assert index.spool.rows == 0


# Nothing can be written


async def test_state_that_cannot_be_written_is_told_and_nothing_is_lost(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        (root / "before").write_bytes(b"before")
        await observed.hears("before", b"before")
        observed.index._connection.execute("PRAGMA query_only = 1")
        (root / "a").write_bytes(b"a")
        (root / "before").unlink()
        await observed.until(lambda: "cannot write its state" in observed.watch.health.text)
        (root / "b").write_bytes(b"b")
        observed.index._connection.execute("PRAGMA query_only = 0")
        await observed.agrees()
        await observed.until(lambda: observed.watch.health.text == "ok")
    observed.chain()


async def test_what_cannot_be_acknowledged_for_now_is_acknowledged_later(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        connection = observed.index._connection
        connection.create_function("fail", 0, lambda: 1 // 0)
        connection.execute("CREATE TRIGGER full BEFORE DELETE ON outbox BEGIN SELECT fail(); END")
        (root / "a").write_bytes(b"a")
        await observed.hears("a", b"a")
        (root / "b").write_bytes(b"b")
        await observed.until(lambda: observed.watch.spooled == 2)
        connection.execute("DROP TRIGGER full")
        await observed.hears("b", b"b")
        await observed.until(lambda: observed.watch.spooled == 0)
    assert len(observed.changes) == 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of eight megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting is for root")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)


async def test_a_full_disk(root: Path, small_disk: Path) -> None:
    async with Observed(root, small_disk / "state.db") as observed:
        for number in range(50):
            (root / f"{number}").write_bytes(b"%d" % number)
        await observed.agrees()
        ballast = small_disk / "ballast"
        with suppress(OSError):
            ballast.write_bytes(b"x" * (8 << 20))
        for number in range(25, 400):
            (root / f"{number}").write_bytes(b"again %d" % number)
        await observed.until(lambda: "cannot write its state" in observed.watch.health.text)
        ballast.unlink()
        await observed.agrees()
        await observed.until(lambda: observed.watch.health.text == "ok")
    assert observed.present == on_disk(root)
    observed.chain()


@pytest.mark.parametrize("part", ["stamps", "hash"])
async def test_a_state_that_breaks_in_use_ends_the_watch(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with closing(Index(state)) as index:
        async with Watch(root, index) as watch:
            await watch.ready()
            monkeypatch.setattr(Index, part, broken)
            (root / "d").mkdir()
            (root / "d" / "a").write_bytes(b"a")
            with pytest.raises(Misconfigured, match="malformed"):
                await asyncio.wait_for(watch.batch(), 20)


async def test_a_spool_that_breaks_in_use_ends_the_watch(
    root: Path, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(Spool, "hand_out", broken)
    with closing(Index(state)) as index:
        async with Watch(root, index) as watch:
            with pytest.raises(Misconfigured, match="malformed"):
                await watch.batch()
