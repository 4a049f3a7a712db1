"""Every kind of event there is, and the one way to and from bytes."""

from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from schemas.base import derived_id
from schemas.changes import (
    ChangeAccepted,
    ChangeConflicted,
    ChangeHashed,
    ChangeObserved,
    ChangeRejected,
    ChangeUnchanged,
    ConflictDecided,
    ConflictOpened,
    ConflictSettled,
    EventBuried,
    HeadMoved,
    VersionActivate,
    VersionCreated,
)
from schemas.envelope import Envelope, Event, Time
from schemas.errors import Rejected
from schemas.operations import LetterDecided, LogRecovered, ServiceRestarted

AnyEvent: TypeAlias = (
    ChangeObserved
    | ChangeHashed
    | VersionActivate
    | ChangeAccepted
    | ChangeUnchanged
    | ChangeConflicted
    | ConflictDecided
    | ConflictOpened
    | ConflictSettled
    | ChangeRejected
    | VersionCreated
    | HeadMoved
    | EventBuried
    | LogRecovered
    | ServiceRestarted
    | LetterDecided
)


class _Timed(msgspec.Struct):
    time: Time


_TIMED = msgspec.json.Decoder(_Timed)
_ENVELOPE: msgspec.json.Decoder[Envelope[Any]] = msgspec.json.Decoder(Envelope[AnyEvent])
_BODY: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_encoder = msgspec.json.Encoder()


def encode(event: Envelope[Event] | Event) -> bytes:
    """The canonical bytes of an event: what is published, archived and chained."""
    return _encoder.encode(event)


def decode(raw: bytes) -> Envelope[Event]:
    """The event that `raw` holds.

    Raises:
        Rejected: it is not an event, or of a kind or shape that this version does not know.
    """
    try:
        event = _ENVELOPE.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Rejected(f"not an event: {error}") from None
    if "\0" in event.subject or "\0" in event.project:
        raise Rejected("not an event: a name with a zero byte, which no table can hold")
    return event


def time_of(raw: bytes) -> datetime:
    """The time of the event that `raw` holds, even of a kind that this version does not know. Raises Rejected."""
    try:
        return _TIMED.decode(raw).time
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Rejected(f"not an event: {error}") from None


def decode_body(raw: bytes | str) -> Event:
    """An event's own part, without its envelope."""
    return _BODY.decode(raw)


def derive(cause: Envelope[Event], group: str, place: int, body: Event) -> Envelope[Event]:
    """What `group` concludes from `cause`. The same cause and place give the same id, however often."""
    return Envelope(
        id=derived_id(cause.id, f"{group}:{place}"),
        source=f"headrace/{group}",
        type=body.kind,
        subject=cause.subject,
        time=cause.time,
        project=cause.project,
        actor=cause.actor,
        correlationid=cause.correlationid,
        causationid=cause.id,
        data=body,
    )
