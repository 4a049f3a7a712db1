"""The centre that all clients are kept to: the elements of a scope, as the server has them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from urllib.parse import urlencode

from schemas.base import new_id
from schemas.clients.adapter import Scope
from schemas.clients.documents import key_of, path_of
from schemas.clients.reconcile import Standing
from schemas.clients.records import PolicyRecord
from schemas.clients.sessions import Brief, LogLine, SentRun, Site, Taken
from schemas.clients.standings import standing_of
from schemas.clients.unified import Element, Key, decode, encode
from schemas.clients.wire import (
    MOST,
    CentralElement,
    Checked,
    ElementMove,
    ElementsThen,
    Merge,
    SentElement,
    SentElements,
    SettledElement,
    Written,
)
from schemas.sync import Conflict
from watchers.connection import Connection

_ELEMENTS = "/api/v1/elements"
_CONFLICTS = "/api/v1/conflicts"
_SYNC = "/api/v1/sync"


class Refused(NamedTuple):
    """An element of a client that the server will never take, and why."""

    client: str
    key: Key
    why: str


class Centre(Protocol):
    """Where elements stand, and what a site is told and tells."""

    async def brief(self, site: Site) -> Brief:
        """What a site must know before it syncs."""
        ...

    async def standing(self, scope: Scope) -> dict[Key, Standing]:
        """All that stand there, or stood."""
        ...

    async def put(self, scope: Scope, news: Mapping[Key, Standing]) -> list[Refused] | None:
        """Let these stand in the place of what stood when it was asked; None where somebody was first, else what was
        refused.
        """
        ...


class ServedCentre(Connection):
    """The centre on a server. All raise what `Connection` does."""

    _hashes: Mapping[str, str | None] = {}

    async def brief(self, site: Site) -> Brief:
        """What a site must know before it syncs."""
        return await self.call(f"{_SYNC}/brief?{urlencode(site.model_dump())}", Brief)

    async def tell(self, run: SentRun) -> Taken:
        """Tell what a sync did. Told again it changes nothing. Raises Rejected, too."""
        return await self.call(f"{_SYNC}/runs", Taken, run)

    async def standing(self, scope: Scope) -> dict[Key, Standing]:
        """All that stand there, or stood."""
        found = await self.call(f"{_ELEMENTS}?scope={scope}", list[CentralElement])
        self._hashes = {one.path: one.hash for one in found}
        return dict(standing_of(one.path, one.content, one.last, one.author, one.changed_at) for one in found)

    async def put(self, scope: Scope, news: Mapping[Key, Standing]) -> list[Refused] | None:
        """Let these stand in the place of what stood when it was asked; None where somebody was first, else what was
        refused.
        """
        settled: list[SettledElement] = []
        for client in dict.fromkeys(one.author for one in news.values()):
            elements = [self._sent(path_of(scope, key), one) for key, one in news.items() if one.author == client]
            settled += await self._send(client, elements)
        if any(not one.stands and one.error is None for one in settled):
            return None
        keys = [(key_of(one.path)[1], one.error) for one in settled if one.error is not None]
        return [Refused(news[key].author, key, error) for key, error in keys]

    async def then(self, scope: Scope, at: datetime) -> dict[Key, Element]:
        """The elements as they stood at a time."""
        query = urlencode({"scope": scope, "at": at.isoformat()})
        found = (await self.call(f"{_ELEMENTS}/then?{query}", ElementsThen)).contents
        return {key: decode(key.kind, content.encode()) for path, content in found.items() if (key := key_of(path)[1])}

    async def history(self, scope: Scope, key: Key) -> list[ElementMove]:
        """How an element came to be what it is, newest first. Raises NotFound."""
        query = urlencode({"path": path_of(scope, key), "limit": MOST})
        return await self.call(f"{_ELEMENTS}/history?{query}", list[ElementMove])

    async def policy(self, scope: Scope) -> PolicyRecord:
        """Who wins conflicts."""
        return await self.call(f"/api/v1/policies/{scope}", PolicyRecord)

    async def set_policy(self, scope: Scope, policy: PolicyRecord) -> PolicyRecord:
        """Let it be so from now on. Raises Rejected, too."""
        return await self.call(f"/api/v1/policies/{scope}", PolicyRecord, policy, "PUT")

    async def check(self, conflict: Conflict, content: str) -> Checked:
        """What is wrong with what a person has made of both sides, and in what it lets agents do more."""
        return await self.call(f"{_CONFLICTS}/{conflict.id}/check", Checked, Written(content=content))

    async def merge(self, conflict: Conflict, content: str, seen: str | None) -> Conflict:
        """Settle a conflict by what a person has made of both sides. Raises Rejected and Overtaken, too."""
        body = Merge(content=content, server_hash=seen)
        return await self.call(f"{_CONFLICTS}/{conflict.id}/merge", Conflict, body)

    async def decisions(self, key: Key) -> list[LogLine]:
        """The last decision about an element, if there was one, with both sides."""
        query = urlencode({"type": "decision", "element": f"{key.kind}/{key.name}", "limit": 1})
        return await self.call(f"/api/v1/logs?{query}", list[LogLine])

    def _sent(self, path: str, new: Standing) -> SentElement:
        content = None if new.element is None else encode(new.element).decode()
        return SentElement(id=new_id(), path=path, content=content, base=self._hashes.get(path))

    async def _send(self, client: str, elements: Sequence[SentElement]) -> list[SettledElement]:
        settled: list[SettledElement] = []
        for start in range(0, len(elements), MOST):
            body = SentElements(client=client, elements=list(elements[start : start + MOST]))
            settled += await self.call(_ELEMENTS, list[SettledElement], body)
        return settled


class EmptyCentre:
    """A centre that nobody has begun: it is empty, and takes nothing."""

    async def brief(self, _site: Site) -> Brief:
        """Nothing but how it is where nobody has said anything."""
        return Brief(policy=PolicyRecord(), clients=[], requests=[], conflicts=[])

    async def standing(self, _scope: Scope) -> dict[Key, Standing]:
        """Nothing."""
        return {}

    async def put(self, _scope: Scope, _news: Mapping[Key, Standing]) -> None:
        """Never."""
        raise RuntimeError("there is no server: this can only be looked at")
