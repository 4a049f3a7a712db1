"""The words everything else is written in: models, ids, documents, time."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from time import time_ns
from typing import Annotated, Literal, NamedTuple, NewType
from uuid import UUID, uuid4  # noqa: TID251 - for `new_id`

from msgspec import Meta
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from schemas.paths import relative_path

EventId = NewType("EventId", str)
"""A UUID in its canonical text form."""

# Each is checked to the letter by pydantic, where it comes from outside, and by its length by msgspec, in the log.
Uuid = Annotated[
    EventId,
    StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"),
    Meta(min_length=36, max_length=36),
]
ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$"), Meta(min_length=16, max_length=16)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Meta(min_length=64, max_length=64)]
RelativePath = Annotated[str, AfterValidator(relative_path)]
Project = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]

Instant = Annotated[
    AwareDatetime,
    PlainSerializer(datetime.isoformat, when_used="json"),  # `+00:00`: Python before 3.11 reads no `Z`
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""A time on the wire."""

Topic = Literal["changes", "hashed", "resolved", "versions", "dead", "system"]
"""The streams of the log, in the order in which a change passes through them; then what befalls us ourselves."""

TOPICS: tuple[Topic, ...] = ("changes", "hashed", "resolved", "versions", "dead", "system")


class Model(BaseModel):
    """Plain data from or for the outside. It never changes once made and knows all its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Document(NamedTuple):
    """What a version belongs to: one path in one domain of one project."""

    project: str
    domain: str
    path: str

    @property
    def key(self) -> str:
        """The partition key: events with equal keys are handled in order."""
        return f"{self.project}/{self.domain}/{self.path}"

    @property
    def id(self) -> str:
        """A UUID made of the key, so that every store, replayed or not, gives it the same."""
        return document_id(self.key)


@lru_cache(maxsize=65536)
def document_id(key: str) -> str:
    """The id of the document with this key."""
    return derived_id(_DOCUMENTS, key)


def derived_id(cause: str, name: str) -> EventId:
    """An id that is a function of its cause and a name: a UUIDv8 that begins as the cause does.

    The rest is that of `uuid5(cause, name)`. What belongs together so lies together in every index, and what is new at
    its end: random ids touch each page of it. Source: RFC 9562, section 5.8.
    """
    sha1 = _SHA1.copy()
    sha1.update(bytes.fromhex(cause.replace("-", "")) + name.encode())
    text = sha1.hexdigest()
    return EventId(f"{cause[:14]}8{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:32]}")


_SHA1 = hashlib.sha1(usedforsecurity=False)  # to copy a blank one costs half of what making one costs
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
_DOCUMENTS = str(UUID("5e6d1c3a-4d0b-5a39-9d55-0a1f6b7c2e10"))


def new_id() -> EventId:
    """A fresh id, for the edge alone: a UUIDv7, which begins with the time. Source: RFC 9562, section 5.7."""
    text = f"{time_ns() // 1_000_000:012x}"
    rest = str(uuid4())
    return EventId(f"{text[:8]}-{text[8:]}-7{rest[15:]}")


def now() -> datetime:
    """The present, for the edge alone."""
    return datetime.now(UTC)  # noqa: TID251 - the one place
