"""What is published and not archived yet is kept, found again where Redis lost it, and forgotten piece by piece."""

import pytest

from schemas.base import new_id
from streams.appender import Message
from streams.store import Store, outbox


def message(partition: int = 0) -> Message:
    return Message("changes", partition, new_id(), b"{}")


async def archive(store: Store, partition: int, seq: int) -> None:
    """Let the archive have come so far in a stream."""
    sql = (
        "insert into chains values ('changes', $1, 1, $2, '', now())"
        " on conflict (topic, partition) do update set seq = $2"
    )
    await store.db.execute(sql, partition, seq)


async def unpublished(store: Store) -> list[str]:
    return [one.id async for page in store.outbox.unpublished() for one in page]


async def left(store: Store) -> list[int]:
    return [row["seq"] for row in await store.db.fetch("select seq from outbox order by seq")]


async def test_what_is_archived_is_forgotten_stream_by_stream(store: Store) -> None:
    messages = [message(0), message(0), message(1), message(2)]
    await store.outbox.add(messages, [1, 5, 3, 2])
    await archive(store, 0, 4)
    await archive(store, 1, 3)
    assert await store.outbox.clear() == 2
    assert await left(store) == [2, 5]
    assert await store.outbox.clear() == 0


async def test_what_is_forgotten_goes_in_pieces(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "PIECE", 3)
    await store.outbox.add([message() for _ in range(8)], list(range(1, 9)))
    await archive(store, 0, 7)
    assert await store.outbox.clear() == 7
    assert await left(store) == [8]


async def test_what_redis_lost_is_unpublished_until_it_has_another_number(store: Store) -> None:
    first, second = message(), message()
    await store.outbox.add([first, second], [1, 2])
    assert await unpublished(store) == []
    await store.commit(store.outbox.lose())
    assert await unpublished(store) == [first.id, second.id]
    await archive(store, 0, 2)
    assert await store.outbox.clear() == 0
    await store.outbox.number([first], [10])
    assert await unpublished(store) == [second.id]
    assert await store.outbox.clear() == 0
    await store.outbox.forget([second.id])
    await archive(store, 0, 10)
    assert await store.outbox.clear() == 1
