"""The live feed: how many can watch, and how soon a saved file is seen."""

import asyncio
import multiprocessing
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import orjson

from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.log import messages, open_log
from benchmarks.machine import HEADRACE, Servers, environment, headrace, until, wipe
from benchmarks.viewers import watch
from schemas.hashing import fingerprint
from schemas.settings import Settings
from streams.embedded import free_port

VIEWERS = 1_000
RATE = 100
EVENTS = 1_000
SAVES = 60
EXAMPLE = Path(__file__).parents[1] / "examples" / "cvlab"
KEY = f"bench-{secrets.token_hex(16)}"


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """What viewers get, and how soon."""
    await wipe(where)
    port = free_port()
    async with headrace(where, "gateway", "--port", str(port), HEADRACE_API_KEY=KEY):
        base = f"http://127.0.0.1:{port}"
        await until(lambda: answers(base))
        got, late = await _crowd(where, f"{base}/ws/sync")
    name = f"{VIEWERS:,} viewers, {RATE} events/s"
    yield measured(f"{name}: delivered", got, "share", 1.0, Goal("≥", 1.0))
    yield measured(f"{name}: all done after the last event", late * 1e3, "ms", 1e3 / RATE, Goal("≤", 2_000))
    found = [seconds * 1e3 for seconds in await saves()]
    settle = Settings().settle_ms
    yield measured("file saved to frame, p50", percentile(found, 0.5), "ms", settle, Goal("≤", 120))


async def answers(base: str) -> bool:
    """Whether a gateway is ready there."""
    try:
        async with aiohttp.ClientSession() as session, session.get(f"{base}/healthz") as response:
            return response.ok
    except aiohttp.ClientError:
        return False


async def _crowd(where: Servers, url: str) -> tuple[float, float]:
    """The share of events that reached their viewers, and how long after the last event that took."""
    context = multiprocessing.get_context("spawn")
    ready, queue = context.Event(), context.SimpleQueue()
    crowd = context.Process(target=_watch, args=(url, KEY, ready, queue))
    crowd.start()
    await asyncio.to_thread(ready.wait)
    log = await open_log(where)
    started = perf_counter()
    for number, message in enumerate(messages(log, EVENTS)):
        await log.publish([message])
        await asyncio.sleep(max(0.0, started + (number + 1) / RATE - perf_counter()))
    ended = perf_counter()
    frames, variants = await asyncio.to_thread(queue.get)
    crowd.join()
    await log.close()
    share = frames / (VIEWERS * EVENTS)
    return (share if variants == 1 else min(share, 0.99)), perf_counter() - ended


def _watch(url: str, key: str, ready: Event, queue: Any) -> None:
    queue.put(asyncio.run(watch(url, key, VIEWERS, EVENTS, ready.set)))


@asynccontextmanager
async def running(data: Path, tree: Path) -> AsyncIterator[tuple[str, float]]:
    """`headrace up` on a data directory: where it answers, and how many seconds it took until then."""
    port = free_port()
    command = [str(HEADRACE), "up", "--data", str(data), "--port", str(port), "--watch", str(tree)]
    started = perf_counter()
    process = await asyncio.create_subprocess_exec(
        *command, env=environment(HEADRACE_API_KEY=KEY), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), 120)
        if not line.startswith(b"ready "):
            raise RuntimeError(f"headrace up said {line!r}")
        yield line.split()[1].decode(), perf_counter() - started
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()


async def saves() -> list[float]:
    """Seconds from the save of a file to the frame that tells of its version."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(shutil.copytree(EXAMPLE, Path(folder) / "tree"))
        async with running(Path(folder) / "data", tree) as (url, _):
            return await _save_and_see(url, tree / "cvlabkit" / "component" / "model" / "resnet.py")


async def _save_and_see(url: str, file: Path) -> list[float]:
    found: list[float] = []
    text = file.read_text()
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": KEY}) as session,
        session.ws_connect(f"{url}/ws/sync?type=version.created") as ws,
    ):
        for number in range(SAVES):
            content = f"{text}\n# {number}\n".encode()
            started = perf_counter()
            file.write_bytes(content)
            async with asyncio.timeout(30):
                while orjson.loads(await ws.receive_str())["data"]["hash"] != fingerprint(content).hash:
                    pass
            found.append(perf_counter() - started)
            await asyncio.sleep(0.15)
    return found
