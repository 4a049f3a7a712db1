"""Several commands in one round trip to Redis.

A worker's turn is little else than round trips. On a connection of its own, used by one task, each costs it a third
of what the client's pool, pipeline and time-outs around every read and write do.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, Self, TypeAlias

import hiredis
from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from streams.connection import connect

Command: TypeAlias = tuple[Any, ...]
"""A command's words."""


class Caller(Protocol):
    """Who sends commands. Raises Redis's own errors: see `connection.translated`."""

    async def call(self, commands: Sequence[Command]) -> list[Any]:
        """The replies, errors among them, as Redis gives them."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class Line:
    """One connection, for one task at a time. What it has failed at may have happened."""

    def __init__(self, url: str, timeout: float) -> None:
        """`timeout` in seconds, for all that is called at once."""
        self._connection = connect(url, None).connection_pool.make_connection()  # type: ignore[no-untyped-call]
        self._timeout = timeout

    async def call(self, commands: Sequence[Command]) -> list[Any]:
        """The replies, errors among them, as Redis gives them."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._connection.connect()
                await self._connection.send_packed_command([hiredis.pack_command(command) for command in commands])
                return [await self._reply() for _ in commands]
        except BaseException:  # what is still on its way must not be taken for the reply to another command
            await self._connection.disconnect(nowait=True)
            raise

    async def _reply(self) -> Any:
        try:
            return await self._connection.read_response()
        except ResponseError as error:
            return error

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.disconnect()


class Pooled:
    """A client's pool, for any number of tasks."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    @classmethod
    def connect(cls, url: str, timeout: float) -> Self:
        """A pool of its own, good for a `Reader`: the client changes no replies to reads."""
        redis = connect(url, timeout)
        for command in ("XREAD", "XREADGROUP"):
            redis.set_response_callback(command, _as_it_is)
        return cls(redis)

    async def call(self, commands: Sequence[Command]) -> list[Any]:
        """The replies, errors among them, as Redis gives them."""
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return await pipeline.execute(raise_on_error=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def _as_it_is(response: Any, **_: Any) -> Any:
    return response


def checked(replies: list[Any]) -> list[Any]:
    """Raise the first error among them."""
    for reply in replies:
        if isinstance(reply, RedisError):
            raise reply
    return replies
