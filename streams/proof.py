"""Prove that the state is what the log makes of it: replay all of the archive, and compare every table."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import NamedTuple

import orjson

from schemas.base import EventId
from schemas.errors import Away
from schemas.settings import Settings
from streams.archive import Archive, ahead
from streams.entry import Stream
from streams.handler import Handler
from streams.replay import Difference, Replay, Wanted
from streams.store import Store
from streams.store.compare import Differing, Row, differences, row_of
from streams.store.connection import Connection, patient
from streams.store.moment import take_down
from streams.store.scratch import scratch
from streams.store.versions import Standing

ENOUGH = 10
"""Differences after which no more are looked for."""

PATIENCE = 60.0
"""Seconds that the archive gets to reach what the groups have handled."""


_SUBJECT = "select domain || '/' || path from documents where id = $1"


class Report(NamedTuple):
    """What came of it. `rows` were compared; `underway` events are derived and were not archived yet.

    `spare` counts contents that were given to the store, and that no event names (yet).
    """

    events: int
    derived: int
    rows: int
    underway: int
    spare: int
    differences: list[Difference]

    @property
    def identical(self) -> bool:
        """Whether the replay came to the same."""
        return not self.differences


Watch = Callable[[str, int, int], None]
"""Told how it goes: what is done, how much of it is done, of how much in all."""


async def prove(handlers: Sequence[Handler], url: str, settings: Settings, watch: Watch) -> Report:
    """Replay the archive through `handlers`, and compare with what they have made of it, as it is now.

    Others may go on working meanwhile.

    Raises:
        Away: PostgreSQL cannot be reached, or nobody archives what the groups have handled.
    """
    real, reading = Store.kept(url, settings), Store.kept(url, settings)
    try:
        async with scratch(url, settings) as (store, schema):
            tables = [table for handler in handlers for table in handler.tables]
            async with patient(url, settings) as live:
                cut, rows = await take_down(live, tables, schema)
            await until_archived(real, cut.needed())
            replay = Replay(handlers, store, cut, real)
            await _replay(replay, Archive(reading, settings.exports), cut.seq, watch)
            underway = await _look_for(await replay.finish(), replay, real)
            async with patient(url, settings) as live, patient(url, settings, schema) as made:
                compared = await _compare(rows, live, made, watch)
            _, events, derived = replay.progress
            found = [*replay.differences, *compared.differences][:ENOUGH]
            return Report(events, derived, compared.rows, underway, compared.spare, found)
    finally:
        await real.close()
        await reading.close()


async def state_at(
    handlers: Sequence[Handler], url: str, settings: Settings, wanted: Wanted, watch: Watch
) -> list[Standing]:
    """What the documents were, had only the `wanted` events happened: those up to some time, of some subject.

    Raises:
        Away: as `prove`.
    """
    real, reading = Store.kept(url, settings), Store.kept(url, settings)
    try:
        async with scratch(url, settings) as (store, schema):
            async with patient(url, settings) as live:
                cut, _ = await take_down(live, (), schema)
            await until_archived(real, cut.needed())
            replay = Replay(handlers, store, cut, real, wanted)
            await _replay(replay, Archive(reading, settings.exports), cut.seq, watch)
            await replay.finish()
            return await store.versions.standing()
    finally:
        await real.close()
        await reading.close()


async def until_archived(store: Store, needed: Mapping[Stream, int]) -> None:
    """Wait until the archive has all streams up to these offsets. Raises Away where it does not come to that."""
    deadline = monotonic() + PATIENCE
    while True:
        ends = await store.chains.all()
        behind = [stream for stream, offset in needed.items() if stream not in ends or ends[stream].offset < offset]
        if not behind:
            return
        if monotonic() > deadline:
            raise Away(
                f"the archive is behind in {len(behind)} streams, such as {behind[0][0]}/{behind[0][1]}",
                "let somebody work for it: headrace worker --group archive",
            )
        await asyncio.sleep(0.1)


async def _replay(replay: Replay, archive: Archive, last: int, watch: Watch) -> None:
    """Do it, until enough is different."""
    async for rows in ahead(archive.rows(until=last, columns=False)):
        await replay.take(rows)
        watch("replayed", replay.progress.seq, last)
        if len(replay.differences) >= ENOUGH:
            return


async def _look_for(rest: Mapping[EventId, bytes], replay: Replay, real: Store) -> int:
    """What was derived and did not come by is archived later, or on its way there; how many are."""
    archived = await real.events.get_many(rest)
    for id_, text in archived.items():
        if text.encode() != rest[id_]:
            says = "a handler derives something else"
            replay.differences.append(Difference(says, text, rest[id_].decode(), id_))
    return len(rest) - len(archived)


class _Compared(NamedTuple):
    rows: int
    spare: int
    differences: list[Difference]


async def _compare(rows: Mapping[str, int], live: Connection, made: Connection, watch: Watch) -> _Compared:
    """Find what is not as it was, table by table."""
    found: list[Difference] = []
    added = spare = 0
    for table, number in rows.items():
        watch(f"compared {table}", 0, number)
        async for one in differences(made, table):
            added += one.was is None
            if table == "blobs" and one.now is None:
                spare += 1
            elif len(found) < ENOUGH:
                found.append(await _difference(one, live, made))
        watch(f"compared {table}", number, number)
    return _Compared(sum(rows.values()) + added, spare, found)


async def _difference(one: Differing, live: Connection, made: Connection) -> Difference:
    was = await row_of(live, one.table, one.key, one.was)
    now = await row_of(made, one.table, one.key, one.now)
    known = was or now or {}
    columns = [name for name in was if was[name] != now.get(name)] if was and now else []
    document = known.get("document") or (known.get("id") if one.table == "documents" else None)
    subject = await live.fetchval(_SUBJECT, document) if document else None
    what = f"{one.table}: {_what(was, now, columns)}, at {one.key}"
    return Difference(what, _shown(was, columns), _shown(now, columns), known.get("event_id"), subject or "")


def _what(was: Row | None, now: Row | None, columns: Sequence[str]) -> str:
    if now is None:
        return "the log makes no such row"
    if was is None:
        return "a row is missing"
    return f"{', '.join(columns)} differs" if columns else "a row differed, and has been replaced since"


def _shown(row: Row | None, columns: Sequence[str]) -> str:
    return orjson.dumps({name: row[name] for name in columns or row}).decode() if row else ""
