"""What a sync works with while it has a tree to itself, and how it goes aside for what would block others."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple, ParamSpec, TypeVar

from watchers.sync.client import Client
from watchers.sync.state import State
from watchers.sync.tree import Tree

P = ParamSpec("P")
T = TypeVar("T")


class Session(NamedTuple):
    """A tree, what it remembers, and the server."""

    tree: Tree
    state: State
    client: Client


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do it in a thread, to its end: the tree is not let go of while something is still written there."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
