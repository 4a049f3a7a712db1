"""Talk to a gateway, for the commands."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Any, NamedTuple, Self

import aiohttp
import orjson
from aiohttp import WSCloseCode

from headrace.home import Home
from headrace.words import complain
from schemas.addresses import server_address
from schemas.errors import Away, Denied, HeadraceError, Misconfigured, NotFound, Rejected
from schemas.settings import Settings

AGAIN_SECONDS = 0.5
_TIMEOUT = aiohttp.ClientTimeout(total=120.0, sock_connect=10.0)


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
            url = server_address(named, "--server" if server else "HEADRACE_URL")
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
        stay = aiohttp.TraceConfig()
        stay.on_request_redirect.append(self._stay)
        self._session = aiohttp.ClientSession(self._server.url, headers=headers, timeout=_TIMEOUT, trace_configs=[stay])
        return self

    async def __aexit__(self, *exc: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._session is not None:
            await self._session.close()

    async def _stay(
        self, _: aiohttp.ClientSession, __: SimpleNamespace, to: aiohttp.TraceRequestRedirectParams
    ) -> None:
        """Follow nobody elsewhere: our key would come along."""
        where = to.response.headers.get("Location", "nowhere")
        raise Misconfigured(f"{self._server.url} sends us on to {where}", "name the right address with --server")

    async def call(self, method: str, path: str, **options: Any) -> Any:
        """The data of the answer. Raises what the gateway says is wrong."""
        return (await self._answer(method, path, **options))["data"]

    async def page(self, path: str, query: dict[str, str]) -> tuple[list[dict[str, Any]], str | None]:
        """A part of a list, and where it goes on, if there may be more."""
        answer = await self._answer("GET", path, params=query)
        return answer["data"], answer["meta"].get("next")

    async def _answer(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            async with self._open.request(method, path, **options) as response:
                raw = await response.read()
                return self._success(response.status, raw)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise self._away(error) from error

    async def follow(self, after: str, **query: str) -> AsyncIterator[dict[str, Any]]:
        """The live feed behind the event number `after`, without a gap, though the gateway go and come back.

        Raises:
            Away: there is no gateway to begin with.
        """
        is_known = False
        while True:
            try:
                async with self._open.ws_connect("/ws/sync", params=query | {"after": after}, heartbeat=15.0) as ws:
                    is_known = True
                    async for message in ws:
                        event: dict[str, Any] = orjson.loads(message.data)
                        yield event
                        after = event["sequence"]
            except (aiohttp.ClientError, TimeoutError) as error:
                self._check_refusal(error)
                if not is_known:
                    raise self._away(error) from error
            complain(f"the live feed broke off at event {after}: it is taken up again")
            await asyncio.sleep(AGAIN_SECONDS)

    async def play(self, **query: str) -> AsyncIterator[dict[str, Any]]:
        """History as it is played to a live viewer, to its end. Raises Away where that breaks off."""
        try:
            async with self._open.ws_connect("/ws/replay", params=query, heartbeat=15.0) as ws:
                async for message in ws:
                    yield orjson.loads(message.data)
                if ws.close_code != WSCloseCode.OK:
                    raise Away("the replay broke off", "is the gateway running? begin again with --since")
        except (aiohttp.ClientError, TimeoutError) as error:
            self._check_refusal(error)
            raise self._away(error) from error

    @property
    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("use it as: async with Remote(server)")
        return self._session

    def _away(self, error: Exception) -> Away:
        number = getattr(error, "errno", None)
        why = os.strerror(number) if isinstance(number, int) and number > 0 else str(error) or "it took too long"
        return Away(f"no answer from {self._server.url}: {why}", "is it running? headrace doctor looks into it")

    def _check_refusal(self, error: Exception) -> None:
        """Raise what a refused feed means, unless it is worth another try."""
        status = error.status if isinstance(error, aiohttp.WSServerHandshakeError) else 503
        if status in {401, 403}:
            raise _denied(f"{self._server.url} refuses the live feed") from error
        if status < 500:
            raise Misconfigured(f"{self._server.url} has no live feed: it answers {status}", _OTHER) from error

    def _success(self, status: int, raw: bytes) -> dict[str, Any]:
        if status == 204:
            return {"data": None}
        try:
            answer: dict[str, Any] = orjson.loads(raw)
            if answer["success"]:
                return {"data": answer["data"], "meta": answer.get("meta", {})}
            message, detail = str(answer["error"]["message"]), answer["error"].get("detail")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise Misconfigured(f"{self._server.url} is no Headrace server: it answers {status}", _OTHER) from error
        raise _error(status, message, detail)


_OTHER = "check the address: --server, HEADRACE_URL"


def _error(status: int, message: str, detail: Any) -> HeadraceError:
    if status in {401, 403}:
        return _denied(message)
    if isinstance(detail, list):
        message += "".join(f"; {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in detail)
    return {404: NotFound, 429: Away, 503: Away}.get(status, Rejected)(
        message, detail if isinstance(detail, str) else ""
    )


def _denied(message: str) -> Denied:
    return Denied(message, "set HEADRACE_API_KEY to a key of this server")
