"""Dead letters over HTTP: who looks at them, who decides, and what is told of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import orjson
import pytest
from msgspec import structs

from gateway.services import SERVICES
from handlers import HANDLERS
from schemas.errors import Away, Rejected
from schemas.settings import Settings
from streams.entry import Entry
from streams.handler import Deps, Outcome
from streams.log import Log
from streams.store import Store
from tests.build import event_id, until
from tests.gateway.conftest import Client
from tests.streams.runner import EFFECTS, length, messages, published, recorder, working

NOBODY = "00000000-0000-5000-8000-000000000000"


class Mill:
    """A group that fails while it is broken."""

    def __init__(self) -> None:
        self.broken = True
        self.log: Log
        self.store: Store
        self.client: Client

    async def grind(self, _: Sequence[Entry]) -> None:
        if self.broken:
            raise RuntimeError("a bug in 100% of_cases")

    async def bury(self, number: int) -> list[dict[str, Any]]:
        """Let so many events be given up; their letters, the newest first."""
        await self.log.publish(messages(self.log, number))
        return await self.letters(number)

    async def letters(self, number: int, query: str = "limit=1000") -> list[dict[str, Any]]:
        """So many letters, once there are."""

        async def all_of_them() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = await self.client.get(f"/api/dead?{query}")
            return found if len(found) == number else []

        return await until(all_of_them)

    async def done(self) -> int:
        return int(await self.store.db.fetchval("select count(*) from effects"))


@pytest.fixture
async def mill(
    idle: Client, log: Log, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> AsyncIterator[Mill]:
    """A broken group at work."""
    mill = Mill()
    mill.log, mill.store, mill.client = log, store, idle
    await store.db.execute(EFFECTS)
    await store.db.execute("truncate effects")
    async with working([recorder(before=mill.grind)], redis_url, postgres_url, settings):
        yield mill
    await store.db.execute("drop table effects")


async def decisions(log: Log) -> list[Any]:
    return await published(log, "system")


async def test_look_retry_discard(mill: Mill) -> None:
    newest, oldest = await mill.bury(2)
    shown = await mill.client.get(f"/api/dead/{newest['id']}")
    assert "RuntimeError: a bug" in shown["traceback"]
    assert '"change.observed"' in shown["event"]
    assert [(act["act"], act["actor"], act["words"]) for act in shown["history"]] == [
        ("buried", "recorder", "RuntimeError: a bug in 100% of_cases")
    ]
    mill.broken = False
    retried = await mill.client.post(f"/api/dead/{newest['id']}/retry")
    assert (retried["state"], retried["decided_by"]) == ("retried", "admin")
    await until(lambda: _is(mill.done, 1))
    discarded = await mill.client.post(f"/api/dead/{oldest['id']}/discard", {"reason": " not ours "})
    assert (discarded["state"], discarded["reason"]) == ("discarded", "not ours")
    assert await mill.client.get("/api/dead") == []
    assert await mill.done() == 1


async def _is(what: Callable[[], Awaitable[int]], number: int) -> bool:
    return await what() == number


async def test_each_act_is_in_the_log_under_the_events_own_story(mill: Mill) -> None:
    newest, oldest = await mill.bury(2)
    await mill.client.post(f"/api/dead/{newest['id']}/retry")
    await mill.client.post(f"/api/dead/{oldest['id']}/discard", {"reason": "not ours"})
    told = {event.data.letter: event for event in await decisions(mill.log)}
    for letter in (newest, oldest):
        event = told[letter["id"]]
        assert (event.type, event.actor, event.project) == ("letter.decided", "admin", letter["project"])
        assert (event.subject, event.correlationid) == (letter["subject"], letter["event_id"])
        assert (event.causationid, event.data.event) == (letter["event_id"], letter["event_id"])
    assert told[oldest["id"]].data.decision == "discarded"
    assert told[oldest["id"]].data.reason == "not ours"
    assert await length(mill.log, "dead") >= 2


async def test_a_letter_that_comes_again_is_one_letter_with_a_history(mill: Mill) -> None:
    (letter,) = await mill.bury(1)
    await mill.client.post(f"/api/dead/{letter['id']}/retry")
    (again,) = await mill.letters(1)
    assert (again["id"], again["attempts"], again["state"]) == (letter["id"], 3, "buried")
    assert again["decided_by"] is None
    await mill.client.post(f"/api/dead/{letter['id']}/discard", {"reason": "enough"})
    shown = await mill.client.get(f"/api/dead/{letter['id']}")
    assert [act["act"] for act in shown["history"]] == ["buried", "retried", "buried", "discarded"]
    assert [act["number"] for act in shown["history"]] == [1, 2, 3, 4]
    assert await length(mill.log, "dead") == 2
    assert len(await decisions(mill.log)) == 2


async def test_two_people_at_once(mill: Mill) -> None:
    letters = await mill.bury(10)
    for letter in letters:
        url = f"/api/dead/{letter['id']}"
        one, other = await asyncio.gather(
            mill.client.call("POST", f"{url}/discard", {"reason": "one"}),
            mill.client.call("POST", f"{url}/discard", {"reason": "other"}),
        )
        assert sorted([one[0], other[0]]) == [200, 409]
        loser = one if one[0] == 409 else other
        assert "was discarded already, by admin" in loser[1]["message"]
        told = [event for event in await decisions(mill.log) if event.data.letter == letter["id"]]
        assert [event.data.reason for event in told] == ["other" if loser is one else "one"]


async def test_two_people_decide_about_many_at_once(mill: Mill) -> None:
    letters = await mill.bury(24)
    chosen = {"ids": [letter["id"] for letter in letters]}
    answers = await asyncio.gather(
        mill.client.post("/api/dead/discard", {"filter": {"group": "recorder"}, "limit": 7, "reason": "seven"}),
        mill.client.post("/api/dead/discard", chosen | {"reason": "named"}),
        mill.client.post("/api/dead/discard", {"filter": {}, "reason": "all"}),
    )
    decided = [id_ for answer in answers for id_ in answer["decided"]]
    assert sorted(decided) == sorted(chosen["ids"])
    assert len(await decisions(mill.log)) == 24


async def test_filters(mill: Mill) -> None:
    letters = await mill.bury(6)
    first = letters[-1]
    for query, number in [
        ("group=recorder", 6),
        ("group=other", 0),
        ("kind=change.*", 6),
        ("kind=version.*", 0),
        ("project=default", 6),
        ("project=other", 0),
        ("subject=components/model/k0.py", 2),
        ("subject=components/model/k*", 6),
        ("error=A BUG IN 100%25 OF_CASES", 6),
        ("error=100%25of", 0),
        ("error=of-cases", 0),
        ("since=2026-01-01T00:00:00Z", 6),
        ("since=2126-01-01T00:00:00Z", 0),
        ("state=retried", 0),
        ("state=all", 6),
    ]:
        assert len(await mill.client.get(f"/api/dead?{query}")) == number, query
    await mill.client.post(f"/api/dead/{first['id']}/discard", {"reason": "x"})
    assert [d["id"] for d in await mill.client.get("/api/dead?state=discarded")] == [first["id"]]
    assert len(await mill.client.get("/api/dead?state=all")) == 6


async def test_pages_go_on_between_letters_of_one_event(mill: Mill, redis_url: str, postgres_url: str) -> None:
    """Two groups gave up the same events: their letters have the same number."""
    other = recorder("other", before=mill.grind)
    async with working([other], redis_url, postgres_url, mill.log.settings):
        await mill.log.publish(messages(mill.log, 5))
        await mill.letters(10)
    seen: list[str] = []
    behind = ""
    while page := await mill.client.get(f"/api/dead?limit=3{behind}"):
        seen += [letter["id"] for letter in page]
        behind = f"&before={page[-1]['sequence']}&before_id={page[-1]['id']}"
    assert len(seen) == len(set(seen)) == 10


async def test_many_are_counted_first_then_decided_in_bounded_calls(mill: Mill) -> None:
    await mill.bury(25)
    body: dict[str, Any] = {"filter": {"group": "recorder", "subject": "components/model/k*"}, "limit": 10}
    counted = await mill.client.post("/api/dead/retry", body | {"dry_run": True})
    assert (counted["matched"], counted["decided"]) == (25, [])
    assert len(await mill.letters(25)) == 25
    decided: list[str] = []
    behind = None
    for _ in range(10):  # what is retried comes back at once: it lies behind, and the calls come to an end
        answer = await mill.client.post("/api/dead/retry", body | {"behind": behind})
        decided += answer["decided"]
        if (behind := answer["next"]) is None:
            break
    assert len(decided) == len(set(decided)) == 25
    mill.broken = False


async def test_those_named_that_do_not_wait_are_refused_each_with_its_reason(mill: Mill) -> None:
    first, second = await mill.bury(2)
    await mill.client.post(f"/api/dead/{first['id']}/discard", {"reason": "x"})
    body = {"ids": [first["id"], second["id"], second["id"], NOBODY], "reason": "y"}
    answer = await mill.client.post("/api/dead/discard", body)
    assert answer["decided"] == [second["id"]]
    assert [one["id"] for one in answer["refused"]] == [first["id"], NOBODY]
    assert "was discarded already, by admin" in answer["refused"][0]["reason"]
    assert "there is no dead letter" in answer["refused"][1]["reason"]


async def test_what_is_not_understood(mill: Mill) -> None:
    (letter,) = await mill.bury(1)
    url = f"/api/dead/{letter['id']}"
    for path, body in [
        (f"{url}/discard", {}),
        (f"{url}/discard", {"reason": "  "}),
        (f"{url}/discard", {"reason": "zero \0 byte"}),
        ("/api/dead/discard", {"filter": {}}),
        ("/api/dead/retry", {}),
        ("/api/dead/retry", {"filter": {}, "ids": [letter["id"]]}),
        ("/api/dead/retry", {"ids": ["x"]}),
        ("/api/dead/retry", {"ids": [letter["id"]] * 1001}),
        ("/api/dead/retry", {"filter": {}, "limit": 1001}),
    ]:
        assert (await mill.client.call("POST", path, body))[0] == 422, (path, body)
    assert (await mill.client.call("POST", f"/api/dead/{NOBODY}/retry"))[0] == 404
    for path in (f"{url}/drop", "/api/dead/x", f"/api/dead/{'-' * 36}"):
        assert (await mill.client.call("POST", f"{path}/retry"))[0] == 404
    assert len(await mill.letters(1)) == 1


async def test_a_decision_is_told_though_the_log_was_away_or_the_gateway_died(
    mill: Mill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made in the store; a worker finds that it was not told."""
    (letter,) = await mill.bury(1)

    async def fail(*_: object) -> None:
        raise Away("Redis is away")

    log = mill.client.raw.server.app[SERVICES].log  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(log, "publish", fail)
        await mill.client.post(f"/api/dead/{letter['id']}/discard", {"reason": "while Redis is away"})
    (told,) = await until(lambda: decisions(mill.log))
    assert told.data.reason == "while Redis is away"


