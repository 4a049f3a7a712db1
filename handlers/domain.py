"""What a domain brings to the pipeline that all of them share."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from streams.store import Store
from streams.store.versions import NewVersion
from streams.store.write import Write


class Domain(NamedTuple):
    """One domain.

    `check(path, content)` raises ValueError, saying why, where the domain cannot take the content. `beside(versions,
    store)` gives what it keeps beside new versions of its documents, to be found by.
    """

    name: str
    check: Callable[[str, bytes | None], None]
    beside: Callable[[Sequence[NewVersion], Store], Awaitable[Sequence[Write]]] | None = None
