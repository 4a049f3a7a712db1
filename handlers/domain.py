"""What a domain brings to the pipeline that all of them share."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from schemas.base import Document
from schemas.errors import Retry
from streams.store import Store
from streams.store.versions import NewVersion
from streams.store.write import Write


class New(NamedTuple):
    """A new version of a document."""

    document: Document
    version: NewVersion

    async def content(self, store: Store) -> bytes:
        """Its bytes. Raises Retry where they are not in the store yet."""
        content = await store.blobs.get(self.version.hash)
        if content is None:
            raise Retry(f"the bytes of {self.version.hash} are not in the store yet")
        return content


class Domain(NamedTuple):
    """One domain.

    `check(path, content)` raises ValueError, saying why, where the domain cannot take the content. `beside(news,
    store)` gives what it keeps beside new versions of its documents, to be found by, in `tables` of its own.
    """

    name: str
    check: Callable[[str, bytes | None], None]
    beside: Callable[[Sequence[New], Store], Awaitable[Sequence[Write]]] | None = None
    tables: tuple[str, ...] = ()
