"""Which stories a request began: its answer says so, and what is logged about it.

A context variable, because the event is made far below the request, and everything between would have to carry it.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar

from aiohttp import web

from schemas.envelope import E, Envelope

HEADER = "X-Trace-Id"

_begun: ContextVar[list[str] | None] = ContextVar("stories", default=None)


def began(event: Envelope[E]) -> Envelope[E]:
    """The event, which begins a story of the request that is being answered."""
    if (stories := _begun.get()) is not None:
        stories.append(event.correlationid)
    return event


def trace() -> dict[str, str]:
    """The trace of the request that is being answered, where it began one story."""
    stories = _begun.get() or []
    return {"trace": stories[0]} if len(stories) == 1 else {}


@web.middleware
async def name_trace(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Put the trace of what a request began into its answer."""
    _begun.set([])
    response = await handler(request)
    if not response.prepared and (found := trace()):
        response.headers[HEADER] = found["trace"]
    return response
