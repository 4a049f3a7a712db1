"""The events of the one pipeline that every domain shares: observed, hashed, judged, versioned."""

from base64 import b64decode, b64encode
from typing import ClassVar, Literal, Self

from msgspec import Struct

from schemas.base import ContentHash, Digest, Topic, Uuid
from schemas.envelope import Count, Event, Number, Time


class Content(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, gc=False):
    """Bytes inside JSON: as text where they are UTF-8, else as base64. Exactly one of the two is set."""

    text: str | None = None
    base64: str | None = None

    @classmethod
    def of(cls, content: bytes) -> Self:
        """Wrap `content`."""
        try:
            return cls(text=content.decode())
        except UnicodeDecodeError:
            return cls(base64=b64encode(content).decode())

    def bytes(self) -> bytes:
        """Unwrap it. Raises ValueError where it is malformed."""
        if (self.text is None) == (self.base64 is None):
            raise ValueError("a content is either text or base64")
        return self.text.encode() if self.text is not None else b64decode(self.base64 or "", validate=True)


class ChangeObserved(Event, frozen=True, tag="change.observed"):
    """A document was seen in a new state, or someone asks for one.

    `hash` is null when the document is gone. `base` is the hash that the author started from, null where none is
    known. `content` is absent when the document is gone or its bytes lie in the blob store already. `forced`: the
    author has weighed the other side and wants this state; `activate` false: keep it, but leave the head; `swap`: make
    it the head only where that is still `base`, else keep it; `asker`: this worker wants a person to decide, and `why`
    says what the person is to know; `said`: what the worker's own file says, where `hash` is what would become of it;
    `settles`: the conflict of which a person has made this, having seen `base` as the active version.
    """

    topic: ClassVar[Topic] = "changes"
    hash: ContentHash | None = None
    size: Count = 0
    base: ContentHash | None = None
    content: Content | None = None
    forced: bool = False
    activate: bool = True
    swap: bool = False
    asker: str | None = None
    why: str = ""
    seen_at: Time | None = None
    said: ContentHash | None = None
    settles: Uuid | None = None


class ChangeHashed(Event, frozen=True, tag="change.hashed"):
    """The bytes are what the publisher said, valid in their domain, and in the blob store."""

    topic: ClassVar[Topic] = "hashed"
    hash: ContentHash | None = None
    digest: Digest | None = None
    size: Count = 0
    base: ContentHash | None = None
    forced: bool = False
    activate: bool = True
    swap: bool = False
    asker: str | None = None
    why: str = ""
    said: ContentHash | None = None
    settles: Uuid | None = None


class VersionActivate(Event, frozen=True, tag="version.activate"):
    """Someone asks for an older version to be the current one again, or (`hash` null) for none to be.

    With `swap`, only in the place of `base`. `reason`: why, in a person's words.
    """

    topic: ClassVar[Topic] = "hashed"
    hash: ContentHash | None
    base: ContentHash | None = None
    swap: bool = False
    reason: str = ""


class ConflictDecided(Event, frozen=True, tag="conflict.decided"):
    """A person has decided a conflict, having seen `head` as the active version (null: there was none)."""

    topic: ClassVar[Topic] = "hashed"
    conflict: Uuid
    decision: Literal["upload", "download", "skip"]
    head: ContentHash | None = None


Reason = Literal[
    "first", "fast-forward", "forced", "last-write-wins", "stored", "activated", "removed", "conflicted", "decided"
]
"""Why a change was accepted. `last-write-wins`: both sides had changed; the other side stays in the history."""


class ChangeAccepted(Event, frozen=True, tag="change.accepted"):
    """The judgement: append `hash` as a version (`append`), make it the head (`activate`), or both.

    `hash` null takes the head away: the document is gone, its history stays. `over` is the head that was judged.
    """

    topic: ClassVar[Topic] = "resolved"
    append: bool
    activate: bool
    reason: Reason
    hash: ContentHash | None = None
    size: Count = 0
    over: ContentHash | None = None


class ChangeUnchanged(Event, frozen=True, tag="change.unchanged"):
    """Nothing to do: the head has these bytes (`same`), the author is merely `behind`, a person was `asked` already.

    `overtaken`: somebody else was first, so that what was seen when this was asked for is no longer so.
    """

    topic: ClassVar[Topic] = "resolved"
    reason: Literal["same", "behind", "asked", "overtaken"]
    hash: ContentHash | None = None


class ChangeConflicted(Event, frozen=True, tag="change.conflicted"):
    """Two sides wait for a person: `hash` of a worker, which is kept (`append`), and `head`, which stays meanwhile.

    Either is null where that side has nothing there.
    """

    topic: ClassVar[Topic] = "resolved"
    append: bool
    worker: str
    hash: ContentHash | None = None
    size: Count = 0
    base: ContentHash | None = None
    head: ContentHash | None = None


class ConflictSettled(Event, frozen=True, tag="conflict.settled"):
    """A conflict was decided, and the active version stays: it, or neither side, or just that was made of both."""

    topic: ClassVar[Topic] = "resolved"
    conflict: Uuid
    decision: Literal["download", "skip", "merge"]


class ChangeRejected(Event, frozen=True, tag="change.rejected"):
    """It can never be accepted; `reason` says why, for a person."""

    topic: ClassVar[Topic] = "resolved"
    reason: str
    hash: ContentHash | None = None


class VersionCreated(Event, frozen=True, tag="version.created"):
    """A document has one more version. Numbers count from 1 in each document."""

    topic: ClassVar[Topic] = "versions"
    number: Number
    hash: ContentHash
    size: Count


class HeadMoved(Event, frozen=True, tag="head.moved"):
    """A document's current version is another one now; null: it has none."""

    topic: ClassVar[Topic] = "versions"
    move: Number
    reason: Reason
    number: Number | None = None
    hash: ContentHash | None = None
    from_number: Number | None = None
    from_hash: ContentHash | None = None


class ConflictOpened(Event, frozen=True, tag="conflict.opened"):
    """A conflict waits for a person, and can be looked at with both sides."""

    topic: ClassVar[Topic] = "versions"
    conflict: Uuid
    worker: str
    hash: ContentHash | None = None
    head: ContentHash | None = None


class EventBuried(Event, frozen=True, tag="event.buried"):
    """A consumer group gave an event up. It waits among the dead letters for a person."""

    topic: ClassVar[Topic] = "dead"
    event: Uuid
    group: str
    attempts: int
    error: str


OUTCOMES = frozenset(
    {
        "change.unchanged",
        "change.rejected",
        "conflict.opened",
        "conflict.settled",
        "version.created",
        "head.moved",
        "event.buried",
    }
)
"""The kinds that end a change's way through the pipeline."""
