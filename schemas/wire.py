"""What the gateway says and hears: the envelope of every answer, and the models that no single domain owns."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, NonNegativeInt, StringConstraints, model_validator

from schemas.base import ContentHash, Instant, Model, Project, RelativePath, Uuid

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}$")]


class Meta(Model):
    """What is said beside the data; `next`: where a list goes on."""

    message: str
    next: str | None = None


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


class Step(Model):
    """One event of a story. `at`: when it was concluded, `after`: how long after the beginning; where remembered."""

    sequence: str
    id: str
    type: str
    project: str
    subject: str
    by: str
    because_of: str | None
    at: Instant | None
    after: float | None
    data: dict[str, Any]


class Trace(Model):
    """A story: all that followed from one event, in the order of the log. `seen_at`: when the file was seen so."""

    trace: Uuid
    began_at: Instant
    seen_at: Instant | None
    steps: list[Step]


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


class Backlog(Model):
    """What is still to be done. `oldest`: seconds since the oldest event of it began; null where nothing is left."""

    lag: int
    oldest: float | None = None


class Unsettled(Backlog):
    """The same, with what did not go well.

    `held`: events that wait for another try; `dead`: events given up, waiting for a person; `deaths`: workers that
    ended with what is still there in their hands.
    """

    held: int
    dead: int
    deaths: int


class PartitionStatus(Unsettled):
    """How a group does in one partition; `owner` is the process that works there."""

    partition: int
    owner: str | None
    topics: dict[str, Backlog]


class GroupStatus(Unsettled):
    """How a consumer group does, in all and by partition.

    `rate`: events a second that it was done with in the last seconds; null while the gateway cannot say.
    """

    group: str
    rate: float | None
    topics: list[str]
    workers: list[str]
    partitions: list[PartitionStatus]


class Pressure(Model):
    """How near the log is to making publishers wait: its fullest stream, and Redis's memory. 0: there is no limit."""

    fullest: str
    length: int
    high_water: int
    memory: int
    memory_limit: int


class Status(Model):
    """How everything does."""

    version: str
    ready: bool
    problems: list[str]
    events: int
    archived: int
    redis: str
    postgres: str
    pressure: Pressure
    groups: list[GroupStatus]
    watchers: list[Watcher]


class LoginLink(Model):
    """A link that logs one browser in, once."""

    url: str
    expires_at: Instant
