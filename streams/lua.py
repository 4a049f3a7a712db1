"""Lua scripts, called for several partitions in one round trip: each call has its keys in one slot."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from redis.exceptions import NoScriptError

from streams.connection import script
from streams.line import Caller, Command, checked

Call: TypeAlias = tuple[Sequence[str], Sequence[Any]]
"""Keys and arguments."""


class Script:
    """One of `streams/scripts`."""

    def __init__(self, redis: Caller, name: str) -> None:
        self._redis = redis
        self._source = script(name)
        self._sha = ""

    async def all(self, calls: Iterable[Call], *then: Command) -> list[Any]:
        """The replies, in the order of the calls, and of other commands after them. Raises the first error of all."""
        calls = list(calls)
        if not self._sha:
            await self._load()
        replies = await self._redis.call([*self._commands(calls), *then])
        if any(isinstance(reply, NoScriptError) for reply in replies):
            await self._load()
            replies[: len(calls)] = await self._redis.call(self._commands(calls))
        return checked(replies)

    async def _load(self) -> None:
        self._sha = checked(await self._redis.call([("SCRIPT", "LOAD", self._source)]))[0]

    def _commands(self, calls: list[Call]) -> list[Command]:
        return [("EVALSHA", self._sha, len(keys), *keys, *args) for keys, args in calls]
