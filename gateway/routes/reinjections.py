"""Replaying a selection or a range into the log: what it would do, doing it, and ending it."""

from functools import partial

from gateway.projects import ProjectQuery, project_of
from gateway.reinjections import plan, query_of
from gateway.route import Answer, Call, Route
from gateway.writes import carry
from schemas.reinjection import Order, Plan, Reinjection, Selection


async def preview(call: Call[Selection, ProjectQuery]) -> Plan:
    """What a replay would publish. Nothing is."""
    return await plan(call.services.store, query_of(call.body, project_of(call)))


async def begin(call: Call[Order, ProjectQuery]) -> Answer:
    """Publish events anew, at a rate."""
    through = partial(carry, call.services)
    begun = await call.services.reinjections.begin(call.body, project_of(call), call.principal.name, through)
    return Answer(begun, "begun", 202, {"Location": f"{_BASE}/{begun.id}"})


async def every(call: Call[None, ProjectQuery]) -> list[Reinjection]:
    """The replays of a project, newest first."""
    return [one for one in call.services.reinjections.all if one.project == project_of(call)]


async def one(call: Call[None, ProjectQuery]) -> Reinjection:
    """One replay: how far it is."""
    return call.services.reinjections.get(call.path["id"], project_of(call))


async def cancel(call: Call[None, ProjectQuery]) -> Reinjection:
    """End a replay where it is. What was published stays."""
    return call.services.reinjections.cancel(call.path["id"], project_of(call))


_BASE = "/api/v1/reinjections"
_ONE = f"{_BASE}/{{id:[0-9a-f-]{{36}}}}"

ROUTES: tuple[Route, ...] = (
    Route("POST", f"{_BASE}/preview", preview, Plan, "admin", Selection, ProjectQuery, (422,)),
    Route("POST", _BASE, begin, Reinjection, "admin", Order, ProjectQuery, (202, 409, 422), taken=Reinjection),
    Route("GET", _BASE, every, list[Reinjection], query=ProjectQuery),
    Route("GET", _ONE, one, Reinjection, query=ProjectQuery, statuses=(404,)),
    Route("DELETE", _ONE, cancel, Reinjection, "admin", query=ProjectQuery, statuses=(404,)),
)
