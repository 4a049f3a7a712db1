"""What is asked and said about the elements of clients' configurations: the centre that all clients are kept to."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from schemas.base import ContentHash, Instant, Model, Uuid
from schemas.clients.adapter import Scope
from schemas.clients.drafts import Flaw
from schemas.wire import Name

MOST = 1000
"""Elements that one request may hold."""


class CentralElement(Model):
    """An element as it stands: `content` null where it was deleted, `last` being what it was until then.

    `author` is who made it so, as `PRINCIPAL/CLIENT`, where it came from a client's file.
    """

    path: str
    hash: ContentHash | None
    content: str | None
    last: str | None
    author: str
    changed_at: Instant


class SentElement(Model):
    """An element that a client's file has changed. `content` null: it is gone; `base`: the hash that it replaces."""

    id: Uuid
    path: Annotated[str, Field(max_length=1024)]
    content: Annotated[str, Field(max_length=1 << 20)] | None
    base: ContentHash | None


class SentElements(Model):
    """What one client's files have changed."""

    client: Name
    elements: Annotated[list[SentElement], Field(max_length=MOST)]


class SettledElement(Model):
    """What became of one: it `stands`, or something else does (somebody was first), or it was refused."""

    id: Uuid
    path: str
    stands: bool
    active_hash: ContentHash | None
    error: str | None = None


class Written(Model):
    """What a person makes of both sides of a conflict, in JSON."""

    content: Annotated[str, Field(max_length=1 << 20)]


class Merge(Written):
    """Let it stand. `server_hash`: the active version that was seen."""

    server_hash: ContentHash | None


class Checked(Model):
    """What is wrong with what a person has written, and in what it lets agents do more: both empty where none is."""

    flaws: list[Flaw]
    widens: str = ""


class ElementMove(Model):
    """A step in an element's history: `version` null where it was deleted."""

    move: int
    version: int | None
    hash: ContentHash | None
    content: str | None
    author: str
    at: Instant
    reason: str


class ElementsThen(Model):
    """The elements of a scope as they stood at a time."""

    scope: Scope
    at: datetime
    contents: dict[str, str]
