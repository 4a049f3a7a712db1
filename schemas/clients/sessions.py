"""What is said over HTTP about syncs of clients: who takes part, what was asked for, what was done, what waits."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue, NonNegativeInt

from schemas.base import ContentHash, Instant, Model, Uuid
from schemas.clients.adapter import Scope
from schemas.clients.records import (
    MOST_EVENTS,
    ArtifactType,
    ClientRecord,
    ClientSettings,
    EventType,
    ExportRecord,
    Level,
    Line,
    PolicyRecord,
    RecordName,
    SessionEvent,
    Status,
    Summary,
    Trigger,
)
from schemas.sync import Conflict

MOST_CLIENTS = 100
"""Clients of one site that one report may tell of."""


class SessionShown(Model):
    """A sync of one client. `why`: what it failed of, where it did."""

    id: Uuid
    client: str
    trigger: Trigger
    status: Status
    started_at: Instant
    finished_at: Instant | None
    summary: Summary
    why: str | None = None


class ArtifactShown(Model):
    """What a session left to look at. `checksum`: BLAKE3 of its bytes."""

    type: ArtifactType
    checksum: str
    size: NonNegativeInt
    url: str


class LogLine(Model):
    """One thing that happened in a session; `element`: to which, where it is about one."""

    id: Uuid
    at: Instant
    client: str
    session: Uuid
    level: Level
    type: EventType
    element: str | None
    message: str
    payload: dict[str, JsonValue]


class SessionDetail(SessionShown):
    """A session with all that happened in it."""

    events: list[LogLine]
    artifacts: list[ArtifactShown]


class NewClient(ClientRecord):
    """A client that is to take part, also where it has no files yet. `name`: TYPE@SITE where none is given."""

    name: RecordName | None = None
    settings: ClientSettings = ClientSettings(create=True)


class ChangeClient(Model):
    """What is decided about a client."""

    settings: ClientSettings


class ClientShown(ClientRecord):
    """A client, how its last sync went, and one that is still open."""

    id: Uuid
    name: str
    title: str
    created_at: Instant
    updated_at: Instant
    last: SessionShown | None = None
    open: SessionShown | None = None


class SyncStatus(Model):
    """How syncs do: how many have ended in which way `since` then, what waits for a person, what happened last."""

    since: Instant
    success: NonNegativeInt
    failed: NonNegativeInt
    waiting: NonNegativeInt
    last_run: Instant | None
    clients: list[ClientShown]
    events: list[LogLine]


class ForeseenChange(Model):
    """What would become of an element in a client's files; null: it is not there."""

    path: str
    before: str | None
    after: str | None


class ForeseenLoss(Model):
    """What a client cannot say of an element; `field` is `*` where it is not written at all."""

    path: str
    field: str
    why: str


class Preview(Model):
    """What the next sync would do to a client's files, had nobody changed them since the sync that ended at `since`.

    `waiting`: the elements that stay as they are until a person has decided.
    """

    since: Instant | None
    changes: list[ForeseenChange]
    losses: list[ForeseenLoss]
    waiting: list[str]


class AskForSync(Model):
    """Which clients shall be synced; all that are enabled where none is named."""

    clients: Annotated[list[RecordName], Field(max_length=1000)] | None = None


class Site(Model):
    """A place on a machine: a project's root, or a home."""

    machine: Annotated[str, Field(max_length=253)]
    scope: Scope
    path: Annotated[str, Field(min_length=1, max_length=4096)]


class Requested(Model):
    """A sync of a client that somebody has asked for."""

    session: Uuid
    type: str


class Brief(Model):
    """What a site must know before it syncs: the policy, its clients, what is asked for, what people have decided.

    `conflicts`: of each client and element of the site the newest, whatever its state.
    """

    policy: PolicyRecord
    clients: list[ClientShown]
    requests: list[Requested]
    conflicts: list[Conflict]


class ElementQuestion(Model):
    """An element that waits for a person. `content`: what it would be if the client had its way; null: gone.

    `said`: what the client's file says of it, by its hash.
    """

    id: Uuid
    type: str
    path: Annotated[str, Field(max_length=1024)]
    content: Annotated[str, Field(max_length=1 << 20)] | None
    base: ContentHash | None
    why: Line
    said: ContentHash | None = None


class SentSession(Model):
    """What a sync did for one client. `snapshot`: what it says afterwards; `diff`: how that differs from before."""

    id: Uuid
    type: str
    status: Literal["running", "success", "failed"]
    started_at: Instant
    finished_at: Instant | None = None
    summary: Summary = Summary()
    events: Annotated[list[SessionEvent], Field(max_length=MOST_EVENTS)] = Field(default_factory=list)
    snapshot: dict[str, JsonValue] | None = None
    diff: str = ""


class SentRun(Model):
    """What a sync did at a site, and all that waits for a person there, where that has changed (null: it has not)."""

    id: Uuid
    site: Site
    trigger: Trigger
    version: Annotated[str, Field(max_length=64)]
    sessions: Annotated[list[SentSession], Field(max_length=MOST_CLIENTS)]
    questions: Annotated[list[ElementQuestion], Field(max_length=1000)] | None = None


class Taken(Model):
    """What a report has come to: the sessions that are kept, and what waits for a person."""

    sessions: list[Uuid]
    conflicts: list[Conflict]


class MadeExport(Model):
    """A file that was made."""

    name: str
    at: Instant
    size: NonNegativeInt
    url: str


class ExportShown(ExportRecord):
    """An export that is made again and again."""

    name: str
    files: list[MadeExport]