async def test_a_change_that_goes_well_at_last_is_not_called_buried(
    idle: Client, store: Store, redis_url: str, postgres_url: str, settings: Settings
) -> None:
    broken = True
    (persist,) = (handler for handler in HANDLERS if handler.name == "persist")

    async def while_broken(batch: Sequence[Entry], deps: Deps) -> Outcome:
        if broken:
            raise Rejected("a bug")
        return await persist.react(batch, deps)

    handlers = [one._replace(react=while_broken) if one is persist else one for one in HANDLERS]
    async with working(handlers, redis_url, postgres_url, settings):
        status, error = await idle.call(
            "POST", "/api/components/versions/upload", {"path": "model/a.py", "content": ""}
        )
        assert (status, "a bug" in error["message"]) == (422, True)
        (letter,) = await idle.get("/api/dead")
        change = orjson.loads((await idle.get(f"/api/dead/{letter['id']}"))["event"])["correlationid"]
        assert await until(lambda: _state(idle, change, "buried"))
        broken = False
        await idle.post(f"/api/dead/{letter['id']}/retry")
        assert await until(lambda: _state(idle, change, "accepted"))


async def _state(client: Client, change: str, state: str) -> bool:
    _, found = await client.call("GET", f"/api/changes/{change}")
    return bool(found.get("state") == state)


async def test_a_letter_of_bytes_that_are_no_event_can_be_decided_too(mill: Mill) -> None:
    garbage = structs.replace(messages(mill.log, 1)[0], raw=b"\xffno event", id=event_id(999))
    await mill.log.publish([garbage])
    (letter,) = await mill.letters(1)
    assert (letter["event_id"], letter["kind"], letter["attempts"]) == (None, "?", 1)
    await mill.client.post(f"/api/dead/{letter['id']}/discard", {"reason": "no event"})
    (told,) = await decisions(mill.log)
    assert (told.project, told.subject) == ("headrace", f"system/letters/{letter['id']}")
