"""What a worker asks of the gateway. Whatever is sent has an id, so that sending it again does no harm."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar
from urllib.parse import quote

from schemas.base import ContentHash
from schemas.errors import Rejected
from schemas.manifests import Manifest, ManifestSaved
from schemas.sync import (
    MOST,
    Compare,
    Compared,
    Conflict,
    Contents,
    Decide,
    Decision,
    Found,
    Held,
    Question,
    Questions,
    Received,
    Sent,
    SentAll,
    Standing,
)
from watchers.connection import Connection

BATCH = 1000
BATCH_BYTES = 4 << 20  # in JSON, what they hold may become six times as much

_COMPONENTS = "/api/components"

Carrying = TypeVar("Carrying", Sent, Question)


class Client(Connection):
    """A connection to a gateway, inside `async with`. What each method raises is said at `Connection`."""

    async def compare(self, files: Mapping[str, Held]) -> dict[str, Standing]:
        """How the server stands to what we have."""
        found: dict[str, Standing] = {}
        left = iter(files.items())
        while part := dict(islice(left, MOST)):
            found |= (await self.call(f"{_COMPONENTS}/compare", Compared, Compare(files=part))).components
        return found

    async def contents(self, hashes: Sequence[ContentHash]) -> AsyncIterator[Mapping[str, str]]:
        """The contents with these hashes, a part at a time; those that the server does not have are left out."""
        left = list(dict.fromkeys(hashes))
        while left:
            found = await self.call(f"{_COMPONENTS}/contents", Found, Contents(hashes=left[:MOST]))
            if not found.contents and not found.missing:
                return
            yield found.contents
            done = found.contents.keys() | set(found.missing)
            left = [hash_ for hash_ in left if hash_ not in done]

    async def send(self, uploads: Sequence[Sent]) -> AsyncIterator[list[Received]]:
        """Hand over what we have; what became of it, a part at a time."""
        for part in _parts(uploads):
            try:
                yield await self.call(f"{_COMPONENTS}/uploads", list[Received], SentAll(uploads=part))
            except Rejected as error:
                yield [Received(id=one.id, path=one.path, hash="", error=error.message) for one in part]

    async def ask(self, questions: Sequence[Question]) -> AsyncIterator[list[Conflict]]:
        """Have a person decide; what was decided so far, a part at a time."""
        for part in _parts(questions):
            body = Questions(worker=self.address.worker, conflicts=part)
            yield await self.call(f"{_COMPONENTS}/conflicts", list[Conflict], body)

    async def conflicts(self) -> list[Conflict]:
        """The newest of what was ever asked for this worker."""
        return await self.call(
            f"{_COMPONENTS}/conflicts?state=all&limit={BATCH}&worker={self.address.worker}", list[Conflict]
        )

    async def decide(self, conflict: str, decision: Decision, seen: str | None) -> Conflict:
        """Settle a conflict, of which the server's side was seen. Raises NotFound, Overtaken."""
        body = Decide(decision=decision, server_hash=seen)
        return await self.call(f"{_COMPONENTS}/conflicts/{conflict}", Conflict, body)

    async def manifest(self, uid: str) -> Manifest:
        """What an experiment used. Raises NotFound."""
        return await self.call(f"{_COMPONENTS}/manifest/{quote(uid, safe='')}", Manifest)

    async def save_manifest(self, uid: str, components: Mapping[str, str]) -> ManifestSaved:
        """Keep what an experiment used. Raises Rejected where it names a version that the server does not have."""
        return await self.call(f"{_COMPONENTS}/manifest/{quote(uid, safe='')}", ManifestSaved, dict(components))


def _parts(things: Sequence[Carrying]) -> Iterator[list[Carrying]]:
    """As many at once as one request may hold."""
    part: list[Carrying] = []
    size = 0
    for one in things:
        weight = len(one.content.encode())
        if part and (len(part) == BATCH or size + weight > BATCH_BYTES):
            yield part
            part, size = [], 0
        part.append(one)
        size += weight
    if part:
        yield part
