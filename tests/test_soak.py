"""A short soak: `make soak` runs a long one."""

import pytest

from benchmarks.soak import Sample, soak

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


async def test_nothing_is_lost_while_things_are_killed() -> None:
    found = await soak(minutes=0.4, rate=150, seed=2)
    assert found.changes >= 1000
    assert sum(found.kills.values()) >= 2
    assert (found.lost, found.doubled, found.disordered) == (0, 0, 0)
    assert found.proofs == {"replay --verify": True, "audit verify": True}
    assert found._replace(memory=(Sample(1, 1), Sample(1, 1))).holds  # too short to say anything of memory
