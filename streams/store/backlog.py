"""What waits in the store to be tried again, or for a person to decide, by group and partition."""

from typing import NamedTuple, TypeAlias

from streams.store.connection import Executor

Where: TypeAlias = tuple[str, int]
"""A group and a partition."""

_HELD = """
select group_name, partition, n, (
    select event from held
    where held.group_name = counted.group_name and held.partition = counted.partition and held.seq = counted.first
    limit 1
) as oldest
from (
    select group_name, partition, count(*) as n, min(seq) as first from held group by group_name, partition
) counted
"""

_DEAD = """
select group_name, partition, count(*) as n from dead_letters where state = 'buried' group by group_name, partition
"""


class Waiting(NamedTuple):
    """How many events a group holds in a partition, and the bytes of the oldest of them."""

    held: int
    oldest: bytes


class Backlog:
    """The `held` and `dead_letters` tables, counted."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def held(self) -> dict[Where, Waiting]:
        """What waits for another try, where there is any."""
        rows = await self._db.fetch(_HELD)
        return {(row["group_name"], row["partition"]): Waiting(row["n"], row["oldest"]) for row in rows}

    async def dead(self) -> dict[Where, int]:
        """How many dead letters wait for a decision, where there are any."""
        return {(row["group_name"], row["partition"]): row["n"] for row in await self._db.fetch(_DEAD)}
