"""Contents, each kept once under its public name, with the proof beside it."""

from collections.abc import Iterable
from typing import NamedTuple

from schemas.errors import Collision
from schemas.hashing import Fingerprint
from streams.store.connection import Executor, array, arrays
from streams.store.write import Write

_PUT = """
insert into blobs (hash, digest, size, content)
select * from unnest($1::text::text[], $2::text::text[], $3::text::bigint[], $4::bytea[])
    as row (hash, digest, size, raw)
order by hash
on conflict (hash) do update set digest = excluded.digest where blobs.digest = excluded.digest
"""


class Blob(NamedTuple):
    """Bytes with their name."""

    fingerprint: Fingerprint
    content: bytes


class Blobs:
    """The `blobs` table. Nothing in it is ever changed or removed."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def put(blobs: Iterable[Blob]) -> Write:
        """Keep these contents: Collision where another content has the hash of one.

        Raises:
            Collision: two of them are different and have the same hash.
        """
        unique = {blob.fingerprint: blob.content for blob in blobs}
        if len({found.hash for found in unique}) != len(unique):
            raise Collision("two contents have the same hash")
        values = *arrays(list(unique), 3), list(unique.values())
        return Write(_PUT, values, len(unique), Collision("another content already has this hash"))

    async def get(self, hash_: str) -> bytes | None:
        """The content with this hash."""
        content: bytes | None = await self._db.fetchval("select content from blobs where hash = $1", hash_)
        return content

    async def find(self, hashes: Iterable[str]) -> list[Blob]:
        """The contents with these hashes, and what is said of them."""
        rows = await self._db.fetch(
            "select hash, digest, size, content from blobs where hash = any($1::text::text[])", array(hashes)
        )
        return [Blob(Fingerprint(row["hash"], row["digest"], row["size"]), row["content"]) for row in rows]
