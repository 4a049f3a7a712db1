"""What waits for a person in clients' configurations: conflicts, and what would let agents do more."""

from typing import Any

from gateway.deciding import ConflictsQuery, decided, one_of, page_of
from gateway.merging import checked, merged
from gateway.projects import ProjectQuery
from gateway.route import Call, Route
from schemas.clients.documents import DOMAIN
from schemas.clients.wire import Checked, Merge, Written
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


async def verify(call: Call[Written, ProjectQuery]) -> Checked:
    """Say what is wrong with what somebody would make of both sides. Nothing is kept of it."""
    return await checked(call)


async def merge(call: Call[Merge, ProjectQuery]) -> Conflict:
    """Settle it by what somebody has made of both sides, which stands from then on."""
    return await merged(call)


_BASE = "/api/v1/conflicts"
_ONE = f"{_BASE}/{{id:[0-9a-f-]{{36}}}}"

ROUTES = (
    Route("GET", _BASE, page, list[Conflict], query=ConflictsQuery),
    Route("GET", _ONE, one, ConflictDetail, query=ProjectQuery, statuses=(404,)),
    Route("POST", _ONE, decide, Conflict, "user", Decide, ProjectQuery, (400, 404, 409, 422)),
    Route("POST", f"{_ONE}/check", verify, Checked, "user", Written, ProjectQuery, (400, 404, 413, 422)),
    Route("POST", f"{_ONE}/merge", merge, Conflict, "user", Merge, ProjectQuery, (400, 404, 409, 413, 422)),
)
