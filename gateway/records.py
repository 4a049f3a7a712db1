"""Documents that the gateway itself keeps: who is synced, how, and what was asked for."""

from typing import Any

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call
from gateway.writes import begin, carry_all, check, observed
from schemas.base import Document, EventId, new_id
from schemas.changes import ChangeObserved
from schemas.clients.records import DOMAIN, Record, decode, encode
from schemas.envelope import Envelope, Event
from schemas.errors import Rejected
from schemas.hashing import fingerprint


async def keep(call: Call[Any, ProjectQuery], path: str, record: Record | None) -> None:
    """Let a record be so from now on; None: gone. Raises Rejected."""
    event = await kept(call, path, record, new_id())
    check((await carry_all(call.services, [event]))[0])


async def kept(call: Call[Any, ProjectQuery], path: str, record: Record | None, id_: EventId) -> Envelope[Event]:
    """The event that lets a record be so. Raises Rejected."""
    body = ChangeObserved(forced=True)
    if record is not None:
        content = encode(record)
        try:
            decode(path, content)
        except ValueError as error:
            raise Rejected(str(error)) from error
        body = await observed(call.services, content, fingerprint(content), body)
    return begin(call.services, call.principal, Document(project_of(call), DOMAIN, path), body, id_)
