"""Whose turn it is in a stream, by the store's account."""

from collections.abc import Sequence

import pytest

from schemas.errors import Fenced, Misconfigured
from streams.entry import Entry, Stream
from streams.handler import Handler
from streams.kafka.assignment import Assignment, Astray
from streams.kafka.naming import entry, place
from streams.store import Store
from streams.store.progress import Step
from tests.streams.runner import recorder

STREAM: Stream = ("changes", 2)


def entries(*offsets: int) -> list[Entry]:
    return [entry(STREAM, offset - 1, b"") for offset in offsets]


def offsets(of: Sequence[Entry]) -> list[int]:
    return [one.place.offset for one in of]


async def assigned(store: Store, done: int = 0, begin: int = 0, handler: Handler | None = None) -> Assignment:
    """A stream that is ours, of which the group has dealt with some entries."""
    handler = handler or recorder()
    position = (await store.positions.adopt(handler.name, 2, ["changes"]))["changes"]
    if done:
        step = Step(*STREAM, position.epoch, place(STREAM, done).seq, done)
        await store.commit(store.positions.advance(handler.name, [step]))
    found = Assignment(handler, store)
    await found.adopt({STREAM: begin})
    return found


async def test_entries_come_in_turn_and_once(store: Store) -> None:
    ours = await assigned(store)
    assert offsets(ours.in_turn(entries(1, 2, 2, 3), fresh=True)) == [1, 2, 3]
    assert offsets(ours.in_turn(entries(3, 4), fresh=False)) == [4]


async def test_a_hole_is_passed_over(store: Store) -> None:
    """A transaction's marker, or what compaction took."""
    ours = await assigned(store)
    assert offsets(ours.in_turn(entries(1, 5, 6), fresh=False)) == [1, 5, 6]


async def test_what_is_dealt_with_is_known(store: Store) -> None:
    ours = await assigned(store, done=2, begin=1)
    found = ours.in_turn(entries(1, 2, 3), fresh=False)
    assert [ours.known(one) for one in found] == [True, True, False]


async def test_a_group_that_counts_entries_counts_each_once(store: Store) -> None:
    ours = await assigned(store, done=2, begin=1, handler=recorder()._replace(once="entry"))
    assert offsets(ours.in_turn(entries(1, 2, 3), fresh=False)) == [3]


@pytest.mark.parametrize("begin", [5, 0])
async def test_leftovers_of_an_earlier_assignment_are_seen(store: Store, begin: int) -> None:
    """Where nobody has committed, Faust goes on behind what it handed over in the earlier one."""
    with pytest.raises(Astray):
        (await assigned(store, done=4, begin=begin)).in_turn(entries(9), fresh=False)
    ours = await assigned(store, done=4, begin=begin)
    ours.in_turn(entries(9), fresh=True)
    with pytest.raises(Astray):
        ours.in_turn(entries(5), fresh=False)


async def test_entries_that_kafka_has_dropped_are_said_to_be_gone(
    store: Store, capfd: pytest.CaptureFixture[str]
) -> None:
    ours = await assigned(store, done=4, begin=5)
    assert offsets(ours.in_turn(entries(9), fresh=True)) == [9]
    assert "entries from 5 to before" in capfd.readouterr().err


async def test_kafka_may_not_be_ahead_of_the_store(store: Store) -> None:
    assert (await assigned(store, done=4, begin=9)).ahead() == {STREAM: 4}
    assert (await assigned(store, begin=5)).ahead() == {}
    assert (await assigned(store, begin=2)).ahead() == {}


async def test_another_logs_account_is_refused(store: Store) -> None:
    position = (await store.positions.adopt("recorder", 2, ["changes"]))["changes"]
    await store.commit(store.positions.advance("recorder", [Step(*STREAM, position.epoch, 77, 4)]))
    with pytest.raises(Misconfigured, match="another log"):
        await Assignment(recorder(), store).adopt({STREAM: 0})


async def test_who_is_followed_is_fenced(store: Store) -> None:
    ours, heirs = await assigned(store), await assigned(store)
    assert heirs.epoch(STREAM) > ours.epoch(STREAM)
    await ours.adopt({})
    assert ours.in_turn(entries(1), fresh=False) == []
    with pytest.raises(Fenced):
        ours.epoch(STREAM)
