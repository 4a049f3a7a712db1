"""Connections to Redis, with the defaults that streams need, and the translation of their errors.

The client retries nothing by itself: repeating an XADD or an XREADGROUP whose answer was lost doubles or strands
entries. What may be repeated is repeated by its caller, who knows.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import hiredis
import redis
from redis.asyncio import Connection, Redis, SSLConnection
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    ClusterDownError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.retry import Retry as SyncRetry

from schemas.errors import Away, Busy, Misconfigured, Unchecked

_FOR_NOW = re.compile(r"(?:^|: -)(?:LOADING|MISCONF|BUSY|READONLY|NOREPLICAS|MASTERDOWN) ")
"""What Redis refuses for a while only, said at once or, by Redis before 7, inside the error of a script."""


class _Packing(AbstractConnection):
    """Packs commands in C. The asyncio client does it in Python, copying again and again: three times the price."""

    def pack_command(self, *args: Any) -> list[bytes]:
        name, *rest = args
        words = name.encode().split() if isinstance(name, str) else name.split()
        return [hiredis.pack_command((*words, *rest))]


class _Connection(_Packing, Connection):
    pass


class _SecureConnection(_Packing, SSLConnection):
    pass


def connect(url: str, timeout: float | None) -> Redis:
    """A pooled client. `timeout` in seconds; it must exceed the longest blocking read made on it."""
    return Redis.from_url(
        url,
        connection_class=_SecureConnection if url.startswith("rediss://") else _Connection,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=AsyncRetry(NoBackoff(), 0),
        protocol=2,
    )


def connect_sync(url: str, timeout: float) -> redis.Redis:
    """The same for a thread."""
    return redis.Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=timeout,
        retry=SyncRetry(NoBackoff(), 0),
        protocol=2,
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn Redis's errors into ours."""
    try:
        yield
    except (AuthenticationError, AuthorizationError) as error:
        raise Misconfigured(f"Redis refuses us: {error}", "check the password in HEADRACE_REDIS_URL") from error
    except OutOfMemoryError as error:
        raise Busy("Redis is out of memory", 5.0) from error
    except (ReadOnlyError, MasterDownError, ClusterDownError) as error:
        raise Away(f"Redis cannot write now: {error}") from error
    except ResponseError as error:
        raise _response_error(error) from error
    except (RedisError, OSError) as error:
        raise Away(f"Redis is away: {error}", "it is tried again until it is back") from error


def _response_error(error: ResponseError) -> Exception:
    text = str(error)
    if text.startswith("UNCHECKED"):
        return Unchecked("Redis was started anew, and is being checked for what it may have lost")
    if text.startswith("HIGHWATER"):
        return Busy(f"the log is full: {text.rsplit(maxsplit=1)[-1]} waits for its readers")
    if text.startswith("OOM") or "OOM command not allowed" in text:
        return Busy("Redis is out of memory", 5.0)
    if text.startswith(("NOGROUP", "UNBLOCKED")):
        return Away("Redis has lost a consumer group")
    if _FOR_NOW.search(text):
        return Away(f"Redis cannot write now: {text}")
    return error


def script(name: str) -> str:
    """The source of `streams/scripts/NAME.lua`."""
    return files("streams").joinpath("scripts", f"{name}.lua").read_text(encoding="utf-8")
