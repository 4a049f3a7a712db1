"""Signed statements of where all chains ended at a moment: who rewrites the archive must forge a signature, too.

A statement is one line of JSON: its number, the time, the SHA-256 of the statement before it, and for each chain that
has grown since then its end. Signed are its very bytes, with Ed25519 (RFC 8032).
"""

import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.base import Topic
from schemas.errors import Misconfigured
from streams.audit import Mark
from streams.entry import Stream
from streams.store import Store
from streams.store.chains import End
from streams.store.checkpoints import Checkpoint


class Broken(NamedTuple):
    """The first checkpoint that is not what was signed."""

    number: int
    says: str


def make_key(path: Path) -> None:
    """Make a private key, for its owner alone to read, where there is none yet; and its public half beside it."""
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write_private(path, pem)
    _write_private(path.with_suffix(".pub"), public_pem(private_key(path).public_key()))


def _write_private(path: Path, content: bytes) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    unfinished.replace(path)


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key in a PEM file. Raises Misconfigured where there is none."""
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Misconfigured(f"{path} is no key: {error}", _MAKE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Misconfigured(f"{path} is no Ed25519 key", _MAKE)
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The public key in a PEM file, or of the private one there. Raises Misconfigured where there is none."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        return private_key(path).public_key()
    if not isinstance(key, Ed25519PublicKey):
        raise Misconfigured(f"{path} is no Ed25519 key", _MAKE)
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """The key as a PEM file."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


_MAKE = "openssl genpkey -algorithm ed25519 -out FILE"


async def sign(store: Store, key: Ed25519PrivateKey, at: datetime) -> Checkpoint | None:
    """State and sign where the chains end now; None where nothing has happened since the last time.

    Two who do it at once do it one after the other: the second statement has nothing to say.
    """
    last = await store.checkpoints.last()
    ends = await store.chains.all()
    known = await store.checkpoints.stated()
    grown = {stream: end for stream, end in ends.items() if known.get(stream) != end.offset}
    if not grown:
        return None
    made = _state(last, grown, at)
    checkpoint = Checkpoint(made[0], made[1], key.sign(made[1].encode()), at)
    await store.commit(*store.checkpoints.add(checkpoint, {stream: end.offset for stream, end in grown.items()}))
    return checkpoint


def _state(last: Checkpoint | None, ends: dict[Stream, End], at: datetime) -> tuple[int, str]:
    number = last.number + 1 if last else 1
    statement = {
        "number": number,
        "time": at.isoformat(),
        "before": sha256(last.statement.encode()).hexdigest() if last else None,
        "chains": [[*stream, end.offset, end.seq, end.digest.hex()] for stream, end in sorted(ends.items())],
    }
    return number, orjson.dumps(statement).decode()


class Signatures:
    """Checks checkpoints in their order."""

    def __init__(self, key: Ed25519PublicKey | None) -> None:
        """Without a key, only that each names the one before it."""
        self._key = key
        self._last: Checkpoint | None = None
        self.count = 0
        self.marks: dict[tuple[Topic, int, int], Mark] = {}

    def take(self, checkpoint: Checkpoint) -> Broken | None:
        """Check one; what is wrong with it, if anything is."""
        number = self._last.number + 1 if self._last else 1
        if checkpoint.number != number:
            return Broken(number, "it is missing")
        try:
            if self._key:
                self._key.verify(checkpoint.signature, checkpoint.statement.encode())
            stated: dict[str, Any] = orjson.loads(checkpoint.statement)
            before = sha256(self._last.statement.encode()).hexdigest() if self._last else None
            if (stated["number"], stated["before"]) != (number, before):
                return Broken(number, "it does not follow the one before it")
            for topic, partition, offset, _, digest in stated["chains"]:
                self.marks[topic, partition, offset] = Mark(bytes.fromhex(digest), number)
        except InvalidSignature:
            return Broken(number, "its signature is not of this key")
        except (ValueError, LookupError, TypeError):
            return Broken(number, "it is no statement")
        self._last = checkpoint
        self.count += 1
        return None
