"""The handlers of the product, unchanged, on Kafka: from a change to its version and to the archive."""

from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from schemas.changes import EventBuried
from schemas.components import ComponentPath
from schemas.settings import Settings
from streams.chain import GENESIS, link
from streams.entry import Place
from streams.store import Store
from streams.store.components import Page
from tests.build import event, event_id, observed, until
from tests.faults import environment, process
from tests.streams.kafka.mock_cluster import let_followers_be_first
from tests.streams.kafka.runner import commit, committed, message, working

if TYPE_CHECKING:
    from streams.kafka.publisher import Publisher

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

KEYS = 7
EVENTS = 5
"""What one change comes to: observed, hashed, accepted, version created, head moved."""


async def publish(publisher: "Publisher", numbers: range) -> None:
    changes = [
        event(observed(f"x = {n}\n", forced=True), f"model/k{n % KEYS}.py", event_id(n)) for n in numbers
    ]  # fmt: skip - one change a line
    await publisher.publish([message(change) for change in changes])


async def archived(store: Store, number: int) -> bool:
    return bool(await store.db.fetchval("select count(distinct id) from events") >= number)


async def check(store: Store, number: int) -> None:
    """Every change is a version, once, in the order of its component; the archive holds all, chained."""
    for key in range(KEYS):
        history = await store.components.history(
            "default", ComponentPath("model", f"k{key}"), Page(2**31 - 1, number), content=True
        )
        assert [v.content for v in reversed(history)] == [f"x = {n}\n" for n in range(key, number, KEYS)]
    assert await store.db.fetchval("select count(distinct id) from events") == number * EVENTS
    assert await store.dead_letters.page() == []
    await check_chains(store)


async def check_chains(store: Store) -> None:
    """Every digest covers the bytes, the place and the digest before; the chain ends where it says."""
    rows = await store.db.fetch("select * from events order by topic, partition, entry_offset")
    before, stream = GENESIS, None
    for row in rows:
        here = row["topic"], row["partition"]
        before = before if here == stream else GENESIS
        stream = here
        before = link(before, Place(*here, row["seq"], row["entry_offset"]), row["event"].encode())
        assert row["digest"] == before
    for one, other in pairwise(rows):
        same = (one["topic"], one["partition"]) == (other["topic"], other["partition"])
        assert not same or one["seq"] < other["seq"]
    assert {(e["topic"], e["partition"]): e["digest"] for e in rows} == {
        stream: end.digest for stream, end in (await store.chains.all()).items()
    }


async def test_from_the_change_to_the_archive(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    from handlers import HANDLERS

    let_followers_be_first()
    await publish(publisher, range(100))
    async with working(HANDLERS, brokers, postgres_url, settings):
        await publish(publisher, range(100, 210))
        await until(lambda: archived(store, 210 * EVENTS), 60)
    await check(store, 210)


async def test_the_command(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """`headrace worker --log kafka://…`, killed in the middle and started again; no Redis is set."""
    log = ["--log", f"kafka://{','.join(brokers)}"]
    env = environment(settings, HEADRACE_POSTGRES_URL=postgres_url)
    await publish(publisher, range(70))
    with ExitStack() as stack:
        everything = stack.enter_context(process(["worker", *log], env, tmp_path / "worker.log"))
        await until(lambda: archived(store, 1), 60)
        everything.kill()
        everything.wait()
        await publish(publisher, range(70, 140))
        everything = stack.enter_context(process(["worker", *log], env, tmp_path / "worker.log"))
        await until(lambda: archived(store, 140 * EVENTS), 90)
        everything.terminate()
        assert everything.wait(20) == 0
    await check(store, 140)


async def test_a_store_that_was_set_back_is_brought_up_to_date(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    """What Kafka believes a group has done counts for nothing: the store's account does."""
    from handlers import HANDLERS

    await publish(publisher, range(50))
    ends = (await committed(brokers, settings, "hash", "changes")).ends
    await commit(brokers, settings, "hash", "changes", ends)
    async with working(HANDLERS, brokers, postgres_url, settings):
        await until(lambda: archived(store, 50 * EVENTS), 60)
    await check(store, 50)


async def test_unreadable_events_are_archived_too(
    publisher: "Publisher", store: Store, brokers: list[str], postgres_url: str, settings: Settings
) -> None:
    from handlers import HANDLERS

    archive = [handler for handler in HANDLERS if handler.name == "archive"]
    one = message(event(EventBuried(event=event_id(1), group="g", attempts=1, error="e"), "model/a.py", event_id(2)))
    await publisher.publish([one, structs.replace(one, raw=b"\xff\0"), structs.replace(one, raw=b""), one])

    async def all_there() -> bool:
        return bool(await store.db.fetchval("select count(*) from events") == 4)

    async with working(archive, brokers, postgres_url, settings):
        await until(all_there, 60)
    assert await store.db.fetchval("select count(*) from events where kind = '?'") == 2
    assert await store.dead_letters.page() == []
