"""How long one waits for a command, and for everything."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.live import EXAMPLE, running
from benchmarks.machine import HEADRACE, Servers, environment, servers

ROUNDS = 7


def seconds(*command: str) -> float:
    """How long a command usually takes."""
    taken: list[float] = []
    for _ in range(ROUNDS):
        started = perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment())
        taken.append(perf_counter() - started)
    return percentile(taken, 0.5)


async def figures(_: Servers) -> AsyncIterator[Figure]:
    """What one waits for."""
    nothing = seconds(sys.executable, "-c", "pass")
    yield measured("import headrace", seconds(sys.executable, "-c", "import headrace"), "s", nothing, Goal("≤", 0.3))
    yield measured("headrace --help", seconds(str(HEADRACE), "--help"), "s", nothing, Goal("≤", 0.3))
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(shutil.copytree(EXAMPLE, Path(folder) / "tree"))
        async with running(Path(folder) / "data", tree) as (_url, first):
            pass
        async with running(Path(folder) / "data", tree) as (_url, second):
            pass
    started = perf_counter()
    async with servers():
        bare = perf_counter() - started
    yield measured("headrace up, first time", first, "s", bare, Goal("≤", 15))
    yield measured("headrace up, second time", second, "s", bare, Goal("≤", 4))
