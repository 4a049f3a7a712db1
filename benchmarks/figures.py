"""A figure: what was measured, beside what it can be measured against."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Figure(NamedTuple):
    """One line of the table. `limit` is the peer's figure, in the same unit; `ratio` is figure / limit."""

    name: str
    figure: float
    unit: str
    limit: float
    ratio: float
    goal: str
    holds: bool


class Goal(NamedTuple):
    """What a figure, or its ratio to the limit, must be."""

    sign: str
    value: float
    of: str = ""

    def __str__(self) -> str:
        """Such as `ratio ≥ 0.5` or `≤ 15 ms`."""
        return f"{self.of} {self.sign} {self.value:g}".strip()

    def holds(self, figure: float, ratio: float) -> bool:
        """Whether it is reached."""
        found = ratio if self.of == "ratio" else figure
        return found >= self.value if self.sign == "≥" else found <= self.value


def measured(name: str, figure: float, unit: str, limit: float, *goals: Goal) -> Figure:
    """A figure that holds where all goals are reached."""
    ratio = figure / limit if limit else 0.0
    return Figure(
        name,
        figure,
        unit,
        limit,
        ratio,
        " and ".join(map(str, goals)),
        all(goal.holds(figure, ratio) for goal in goals),
    )


def show(figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading, side in (("figure", "left"), ("", "right"), ("unit", "left"), ("limit", "right"), ("ratio", "right")):
        table.add_column(heading, justify=side)  # type: ignore[arg-type]
    table.add_column("goal")
    table.add_column("")
    for one in figures:
        verdict = ("[green]holds[/]" if one.holds else "[red]missed[/]") if one.goal else ""
        table.add_row(
            escape(one.name), _number(one.figure), one.unit, _number(one.limit), f"{one.ratio:.3g}", one.goal, verdict
        )
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON."""
    path.write_bytes(orjson.dumps([one._asdict() for one in figures], option=orjson.OPT_INDENT_2))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of them do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
