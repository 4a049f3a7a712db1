"""Replaying a part of the log into the log: what is meant, what would happen, and how it goes."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt, StringConstraints

from schemas.base import Instant, Model, Uuid

REPLAYABLE = ("change.observed", "version.activate")
"""What may be published again: what somebody asked for. What followed from it goes through the judgement, and follows
anew; decisions about one conflict or one dead letter mean nothing a second time."""

Pattern = Annotated[str, StringConstraints(max_length=300)]


class Selection(Model):
    """Which events of a project: some by their ids, or a range.

    `subject` may hold `*`; `after` and `before` are numbers.
    """

    ids: Annotated[list[Uuid], Field(min_length=1, max_length=1000)] | None = None
    after: NonNegativeInt = Field(0, le=2**53)
    before: NonNegativeInt | None = Field(None, le=2**53)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    subject: Pattern | None = None


class Order(Selection):
    """What to replay, and how fast: `rate` events a second. The same `id` again doubles nothing."""

    rate: PositiveInt = Field(50, le=1000)
    id: Uuid | None = None


class Edge(Model):
    """The first or the last of them."""

    sequence: str
    id: str
    time: Instant
    subject: str


class Plan(Model):
    """What a replay would publish: how many events of how many documents, into which topics.

    `passed_over`: events of the selection that are not published again, by their kind.
    """

    count: NonNegativeInt
    documents: NonNegativeInt
    first: Edge | None
    last: Edge | None
    topics: dict[str, PositiveInt]
    passed_over: dict[str, PositiveInt]


class Reinjection(Model):
    """A replay into the log: how many events were published, and what they came to, by the kind of the last event.

    `waits`: why it does not get on just now; `error`: why it ended early.
    """

    id: Uuid
    project: str
    asked_by: str
    asked_at: Instant
    rate: PositiveInt
    plan: Plan
    published: NonNegativeInt = 0
    outcomes: dict[str, PositiveInt] = Field(default_factory=dict)
    state: Literal["running", "done", "cancelled", "failed"] = "running"
    waits: str | None = None
    error: str | None = None
    ended_at: Instant | None = None
