"""Lua scripts, called for several partitions in one round trip: each call has its keys in one slot."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from redis.asyncio import Redis
from redis.exceptions import NoScriptError, RedisError

from streams.connection import script

Call: TypeAlias = tuple[Sequence[str], Sequence[Any]]
"""Keys and arguments."""


class Script:
    """One of `streams/scripts`."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._source = script(name)
        self._sha = ""

    async def all(self, calls: Iterable[Call]) -> list[Any]:
        """The replies, in the order of the calls. Raises the first error, when all calls are done."""
        calls = list(calls)
        if not self._sha:
            self._sha = await self._redis.script_load(self._source)
        try:
            return await self._run(calls)
        except NoScriptError:
            self._sha = await self._redis.script_load(self._source)
            return await self._run(calls)

    async def _run(self, calls: list[Call]) -> list[Any]:
        pipeline = self._redis.pipeline(transaction=False)
        for keys, args in calls:
            pipeline.evalsha(self._sha, len(keys), *keys, *args)
        replies = await pipeline.execute(raise_on_error=False)
        for reply in replies:
            if isinstance(reply, RedisError):
                raise reply
        return replies
