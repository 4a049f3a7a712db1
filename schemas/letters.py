"""Dead letters as they are shown, and what a person decides about them."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt, StringConstraints, model_validator

from schemas.base import Instant, Model, Uuid
from schemas.wire import Refused

State: TypeAlias = Literal["buried", "retried", "discarded"]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]

MOST = 1000
"""Letters that one call lists, or decides about."""


class DeadEvent(Model):
    """An event that a group gave up, and what became of it since. `reason`: of its being discarded."""

    id: str
    group: str
    event_id: str | None
    kind: str
    project: str
    subject: str
    sequence: int
    attempts: int
    error: str
    buried_at: Instant
    state: State
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str | None = None


class LetterAct(Model):
    """A burial, whose `words` are the error, or a decision, whose `words` are its reason."""

    number: int
    act: State
    at: Instant
    actor: str
    words: str
    attempts: int


class DeadEventDetail(DeadEvent):
    """The same with all there is to see."""

    traceback: str
    event: str
    history: list[LetterAct]


class LetterFilter(Model):
    """Which letters. `kind` and `subject` may hold `*`; `error` is a part of the error's text."""

    group: Pattern | None = None
    kind: Pattern | None = None
    project: Pattern | None = None
    subject: Pattern | None = None
    error: Pattern | None = None
    since: AwareDatetime | None = Field(None, description="buried then or later")


class Cursor(Model):
    """The last letter seen: go on behind it."""

    before: NonNegativeInt
    before_id: Uuid


class Choice(Model):
    """Which buried letters a decision is about: those named, or those that a filter names, `limit` of them a call.

    `dry_run`: only count them.
    """

    ids: Annotated[list[Uuid], Field(max_length=MOST)] | None = None
    filter: LetterFilter | None = None
    behind: Cursor | None = None
    limit: PositiveInt = Field(MOST, le=MOST)
    dry_run: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give either ids or a filter")
        return self


class Discard(Model):
    """Why a letter is discarded."""

    reason: Reason


class DiscardChoice(Choice):
    """Which letters are discarded, and why."""

    reason: Reason


class Decided(Model):
    """What a decision came to. `matched`: how many it was about; `next`: where to go on, while there may be more."""

    matched: int
    decided: list[str]
    refused: list[Refused]
    next: Cursor | None = None
