"""AI coding clients: from the moment a file is saved until all fifteen clients have it."""

import asyncio
import json
import os
import secrets
import subprocess
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.live import answers
from benchmarks.machine import HEADRACE, Servers, environment, headrace, until, wipe
from schemas.clients import configuration
from schemas.clients.adapters import CLIENTS
from schemas.clients.unified import Key, Server
from streams.embedded import free_port

KEY = f"bench-{secrets.token_hex(16)}"
SERVERS = 20
EDITS = 60
PAUSE = 0.15
"""Seconds between two edits, as of a person in a hurry."""

EDITED = ".mcp.json"


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """What an edit takes to reach all, beside the bare writing of the same files."""
    await wipe(where)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder) / "root", Path(folder) / "home"
        home.mkdir()
        files = _prepared(root)
        given = {"HEADRACE_API_KEY": KEY, "HOME": str(home), "HEADRACE_PROJECT": "bench"}
        watch = ["clients", "watch", "--root", str(root), "--server", url]
        async with (
            headrace(where, "gateway", "--port", str(port), HEADRACE_API_KEY=KEY),
            headrace(where, "worker"),
        ):
            await until(lambda: answers(url))
            await asyncio.to_thread(_approve, ["--root", str(root), "--server", url], given)
            async with headrace(where, *watch, **given):
                took = [await _edit(root, files, number) for number in range(EDITS + 1)][1:]
        bare = [_write_all(root, files) for _ in range(EDITS)]
    name = f"a saved file in all {len(files)} of 15 clients, {SERVERS} servers"
    yield measured(f"{name}, p50", percentile(took, 0.5) * 1e3, "ms", percentile(bare, 0.5) * 1e3)
    yield measured(f"{name}, p95", percentile(took, 0.95) * 1e3, "ms", percentile(bare, 0.95) * 1e3, Goal("≤", 400))


def _approve(options: list[str], given: dict[str, str]) -> None:
    """Let the servers stand in the centre: what lets agents do more waits for a person."""
    command = [str(HEADRACE), "clients", "sync", "--yes", "--no-validate", *options]
    subprocess.run(command, env=environment(**given), check=True, capture_output=True)


def _prepared(root: Path) -> list[Path]:
    """A file of every client that keeps servers in a project, each with the same servers; where they are."""
    servers = {Key("servers", f"server{n:02}"): _server(n) for n in range(SERVERS)}
    made: list[Path] = []
    for client in CLIENTS:
        for location, raw in configuration.write(client, "project", {}, servers).files.items():
            if raw is not None and _sign(0).encode() in raw:
                path = root / location.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
                made.append(path)
    return made


def _server(number: int) -> Server:
    return Server(transport="http", url=f"https://server{number}.example/mcp", headers={"X-Level": _sign(0)})


def _sign(number: int) -> str:
    """What nobody approves of: it lets no agent do more."""
    return f"level-{number:06}"


async def _edit(root: Path, files: list[Path], number: int) -> float:
    """Save one file, and wait until all say so; the seconds that took."""
    await asyncio.sleep(PAUSE)
    path, sign = root / EDITED, _sign(number + 1)
    said = json.loads(path.read_text())
    said["mcpServers"]["server00"]["headers"]["X-Level"] = sign
    started = perf_counter()
    path.write_text(json.dumps(said, indent=2))

    async def is_everywhere() -> bool:
        return all(sign.encode() in one.read_bytes() for one in files)

    await until(is_everywhere, 60, 0.002)
    return perf_counter() - started


def _write_all(root: Path, files: list[Path]) -> float:
    """The same bytes, written and flushed without a thought: the least that it can take."""
    contents = [path.read_bytes() for path in files]
    started = perf_counter()
    for number, content in enumerate(contents):
        with (root / f"bare{number}").open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return perf_counter() - started
