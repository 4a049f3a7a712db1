"""What a worker asks of the gateway. Whatever is sent has an id, so that sending it again does no harm."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import islice
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import quote

import aiohttp
import orjson
from pydantic import TypeAdapter, ValidationError

from schemas.base import ContentHash, Model
from schemas.errors import Away, Denied, HeadraceError, Misconfigured, NotFound, Overtaken, Rejected
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

PAUSES = (0.3, 1.0)
"""Seconds before the second and the third try."""

IN_ALL = 3.0
"""Seconds after which no further try begins."""

BATCH = 1000
BATCH_BYTES = 4 << 20  # in JSON, what they hold may become six times as much

_TIMEOUT = aiohttp.ClientTimeout(total=60.0, sock_connect=3.0, sock_read=20.0)
_COMPONENTS = "/api/components"

T = TypeVar("T")
Carrying = TypeVar("Carrying", Sent, Question)


class Address(NamedTuple):
    """Which server, and who we are there. `project` null: the server's own default."""

    url: str
    key: str | None
    project: str | None
    worker: str


class Client:
    """A connection to a gateway, inside `async with`.

    Every method raises Away where the server cannot be reached or cannot do it now, Denied, and Misconfigured where it
    is none.
    """

    def __init__(self, address: Address) -> None:
        self._address = address

    async def __aenter__(self) -> Self:
        headers = {"Content-Type": "application/json"}
        if self._address.key:
            headers["X-API-Key"] = self._address.key
        self._session = aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def compare(self, files: Mapping[str, Held]) -> dict[str, Standing]:
        """How the server stands to what we have."""
        found: dict[str, Standing] = {}
        left = iter(files.items())
        while part := dict(islice(left, MOST)):
            found |= (await self._call("/compare", Compared, Compare(files=part))).components
        return found

    async def contents(self, hashes: Sequence[ContentHash]) -> AsyncIterator[Mapping[str, str]]:
        """The contents with these hashes, a part at a time; those that the server does not have are left out."""
        left = list(dict.fromkeys(hashes))
        while left:
            found = await self._call("/contents", Found, Contents(hashes=left[:MOST]))
            if not found.contents and not found.missing:
                return
            yield found.contents
            done = found.contents.keys() | set(found.missing)
            left = [hash_ for hash_ in left if hash_ not in done]

    async def send(self, uploads: Sequence[Sent]) -> AsyncIterator[list[Received]]:
        """Hand over what we have; what became of it, a part at a time."""
        for part in _parts(uploads):
            try:
                yield await self._call("/uploads", list[Received], SentAll(uploads=part))
            except Rejected as error:
                yield [Received(id=one.id, path=one.path, hash="", error=error.message) for one in part]

    async def ask(self, questions: Sequence[Question]) -> AsyncIterator[list[Conflict]]:
        """Have a person decide; what was decided so far, a part at a time."""
        for part in _parts(questions):
            body = Questions(worker=self._address.worker, conflicts=part)
            yield await self._call("/conflicts", list[Conflict], body)

    async def conflicts(self) -> list[Conflict]:
        """The newest of what was ever asked for this worker."""
        return await self._call(f"/conflicts?state=all&limit={BATCH}&worker={self._address.worker}", list[Conflict])

    async def decide(self, conflict: str, decision: Decision, seen: str | None) -> Conflict:
        """Settle a conflict, of which the server's side was seen. Raises NotFound, Overtaken."""
        body = Decide(decision=decision, server_hash=seen)
        return await self._call(f"/conflicts/{conflict}", Conflict, body)

    async def manifest(self, uid: str) -> Manifest:
        """What an experiment used. Raises NotFound."""
        return await self._call(f"/manifest/{quote(uid, safe='')}", Manifest)

    async def save_manifest(self, uid: str, components: Mapping[str, str]) -> ManifestSaved:
        """Keep what an experiment used. Raises Rejected where it names a version that the server does not have."""
        return await self._call(f"/manifest/{quote(uid, safe='')}", ManifestSaved, dict(components))

    async def _call(self, path: str, answer: type[T], body: Model | dict[str, str] | None = None) -> T:
        """Ask, and once or twice more where the server is away."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + IN_ALL
        data = body.model_dump(mode="json") if isinstance(body, Model) else body
        raw = None if data is None else orjson.dumps(data)
        for pause in PAUSES:
            try:
                return await self._once(path, answer, raw)
            except Away:
                if loop.time() + pause > deadline:
                    raise
            await asyncio.sleep(pause)
        return await self._once(path, answer, raw)

    async def _once(self, path: str, answer: type[T], body: bytes | None) -> T:
        url = f"{self._address.url}{_COMPONENTS}{path}"
        query = {"project": self._address.project} if self._address.project else {}
        method = "GET" if body is None else "POST"
        try:
            async with self._session.request(
                method, url, params=query, data=body and BytesIO(body), allow_redirects=False
            ) as response:
                raw = await response.read()
                return self._read(response.status, raw, answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            number = getattr(error, "errno", None)
            why = os.strerror(number) if isinstance(number, int) and number > 0 else str(error) or "it took too long"
            raise Away(f"no answer from {self._address.url}: {why}", "is it running?") from error

    def _read(self, status: int, raw: bytes, answer: type[T]) -> T:
        """The data of an answer, or raise what it says is wrong."""
        try:
            said = orjson.loads(raw)
            if said["success"]:
                return _understood(TypeAdapter(answer), said["data"])
            message, detail = str(said["error"]["message"]), said["error"].get("detail")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            if status >= 500:
                raise Away(f"{self._address.url} answers {status}") from error
            raise Misconfigured(
                f"{self._address.url} is no Headrace server: it answers {status}", "check the address"
            ) from error
        raise _error(status, message, detail)


def _error(status: int, message: str, detail: Any) -> HeadraceError:
    if status in {401, 403}:
        return Denied(message, "set HEADRACE_API_KEY to a key that may do this", known=status == 403)
    if status == 429 or status >= 500:
        return Away(f"the server cannot do it now: {message}")
    if isinstance(detail, list):
        message += "".join(f"; {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in detail)
    kind = {404: NotFound, 409: Overtaken}.get(status, Rejected)
    return kind(message, detail if isinstance(detail, str) else "")


def _understood(adapter: TypeAdapter[T], data: Any) -> T:
    """Read an answer. What a newer server says beyond what we know is passed over."""
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        unknown = [one["loc"] for one in error.errors() if one["type"] == "extra_forbidden"]
        for *above, name in unknown:
            place = data
            for step in above:
                place = place[step]
            del place[name]
        if not unknown:
            raise
        return adapter.validate_python(data)


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
