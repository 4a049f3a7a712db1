"""What the store is at one moment, to be looked at later, whatever has happened by then."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from schemas.base import EventId, Topic
from streams.entry import Stream
from streams.store.compare import keep
from streams.store.connection import Connection


class Cut(NamedTuple):
    """How far each group had come at one moment.

    `handled`: the last offset dealt with, by group and stream. `seq`: the number of the newest event that any group had
    dealt with. `apart`: by group, the numbers of those among them that it had not handled: held or given up. `late`:
    by group, the keys in which it had given an event up that it handled later. `repeated`: events that the archive
    has more than once.
    """

    handled: dict[tuple[str, Topic, int], int]
    seq: int
    apart: dict[str, set[int]]
    late: dict[str, set[str]]
    repeated: set[EventId]

    def needed(self) -> dict[Stream, int]:
        """How far the archive must reach in each stream, to know all that any group has handled."""
        needed: dict[Stream, int] = {}
        for (_, topic, partition), offset in self.handled.items():
            needed[topic, partition] = max(offset, needed.get((topic, partition), 0))
        return needed


async def take_down(connection: Connection, tables: Sequence[str], schema: str) -> tuple[Cut, dict[str, int]]:
    """What is now: how far each group has come, and these tables, kept in a schema for `compare`. How many rows."""
    async with connection.transaction(isolation="repeatable_read"):
        return await _cut(connection), await keep(connection, tables, schema)


async def _cut(connection: Connection) -> Cut:
    positions = await connection.fetch("select * from positions where seq > 0")
    held = await connection.fetch("select group_name, seq from held")
    letters = await connection.fetch("select group_name, seq, state, project, subject from dead_letters")
    repeated = await connection.fetch("select id::text from events group by id having count(*) > 1")
    waiting = {(row["group_name"], row["seq"]) for row in held}
    given_up = {(row["group_name"], row["seq"]) for row in letters if row["state"] != "retried"}
    late = {
        (row["group_name"], f"{row['project']}/{row['subject']}")
        for row in letters
        if row["state"] == "retried" and (row["group_name"], row["seq"]) not in waiting
    }
    return Cut(
        {(row["group_name"], row["topic"], row["partition"]): row["entry_offset"] for row in positions},
        max((row["seq"] for row in positions), default=0),
        _by_group(waiting | given_up),
        _by_group(late),
        {row["id"] for row in repeated if row["id"]},
    )


def _by_group(pairs: Iterable[tuple[str, Any]]) -> dict[str, set[Any]]:
    groups: dict[str, set[Any]] = {}
    for group, value in pairs:
        groups.setdefault(group, set()).add(value)
    return groups
