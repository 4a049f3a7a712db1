"""Lua scripts, called for several partitions in one round trip: each call has its keys in one slot."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from redis.exceptions import NoScriptError

from streams.connection import script
from streams.line import Caller, checked

Call: TypeAlias = tuple[Sequence[str], Sequence[Any]]
"""Keys and arguments."""


class Script:
    """One of `streams/scripts`."""

    def __init__(self, redis: Caller, name: str) -> None:
        self._redis = redis
        self._source = script(name)
        self._sha = ""

    async def all(self, calls: Iterable[Call]) -> list[Any]:
        """The replies, in the order of the calls. Raises the first error, when all calls are done."""
        calls = list(calls)
        if not self._sha:
            await self._load()
        try:
            return await self._run(calls)
        except NoScriptError:
            await self._load()
            return await self._run(calls)

    async def _load(self) -> None:
        self._sha = checked(await self._redis.call([("SCRIPT", "LOAD", self._source)]))[0]

    async def _run(self, calls: list[Call]) -> list[Any]:
        return checked(
            await self._redis.call([("EVALSHA", self._sha, len(keys), *keys, *args) for keys, args in calls])
        )
