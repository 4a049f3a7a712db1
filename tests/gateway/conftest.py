"""A gateway with a worker behind it, in this process, on the real servers."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from gateway.app import make_app, make_services
from handlers import HANDLERS
from schemas.settings import Settings
from streams.log import Log
from streams.store import Store
from tests.streams.runner import working

KEY = {"X-API-Key": "key-of-the-tests"}


class Client:
    """A client that knows the key, and how answers look."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.raw = client

    async def call(self, method: str, path: str, body: object = None, **options: Any) -> tuple[int, Any]:
        """The status, and the data of a success or the error of a failure."""
        options.setdefault("headers", KEY)
        async with self.raw.request(method, path, json=body, **options) as response:
            answer = await response.json()
            assert answer.keys() == ({"success", "data", "meta"} if answer["success"] else {"success", "error"}), answer
            assert answer["success"] == (response.status < 400)
            return response.status, answer["data"] if answer["success"] else answer["error"]

    async def get(self, path: str, **options: Any) -> Any:
        """The data of a GET that must succeed."""
        status, data = await self.call("GET", path, **options)
        assert status == 200, data
        return data

    async def post(self, path: str, body: object = None, **options: Any) -> Any:
        """The data of a POST that must succeed."""
        status, data = await self.call("POST", path, body if body is not None else {}, **options)
        assert status == 200, data
        return data

    async def upload(self, path: str, content: str, **more: object) -> Any:
        """Upload a component."""
        return await self.post("/api/components/versions/upload", {"path": path, "content": content, **more})


@pytest.fixture
async def idle(
    log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> AsyncIterator[Client]:
    """A gateway without a worker."""
    async with AsyncExitStack() as stack:
        own = settings.model_copy(update={"data": tmp_path / "data"})
        services = await make_services(redis_url, postgres_url, own, stack)
        client = await stack.enter_async_context(TestClient(TestServer(make_app(services))))
        yield Client(client)


@pytest.fixture
async def client(idle: Client, redis_url: str, postgres_url: str, settings: Settings) -> AsyncIterator[Client]:
    """A gateway with a worker for all groups."""
    async with working(HANDLERS, redis_url, postgres_url, settings):
        yield idle
