"""Hand changes to the server, and tell it that this watcher lives.

A batch is sent until every change in it is published, which means durable, or refused, which is final. Whatever else
happens is waited out: a change is dropped for nothing but the server's own word.
"""

import asyncio
import base64
import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

import aiohttp
import orjson
from loguru import logger

from schemas.errors import Away, Busy, Denied, HeadraceError, Rejected, Retry
from watchers.change import Change

BACKOFF_FIRST = 0.1
BACKOFF_LAST = 30.0
DENIED_WAIT = 30.0
RETRY_AFTER_LAST = 300.0
_TIMEOUT = aiohttp.ClientTimeout(total=60.0, sock_connect=5.0)


class Outgoing(NamedTuple):
    """A change and what the server calls its place."""

    change: Change
    project: str
    domain: str
    path: str


class Server:
    """One server, inside `async with`. `watcher` is the name by which it knows us."""

    def __init__(self, url: str, key: str | None, watcher: str) -> None:
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json"} | ({"X-API-Key": key} if key else {})
        self._watcher = watcher
        self._trouble = ""

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def deliver(self, batch: Sequence[Outgoing]) -> None:
        """Return when the server has said of every change that it is published or refused."""
        left = list(batch)
        failures = 0
        while left:
            try:
                done = await self._publish(left)
            except Rejected as error:
                left = await self._divide(left, error)
            except Retry as error:
                failures += 1
                await self._wait(error, failures)
            except Denied as error:
                self._say(f"{error.message}: {error.remedy}")
                await asyncio.sleep(DENIED_WAIT)
            else:
                self._say("")
                left = [one for one in left if one.change.id not in done]
                failures = 0

    async def report(self, state: dict[str, Any]) -> None:
        """Tell the server that we live and how the roots are. It matters little if that fails."""
        try:
            await self._request("PUT", f"/api/watchers/{self._watcher}", state)
        except HeadraceError as error:
            logger.debug("no heartbeat: {}", error.message)

    async def _publish(self, batch: Sequence[Outgoing]) -> set[str]:
        """Send the batch; return the ids that the server is done with. Raises Away where it says nothing of any."""
        body = {"watcher": self._watcher, "changes": [_wire(one) for one in batch]}
        answer = await self._request("POST", "/api/changes", body)
        try:
            published = set(answer["data"]["published"])
            refused = {one["id"]: one["reason"] for one in answer["data"]["refused"]}
        except (KeyError, TypeError) as error:
            raise Away(f"{self._url} gives no answer of a Headrace server") from error
        for one in batch:
            if one.change.id in refused:
                logger.warning("the server refuses {}: {}", one.path, refused[one.change.id])
        done = published | refused.keys()
        if done.isdisjoint(one.change.id for one in batch):
            raise Away(f"{self._url} took none of {len(batch)} changes")
        return done

    async def _request(self, method: str, path: str, body: object) -> Any:
        try:
            async with self._session.request(method, self._url + path, data=orjson.dumps(body)) as response:
                raw = await response.read()
                _check(response, raw)
                return orjson.loads(raw)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Away(f"{self._url} cannot be reached: {error or type(error).__name__}") from error
        except orjson.JSONDecodeError as error:
            raise Away(f"{self._url} does not answer in JSON") from error

    async def _divide(self, batch: list[Outgoing], error: Rejected) -> list[Outgoing]:
        """One change spoils the batch: send the first half on its own, and so on, until it alone is dropped."""
        if len(batch) == 1:
            logger.warning("the server refuses {}: {}", batch[0].path, error.message)
            return []
        half = len(batch) // 2
        await self.deliver(batch[:half])
        return batch[half:]

    async def _wait(self, error: Retry, failures: int) -> None:
        self._say(error.message)
        longest = min(BACKOFF_FIRST * 2.0 ** min(failures, 20), BACKOFF_LAST)
        jitter = secrets.randbelow(1000) / 1000
        await asyncio.sleep(error.after if isinstance(error, Busy) else longest * (0.5 + jitter / 2))

    def _say(self, trouble: str) -> None:
        """Log a trouble when it begins, and its end."""
        if trouble and trouble != self._trouble:
            logger.warning("changes wait in the spool: {}", trouble)
        elif self._trouble and not trouble:
            logger.info("{} is back", self._url)
        self._trouble = trouble


def _wire(one: Outgoing) -> dict[str, Any]:
    change = one.change
    return {
        "id": change.id,
        "project": one.project,
        "domain": one.domain,
        "path": one.path,
        "hash": change.hash,
        "base": change.base,
        "size": change.size,
        "seen_at": change.time,
        "content": None if change.content is None else _content(change.content),
    }


def _content(content: bytes) -> dict[str, str]:
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def _check(response: aiohttp.ClientResponse, raw: bytes) -> None:
    """Raise what a status other than success means for the sender."""
    status = response.status
    if status in {429, 503}:
        raise Busy(f"the server is busy ({status})", _retry_after(response))
    if status in {401, 403}:
        raise Denied(f"the server denies access ({status})", "set HEADRACE_API_KEY to a key that may write")
    if status in {400, 413, 422}:
        raise Rejected(raw[:300].decode(errors="replace"))
    if not response.ok:
        raise Away(f"{response.url.origin()} answers {status}")


def _retry_after(response: aiohttp.ClientResponse) -> float:
    try:
        return max(0.05, min(float(response.headers.get("Retry-After", "1")), RETRY_AFTER_LAST))  # 0.05 for NaN, too
    except ValueError:  # a date
        return 1.0
