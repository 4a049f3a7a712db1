"""Prove that the state is what the log makes of it: replay all of the archive, and compare every table."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any, NamedTuple

import asyncpg
import orjson

from schemas.base import EventId
from schemas.errors import Away
from schemas.settings import Settings
from streams.archive import Archive, ahead
from streams.entry import Stream
from streams.handler import Handler
from streams.replay import Difference, Replay, Wanted
from streams.store import Store
from streams.store.compare import RowDifference, differences, reader
from streams.store.moment import Moment, moment
from streams.store.scratch import scratch
from streams.store.versions import Standing

ENOUGH = 10
"""Differences after which no more are looked for."""

PATIENCE = 60.0
"""Seconds that the archive gets to reach what the groups have handled."""


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
        async with moment(url, settings) as live, scratch(url, settings) as (store, schema):
            cut = await live.cut()
            await until_archived(real, cut.needed())
            replay = Replay(handlers, store, cut, real)
            await _replay(replay, Archive(reading, settings.exports), cut.seq, watch)
            underway = await _look_for(await replay.finish(), replay, real)
            async with reader(url, settings, schema) as made:
                return await _compare(_Sides(handlers, live, made), replay, underway, watch)
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
        async with moment(url, settings) as live, scratch(url, settings) as (store, _):
            cut = await live.cut()
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


class _Sides(NamedTuple):
    """Whose tables are compared: as they are, and as they were made again."""

    handlers: Sequence[Handler]
    live: Moment
    made: "asyncpg.Connection[Any]"


async def _compare(sides: _Sides, replay: Replay, underway: int, watch: Watch) -> Report:
    found, compared, spare = list(replay.differences), 0, 0
    for table in [table for handler in sides.handlers for table in handler.tables]:
        async for one in differences(sides.live.connection, sides.made, table):
            if isinstance(one, int):
                compared += one
                watch(f"compared {table}", compared, 0)
            elif table == "blobs" and one.now is None:
                spare += 1
            elif len(found) < ENOUGH:
                found.append(await _difference(one, sides.live))
    return Report(replay.progress.events, replay.progress.derived, compared, underway, spare, found)


async def _difference(row: RowDifference, live: Moment) -> Difference:
    known = row.was or row.now or {}
    if row.now is None:
        what = f"{row.table}: the log makes no such row"
    elif row.was is None:
        what = f"{row.table}: a row is missing"
    else:
        what = f"{row.table}: {', '.join(row.columns)} differs"
    was, now = (_shown(side, row.columns) for side in (row.was, row.now))
    document = known.get("document") or (known.get("id") if row.table == "documents" else None)
    subject = await live.subject(document) if document else ""
    return Difference(f"{what}, at {row.key}", was, now, known.get("event_id"), subject)


def _shown(row: dict[str, Any] | None, columns: Sequence[str]) -> str:
    return orjson.dumps({name: row[name] for name in columns or row}).decode() if row else ""
