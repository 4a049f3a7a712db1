"""What a live viewer is sent: an event of the log with its number, as one ready WebSocket frame."""

import re
from fnmatch import fnmatchcase
from functools import lru_cache
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
    actor: str
    correlationid: str


class Frame(NamedTuple):
    """One event, ready to be sent to any number of viewers: `event` is what is sent of it, `wire` how."""

    seq: int
    header: Header
    event: bytes
    wire: bytes


class Filter(NamedTuple):
    """Which events a viewer wants; each may be a pattern such as `change.*`, several types separated by commas.

    `readable`: the projects that the viewer may read; None: all. `text`: found anywhere in what is sent, whatever the
    case of A to Z; in lower case here.
    """

    types: str = "*"
    subject: str = "*"
    project: str = "*"
    actor: str = "*"
    text: bytes = b""
    readable: frozenset[str] | None = None

    def takes(self, found: Frame) -> bool:
        """Whether the event is wanted."""
        header = found.header
        return (
            any(_is_like(header.type, type_) for type_ in self.types.split(","))
            and _is_like(header.subject, self.subject)
            and _is_like(header.project, self.project)
            and _is_like(header.actor, self.actor)
            and (self.readable is None or header.project in self.readable)
            and (not self.text or self.text in found.event.lower())
        )


def _is_like(text: str, pattern: str) -> bool:
    return pattern == "*" or fnmatchcase(text, _literal(pattern))


@lru_cache(maxsize=1024)
def _literal(pattern: str) -> str:
    """The pattern with nothing in it but `*` that `fnmatch` takes for more than itself, as the archive takes it."""
    return re.sub(r"[\[?]", r"[\g<0>]", pattern)


_HEADER = msgspec.json.Decoder(Header)
_NOBODY = Header("", "unreadable", "", "", "", "")


def frame(logged: Logged) -> Frame:
    """Make an event ready to be sent."""
    try:
        header = _HEADER.decode(logged.raw)
    except msgspec.MsgspecError:
        return Frame(logged.seq, _NOBODY, b"", b"")
    event = _light(logged.raw, header)
    return Frame(logged.seq, header, event, text_frame(_numbered(event, logged.seq)))


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
