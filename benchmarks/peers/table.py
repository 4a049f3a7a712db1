"""The table: each framework beside the bare loop, and ours beside each framework."""

from collections.abc import Mapping, Sequence
from math import nan

from benchmarks.figures import Figure, Goal, measured
from benchmarks.peers.runs import Run

UNIT = "events/CPU-s"
AHEAD = Goal("≥", 2.0, "ratio")


def figures(bare: float, ours: float, runs: Sequence[Run], unavailable: Mapping[str, str]) -> list[Figure]:
    """Bare and ours are CPU seconds an event; of each framework the cheapest run counts.

    One that could not be measured has no figure, only why; we are not shown to be ahead of it.
    """
    theirs: dict[str, float] = {}
    for run in runs:
        theirs[run.name] = max(theirs.get(run.name, 0.0), run.events / run.cpu_s)
    rates = {"Headrace, ordered group": 1 / ours, **theirs}
    return [
        *(measured(name, rate, UNIT, 1 / bare) for name, rate in rates.items()),
        *(measured(f"ours / theirs: {name}", 1 / ours, UNIT, rate, AHEAD) for name, rate in theirs.items()),
        *(Figure(f"{name}: {why}", nan, UNIT, 1 / bare, nan, "measured", False) for name, why in unavailable.items()),
    ]
