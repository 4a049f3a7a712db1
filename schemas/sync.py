"""Workers and the server compare notes: what either has, what is asked, and what became of it."""

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt

from schemas.base import ContentHash, Instant, Model, Uuid
from schemas.components import WirePath
from schemas.wire import Name

MOST = 10_000
"""Components that one request may name."""

Decision = Literal["upload", "download", "skip"]
"""Of a conflict: the worker's side becomes the active version, the active one replaces it there, or neither."""


class Held(Model):
    """What a worker has at a path. `hash` null: no file; `base`: the hash of its last sync, null: there was none."""

    hash: ContentHash | None = None
    base: ContentHash | None = None


class Compare(Model):
    """What a worker has of the components that it needs."""

    files: Annotated[dict[WirePath, Held], Field(max_length=MOST)]


class Standing(Model):
    """How the server stands to a component.

    `active_hash` null: there is none, or its file was deleted. `exists`: it has had versions. `known`: the worker's
    hash is among them. `nearest`: paths that are spelt alike, where it does not exist.
    """

    active_hash: str | None = None
    exists: bool = False
    known: bool = False
    nearest: tuple[str, ...] = ()


class Compared(Model):
    """The standing of every component that was asked about."""

    components: dict[str, Standing]


class Contents(Model):
    """Ask for contents by hash."""

    hashes: Annotated[list[ContentHash], Field(max_length=MOST)]


class Found(Model):
    """Contents by hash: as many as one answer may hold, in the order asked for; those unknown are in `missing`."""

    contents: dict[str, str]
    missing: tuple[str, ...] = ()


class Sent(Model):
    """A worker's state of a component. `id`: what is sent again under it counts once.

    `swap`: it becomes the active version only where that is still `base` (null: there is none); else it is kept
    beside it. Without `swap` it becomes the active one whatever that is. `activate` false: it is only kept.
    """

    id: Uuid
    path: WirePath
    content: str
    base: ContentHash | None = None
    swap: bool = False
    activate: bool = True


class SentAll(Model):
    """Several at once."""

    uploads: Annotated[list[Sent], Field(max_length=1000)]


class Received(Model):
    """What became of one. `active_hash` is what is active now; `error` says why it was refused, if it was."""

    id: str
    path: str
    hash: str
    is_new: bool = False
    is_active: bool = False
    active_hash: str | None = None
    error: str | None = None


class Question(Model):
    """A worker's state that a person shall decide about. `base`: what the worker started from."""

    id: Uuid
    path: WirePath
    content: str
    base: ContentHash | None = None


class Questions(Model):
    """Several, from one worker."""

    worker: Name
    conflicts: Annotated[list[Question], Field(max_length=1000)]


class Conflict(Model):
    """Two sides of a document, and what was decided. A side's hash is null where it has nothing there.

    `why`: what the person is to know; `diverged`: the active version is not what the worker started from.
    `superseded`: the worker, or the active version, has moved on, and another conflict stands for it. `said_hash`: what
    the worker's own file said; `merged_hash`: what a person has made of both sides (`merge`).
    """

    id: str
    path: str
    worker: str
    local_hash: str | None
    server_hash: str | None
    base_hash: str | None
    diverged: bool
    state: Literal["pending", "upload", "download", "skip", "merge", "superseded"]
    created_at: Instant
    decided_at: Instant | None = None
    decided_by: str | None = None
    why: str = ""
    said_hash: str | None = None
    merged_hash: str | None = None


class ConflictDetail(Conflict):
    """The same with both sides, and what was made of them, where that is so."""

    local_content: str | None
    server_content: str | None
    merged_content: str | None = None


class Decide(Model):
    """Settle a conflict. `server_hash`: the active version that was seen, where it matters that it is still that."""

    decision: Decision
    server_hash: ContentHash | None = None


class BundleRequest(Model):
    """What a config names: an agent, and for each category `"name, name(args)"`."""

    agent: str | None = None
    components: dict[str, str | list[str]] = Field(default_factory=dict)


class BundleFile(Model):
    """A file of a bundle. `path`: on a worker's disk."""

    path: str
    type: str
    name: str
    hash: str
    size: NonNegativeInt


class Bundle(Model):
    """What a config needs, as it is active now. `total_hash`: xxh3-64 of the hashes, joined in this order.

    `missing`: what is named and has no active version; existing workers take what there is.
    """

    files: list[BundleFile]
    total_size: NonNegativeInt
    total_hash: str
    missing: list[str]
