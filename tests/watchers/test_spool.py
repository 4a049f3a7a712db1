"""What waits to be sent: in order, a chain per path, repeated to the letter, and never more than its limit."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.watchers.observed import digest, on_disk
from watchers.change import Change, Sighting, Stamp
from watchers.index import Index
from watchers.options import WatchOptions
from watchers.spool import Limits
from watchers.watch import Watch

NOW = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
ALL = 1_000_000


def sighting(path: bytes, hash_: str | None, content: bytes = b"") -> Sighting:
    return Sighting(path, Stamp(1, 2, 3, 4, 1), hash_, content) if hash_ else Sighting(path)


def see(index: Index, *states: str | None, path: bytes = b"a") -> None:
    for state in states:
        index.apply([sighting(path, state, b"<%b>" % (state or "").encode())], NOW, report=True)


def steps(changes: list[Change]) -> list[tuple[str | None, str | None]]:
    return [(change.base, change.hash) for change in changes]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(Index(tmp_path / "state.db")) as opened:
        yield opened


# Handing out


def test_a_change_comes_back_as_it_went_in(index: Index) -> None:
    index.apply([sighting(b"d/\xff", "1", b"\0\xff"), sighting(b"b", "2")], NOW, report=True)
    first, second = index.spool.hand_out(ALL, ALL)
    assert first[2:] == (b"d/\xff", "1", None, 2, NOW, b"\0\xff")
    assert (second.path, second.number) == (b"b", first.number + 1)
    assert (first.text, second.text) == (None, "b")


def test_a_batch_has_two_bounds(index: Index) -> None:
    for number in range(5):
        index.apply([sighting(b"%d" % number, "1", b"x" * 10)], NOW, report=True)
    assert len(index.spool.hand_out(3, ALL)) == 3
    assert len(index.spool.hand_out(ALL, 25)) == 2
    assert len(index.spool.hand_out(ALL, 1)) == 1, "one that is larger than the bound goes alone"


def test_what_was_not_acknowledged_is_handed_out_again(index: Index) -> None:
    see(index, "1", "2", "3")
    first = index.spool.hand_out(2, ALL)
    assert index.spool.hand_out(2, ALL) == first
    index.spool.drop(first[:1])
    assert index.spool.hand_out(1, ALL) == first[1:]


# Coalescing


def test_the_changes_of_a_path_become_one(index: Index) -> None:
    see(index, "1", "2", "3")
    see(index, "1", "2", path=b"b")
    index.spool.coalesce()
    changes = index.spool.hand_out(ALL, ALL)
    assert steps(changes) == [(None, "3"), (None, "2")]
    assert [change.content for change in changes] == [b"<3>", b"<2>"]
    assert index.spool.rows == 2


def test_what_was_handed_out_is_never_touched(index: Index) -> None:
    see(index, "1", "2")
    first = index.spool.hand_out(1, ALL)
    see(index, "3", "4")
    index.spool.coalesce()
    changes = index.spool.hand_out(ALL, ALL)
    assert changes[:1] == first
    assert steps(changes) == [(None, "1"), ("1", "4")]


def test_what_a_process_before_this_one_may_have_sent_is_never_touched(tmp_path: Path) -> None:
    with closing(Index(tmp_path / "state.db")) as index:
        see(index, "1", "2")
    with closing(Index(tmp_path / "state.db")) as index:
        index.spool.coalesce()
        assert steps(index.spool.hand_out(ALL, ALL)) == [(None, "1"), ("1", "2")]


def test_there_and_back_is_nothing(index: Index) -> None:
    see(index, "1")
    index.spool.drop(index.spool.hand_out(ALL, ALL))
    see(index, "2", None, "1")
    see(index, "1", None, path=b"b")
    index.spool.coalesce()
    assert index.spool.hand_out(ALL, ALL) == []
    assert index.spool.rows == 0


@pytest.mark.parametrize("limits", [Limits(coalesce_rows=10), Limits(coalesce_bytes=30)])
def test_it_happens_by_itself_past_a_limit(tmp_path: Path, limits: Limits) -> None:
    with closing(Index(tmp_path / "state.db", limits)) as index:
        see(index, *map(str, range(9)))
        see(index, *map(str, range(9, 30)))
        assert index.spool.rows < 10
        changes = index.spool.hand_out(ALL, ALL)
        assert changes[0].base is None
        assert changes[-1].hash == "29"


def test_what_cannot_be_coalesced_is_not_tried_at_every_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Index(tmp_path / "state.db", Limits(coalesce_rows=10))) as index:
        tries = []
        monkeypatch.setattr(index.spool, "coalesce", lambda: tries.append(index.spool.rows))
        for number in range(200):
            see(index, "1", path=b"%d" % number)
    assert tries == [10, 20, 40, 80, 160]


class Spooled(RuleBasedStateMachine):
    """A spool against a reader who remembers everything it was ever handed."""

    states: ClassVar[Iterator[Path]]

    def __init__(self) -> None:
        super().__init__()
        self.state = next(self.states)
        self.index = Index(self.state, Limits(coalesce_rows=6, coalesce_bytes=60))
        self.now: dict[bytes, str | None] = {}
        self.received: dict[str, Change] = {}
        self.serial = 0

    def teardown(self) -> None:
        self.receive(count=ALL)
        last: dict[bytes, str | None] = {}
        for change in sorted(self.received.values()):
            assert change.base == last.get(change.path), "the bases are a chain"
            assert change.base != change.hash
            last[change.path] = change.hash
        assert {path: hash_ for path, hash_ in last.items() if hash_} == {p: h for p, h in self.now.items() if h}
        self.index.close()

    @rule(path=st.sampled_from([b"a", b"b", b"c"]), hash_=st.sampled_from(["1", "2", None]))
    def change(self, path: bytes, hash_: str | None) -> None:
        self.now[path] = hash_
        self.index.apply([sighting(path, hash_, b"x" * 10)], NOW, report=True)

    @rule(count=st.integers(1, 4))
    def receive(self, count: int) -> None:
        for change in self.index.spool.hand_out(count, ALL):
            assert self.received.setdefault(change.id, change) == change, "repeated to the letter"

    @rule(count=st.integers(1, 4))
    def acknowledge(self, count: int) -> None:
        self.index.spool.drop([one for one in self.index.spool.hand_out(count, ALL) if one.id in self.received])

    @rule()
    def coalesce(self) -> None:
        self.index.spool.coalesce()

    @rule()
    def restart(self) -> None:
        self.index.close()
        self.index = Index(self.state, Limits(coalesce_rows=6, coalesce_bytes=60))

    @invariant()
    def counts(self) -> None:
        counted = self.index._connection.execute("SELECT count(*), coalesce(sum(length(content)), 0) FROM outbox")
        assert (self.index.spool.rows, self.index.spool._bytes) == counted.fetchone()


def test_any_order_of_events(tmp_path: Path) -> None:
    Spooled.states = (tmp_path / f"{number}.db" for number in range(ALL))
    run_state_machine_as_test(Spooled, settings=settings(max_examples=30, stateful_step_count=30, deadline=None))


# A limit


@pytest.mark.parametrize("limits", [Limits(full_rows=30), Limits(full_bytes=300)])
async def test_a_full_spool_holds_the_engine_back_and_a_scan_finds_the_rest(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch, limits: Limits
) -> None:
    monkeypatch.setattr("watchers.hints.QUEUE_LIMIT", 50)
    monkeypatch.setattr("watchers.engine.QUEUE_LIMIT", 50)
    monkeypatch.setattr("watchers.tree.BATCH", 5)
    last: dict[bytes, str | None] = {}
    with closing(Index(tmp_path / "state.db", limits)) as index:
        async with Watch(root, index, WatchOptions(content_limit=100)) as watch:
            await watch.ready()
            for number in range(200):
                (root / f"{number}").write_bytes(b"%010d" % number)
            async with asyncio.timeout(20):
                while "the spool is full" not in watch.health.text:
                    await asyncio.sleep(0.01)
                assert index.spool.rows < 100
                for number in range(0, 200, 3):
                    (root / f"{number}").unlink()
                while {path: hash_ for path, hash_ in last.items() if hash_} != on_disk(root):
                    changes = await watch.batch()
                    for change in changes:
                        assert last.get(change.path) == change.base
                        last[change.path] = change.hash
                    await watch.acknowledge(changes)
            assert watch.health.text == "ok"
            assert watch.health.last_overflow
    assert last[b"199"] == digest(b"%010d" % 199)


async def test_a_watch_with_a_full_spool_can_be_stopped(tmp_path: Path, root: Path) -> None:
    with closing(Index(tmp_path / "state.db", Limits(full_rows=1))) as index:
        async with asyncio.timeout(20), Watch(root, index) as watch:
            await watch.ready()
            (root / "a").write_bytes(b"a")
            while not index.spool.full:
                await asyncio.sleep(0.01)
        assert [change.path for change in index.spool.hand_out(ALL, ALL)] == [b"a"]
