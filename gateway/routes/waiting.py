"""What waits for a person in clients' configurations: conflicts, and what would let agents do more."""

from typing import Any

from gateway.deciding import ConflictsQuery, decided, one_of, page_of
from gateway.projects import ProjectQuery
from gateway.route import Call, Route
from schemas.clients.documents import DOMAIN
from schemas.sync import Conflict, ConflictDetail, Decide


async def page(call: Call[None, ConflictsQuery]) -> list[Conflict]:
    """What waits for a person, or all there ever was, newest first."""
    return await page_of(call, DOMAIN)


async def one(call: Call[Any, ProjectQuery]) -> ConflictDetail:
    """One of them, with both sides."""
    return await one_of(call, DOMAIN)


async def decide(call: Call[Decide, ProjectQuery]) -> Conflict:
    """Settle it: what the client wants (`upload`), what stands (`download`), or each as it is (`skip`)."""
    return await decided(call, DOMAIN)


_BASE = "/api/v1/conflicts"
_ONE = f"{_BASE}/{{id:[0-9a-f-]{{36}}}}"

ROUTES = (
    Route("GET", _BASE, page, list[Conflict], query=ConflictsQuery),
    Route("GET", _ONE, one, ConflictDetail, query=ProjectQuery, statuses=(404,)),
    Route("POST", _ONE, decide, Conflict, "user", Decide, ProjectQuery, (400, 404, 409, 422)),
)
