"""What happens to Headrace itself, and what people do to it: told in the same log as everything else."""

from typing import ClassVar, Literal

from schemas.base import Document, Topic, Uuid
from schemas.envelope import Count, Event


def system(what: str) -> Document:
    """What an event about Headrace itself is about, such as `log` or `services/redis`."""
    return Document("headrace", "system", what)


class LogRecovered(Event, frozen=True, tag="log.recovered"):
    """Redis had lost some of the log, and has it back: from the archive, the outbox and the record of what was handled.

    Numbers up to `settled` that are not archived will never be: their events, as far as anybody has them, have others
    now. `republished` counts those that had been derived.
    """

    topic: ClassVar[Topic] = "system"
    found: Literal["empty", "older"]
    settled: Count
    republished: Count


class ServiceRestarted(Event, frozen=True, tag="service.restarted"):
    """`headrace up` brought one of its processes back. `code` is its exit status, negative for a signal."""

    topic: ClassVar[Topic] = "system"
    service: str
    code: int
    words: str = ""


class LetterDecided(Event, frozen=True, tag="letter.decided"):
    """A person decided about a dead letter: it is tried again, or discarded for `reason`."""

    topic: ClassVar[Topic] = "system"
    letter: Uuid
    group: str
    decision: Literal["retried", "discarded"]
    event: Uuid | None = None
    reason: str = ""
