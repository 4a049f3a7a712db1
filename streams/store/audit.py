"""Who did what: what went through the log, what syncs decided, and what was done about access."""

from datetime import datetime
from typing import NamedTuple

from schemas.access import Act
from schemas.base import EventId
from streams.store.connection import Executor
from streams.store.patterns import escaped
from streams.store.write import Write

_ADD = "insert into access_acts (id, at, actor, act, target, address) values ($1::text::uuid, $2, $3, $4, $5, $6)"

# The newest acts of each table of the view `audit_logs`, then the newest of those: the view itself would sort all.
_NEWEST = """
(select id, {at} as at, {actor} as actor, {action} as action, {others} from {table}
where {where} and ($1::text is null or {actor} = $1) and ($2::text is null or {action} like $2)
    and {at} >= coalesce($3::timestamptz, '-infinity') and {at} < coalesce($4::timestamptz, 'infinity')
    and ({at}, id) < (coalesce($5::timestamptz, 'infinity'), coalesce($6::text::uuid, {zero}::uuid))
order by {at} desc, id desc limit $7)
"""
_ZERO = "'00000000-0000-0000-0000-000000000000'"

_SOURCES = (
    {
        "table": "events",
        "where": "id = correlation",
        "at": "time",
        "actor": "actor",
        "action": "kind",
        "others": "project, subject as target, correlation as trace, null::text as address",
    },
    {
        "table": "sync_events",
        "where": "event_type = 'decision'",
        "at": "created_at",
        "actor": "client",
        "action": "'sync.decision'::text",
        "others": "project, coalesce(element, client), null, null",
    },
    {
        "table": "access_acts",
        "where": "true",
        "at": "at",
        "actor": "actor",
        "action": "act",
        "others": "null, target, null, address",
    },
)

PAGE = f"""
select id::text as named, at, actor, action, project, target, trace::text, address
from ({" union all ".join(_NEWEST.format(zero=_ZERO, **source) for source in _SOURCES)}) as acts
order by at desc, id desc limit $7
"""  # noqa: S608 - made of constants


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
    """What the view `audit_logs` shows, and the `access_acts` table in it."""

    def __init__(self, db: Executor) -> None:
        self._db = db

    @staticmethod
    def note(done: Done) -> Write:
        """Write down what was done, together with its being done."""
        return Write(_ADD, tuple(done))

    async def page(self, query: Query) -> list[Act]:
        """What was done, newest first."""
        pattern = escaped(query.action).replace("*", "%") if query.action else None
        rows = await self._db.fetch(PAGE, *query._replace(action=pattern))
        names = ("id", "at", "actor", "action", "project", "target", "trace", "address")
        return [Act(**dict(zip(names, row, strict=True))) for row in rows]
