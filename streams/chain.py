"""The hash chain: each archived event's digest covers its bytes, its place, and the digest of the event before it.

The format is fixed, and described for outsiders in docs/audit.md: SHA-256 of the digest before (32 bytes, zeros before
the first event of a stream), then `topic/partition/offset/seq` and a line feed, then the event's bytes.
"""

from hashlib import sha256

from streams.entry import Place, Stream

GENESIS = bytes(32)
"""What stands before the first event of a stream."""


_BLANK = sha256()


def digest_of(data: bytes) -> bytes:
    """SHA-256. To copy a blank one costs half of what making one costs, and there is one for every event."""
    blank = _BLANK.copy()
    blank.update(data)
    return blank.digest()


def link(before: bytes, place: Place, event: bytes) -> bytes:
    """The digest of an event behind the one whose digest is `before`."""
    return Chain(place.stream, before).add(place.entry_id.encode(), event)


class Chain:
    """One stream's chain as it grows: `digest` is its end."""

    __slots__ = ("_where", "digest")

    def __init__(self, stream: Stream, digest: bytes) -> None:
        self.digest = digest
        self._where = f"{stream[0]}/{stream[1]}/".encode()

    def add(self, entry_id: bytes, event: bytes) -> bytes:
        """Go on with the stream entry that has this id; its digest."""
        seq, _, offset = entry_id.partition(b"-")
        self.digest = digest_of(self.digest + self._where + offset + b"/" + seq + b"\n" + event)
        return self.digest
