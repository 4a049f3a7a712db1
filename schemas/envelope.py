"""What an event is, and the envelope that it travels in.

Events are msgspec structs, not pydantic models: they are decoded, made and encoded many times for each change, and
there the same checks cost a quarter. What comes from outside is a pydantic model first.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Generic, Literal, NamedTuple, TypeVar

from msgspec import Meta, Struct

from schemas.base import Document, EventId, Topic, Uuid

Time = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0)]
Number = Annotated[int, Meta(ge=1)]


class Event(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False, tag_field="kind"):
    """Something that happened. Subclasses fix the kind (their tag; persisted: never rename it) and their topic."""

    topic: ClassVar[Topic]

    @property
    def kind(self) -> str:
        """The event's name."""
        return str(self.__struct_config__.tag)


E = TypeVar("E", bound=Event)
E_co = TypeVar("E_co", bound=Event, covariant=True)


class Envelope(Struct, Generic[E_co], frozen=True, forbid_unknown_fields=True, kw_only=True, gc=False):
    """An event as it travels: CloudEvents 1.0, structured JSON, with the extensions this project needs.

    `subject` is `domain/path`; `correlationid` is the id of the event that began it all; `causationid` of the one
    that led to this one. Source: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
    """

    specversion: Literal["1.0"] = "1.0"
    id: Uuid
    source: str
    type: str
    subject: str
    time: Time
    project: str
    actor: str
    correlationid: Uuid
    causationid: Uuid | None = None
    data: E_co

    @property
    def key(self) -> str:
        """The partition key, equal to that of the document."""
        return f"{self.project}/{self.subject}"

    @property
    def document(self) -> Document:
        """The document that this event is about."""
        domain, _, path = self.subject.partition("/")
        return Document(self.project, domain, path)


class Origin(NamedTuple):
    """Who publishes, by which means, and when: what an edge knows about an event and a handler must not ask."""

    actor: str
    source: str
    time: datetime


def root(body: E, document: Document, origin: Origin, event_id: EventId) -> Envelope[E]:
    """The first event of a story."""
    return Envelope(
        id=event_id,
        source=origin.source,
        type=body.kind,
        subject=f"{document.domain}/{document.path}",
        time=origin.time,
        project=document.project,
        actor=origin.actor,
        correlationid=event_id,
        data=body,
    )
