"""`python -m benchmarks.peers [--json FILE]`: measure, print the table; exits with 1 for a missed goal."""

import argparse
import asyncio
from pathlib import Path

from loguru import logger
from rich.console import Console

from benchmarks import log
from benchmarks.figures import Figure, show, write
from benchmarks.machine import Servers, in_child, in_worker, servers, wipe
from benchmarks.peers.environments import Unavailable
from benchmarks.peers.runs import PEERS, Run, run
from benchmarks.peers.table import figures

ROUNDS = 3


async def measure() -> list[Figure]:
    """Rounds of all in turn, the cheapest of each counts: the machine is not quiet."""
    console = Console(stderr=True)
    bare: list[float] = []
    ours: list[float] = []
    runs: list[Run] = []
    unavailable: dict[str, str] = {}
    async with servers() as where:
        for _ in range(ROUNDS):
            await wipe(where)
            in_worker(log.publish_cost, where)
            bare.append(in_child(log.bare_loop_cost, where))
            ours.append(in_worker(log.handle_cost, where, "nothing"))
            console.print(f"bare loop {bare[-1] * 1e6:.1f}, ours {ours[-1] * 1e6:.1f} µs CPU/event")
            await _run_peers(where, runs, unavailable, console)
    return figures(min(bare), min(ours), runs, unavailable)


async def _run_peers(where: Servers, runs: list[Run], unavailable: dict[str, str], console: Console) -> None:
    event = await _event(where)
    for peer in PEERS:
        if peer.title in unavailable:
            continue
        await wipe(where)
        try:
            found = run(peer, where.redis_url, event)
        except Unavailable as error:
            unavailable[peer.title] = str(error)
        else:
            runs.append(found)
            rate = found.events / found.wall_s
            console.print(f"{found.name}: {found.cpu_s / found.events * 1e6:.1f} µs CPU/event, {rate:,.0f} a second")


async def _event(where: Servers) -> str:
    """The bytes that the bare loop reads, too."""
    opened = await log.open_log(where)
    raw = opened.message(log.small_event(0)).raw
    await opened.close()
    return raw.decode()


def main() -> None:
    """Measure, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description="What other frameworks cost.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    arguments = parser.parse_args()
    logger.remove()
    found = asyncio.run(measure())
    show(found)
    if arguments.json:
        write(found, arguments.json)
    if not all(figure.holds for figure in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
