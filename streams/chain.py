"""The hash chain: each archived event's digest covers its bytes, its place, and the digest of the event before it.

The format is fixed, and described for outsiders in docs/audit.md: SHA-256 of the digest before (32 bytes, zeros before
the first event of a stream), then `topic/partition/offset/seq` and a line feed, then the event's bytes.
"""

from hashlib import sha256

from streams.entry import Place

GENESIS = bytes(32)
"""What stands before the first event of a stream."""


def link(before: bytes, place: Place, event: bytes) -> bytes:
    """The digest of an event behind the one whose digest is `before`."""
    return sha256(b"%b%b/%d/%d/%d\n%b" % (before, place.topic.encode(), *place.numbers, event)).digest()
