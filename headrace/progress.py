"""A bar on a terminal, for what takes long. Elsewhere there is nothing to see."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from headrace.words import err


@contextmanager
def bar(words: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """Show how much of `total` is done: what is called with it, and with another total where that is known later."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=err, disable=not err.is_terminal, transient=True) as progress:
        task = progress.add_task(words, total=total)
        yield lambda done, total=None: progress.update(task, completed=done, total=total)
