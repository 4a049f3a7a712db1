"""`python -m benchmarks [--json FILE] [--only NAME …]`: measure, print the table; exits with 1 for a missed goal."""

import argparse
import asyncio
import compileall
from collections.abc import AsyncIterator, Callable
from importlib.util import find_spec
from pathlib import Path

from loguru import logger
from rich.console import Console

from benchmarks import clients, handover, live, log, pages, pipeline, size, start, syncing, trust, watching
from benchmarks.figures import Figure, show, write
from benchmarks.machine import Servers, servers

PARTS: dict[str, Callable[[Servers], AsyncIterator[Figure]]] = {
    "log": log.figures,
    "pipeline": pipeline.figures,
    "live": live.figures,
    "pages": pages.figures,
    "start": start.figures,
    "syncing": syncing.figures,
    "trust": trust.figures,
    "handover": handover.figures,
    "watching": watching.figures,
    "clients": clients.figures,
    "size": size.figures,
}
SLOW: dict[str, Callable[[Servers], AsyncIterator[Figure]]] = {"million": watching.million}
"""Takes many minutes: measured only where it is named."""


async def measure(names: list[str]) -> list[Figure]:
    """Measure part after part, each on new servers."""
    found: list[Figure] = []
    for name in names:
        with Console(stderr=True).status(f"measuring: {name}") as status:
            async with servers() as where:
                async for figure in (PARTS | SLOW)[name](where):
                    found.append(figure)
                    status.console.print(figure.name, f"{figure.figure:,.4g}", figure.unit)
    return found


def compile_as_installers_do() -> None:
    """What runs from its sources may be forbidden to keep what Python makes of them, and makes it at every start."""
    for package in ("gateway", "handlers", "headrace", "schemas", "streams", "watchers"):
        spec = find_spec(package)
        for folder in (spec and spec.submodule_search_locations) or ():
            compileall.compile_dir(folder, quiet=1)


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What Headrace costs.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--only", nargs="+", choices=PARTS | SLOW, default=list(PARTS), help="measure these parts")
    arguments = parser.parse_args()
    logger.remove()
    compile_as_installers_do()
    figures = asyncio.run(measure(arguments.only))
    show(figures)
    if arguments.json:
        write(figures, arguments.json)
    if not all(figure.holds for figure in figures):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
