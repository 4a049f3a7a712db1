"""Run handlers by hand: what each writes is written, what it derives handed on to the next."""

from collections.abc import Sequence

from handlers import HANDLERS
from schemas.envelope import Envelope, Event
from schemas.events import derive
from streams.handler import Deps
from streams.store import Store
from tests.build import entry

PIPELINE = {handler.name: handler for handler in HANDLERS}


async def handle(group: str, events: Sequence[Envelope[Event]], store: Store) -> list[Envelope[Event]]:
    """What a group derives from a batch."""
    outcome = await PIPELINE[group].react([entry(event) for event in events], Deps(store))
    await store.commit(*outcome.writes)
    return [
        derive(event, group, number, body)
        for event, bodies in zip(events, outcome.derived, strict=True)
        for number, body in enumerate(bodies)
    ]


async def carry_through(events: Sequence[Envelope[Event]], store: Store) -> list[Envelope[Event]]:
    """What a batch comes to, through hash, resolve and persist."""
    hashed = await handle("hash", [event for event in events if event.data.topic == "changes"], store)
    direct = [event for event in events if event.data.topic == "hashed"]
    judged = await handle("resolve", [event for event in hashed + direct if event.data.topic == "hashed"], store)
    rejected = [event for event in hashed if event.data.topic == "resolved"]
    return rejected + await handle("persist", judged, store) + [e for e in judged if e.type == "change.unchanged"]
