"""A group whose handler writes down what it did, and processes that work for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any

from schemas.base import Topic, derived_id
from schemas.changes import ChangeHashed, ChangeObserved
from schemas.envelope import Envelope, Event
from schemas.events import decode
from schemas.settings import Settings
from streams.appender import Message
from streams.entry import Entry
from streams.handler import Deps, Handler, Outcome
from streams.log import Log
from streams.retry import Backoff
from streams.store import Store
from streams.store.write import Write
from streams.trim import survey
from streams.worker import work
from tests.build import event, event_id

Before = Callable[[Sequence[Entry]], Awaitable[None]]

EFFECTS = "create table if not exists effects (n bigserial, worker text, key text, event uuid)"
"""Every effect is a row: how often, in which order, by whom."""


def did(worker: str, batch: Sequence[Entry]) -> Write:
    """A row for each event."""
    sql = "insert into effects (worker, key, event) select $1, * from unnest($2::text[], $3::text[]::uuid[])"
    return Write(sql, (worker, [entry.event.key for entry in batch], [entry.event.id for entry in batch]))


async def nothing(_: Sequence[Entry]) -> None:
    """Do nothing first."""


def recorder(
    name: str = "recorder", worker: str = "one", before: Before = nothing, *, derives: bool = False
) -> Handler:
    """A group that writes a row for each event, after `before`."""

    async def react(batch: Sequence[Entry], _: Deps) -> Outcome:
        await before(batch)
        return Outcome([[ChangeHashed(size=1)] if derives else [] for _ in batch], [did(worker, batch)])

    return Handler(name, ("changes",), react, Backoff(attempts=3, base=0.02, cap=0.05))


def change(number: int, key: int = 0) -> ChangeObserved:
    """The `number`-th change of a key."""
    return ChangeObserved(size=number, hash=f"{key:08x}{number:08x}")


def messages(log: Log, count: int, keys: int = 5, start: int = 0) -> list[Message]:
    """`count` changes, dealt out to `keys` documents in turn."""
    return [
        log.message(event(change(n, n % keys), f"model/k{n % keys}.py", event_id(n)))
        for n in range(start, start + count)
    ]


@asynccontextmanager
async def working(
    handlers: Sequence[Handler], redis_url: str, postgres_url: str, settings: Settings
) -> AsyncIterator[asyncio.Event]:
    """A process's work, inside this process. Set what it yields to stop it early."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(handlers, redis_url, postgres_url, settings, stop))
    try:
        yield stop
    finally:
        stop.set()
        await task


async def effects(store: Store) -> list[tuple[str, str]]:
    """What was done, in order: (key, event)."""
    rows = await store.db.fetch("select key, event::text from effects order by n")
    return [(row["key"], row["event"]) for row in rows]


async def all_done(store: Store, number: int) -> bool:
    """Whether so many events have happened."""
    return len(await effects(store)) >= number


async def acknowledged(log: Log, group: str = "recorder") -> bool:
    """Whether nothing is pending and nothing is left to read."""
    return all(group_.lag == 0 for stream in await survey(log) for group_ in stream.groups if group_.name == group)


def in_order(done: Sequence[tuple[str, str]], count: int, keys: int = 5, without: Collection[int] = ()) -> bool:
    """Whether each of `count` events, but those `without` which it goes, was done once, each key's in their order."""
    expected: dict[str, list[str]] = {}
    for n in [n for n in range(count) if n not in without]:
        expected.setdefault(f"default/components/model/k{n % keys}.py", []).append(event_id(n))
    found: dict[str, list[str]] = {}
    for key, id_ in done:
        found.setdefault(key, []).append(id_)
    return found == expected


def derived(number: int, group: str = "recorder", place: int = 0) -> str:
    """The id of what follows from an event."""
    return derived_id(event_id(number), f"{group}:{place}")


async def length(log: Log, topic: Topic) -> int:
    """How many entries a topic holds."""
    return sum([await log.redis.xlen(log.keys.stream(topic, p)) for p in range(log.partitions)])


async def published(log: Log, topic: Topic) -> list[Envelope[Event]]:
    """The events that stand in a topic."""
    entries: list[Any] = []
    for partition in range(log.partitions):
        entries += await log.redis.xrange(log.keys.stream(topic, partition)) or []
    return [decode(fields[b"e"]) for _, fields in entries]
