"""Replays into the log: what somebody once asked for is published anew, at a rate, until it ends or is cancelled.

What is published is a new event with the old one as its cause, and whoever replays as its actor: by that it is known
for ever. Its id is made of the replay's and the old event's, so that the same replay begun again doubles nothing.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from typing import Any, Protocol, TypeAlias, TypeVar

from loguru import logger
from msgspec import structs

from schemas.base import EventId, derived_id, new_id, now
from schemas.changes import ChangeObserved
from schemas.envelope import Envelope, Event
from schemas.errors import Away, Busy, NotFound, Overtaken, Rejected
from schemas.events import decode
from schemas.reinjection import REPLAYABLE, Edge, Order, Plan, Reinjection, Selection
from streams.retry import Backoff, jittered
from streams.store import Store
from streams.store.events import Query

T = TypeVar("T")

KEPT = 20
"""Replays that are remembered."""

MOST = 10_000
"""Events that one replay may publish."""

STEP = 0.25
"""Seconds of its rate that are published at once."""

PATIENCE = 5.0
"""Seconds after which it is said that what was published is not carried through yet."""


class Ended(Protocol):
    """What became of an event."""

    @property
    def kind(self) -> str:
        """The event that ended its way."""


Carry: TypeAlias = Callable[[Sequence[Envelope[Event]], float], Awaitable[Sequence[Ended | None]]]
"""Publishes events and waits so many seconds for what each comes to. Events have ids: again is no harm."""


def query_of(selection: Selection, project: str) -> Query:
    """The events that are meant."""
    return Query(
        ids=selection.ids,
        after=selection.after,
        before=selection.before,
        since=selection.since,
        until=selection.until,
        subject=selection.subject,
        project=project,
    )


async def plan(store: Store, wanted: Query) -> Plan:
    """What would be published, and what not."""
    counts = await store.events.counts(wanted)
    replayable = wanted._replace(kinds=REPLAYABLE, limit=1)
    return Plan(
        count=sum(one.events for one in counts if one.kind in REPLAYABLE),
        documents=await store.events.documents(replayable),
        first=await _edge(store, replayable),
        last=await _edge(store, replayable._replace(newest_first=True)),
        topics={one.topic: one.events for one in counts if one.kind in REPLAYABLE},
        passed_over={one.kind: one.events for one in counts if one.kind not in REPLAYABLE},
    )


async def _edge(store: Store, wanted: Query) -> Edge | None:
    for seq, raw in await store.events.find(wanted):
        event = decode(raw.encode())
        return Edge(sequence=str(seq), id=event.id, time=event.time, subject=event.subject)
    return None


class Reinjections:
    """Runs one at a time: two would take turns in one file's history. `stand` is another word whenever one gets on."""

    def __init__(self, store: Store, stir: Callable[[], None]) -> None:
        """`stir` lets viewers hear that something has changed."""
        self.stand = new_id()
        self._store = store
        self._stir = stir
        self._known: OrderedDict[str, Reinjection] = OrderedDict()
        self._running: asyncio.Task[None] | None = None

    @property
    def all(self) -> list[Reinjection]:
        """The newest first."""
        return list(reversed(self._known.values()))

    def get(self, id_: str, project: str) -> Reinjection:
        """One of them. Raises NotFound."""
        found = self._known.get(id_)
        if found is None or found.project != project:
            raise NotFound(f"there is no replay {id_}", "it may be of another gateway, or long ago")
        return found

    async def begin(self, order: Order, project: str, who: str, carry: Carry) -> Reinjection:
        """Start one. Raises Overtaken while another runs, Rejected where there is nothing, or too much."""
        if order.id and order.id in self._known:
            return self.get(order.id, project)
        wanted = query_of(order, project)
        planned = await plan(self._store, wanted)
        if planned.last is None or planned.count > MOST:
            raise Rejected(_unfit(planned), "choose other events, or a smaller part; the preview says what it would be")
        if self._running is not None and not self._running.done():
            raise Overtaken("a replay is under way", "wait for it, or cancel it")
        one = Reinjection(
            id=order.id or new_id(), project=project, asked_by=who, asked_at=now(), rate=order.rate, plan=planned
        )
        self._keep(one)
        until_last = wanted._replace(kinds=REPLAYABLE, before=int(planned.last.sequence) + 1)
        self._running = asyncio.create_task(self._run(one.id, until_last, carry), name=f"replay {one.id}")
        return one

    def cancel(self, id_: str, project: str) -> Reinjection:
        """End one where it is; what was published stays published."""
        found = self.get(id_, project)
        if found.state == "running" and self._running is not None:
            self._running.cancel()
            self._change(id_, state="cancelled", ended_at=now(), waits=None)
        return self.get(id_, project)

    async def stop(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])

    def _keep(self, one: Reinjection) -> None:
        self._known[one.id] = one
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        self._tell()

    def _change(self, id_: str, **news: Any) -> None:
        self._known[id_] = self._known[id_].model_copy(update=news)
        self._tell()

    def _tell(self) -> None:
        self.stand = new_id()
        self._stir()

    async def _run(self, id_: str, wanted: Query, carry: Carry) -> None:
        one = self._known[id_]
        step = max(1, round(one.rate * STEP))
        loop = asyncio.get_running_loop()
        try:
            while page := await self._patiently(id_, partial(self._store.events.find, wanted._replace(limit=step))):
                due = loop.time() + len(page) / one.rate
                for run in _runs(again(decode(raw.encode()), one) for _, raw in page):
                    self._count(id_, await self._carried(id_, run, carry))
                wanted = wanted._replace(after=page[-1][0])
                await asyncio.sleep(due - loop.time())
        except Exception as error:  # noqa: BLE001 - whoever asked for it must be told
            logger.opt(exception=True).error("the replay {} failed", id_)
            self._change(id_, state="failed", ended_at=now(), waits=None, error=str(error))
        else:
            self._change(id_, state="done", ended_at=now())

    async def _carried(self, id_: str, run: list[Envelope[Event]], carry: Carry) -> list[Ended]:
        """Publish events, and wait for what becomes of each: as long as it takes."""
        while True:
            outcomes = await self._patiently(id_, partial(carry, run, PATIENCE))
            ended = [outcome for outcome in outcomes if outcome is not None]
            if len(ended) == len(run):
                return ended
            self._change(id_, waits="the log has taken this, and has not carried it through yet")

    async def _patiently(self, id_: str, act: Callable[[], Awaitable[T]]) -> T:
        """Do it; while a server is away, or the log is full, say so and try again."""
        patience, failures = Backoff(base=0.2, cap=5.0), 0
        while True:
            try:
                return await act()
            except (Away, Busy) as error:
                self._change(id_, waits=error.message)
                failures += 1
                await asyncio.sleep(jittered(patience.delay(failures)))

    def _count(self, id_: str, ended: list[Ended]) -> None:
        one = self._known[id_]
        outcomes = Counter(one.outcomes) + Counter(outcome.kind for outcome in ended)
        self._change(id_, published=one.published + len(ended), outcomes=dict(outcomes), waits=None)


def _runs(events: Iterable[Envelope[Event]]) -> list[list[Envelope[Event]]]:
    """Neighbours that go the same way, and so cannot overtake one another."""
    return [list(run) for _, run in groupby(events, key=lambda event: event.data.topic)]


def _unfit(planned: Plan) -> str:
    if planned.count > MOST:
        return f"{planned.count} events are too many for one replay, which takes {MOST}"
    return "nothing in this selection can be replayed"


def again(event: Envelope[Event], replay: Reinjection) -> Envelope[Event]:
    """The same said once more, by whoever replays: the beginning of a story of its own, caused by the old event."""
    id_ = derived_id(EventId(replay.id), event.id)
    body = event.data
    if isinstance(body, ChangeObserved):
        body = structs.replace(body, seen_at=None, settles=None)
    return structs.replace(
        event,
        id=id_,
        source="headrace/gateway",
        time=now(),
        actor=replay.asked_by,
        correlationid=id_,
        causationid=event.id,
        data=body,
    )
