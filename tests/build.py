"""What tests are made of: documents, events, entries, and waiting for something to be so."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count
from typing import TypeVar
from unittest.mock import ANY

from schemas.base import Document, EventId, derived_id, new_id
from schemas.changes import ChangeObserved, Content
from schemas.envelope import Envelope, Event, Origin, root
from schemas.events import encode
from schemas.hashing import fingerprint
from streams.entry import Entry

T = TypeVar("T")

START = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = Origin("tester", "tests", START)
ADMINISTRATOR = {
    "name": "admin",
    "project": "default",
    "role": "admin",
    "projects": {},
    "user": False,
    "sequence": ANY,
}
"""What a server says of whoever shows the administrator's key."""

_numbers = count(1)
_SPACE = "00000000-0000-0000-0000-000000000000"


def document(path: str = "model/resnet.py", project: str = "default") -> Document:
    """A component."""
    return Document(project, "components", path)


def event_id(number: int) -> EventId:
    """The same id for the same number."""
    return derived_id(_SPACE, str(number))


def event(body: Event, path: str = "model/resnet.py", id_: EventId | None = None) -> Envelope[Event]:
    """A root event."""
    return root(body, document(path), ORIGIN, id_ or new_id())


def observed(
    text: str | None, base: str | None = None, *, forced: bool = False, activate: bool = True
) -> ChangeObserved:
    """A change with its content; None: the file is gone."""
    if text is None:
        return ChangeObserved(hash=None, base=base, forced=forced, activate=activate)
    found = fingerprint(text.encode())
    content = Content(text=text)
    return ChangeObserved(
        hash=found.hash, size=found.size, base=base, content=content, forced=forced, activate=activate
    )


def hash_of(text: str) -> str:
    """The public name of a text."""
    return fingerprint(text.encode()).hash


def entry(of: Envelope[Event], seq: int | None = None) -> Entry:
    """An event as a handler gets it."""
    number = seq or next(_numbers)
    return Entry((of.data.topic, 0), f"{number}-{number}".encode(), encode(of))


async def until(what: Callable[[], Awaitable[T]], seconds: float = 20.0) -> T:
    """Wait until `what` gives something true; what it gave."""
    async with asyncio.timeout(seconds):
        while not (found := await what()):
            await asyncio.sleep(0.01)
        return found
