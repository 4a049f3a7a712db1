"""Contents, each kept once under its public name, with the proof beside it."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.errors import Collision
from schemas.hashing import Fingerprint
from streams.store.connection import Executor, arrays

_PUT = """
insert into blobs (hash, digest, size, content)
select * from unnest($1::text::text[], $2::text::text[], $3::text::bigint[], $4::bytea[])
on conflict (hash) do nothing
"""

_TAKEN = """
select hash, blobs.digest from blobs join unnest($1::text::text[], $2::text::text[]) as put (hash, digest) using (hash)
where blobs.digest <> put.digest
"""


class Blob(NamedTuple):
    """Bytes with their name."""

    fingerprint: Fingerprint
    content: bytes


class Blobs:
    """The `blobs` table. Nothing in it is ever changed or removed."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def put(self, blobs: Sequence[Blob]) -> dict[str, str]:
        """Keep these contents; return the digest that each hash stands for.

        Where it differs from what was put, the hash is taken by another content: the caller must refuse.
        """
        if not blobs:
            return {}
        unique = {blob.fingerprint.hash: blob for blob in blobs}
        hashes, digests, sizes = arrays([blob.fingerprint for blob in unique.values()], 3)
        await self._db.execute(_PUT, hashes, digests, sizes, [blob.content for blob in unique.values()])
        kept = {hash_: blob.fingerprint.digest for hash_, blob in unique.items()}
        taken = {row["hash"]: row["digest"] for row in await self._db.fetch(_TAKEN, hashes, digests)}
        return kept | taken

    async def put_one(self, blob: Blob) -> None:
        """Keep one content. Raises Collision where another one has its hash."""
        digests = await self.put([blob])
        if digests[blob.fingerprint.hash] != blob.fingerprint.digest:
            raise Collision(f"another content has the hash {blob.fingerprint.hash}")

    async def get(self, hash_: str) -> bytes | None:
        """The content with this hash."""
        content: bytes | None = await self._db.fetchval("select content from blobs where hash = $1", hash_)
        return content
