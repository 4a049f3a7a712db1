"""Contents, each kept once under its public name, with the proof beside it."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.errors import Collision
from schemas.hashing import Fingerprint
from streams.store.connection import Executor, arrays

_PUT = """
with put as (
    select * from unnest($1::text::text[], $2::text::text[], $3::text::bigint[], $4::bytea[])
        as row (hash, digest, size, content)
), added as (
    insert into blobs (hash, digest, size, content) select * from put on conflict (hash) do nothing
    returning hash
)
select put.hash, blobs.digest from put left join blobs using (hash)
where put.hash not in (select hash from added) and put.digest is distinct from blobs.digest
"""

_DIGEST = "select digest from blobs where hash = $1"


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
        kept = {hash_: blob.fingerprint.digest for hash_, blob in unique.items()}
        for hash_, digest in await self._db.fetch(
            _PUT, hashes, digests, sizes, [blob.content for blob in unique.values()]
        ):
            # Without a digest it was put by another process after this statement began to look.
            kept[hash_] = digest or await self._db.fetchval(_DIGEST, hash_)
        return kept

    async def put_one(self, blob: Blob) -> None:
        """Keep one content. Raises Collision where another one has its hash."""
        digests = await self.put([blob])
        if digests[blob.fingerprint.hash] != blob.fingerprint.digest:
            raise Collision(f"another content has the hash {blob.fingerprint.hash}")

    async def get(self, hash_: str) -> bytes | None:
        """The content with this hash."""
        content: bytes | None = await self._db.fetchval("select content from blobs where hash = $1", hash_)
        return content
