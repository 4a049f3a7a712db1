"""Searching the archive: it finds what the same filter finds in Python, and never looks at more than it says."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as given_settings
from hypothesis import strategies as st

from schemas.base import Document
from schemas.envelope import Envelope, Event, Origin, root
from schemas.events import encode
from streams.store import Store
from streams.store import events as module
from streams.store.connection import Pool
from streams.store.events import Query
from tests.build import START, entry, event_id, observed

ACTORS = ("kim", "Kim", "key:ci", "key_ci", "100%", "a\\b", "a*b", "한글", "É")
PATHS = ("model/a.py", "model/A_1.py", "model/A%1.py", "model/[a]?.py", "loss/a\\b.py", "loss/한글.py")
CONTENTS = ('say "hi"', "100%_sure\\", "Tab\there\nand there", "İstanbul É é", "\u202egnp", "plain", "PLAIN", "\x01")
COUNT = 60


class Known(NamedTuple):
    """An archived event, and what a filter may ask of it."""

    seq: int
    raw: bytes
    event: Envelope[Event]


@pytest.fixture
def redis_url() -> str:
    """Not needed here."""
    return ""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search of a small archive, too, does not look at all of it at once."""
    monkeypatch.setattr(module, "LOOKED", 7)


@pytest.fixture
async def known(store: Store) -> list[Known]:
    """An archive over two months, in several projects."""
    found = []
    for seq in range(1, COUNT + 1):
        at = START + timedelta(days=seq % 50, minutes=seq)
        origin = Origin(ACTORS[seq % len(ACTORS)], "tests", at)
        document = Document("lab" if seq % 5 else "line", "components", PATHS[seq % len(PATHS)])
        event = root(observed(CONTENTS[seq % len(CONTENTS)]), document, origin, event_id(seq))
        found.append(Known(seq, encode(event), event))
    await store.chains.load([], [one.event.time for one in found])
    entries = [entry(one.event, one.seq) for one in found]
    await store.commit(store.events.append(entries, [bytes(32)] * COUNT))
    return found


def is_like(text: str, pattern: str | None) -> bool:
    """What a pattern means, said once more."""
    return pattern is None or re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def is_meant(one: Known, query: Query) -> bool:
    event = one.event
    return (
        query.after < one.seq < (query.before or COUNT + 1)
        and is_like(event.type, query.kind)
        and is_like(event.subject, query.subject)
        and is_like(event.actor, query.actor)
        and query.project in {None, event.project}
        and (query.projects is None or event.project in query.projects)
        and (query.text or "").encode().lower() in one.raw.lower()
        and (query.since is None or event.time >= query.since)
        and (query.until is None or event.time < query.until)
    )


async def searched(store: Store, query: Query) -> list[int]:
    """All of it, answer by answer, each of which stays within its limits."""
    numbers: list[int] = []
    while True:
        found = await store.events.search(query)
        assert len(found.events) <= query.limit
        numbers += [seq for seq, _ in found.events]
        if found.next is None:
            return numbers
        place = query.before if query.newest_first else query.after
        assert found.next != place
        query = query._replace(before=found.next) if query.newest_first else query._replace(after=found.next)


def some(*values: str) -> st.SearchStrategy[str | None]:
    """One of these, a part of one, or a pattern made of it."""
    whole = st.sampled_from(values)
    part = st.builds(
        lambda text, a, b: text[min(a, b) : max(a, b)] or None, whole, st.integers(0, 9), st.integers(0, 9)
    )
    return st.none() | whole | part | part.map(lambda text: f"*{text}*" if text else None)


TIMES: st.SearchStrategy[datetime | None] = st.none() | st.integers(0, 55).map(lambda day: START + timedelta(days=day))
TEXT = st.characters(codec="utf-8", exclude_characters="\0")
QUERIES = st.builds(
    Query,
    after=st.integers(0, COUNT),
    before=st.none() | st.integers(1, COUNT + 1),
    kind=some("change.observed", "change.*", "%"),
    subject=some(*[f"components/{path}" for path in PATHS]),
    project=st.none() | st.sampled_from(["lab", "line", "nowhere"]),
    projects=st.none() | st.just(["lab"]),
    story=st.none(),
    ids=st.none(),
    kinds=st.none(),
    since=TIMES,
    until=TIMES,
    newest_first=st.booleans(),
    limit=st.integers(2, 20),
    actor=some(*ACTORS, "%", "_", "\\"),
    text=some(*CONTENTS, "%", "_", "\\", "\\\\", '\\"', "KEY:CI", "components/")
    | st.text(TEXT, min_size=1, max_size=3),
)


@given_settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=QUERIES)
@example(query=Query(text="%"))
@example(query=Query(text="_", newest_first=True))
@example(query=Query(text="\\"))
@example(query=Query(actor="100%", text="é"))
@example(query=Query(actor="key_*", newest_first=True, limit=3))
async def test_it_finds_what_is_meant(store: Store, known: list[Known], query: Query) -> None:
    meant = [one.seq for one in known if is_meant(one, query)]
    assert await searched(store, query) == (meant[::-1] if query.newest_first else meant)


@pytest.mark.parametrize("newest_first", [False, True])
async def test_one_answer_looks_at_so_many_and_says_where_to_go_on(
    store: Store, known: list[Known], *, newest_first: bool
) -> None:
    found = await store.events.search(Query(text="nowhere to be found", newest_first=newest_first))
    assert found == ([], known[-7].seq if newest_first else known[6].seq)
    rest = Query(text="nowhere", newest_first=newest_first, after=COUNT - 3, before=COUNT + 1)
    assert await store.events.search(rest) == ([], None)
    full = await store.events.search(Query(limit=4, newest_first=newest_first))
    assert full.next == full.events[-1][0]
    assert (await store.events.search(Query(limit=COUNT + 1))).next is None


async def test_what_an_index_knows_is_not_looked_for(store: Store, known: list[Known]) -> None:
    """Of one file there are fewer events than one answer looks at, wherever they lie."""
    of_one = [
        one.seq for one in known if one.event.subject == "components/loss/한글.py" and one.event.project == "line"
    ]
    assert 0 < len(of_one) < 7
    query = Query(project="line", subject="components/loss/한글.py", text="components")
    assert await store.events.search(query) == ([(seq, known[seq - 1].raw.decode()) for seq in of_one], None)


def plans() -> Iterator[Any]:
    """What is asked of the archive in a search, by what it is narrowed down to."""
    for query in (
        Query(after=500, text="x"),
        Query(before=500, text="x", newest_first=True),
        Query(kind="version.created", actor="kim"),
        Query(project="lab", subject="components/model/a.py", text="x"),
        Query(story=event_id(1), text="x"),
    ):
        asked = module._conditions(query)
        order = "desc" if query.newest_first else "asc"
        yield pytest.param(*module._select("seq", module._indexed(asked), f"order by seq {order} offset 6 limit 1"))
        yield pytest.param(*module._select("seq, event", [*asked, ("seq >= {}", 1)], f"order by seq {order} limit 9"))


@pytest.mark.parametrize(("sql", "values"), [*plans()])
async def test_a_search_goes_by_an_index(store: Store, sql: str, values: list[object]) -> None:
    async with cast("Pool", store.db).transaction() as tx:
        await tx.execute("set local enable_seqscan = off")
        plan = "\n".join(row[0] for row in await tx.fetch(f"explain {sql}", *values))
    assert "Index" in plan or "Bitmap" in plan or "Result" in plan, plan
    assert "Seq Scan on events" not in plan
