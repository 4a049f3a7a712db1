"""A server that answers as the gateway does, or in any other way, and remembers what it was sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from aiohttp import web

from streams.embedded import free_port
from tests.build import until

Sent = list[dict[str, Any]]
Answer = Callable[["Gateway", web.Request, Sent], Awaitable[web.StreamResponse]]


class Gateway:
    """Answers as the gateway does, or as `answer` wants."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.answer: Answer = published
        self.heard: list[Sent] = []
        self.times: list[float] = []
        self.confirmed: Sent = []

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        app = web.Application(client_max_size=1 << 26)
        app.router.add_post("/api/changes", self._changes)
        app.router.add_put("/api/watchers/{name}", self._beat)
        runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", self.port).start()
            yield
        finally:
            await runner.cleanup()

    async def _changes(self, request: web.Request) -> web.StreamResponse:
        sent: Sent = (await request.json())["changes"]
        self.heard.append(sent)
        self.times.append(monotonic())
        return await self.answer(self, request, sent)

    async def _beat(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"success": True, "data": None, "meta": {}})

    def confirm(self, sent: Sent, refused: Sent | None = None) -> web.Response:
        self.confirmed += sent
        no = [{"id": one["id"], "reason": "it is wrong"} for one in refused or []]
        data = {"published": [one["id"] for one in sent], "refused": no}
        return web.json_response({"success": True, "data": data, "meta": {}})

    async def takes(self, count: int) -> Sent:
        """Wait until so many changes are confirmed."""
        await soon(lambda: len(self.confirmed) >= count)
        return self.confirmed


async def soon(condition: Callable[[], object]) -> None:
    async def check() -> bool:
        return bool(condition())

    await until(check, 60)


def told(sent: Sent) -> list[tuple[str, str | None]]:
    return [(one["path"], one["hash"]) for one in sent]


# Answers


async def published(gateway: Gateway, _request: web.Request, sent: Sent) -> web.StreamResponse:
    return gateway.confirm(sent)


def saying(status: int, text: str = "", **headers: str) -> Answer:
    async def answer(_gateway: Gateway, _request: web.Request, _sent: Sent) -> web.StreamResponse:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, headers=given)

    return answer


def raw(text: bytes) -> Answer:
    """Bytes as they are, then the end of the connection."""

    async def answer(_gateway: Gateway, request: web.Request, _sent: Sent) -> web.StreamResponse:
        assert request.transport
        request.transport.write(text)
        request.transport.close()
        return web.Response()

    return answer


async def hang(_gateway: Gateway, _request: web.Request, _sent: Sent) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


def spoilt(status: int) -> Answer:
    """A batch with one change that nobody can take is refused as a whole."""

    async def answer(gateway: Gateway, _request: web.Request, sent: Sent) -> web.StreamResponse:
        if any("bad" in one["path"] for one in sent):
            return web.json_response({"success": False, "error": {"message": "not this"}}, status=status)
        return gateway.confirm(sent)

    return answer


async def named(gateway: Gateway, _request: web.Request, sent: Sent) -> web.StreamResponse:
    """The one that nobody can take is named."""
    bad = [one for one in sent if "bad" in one["path"]]
    return gateway.confirm([one for one in sent if one not in bad], bad)
