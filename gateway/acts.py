"""What is done about access is written down, in the same statement that does it."""

from aiohttp import web

from gateway.peers import address_of
from schemas.base import new_id, now
from streams.store.audit import Audit, Done
from streams.store.write import Write


def noted(request: web.Request, actor: str, act: str, target: str = "") -> Write:
    """Who does what to whom, from where."""
    return Audit.note(Done(new_id(), now(), actor, act, target, address_of(request)))
