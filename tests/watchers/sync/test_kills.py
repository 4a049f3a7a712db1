"""A worker is killed at each of its steps in turn; the next sync brings everything to where it should be."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.build import until
from tests.gateway.conftest import Client
from tests.watchers.sync.conftest import Worker, history, lists

ROOT = Path(__file__).parents[3]


@pytest.fixture
async def mortal(url: str) -> AsyncIterator[Process]:
    command = (sys.executable, "-m", "tests.watchers.sync.mortal", url)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


class Paths(NamedTuple):
    """The components of one life: new here, new there, changed there, here, and on both sides."""

    up: str
    down: str
    newer: str
    mine: str
    both: str

    @classmethod
    def of(cls, number: int) -> "Paths":
        return cls(*(f"model/{field}{number}.py" for field in cls._fields))


async def prepare(client: Client, worker: Worker, paths: Paths) -> None:
    for path in paths[2:]:
        worker.write(path, "a")
    await worker.sync(*paths[2:])
    for path in (paths.down, paths.newer, paths.both):
        await client.upload(path, "s")
    for path in (paths.up, paths.mine, paths.both):
        worker.write(path, "l")


async def die(process: Process, number: int, tree: Path, strategy: str, paths: Paths) -> bool:
    """Whether there was such a step."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(" ".join([str(number), str(tree), strategy, *paths]).encode() + b"\n")
    code = int(await process.stdout.readline())
    assert code in {0, 9}
    return code == 9


async def check_nothing_is_lost(client: Client, worker: Worker, paths: Paths) -> None:
    """Every file is a whole one, and what was overwritten is kept."""
    assert worker.text(paths.up) == "l"
    assert worker.text(paths.down) in {None, "s"}
    assert worker.text(paths.newer) in {"a", "s"}
    for path in (paths.mine, paths.both):
        assert worker.text(path) == "l" or "l" in (await history(client, path)).lower()


async def all_kept(client: Client, paths: Paths) -> bool:
    """Whether the server has every local state: of those that wait for a decision it has it a moment later."""
    return all(["l" in (await history(client, path)).lower() for path in (paths.up, paths.mine, paths.both)])


ENDS = {  # what lies in the tree, and which version is active, for each of Paths
    "local_priority": ("lssll", "LSSLL"),
    "server_authoritative": ("lssas", "LSSAS"),
    "interactive": ("lssll", "LSSAS"),
}


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ENDS)
async def test_killed_at_every_step(client: Client, url: str, tmp_path: Path, mortal: Process, strategy: str) -> None:
    number, was_killed = 0, True
    while was_killed:
        number += 1
        paths, worker = Paths.of(number), Worker(tmp_path / str(number), url, worker="mortal")
        await prepare(client, worker, paths)
        was_killed = await die(mortal, number, worker.tree, strategy, paths)
        await check_nothing_is_lost(client, worker, paths)
        await worker.sync(*paths, strategy=strategy)
        assert "".join(worker.text(path) or "-" for path in paths) == ENDS[strategy][0], number
        versions = [await history(client, path) for path in paths]
        assert "".join(char for one in versions for char in one if char.isupper()) == ENDS[strategy][1], number
        await until(lambda paths=paths: all_kept(client, paths))  # type: ignore[misc]
        last = await worker.sync(*paths, strategy=strategy)
        waiting = {"conflicts": [paths.mine, paths.both]} if strategy == "interactive" else {}
        assert {**lists(last), "skipped": []} == {**waiting, "skipped": []}, number
        assert [file.name for file in worker.tree.rglob("cvlabkit/**/.*")] == []
        pending = await client.get("/api/components/conflicts?limit=1000")
        assert len(pending) == (2 * number if strategy == "interactive" else 0)
    assert number >= 20
