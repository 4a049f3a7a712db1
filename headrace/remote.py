"""Talk to a gateway, for the commands."""

from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import aiohttp
import orjson

from headrace.home import Home
from schemas.errors import Away, Denied, HeadraceError, Misconfigured, NotFound, Rejected
from schemas.settings import Settings


class Server(NamedTuple):
    """Which gateway, and who we are there."""

    url: str
    key: str | None

    @classmethod
    def find(cls, server: str | None, data: Path | None, settings: Settings) -> Self:
        """The gateway that is meant: the one given, else the one set, else the one on the data directory.

        Raises:
            Misconfigured: there is none.
        """
        home = Home.of(data, settings)
        running = home.running()
        key = settings.api_key.get_secret_value() if settings.api_key else None
        named = server or (settings.url if data is None else None)
        if named:
            url = named.rstrip("/")
            is_ours = running is not None and running.url == url
            return cls(url, key or (home.admin_key() if is_ours else None))  # our key is for no other server
        if running is None:
            raise Misconfigured(
                f"no server runs on {home.path}", "start one with: headrace up; or name one with --server URL"
            )
        return cls(running.url, key or home.admin_key())


class Remote:
    """A connection to a gateway: `async with Remote(server) as remote`."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        headers = {"X-API-Key": self._server.key} if self._server.key else {}
        self._session = aiohttp.ClientSession(self._server.url, headers=headers)
        return self

    async def __aexit__(self, *exc: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, method: str, path: str, **options: Any) -> Any:
        """The data of the answer. Raises what the gateway says is wrong."""
        try:
            async with self._open.request(method, path, **options) as response:
                raw = await response.read()
                return _data(response, raw)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._away(error) from error

    async def follow(self, **query: str) -> AsyncIterator[dict[str, Any]]:
        """The live feed."""
        try:
            async with self._open.ws_connect("/ws/sync", params=query, heartbeat=15.0) as ws:
                async for message in ws:
                    yield orjson.loads(message.data)
        except aiohttp.WSServerHandshakeError as error:
            raise HeadraceError(
                f"{self._server.url} refuses the live feed: {error.status}", "check the API key"
            ) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._away(error) from error

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use it as: async with Remote(server)")
        return self._session

    def _away(self, error: Exception) -> Away:
        return Away(f"no answer from {self._server.url}: {error}", "is it running? headrace doctor looks into it")


def _data(response: aiohttp.ClientResponse, raw: bytes) -> Any:
    answer: dict[str, Any]
    try:
        answer = orjson.loads(raw) if raw else {"success": True, "data": None}
    except orjson.JSONDecodeError:
        answer = {"success": False, "error": {"message": raw[:200].decode(errors="replace"), "detail": None}}
    if answer.get("success"):
        return answer["data"]
    message, detail = answer["error"]["message"], answer["error"].get("detail")
    remedy = detail if isinstance(detail, str) else ""
    if response.status in {401, 403}:
        raise Denied(message, remedy or "set HEADRACE_API_KEY")
    raise {404: NotFound, 503: Away}.get(response.status, Rejected)(message, remedy)
