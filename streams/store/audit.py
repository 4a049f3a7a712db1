"""Who did what: what went through the log, what syncs decided, and what was done about access."""

from datetime import datetime
from typing import NamedTuple

from schemas.access import Act
from schemas.base import EventId
from streams.store.connection import Executor
from streams.store.patterns import matches
from streams.store.write import Write

_COLUMNS = "id::text, created_at, user_id, action, project, target, trace::text, address"
_ADD = "insert into access_acts (id, at, actor, act, target, address) values ($1::text::uuid, $2, $3, $4, $5, $6)"


class Done(NamedTuple):
    """Something that was done about access."""

    id: EventId
    at: datetime
    actor: str
    act: str
    target: str
    address: str


class Query(NamedTuple):
    """Which acts, newest first; `action` may hold `*`; `before` and `before_id`: of the last one seen."""

    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: datetime | None = None
    before_id: EventId | None = None
    limit: int = 100


class Audit:
    """The `audit_logs` view, and the `access_acts` table in it."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def note(done: Done) -> Write:
        """Write down what was done, together with its being done."""
        return Write(_ADD, tuple(done))

    async def page(self, query: Query) -> list[Act]:
        """What was done, newest first."""
        sql, values = _sql(query)
        names = ("id", "at", "actor", "action", "project", "target", "trace", "address")
        return [Act(**dict(zip(names, row, strict=True))) for row in await self._db.fetch(sql, *values)]


def _sql(query: Query) -> tuple[str, list[object]]:
    conditions: list[tuple[str, object]] = []
    if query.actor:
        conditions.append(("user_id = {}", query.actor))
    if query.action:
        conditions.append(matches("action", query.action))
    if query.since:
        conditions.append(("created_at >= {}", query.since))
    if query.until:
        conditions.append(("created_at < {}", query.until))
    if query.before:
        conditions.append(("created_at <= {}", query.before))
    where = [condition.format(f"${number}") for number, (condition, _) in enumerate(conditions, 1)]
    values = [value for _, value in conditions]
    if query.before:
        where.append(f"(created_at, id) < (${len(values)}, ${len(values) + 1}::text::uuid)")
        values.append(query.before_id or EventId("00000000-0000-0000-0000-000000000000"))
    chosen = " and ".join(where) or "true"
    order = f"order by created_at desc, id desc limit {query.limit:d}"
    return f"select {_COLUMNS} from audit_logs where {chosen} {order}", values  # noqa: S608 - made of constants
