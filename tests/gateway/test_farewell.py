"""A gateway that is told to end: what it was asked is answered, viewers are sent away."""

import asyncio
from pathlib import Path

import aiohttp
import pytest

from schemas.settings import Settings
from streams.embedded import free_port
from streams.log import Log
from tests.build import until
from tests.faults import environment, process
from tests.gateway.conftest import KEY
from tests.streams.runner import length

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("store")]
UPLOAD = {"path": "model/a.py", "content": "a = 1\n"}


async def has_said(said: Path, words: str) -> bool:
    return words in said.read_text()


async def test_what_is_asked_is_answered(
    log: Log, redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    """There is no worker: the write waits as long as a write may, and is told then that it was taken."""
    urls = {
        "HEADRACE_REDIS_URL": redis_url,
        "HEADRACE_POSTGRES_URL": postgres_url,
        "HEADRACE_API_KEY": KEY["X-API-Key"],
    }
    env, port = environment(settings, HEADRACE_ANSWER_MS="4000", HEADRACE_DRAIN="60", **urls), free_port()
    said = tmp_path / "said"
    with process(["gateway", "--port", str(port)], env, said) as running:
        await until(lambda: has_said(said, "serving on"))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=KEY) as session:
            viewer = await session.ws_connect("/ws/sync")
            write = asyncio.create_task(session.post("/api/components/versions/upload", json=UPLOAD))
            await until(lambda: _taken(log))
            running.terminate()
            assert len([message async for message in viewer]) == 1
            assert not write.done()
            async with await write as response:
                assert response.status == 202
        assert await asyncio.to_thread(running.wait, 20) == 0
    assert "Traceback" not in said.read_text()


async def _taken(log: Log) -> bool:
    return await length(log, "changes") == 1


async def test_viewers_do_not_hold_it_up(redis_url: str, postgres_url: str, settings: Settings, tmp_path: Path) -> None:
    urls = {
        "HEADRACE_REDIS_URL": redis_url,
        "HEADRACE_POSTGRES_URL": postgres_url,
        "HEADRACE_API_KEY": KEY["X-API-Key"],
    }
    env, port, said = environment(settings, HEADRACE_DRAIN="1000", **urls), free_port(), tmp_path / "said"
    with process(["gateway", "--port", str(port)], env, said) as running:
        await until(lambda: has_said(said, "serving on"))
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers=KEY) as session:
            for _ in range(5):
                await session.ws_connect("/ws/sync?heartbeat=1")
            running.terminate()
            assert await asyncio.to_thread(running.wait, 20) == 0
