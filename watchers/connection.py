"""A connection to a gateway, for programs that sync: asked once more where the server is away."""

import asyncio
import os
from collections.abc import Mapping
from io import BytesIO
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

import aiohttp
import orjson
from pydantic import TypeAdapter, ValidationError

from schemas.base import Model
from schemas.errors import Away, Denied, HeadraceError, Misconfigured, NotFound, Overtaken, Rejected

PAUSES = (0.3, 1.0)
"""Seconds before the second and the third try."""

IN_ALL = 3.0
"""Seconds after which no further try begins."""

_TIMEOUT = aiohttp.ClientTimeout(total=60.0, sock_connect=3.0, sock_read=20.0)

T = TypeVar("T")


class Address(NamedTuple):
    """Which server, and who we are there. `project` null: the server's own default."""

    url: str
    key: str | None
    project: str | None
    worker: str


class Connection:
    """A connection to a gateway, inside `async with`.

    Every call raises Away where the server cannot be reached or cannot do it now, Denied, and Misconfigured where it
    is none.
    """

    def __init__(self, address: Address) -> None:
        self.address = address

    async def __aenter__(self) -> Self:
        headers = {"Content-Type": "application/json"}
        if self.address.key:
            headers["X-API-Key"] = self.address.key
        self._session = aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def call(
        self, path: str, answer: type[T], body: Model | Mapping[str, Any] | None = None, method: str = ""
    ) -> T:
        """Ask, and once or twice more where the server is away. What has a body is posted, unless another is said."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + IN_ALL
        data = body.model_dump(mode="json") if isinstance(body, Model) else body
        raw = None if data is None else orjson.dumps(data)
        method = method or ("GET" if raw is None else "POST")
        for pause in PAUSES:
            try:
                return await self._once(path, answer, raw, method)
            except Away:
                if loop.time() + pause > deadline:
                    raise
            await asyncio.sleep(pause)
        return await self._once(path, answer, raw, method)

    async def _once(self, path: str, answer: type[T], body: bytes | None, method: str) -> T:
        url = f"{self.address.url}{path}"
        query = {"project": self.address.project} if self.address.project else {}
        try:
            async with self._session.request(
                method, url, params=query, data=body and BytesIO(body), allow_redirects=False
            ) as response:
                raw = await response.read()
                return self._read(response.status, raw, answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            number = getattr(error, "errno", None)
            why = os.strerror(number) if isinstance(number, int) and number > 0 else str(error) or "it took too long"
            raise Away(f"no answer from {self.address.url}: {why}", "is it running?") from error

    def _read(self, status: int, raw: bytes, answer: type[T]) -> T:
        """The data of an answer, or raise what it says is wrong."""
        try:
            said = orjson.loads(raw)
            if said["success"]:
                return _understood(TypeAdapter(answer), said["data"])
            message, detail = str(said["error"]["message"]), said["error"].get("detail")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            if status >= 500:
                raise Away(f"{self.address.url} answers {status}") from error
            raise Misconfigured(
                f"{self.address.url} is no Headrace server: it answers {status}", "check the address"
            ) from error
        raise _error(status, message, detail)


def _error(status: int, message: str, detail: Any) -> HeadraceError:
    if status in {401, 403}:
        return Denied(message, "set HEADRACE_API_KEY to a key that may do this", known=status == 403)
    if status == 429 or status >= 500:
        return Away(f"the server cannot do it now: {message}")
    if isinstance(detail, list):
        message += "".join(f"; {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in detail)
    kind = {404: NotFound, 409: Overtaken}.get(status, Rejected)
    return kind(message, detail if isinstance(detail, str) else "")


def _understood(adapter: TypeAdapter[T], data: Any) -> T:
    """Read an answer. What a newer server says beyond what we know is passed over."""
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        unknown = [one["loc"] for one in error.errors() if one["type"] == "extra_forbidden"]
        for *above, name in unknown:
            place = data
            for step in above:
                place = place[step]
            del place[name]
        if not unknown:
            raise
        return adapter.validate_python(data)
