"""How often: counted by Redis, for all gateways."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from schemas.errors import Away, RateLimited
from schemas.settings import Settings
from streams.connection import connect
from streams.limits import BURST_SECONDS, FAILURES, FIRST_WAIT_MS, LONGEST_WAIT_MS, Limits
from streams.log import Log
from tests.build import until


def with_rate(log: Log, rate: int) -> Log:
    """The same log with another rate."""
    return Log(log.redis, log.settings.model_copy(update={"rate_limit": rate}))


async def waits(limits: Limits, user: str = "kim", address: str = "1.2.3.4") -> float:
    """How long a try would have to wait; 0: it was made."""
    try:
        await limits.attempt(user, address)
    except RateLimited as error:
        return error.after
    return 0


async def test_a_burst_then_the_rate(log: Log) -> None:
    gateways = [Limits(with_rate(log, 5)) for _ in range(2)]
    passed = 0
    with pytest.raises(RateLimited) as caught:
        for number in range(BURST_SECONDS * 5 * 3):
            await gateways[number % 2].admit("kim")
            passed += 1
    assert BURST_SECONDS * 5 <= passed <= BURST_SECONDS * 5 * 2
    assert 0 < caught.value.after <= 0.2
    await gateways[0].admit("lee")

    async def let_in() -> bool:
        try:
            await gateways[0].admit("kim")
        except RateLimited:
            return False
        return True

    assert await until(let_in)


async def test_no_limit(log: Log) -> None:
    limits = Limits(with_rate(log, 0))
    for _ in range(100):
        await limits.admit("kim")
    assert await log.redis.exists(log.keys.rate("kim")) == 0


async def test_nothing_stays(log: Log) -> None:
    limits = Limits(log)
    await limits.admit("kim")
    await limits.attempt("kim", "1.2.3.4")
    for key in (log.keys.rate("kim"), log.keys.failures("user", "kim"), log.keys.failures("address", "1.2.3.4")):
        assert await log.redis.pttl(key) != -1


async def test_waits_grow(log: Log) -> None:
    limits, seen = Limits(log), []
    for _ in range(FAILURES):
        assert await waits(limits) == 0
    for _ in range(7):
        seen.append(await waits(limits))
        for key in (log.keys.failures("user", "kim"), log.keys.failures("address", "1.2.3.4")):
            await log.redis.hdel(key, "until")  # as if that time had passed
        assert await waits(limits) == 0
    first, longest = FIRST_WAIT_MS / 1000, LONGEST_WAIT_MS / 1000
    assert seen == [pytest.approx(min(first * 2**n, longest), abs=2) for n in range(7)]


async def test_many_at_once_are_counted_one_by_one(log: Log) -> None:
    limits = Limits(log)
    assert sorted([found > 0 for found in await asyncio.gather(*[waits(limits) for _ in range(20)])]) == (
        [False] * FAILURES + [True] * (20 - FAILURES)
    )


async def test_what_waits_does_not_count(log: Log) -> None:
    limits = Limits(log)
    for _ in range(FAILURES + 50):
        await waits(limits)
    assert await log.redis.hget(log.keys.failures("user", "kim"), "failures") == str(FAILURES).encode()


async def test_success_forgives_the_user_and_one_try_of_the_address(log: Log) -> None:
    limits = Limits(log)
    for number in range(FAILURES - 1):
        await waits(limits, f"user{number}")
    assert await waits(limits) == 0
    await limits.forgive("KIM", "1.2.3.4")
    assert await log.redis.exists(log.keys.failures("user", "kim")) == 0
    assert await waits(limits) == 0
    assert await waits(limits, "lee") > 0  # an own account does not open the door to guessing others'
    assert await waits(limits, "lee", "5.6.7.8") == 0


@pytest.fixture
async def nowhere(settings: Settings) -> AsyncIterator[Log]:
    """A log on a Redis that is away."""
    log = Log(connect("redis://127.0.0.1:1", 0.2), settings)
    yield log
    await log.close()


async def test_without_redis_requests_pass_and_no_password_is_tried(nowhere: Log) -> None:
    limits = Limits(nowhere)
    await limits.admit("kim")
    with pytest.raises(Away):
        await limits.attempt("kim", "1.2.3.4")
