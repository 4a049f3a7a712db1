"""The audit log: who did what."""

from typing import Annotated

from pydantic import Field, PositiveInt, StringConstraints

from gateway.route import Call, Route
from schemas.access import Act
from schemas.base import Instant, Model, Uuid
from streams.store.audit import Query

Text = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class AuditQuery(Model):
    """Which acts, newest first; `action` may hold `*`. `before` and `before_id`: of the last one seen."""

    actor: Text | None = None
    action: Text | None = None
    since: Instant | None = None
    until: Instant | None = None
    before: Instant | None = None
    before_id: Uuid | None = None
    limit: PositiveInt = Field(100, le=1000)


async def page(call: Call[None, AuditQuery]) -> list[Act]:
    """Who did what: what began in the log, what syncs decided, and what was done about access."""
    return await call.services.store.audit.page(Query(**call.query.model_dump()))


ROUTES = (Route("GET", "/api/v1/audit", page, list[Act], "admin", query=AuditQuery, statuses=(422,)),)
