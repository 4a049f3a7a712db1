"""How results are put on a terminal: for people, or as JSON."""

import difflib
from datetime import datetime
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from schemas.base import now

out = Console(highlight=False, emoji=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)

COLOURS = {
    "change.observed": "cyan",
    "change.accepted": "green",
    "version.created": "bold green",
    "head.moved": "bold blue",
    "change.unchanged": "dim",
    "conflict.opened": "bold yellow",
    "change.rejected": "bold red",
    "event.buried": "bold red",
    "service.restarted": "yellow",
}


_LINES = {"+": "green", "-": "red", "@": "cyan"}


def plain(text: object) -> str:
    """A text that comes from elsewhere, so that it neither colours nor commands the terminal."""
    shown = "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in str(text))
    return escape(shown)


def line(text: object) -> str:
    """The same on one line."""
    return " ".join(plain(text).split())


def complain(message: str, remedy: str = "", label: str = "") -> None:
    """Say on one line what is wrong, on another what helps."""
    err.print(f"[bold red]{label}[/]{line(message)}" if label else line(message))
    if remedy:
        err.print(f"  [dim]try:[/] {line(remedy)}")


def print_json(data: Any) -> None:
    """One JSON document, on one line."""
    out.out(orjson.dumps(data, default=str).decode())


def table(columns: list[str], rows: list[list[Any]]) -> None:
    """Print a plain table."""
    out.print(table_of(columns, rows))


def table_of(columns: list[str], rows: list[list[Any]]) -> Table:
    """A plain table. What stands first is whole, to be copied."""
    made = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column == columns[0])
    for row in rows:
        made.add_row(*("" if cell is None else plain(cell) for cell in row))
    return made


def ago(time: str) -> str:
    """How long ago a time was; for what is older than a week, the day."""
    when = datetime.fromisoformat(time)
    seconds = max(0.0, (now() - when).total_seconds())
    for most, unit, length in ((90, "s", 1), (5400, "min", 60), (129600, "h", 3600), (604800, "days", 86400)):
        if seconds < most:
            return f"{round(seconds / length)} {unit} ago"
    return f"{when.astimezone():%Y-%m-%d}"


def show_code_diff(path: str, old: tuple[str, str], new: tuple[str, str]) -> None:
    """Two (hash, content), as the lines that differ."""
    one, other = old[1].splitlines(), new[1].splitlines()
    for text in difflib.unified_diff(one, other, f"{path} {old[0]}", f"{path} {new[0]}", lineterm=""):
        out.print(plain(text), style=_LINES.get(text[:1]))


def event_line(event: dict[str, Any]) -> str:
    """One event on one line."""
    when = datetime.fromisoformat(event["time"]).astimezone().strftime("%H:%M:%S") if event["time"] else "--:--:--"
    head = f"[dim]{event['sequence']:>7} {when}[/] {kind_of(event)}"
    return f"{head} {line(event['subject'])}  [dim]{line(note_of(event['data']))}[/]"


def kind_of(event: dict[str, Any]) -> str:
    """An event's kind, in its colour."""
    return f"[{COLOURS.get(event['type'], 'white')}]{line(event['type']):<17}[/]"


def note_of(data: dict[str, Any]) -> str:
    """The gist of an event's own part."""
    keys = ("number", "hash", "reason", "error", "words")
    return " ".join(str(data[key]) for key in keys if data.get(key) is not None)
