"""What a consumer group is: a name, the topics it reads, and a function of the event and the store."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from schemas.base import Topic
from schemas.envelope import Event
from streams.entry import Entry
from streams.retry import Backoff
from streams.store import Store


class Deps(NamedTuple):
    """All that a handler may use beside its events. What it writes commits with the record of having done it."""

    store: Store


Derived: TypeAlias = Sequence[Event]
"""What follows from one event: it is published under that event's subject, once the effects are committed."""

React: TypeAlias = Callable[[Sequence[Entry], Deps], Awaitable[Sequence[Derived]]]
"""Handle a batch; answer with what follows from each event, in the same order.

Events of one key and topic come in order, and may come together in one batch. It must be a function of the events
and the store: no clock, no randomness, no environment. It may be called again with the same events in smaller
batches, in a transaction of its own, when one of them fails.
"""


class Handler(NamedTuple):
    """A consumer group.

    `once` says how its effects are kept from happening twice. `event`: the group remembers every event that it
    handled, with what followed from it. `entry`: it remembers how far it came in each stream, which is enough where
    the same event appended twice is meant to count twice; nothing may follow from its events. `nothing`: it has no
    effects in the store. Nobody waits for what a group does that is not `urgent`: it works in larger batches.
    """

    name: str
    topics: tuple[Topic, ...]
    react: React
    backoff: Backoff = Backoff()
    once: Literal["event", "entry", "nothing"] = "event"
    urgent: bool = True
