"""Rates are what was done between two moments, of now, and nothing where nobody can say."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.rates import LEAST, MOST, SPAN, Rates
from streams.log import Log
from tests.build import until
from tests.gateway.conftest import Client
from tests.gateway.test_groups import group_of
from tests.streams.runner import messages


def test_two_moments_make_a_rate() -> None:
    rates = Rates()
    assert rates.note({"hash": 100}, 0) == {}
    assert rates.note({"hash": 105}, LEAST / 2) == {}
    assert rates.note({"hash": 130, "new": 5}, 2) == {"hash": 15.0}
    assert rates.note({"hash": 130, "new": 5}, 4) == {"hash": 7.5}
    assert rates.note({"hash": 130, "new": 27}, 3 + SPAN) == {"hash": 0.0, "new": 2.0}


def test_what_was_long_ago_does_not_count() -> None:
    rates = Rates()
    for second in range(40):
        rates.note({"hash": 1000 * min(second, 20)}, second)
    assert rates.note({"hash": 20_000}, 40) == {"hash": 0.0}
    assert rates.note({"hash": 90_000}, 40 + MOST + 1) == {}


def test_counts_that_went_back_say_nothing() -> None:
    rates = Rates()
    rates.note({"hash": 100, "persist": 1}, 0)
    assert rates.note({"hash": 50, "persist": 3}, 2) == {"persist": 1.0}


@given(st.lists(st.floats(0.01, 30), min_size=2, max_size=50))
def test_what_goes_on_evenly_has_one_rate_however_it_is_looked_at(pauses: list[float]) -> None:
    rates, at = Rates(), 0.0
    for pause in pauses:
        at += pause
        found = rates.note({"hash": round(1000 * at)}, at)
        assert not found or abs(found["hash"] - 1000) < 2
        assert len(rates._samples) <= SPAN / LEAST + 2


async def rate_of(client: Client, name: str) -> float | None:
    group = await group_of(client, name)
    rate: float | None = group and group["rate"]
    return rate


async def test_a_first_answer_knows_none(idle: Client, log: Log) -> None:
    await log.make_groups([("hash", "changes")])
    assert (await group_of(idle, "hash"))["rate"] is None


async def test_groups_say_how_fast_they_are(client: Client, log: Log) -> None:
    async def is_known() -> bool:
        return [await rate_of(client, name) for name in ("hash", "archive")] == [0.0, 0.0]

    await until(is_known)
    await log.publish(messages(log, 200))
    assert await until(lambda: rate_of(client, "hash"))
    assert await until(lambda: rate_of(client, "archive"))
