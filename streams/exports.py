"""Months of the archive written to files, checked, dropped from the database, and put back.

Whatever ends it in between: the events lie in the database, or in files that were read back in full, or in both. Events
of a dropped month may still come, from a watcher that was away or a dead letter that is tried again: they begin a new
table, and the next export of the month writes them to a file of their own.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from schemas.base import now
from schemas.errors import NotFound, Rejected
from streams.files import finished, sha256_of
from streams.part import PAGE, PartFile, check, merged, path_of
from streams.store import Store
from streams.store.events import Row
from streams.store.months import MonthWork, Part, end_of, name_of

Tell = Callable[[int], object]
"""What is called with the number of events dealt with so far."""

LATE = timedelta(days=1)
"""How long a month must be over: a publisher's clock may be slow."""


def no_one(_: int) -> None:
    """Nobody wants to be told."""


class Exports:
    """All months. `folder` is where the files lie, if not where they were written."""

    def __init__(self, store: Store, folder: Path | None = None) -> None:
        self._store = store
        self._folder = folder

    async def export(self, month: date, folder: Path, tell: Tell = no_one) -> list[Part]:
        """Write the month's events to a file in `folder`; the files that hold the month then.

        Raises:
            Rejected: the month is not over, or the file would take the place of another.
            NotFound: there are no events.
        """
        if now() < end_of(month) + LATE:
            raise Rejected(
                f"{name_of(month)} may still get events", f"export it after {end_of(month) + LATE:%Y-%m-%d %H:%M} UTC"
            )
        async with self._store.months_alone(snapshot=True) as work:
            dropped = await work.months.parts(month, dropped=True)
            if await work.count(month):
                part = await _write(work, month, len(dropped) + 1, folder, tell)
                await work.months.record(part)
                return [*dropped, part]
        if not dropped:
            raise NotFound(f"the archive has no events of {name_of(month)}", "headrace archive list shows its months")
        for part in dropped:
            await check(part, path_of(part, self._folder))
        return dropped

    async def drop(self, month: date, tell: Tell = no_one) -> list[Part]:
        """Drop the month's events from the database, once their file was read back; the files that hold it then.

        Raises:
            Rejected: the file does not hold the very same events.
            NotFound: the month was not exported. Misconfigured: its file is missing or was altered.
        """
        async with self._store.months_alone() as work:
            standing = await work.months.parts(month, dropped=False)
            if standing:
                events = await self._compare(work, month, standing, tell)
                if not await work.drop(month, events, now()):
                    raise _differs(month, "more events have come")
            elif not await work.months.parts(month) or await work.count(month):
                raise NotFound(
                    f"{name_of(month)} has events that were not exported",
                    f"headrace archive export {name_of(month)} DIR",
                )
            return await work.months.parts(month)

    async def _compare(self, work: MonthWork, month: date, parts: list[Part], tell: Tell) -> int:
        """See that the files hold what the database does, to the letter; how many events that is."""
        files = merged([PartFile(part, self._folder) for part in parts], 0)
        expected, none = list[Row](), list[Row]()
        count = 0
        async for rows in work.pages(month, PAGE):
            while len(expected) < len(rows) and (more := await anext(files, none)):
                expected += more
            if expected[: len(rows)] != rows:
                wrong = next((row for row, one in zip(rows, expected, strict=False) if row != one), rows[-1])
                raise _differs(month, f"event {wrong.seq} is missing there, or is another")
            expected = expected[len(rows) :]
            count += len(rows)
            tell(count)
        if expected or await anext(files, none) or count != sum(part.events for part in parts):
            raise _differs(month, "it holds more events")
        return count

    async def restore(self, month: date, tell: Tell = no_one) -> list[Part]:
        """Put the month's events back into the database; the files that hold it as well.

        Raises:
            NotFound: it was not exported. Misconfigured: a file is missing or was altered.
        """
        async with self._store.months_alone() as work:
            dropped = await work.months.parts(month, dropped=True)
            if dropped:
                await self._fill(work, month, dropped, tell)
                await work.undrop(month)
            parts = await work.months.parts(month)
        if not parts:
            raise NotFound(f"{name_of(month)} was not exported", "headrace archive list shows what was")
        return parts

    async def _fill(self, work: MonthWork, month: date, parts: list[Part], tell: Tell) -> None:
        await work.make(month)
        had, count = await work.count(month), 0
        async for rows in merged([PartFile(part, self._folder) for part in parts], 0):
            await work.fill(month, rows)
            count += len(rows)
            tell(count)
        if await work.count(month) != had + sum(part.events for part in parts):
            raise _differs(month, "it does not hold as many events as were written")


async def _write(work: MonthWork, month: date, number: int, folder: Path, tell: Tell) -> Part:
    """Write a file from a snapshot of the month."""
    from streams.parquet import Writer

    path = _place(month, number, folder)
    if (first := _standing(path)) and await work.months.digest(first.seq, month) != first.digest:
        raise Rejected(f"{path} is another file", "name another directory, or move the file away")
    count, first_seq, last_seq = 0, 0, 0
    with finished(path) as unfinished:
        with Writer(unfinished) as writer:
            async for rows in work.pages(month, PAGE):
                writer.write(rows)
                first_seq, last_seq = first_seq or rows[0].seq, rows[-1].seq
                count += len(rows)
                tell(count)
        sha256 = sha256_of(unfinished)
    return Part(month, number, str(path), sha256, count, first_seq, last_seq, now())


def _place(month: date, number: int, folder: Path) -> Path:
    if not folder.is_dir():
        raise NotFound(f"there is no directory {folder}", "make it, or name another")
    return folder.absolute() / f"events-{name_of(month)}{f'.{number}' if number > 1 else ''}.parquet"


def _standing(path: Path) -> Row | None:
    """The first event of a file that is there already: of an export before, or of another system."""
    from streams.parquet import first_of

    if not path.exists():
        return None
    if first := first_of(path):
        return first
    raise Rejected(f"{path} is another file", "name another directory, or move the file away")


def _differs(month: date, why: str) -> Rejected:
    name = name_of(month)
    return Rejected(f"the file of {name} is not what the database has: {why}", f"headrace archive export {name} DIR")
