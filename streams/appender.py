"""Appends events to the log, once each."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from schemas.base import EventId, Topic
from schemas.settings import Settings
from streams.connection import translated
from streams.entry import Place, entry_numbers
from streams.keys import Keys
from streams.line import Caller, Command
from streams.lua import Call, Script


class Message(Struct, frozen=True, gc=False):
    """An event ready to be published."""

    topic: Topic
    partition: int
    id: EventId
    raw: bytes


class Appender:
    """The log's end, over some connection."""

    def __init__(self, redis: Caller, settings: Settings, state: str = "") -> None:
        """`state`: what must stand before the server's run id, where it is not to be open to everybody yet."""
        self._state = state
        self._keys = Keys(settings.prefix)
        self._settings = settings
        self._script = Script(redis, "publish")

    async def publish(self, messages: Sequence[Message]) -> list[Place]:
        """As `append`; return where each event stands, in the order given."""
        places: list[Place | None] = [None] * len(messages)
        for rows, entry_ids in await self.append(messages):
            for index, entry_id in zip(rows, entry_ids, strict=True):
                places[index] = Place(messages[index].topic, messages[index].partition, *entry_numbers(entry_id))
        return [place for place in places if place is not None]

    async def append(self, messages: Sequence[Message]) -> list[tuple[list[int], list[bytes]]]:
        """Append events that are not in the log yet; return, by partition, which of them have which entry ids.

        Events of one partition are appended together or not at all. Calling it again with the same events is
        harmless, also after an error.

        Raises:
            Busy: a stream is full, or Redis is.
            Unchecked: this Redis may have lost something since it was last looked at.
            Away: Redis cannot be reached. Some of the events may have been appended.
        """
        by_partition = _by_partition(messages)
        with translated():
            replies = await self._script.all(self._calls(messages, by_partition))
        return list(zip(by_partition.values(), replies, strict=True))

    async def append_then(self, messages: Sequence[Message], command: Command) -> Any:
        """As `append`, then another command in the same round trip; its reply. Where one fails the other may not."""
        with translated():
            return (await self._script.all(self._calls(messages, _by_partition(messages)), command))[-1]

    def _calls(self, messages: Sequence[Message], by_partition: dict[int, list[int]]) -> list[Call]:
        return [self._call(partition, [messages[i] for i in rows]) for partition, rows in by_partition.items()]

    def _call(self, partition: int, messages: list[Message]) -> Call:
        topics = list(dict.fromkeys(message.topic for message in messages))
        numbers = {topic: str(number) for number, topic in enumerate(topics, 1)}
        keys = [
            self._keys.clock,
            self._keys.server,
            *self._keys.seen(partition),
            *(self._keys.stream(topic, partition) for topic in topics),
        ]
        args: list[Any] = [
            self._settings.high_water,
            self._settings.seen_window,
            self._state,
            "".join([numbers[message.topic] for message in messages]),
            "".join([message.id for message in messages]),
            *[message.raw for message in messages],
        ]
        return keys, args


def _by_partition(messages: Sequence[Message]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for index, message in enumerate(messages):
        rows.setdefault(message.partition, []).append(index)
    return rows
