"""What the gateway says and hears: the envelope of every answer, and the models that no single domain owns."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, StringConstraints, model_validator

from schemas.base import ContentHash, Instant, Model, Project, RelativePath, Uuid

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$")]


class Meta(Model):
    """What is said beside the data."""

    message: str


class Problem(Model):
    """What went wrong, and more of it for those who look."""

    message: str
    detail: Any = None


class Failure(Model):
    """Every answer that is not a success."""

    success: Literal[False] = False
    error: Problem


class Pending(Model):
    """The log has taken a change and has not carried it through yet; `url` says what becomes of it."""

    change: Uuid
    url: str


class ChangeState(Model):
    """What became of a change: `pending` until the last group that it concerns has dealt with it."""

    change: Uuid
    state: Literal["pending", "accepted", "unchanged", "rejected", "buried"]
    reason: str | None = None
    events: list[dict[str, Any]]


class LoggedEvent(Model):
    """An event of the log: CloudEvents 1.0. `sequence` is its place among all events."""

    sequence: str
    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    subject: str
    time: str
    project: str
    actor: str
    correlationid: str
    causationid: str | None = None
    data: dict[str, Any]


class SentContent(Model):
    """A file's bytes: as text where they are UTF-8, else as base64."""

    text: str | None = None
    base64: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]*={0,2}$")] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.text is None) == (self.base64 is None):
            raise ValueError("give either text or base64")
        return self


class SentChange(Model):
    """A settled state of one file, as a watcher saw it. `hash` null: it is gone; `base`: what was there before."""

    id: Uuid
    project: Project
    domain: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,32}$")]
    path: RelativePath
    hash: ContentHash | None = None
    base: ContentHash | None = None
    size: NonNegativeInt = 0
    seen_at: Instant
    content: SentContent | None = None


class SentChanges(Model):
    """What a watcher sends at once."""

    watcher: Name
    changes: Annotated[list[SentChange], Field(max_length=1000)]


class Refused(Model):
    """A change that can never be taken, and why."""

    id: str
    reason: str


class Published(Model):
    """Which changes are safe in the log, and which will never be."""

    published: list[str]
    refused: list[Refused]


class WatchedRoot(Model):
    """One tree that a watcher watches."""

    path: str
    project: str
    domain: str | None = None
    files: NonNegativeInt
    last_change: Instant | None = None
    health: str


class WatcherReport(Model):
    """What a watcher says of itself, every few seconds. `spool`: changes that it has not been able to send yet."""

    host: str
    roots: list[WatchedRoot]
    spool: NonNegativeInt


class Watcher(Model):
    """A watcher that was heard of lately."""

    name: str
    seen_at: Instant
    report: WatcherReport


class GroupStatus(Model):
    """How a consumer group does: events it has still to handle, events held for another try, events given up."""

    group: str
    topics: list[str]
    lag: int
    held: int
    dead: int
    workers: list[str]


class Status(Model):
    """How everything does."""

    version: str
    ready: bool
    problems: list[str]
    events: int
    archived: int
    redis: str
    postgres: str
    groups: list[GroupStatus]
    watchers: list[Watcher]


class Login(Model):
    """Who logs in with a key."""

    key: str


class Session(Model):
    """Who is logged in."""

    name: str
    role: str


class LoginLink(Model):
    """A link that logs one browser in, once."""

    url: str
    expires_at: Instant
