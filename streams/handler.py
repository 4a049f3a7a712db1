"""What a consumer group is: a name, the topics it reads, and a function of the event and the store."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from schemas.base import Topic
from schemas.envelope import Event
from streams.entry import Entry
from streams.retry import Backoff
from streams.store import Store
from streams.store.write import Write


class Deps(NamedTuple):
    """All that a handler may ask beside its events."""

    store: Store


Derived: TypeAlias = Sequence[Event]
"""What follows from one event: it is published under that event's subject, once the effects are committed."""


class Outcome(NamedTuple):
    """What a batch comes to: what follows from each event, in the same order, and what is to be written.

    The writes happen together with the record of having handled these events, or not at all.
    """

    derived: Sequence[Derived]
    writes: Sequence[Write] = ()


React: TypeAlias = Callable[[Sequence[Entry], Deps], Awaitable[Outcome]]
"""Handle a batch.

Events of one key and topic come in order, and may come together in one batch. It must be a function of the events
and the store: no clock, no randomness, no environment. It may be called again with the same events, in smaller
batches when one of them fails: what it does to the store by itself must bear that.
"""


class Handler(NamedTuple):
    """A consumer group.

    `once` says how its effects are kept from happening twice. `event`: the group remembers every event that it
    handled, with what followed from it. `entry`: it remembers how far it came in each stream, which is enough where
    the same event appended twice is meant to count twice; nothing may follow from its events. `nothing`: it has no
    effects in the store. Nobody waits for what a group does that is not `urgent`: it works in larger batches. `tables`
    are those that it alone writes, made of its events and nothing else: a replay makes them again.

    `limit`: seconds that a call of `react` may take, whatever the size of the batch. `after_burial`: whether the later
    events of a buried event's key go on without it, or wait until a person has decided about it.
    """

    name: str
    topics: tuple[Topic, ...]
    react: React
    backoff: Backoff = Backoff()
    once: Literal["event", "entry", "nothing"] = "event"
    urgent: bool = True
    tables: tuple[str, ...] = ()
    limit: float = 60.0
    after_burial: Literal["go on", "wait"] = "go on"
