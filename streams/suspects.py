"""Which event ends the processes that handle it. No handler can report that: it is seen in what they left behind.

A death says only which batch was at hand, and most deaths have other causes. So after a second one at the same place
the entries there are handled one by one, each noted before it is begun. Who is still noted when the next owner comes
was at hand at the end; an event that was so often enough is given up. One at a time in a process, whatever its group:
otherwise what another group has at hand would be blamed for the same deaths.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from streams.connection import translated
from streams.entry import Place
from streams.log import Log


def deaths_in(notes: dict[bytes, bytes]) -> int:
    """How many owners of a partition the notes on it say are gone with what is still there in their hands."""
    return sum(int(number) for field, number in notes.items() if field.startswith(b"from:"))


class Suspects:
    """The notes of one group, in Redis, by partition: of entries that it was given, or of those that it holds.

    `alone` is the process's one lock. Whoever has it is all that is at hand.
    """

    def __init__(self, log: Log, group: str, kind: Literal["given", "held"], alone: asyncio.Lock) -> None:
        self._redis = log.redis
        self._keys = log.keys
        self._group = group
        self._kind = kind
        self._alone = alone

    def _key(self, partition: int) -> str:
        return self._keys.suspects(self._group, partition, self._kind)

    @property
    def busy(self) -> bool:
        """Whether something is at hand, here or in another group of this process."""
        return self._alone.locked()

    async def deaths(self, first: Place) -> int:
        """Note that one more owner is gone with `first` and what follows in its hands; how many that makes."""
        with translated():
            return int(await self._redis.hincrby(self._key(first.partition), f"from:{first.topic}:{first.entry_id}", 1))

    @asynccontextmanager
    async def at_hand(self, place: Place) -> AsyncIterator[int]:
        """Note that an entry is being handled; how many processes have begun that and not seen its end, with us.

        An error is an end, of which somebody could tell, and so is being cut off. A death leaves the note behind.
        """
        field = f"at:{place.topic}:{place.entry_id}"
        async with self._alone:
            with translated():
                begun = int(await self._redis.hincrby(self._key(place.partition), field, 1))
            try:
                yield begun
            except (Exception, asyncio.CancelledError):
                await self._forget(place.partition, field)
                raise
            await self._forget(place.partition, field)

    async def _forget(self, partition: int, field: str) -> None:
        with translated():
            await self._redis.hdel(self._key(partition), field)

    async def clear(self, partition: int) -> None:
        """All that was left behind is handled."""
        with translated():
            await self._redis.delete(self._key(partition))
