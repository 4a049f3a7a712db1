"""How content is named: xxh3-64 in public (the wire format), BLAKE3 as the proof beside it."""

from typing import NamedTuple

import xxhash
from blake3 import blake3


class Fingerprint(NamedTuple):
    """Who these bytes are. `hash` is 16 hex digits, `digest` 64, `size` in bytes."""

    hash: str
    digest: str
    size: int


def fingerprint(content: bytes) -> Fingerprint:
    """Name `content`."""
    return Fingerprint(xxhash.xxh3_64_hexdigest(content), blake3(content).hexdigest(), len(content))
