"""How results are put on a terminal: for people, or as JSON."""

from datetime import datetime
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

COLOURS = {
    "change.observed": "cyan",
    "change.accepted": "green",
    "version.created": "bold green",
    "head.moved": "bold blue",
    "change.unchanged": "dim",
    "change.rejected": "bold red",
    "event.buried": "bold red",
}


def print_json(data: Any) -> None:
    """One JSON document, on one line."""
    out.out(orjson.dumps(data, default=str).decode())


def table(columns: list[str], rows: list[list[Any]]) -> None:
    """A plain table."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(made)


def event_line(event: dict[str, Any]) -> str:
    """One event on one line."""
    when = datetime.fromisoformat(event["time"]).astimezone().strftime("%H:%M:%S") if event["time"] else "--:--:--"
    data, kind = event["data"], event["type"]
    note = " ".join(str(data[key]) for key in ("number", "hash", "reason", "error") if data.get(key) is not None)
    colour = COLOURS.get(kind, "white")
    return f"[dim]{event['sequence']:>7} {when}[/] [{colour}]{kind:<17}[/] {event['subject']}  [dim]{note}[/]"
