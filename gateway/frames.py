"""What a live viewer is sent: an event of the log with its number, as one ready WebSocket frame."""

from fnmatch import fnmatchcase
from typing import Any, NamedTuple

import msgspec
import orjson

from streams.tail import Logged


class Header(msgspec.Struct):
    """As much of an event as it takes to route it."""

    id: str
    type: str
    subject: str
    project: str
    correlationid: str


class Frame(NamedTuple):
    """One event, ready to be sent to any number of viewers."""

    seq: int
    header: Header
    wire: bytes


class Filter(NamedTuple):
    """Which events a viewer wants; each may be a pattern such as `change.*`, several types separated by commas.

    `readable`: the projects that the viewer may read; None: all.
    """

    types: str = "*"
    subject: str = "*"
    project: str = "*"
    readable: frozenset[str] | None = None

    def takes(self, header: Header) -> bool:
        """Whether the event is wanted."""
        return (
            (self.types == "*" or any(fnmatchcase(header.type, type_) for type_ in self.types.split(",")))
            and (self.subject == "*" or fnmatchcase(header.subject, self.subject))
            and (self.project == "*" or fnmatchcase(header.project, self.project))
            and (self.readable is None or header.project in self.readable)
        )


_HEADER = msgspec.json.Decoder(Header)
_NOBODY = Header("", "unreadable", "", "", "")


def frame(logged: Logged) -> Frame:
    """Make an event ready to be sent."""
    try:
        header = _HEADER.decode(logged.raw)
    except msgspec.MsgspecError:
        return Frame(logged.seq, _NOBODY, b"")
    return Frame(logged.seq, header, text_frame(_numbered(_light(logged.raw, header), logged.seq)))


def _light(raw: bytes, header: Header) -> bytes:
    """The event without the content of the file, which nobody wants a thousand times over."""
    if header.type != "change.observed":
        return raw
    event: dict[str, Any] = orjson.loads(raw)
    event["data"].pop("content", None)
    return orjson.dumps(event)


def _numbered(raw: bytes, seq: int) -> bytes:
    return b'%b,"sequence":"%d"}' % (raw[:-1], seq)


def text_frame(payload: bytes) -> bytes:
    """One unmasked, final text frame. Source: RFC 6455, section 5.2."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, length)) + payload
    if length < 65536:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload
