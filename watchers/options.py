"""What a watch can be told, and what it tells of itself."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from watchers.change import Change

Viewer: TypeAlias = Callable[[Sequence[Change]], None]


def everything(_path: bytes) -> bool:
    """Every file is wanted."""
    return True


def nobody(_changes: Sequence[Change]) -> None:
    """Nobody looks."""


class WatchOptions(NamedTuple):
    """How a tree is watched.

    Attributes:
        settle: seconds that a path must be quiet before it is looked at.
        initial: report every file that the first start finds, instead of taking the tree as it is.
        gitignore: heed `.gitignore` too.
        content_limit: hand out the bytes of files up to this size; 0 for none.
        wanted: whether the file at a path is of interest; others are not even read.
        own: where below the root this program keeps its state, which is never looked at.
        seen: is shown every change once it is kept, from the thread that watches: it must not block.
    """

    settle: float = 0.05
    initial: bool = False
    gitignore: bool = False
    content_limit: int = 0
    wanted: Callable[[bytes], bool] = everything
    own: bytes | None = None
    seen: Viewer = nobody


class Health(NamedTuple):
    """What is not as it should be. `limit` is the kernel's setting that leaves `polled` directories unwatched."""

    trouble: str = ""
    polled: int = 0
    limit: str | None = None
    unreadable: int = 0
    last_overflow: datetime | None = None

    @property
    def text(self) -> str:
        """`ok`, or what is wrong and how to mend it."""
        said = [self.trouble] if self.trouble else []
        if self.polled and self.limit:
            said.append(f"{self.polled} directories are polled, not watched: raise {self.limit}")
        if self.unreadable:
            said.append(f"{self.unreadable} paths cannot be read")
        return "; ".join(said) or "ok"
