"""Storms: whatever is done to a tree, the last word on every path is what is there, and nothing was ever made up."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.headrace.process import until
from tests.watchers.conftest import Observe
from tests.watchers.emitting import Said, emitting
from tests.watchers.observed import on_disk
from tests.watchers.storm import PROFILES, Step, Storm, perform
from tests.watchers.test_daemon import check_chain, said_once
from watchers.change import Change


def rage(root: Path, steps: Iterable[Step]) -> None:
    for step in steps:
        perform(root, step)


def check_history(told: Iterable[Change | Said], storm: Storm) -> None:
    """Every content that was reported was once complete at its path."""
    for one in told:
        known = storm.truth.history.get(os.fsdecode(one.path), set())
        assert one.hash is None or one.hash in known, one


def test_a_storm_is_its_seed() -> None:
    for weights in PROFILES.values():
        one, same, other = (list(Storm(seed, weights).steps(200)) for seed in (1, 1, 2))
        assert one == same != other


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(2))
async def test_storm(root: Path, observe: Observe, profile: str, seed: int) -> None:
    storm = Storm(seed, PROFILES[profile])
    async with observe() as observed:
        await asyncio.to_thread(rage, root, storm.steps(400))
        await asyncio.to_thread(rage, root, storm.calm())
        await observed.agrees()
        check_history(observed.changes, storm)
    assert on_disk(root) == storm.truth.disk()


@pytest.mark.parametrize("profile", PROFILES)
def test_a_third_while_it_is_down(root: Path, tmp_path: Path, profile: str) -> None:
    """It sees a third, is killed, misses a third, and starts while the last one blows."""
    storm = Storm(10, PROFILES[profile])
    with emitting(tmp_path / "one", root) as daemon:
        rage(root, storm.steps(200))
        daemon.kill()
        rage(root, storm.steps(200))
        daemon.launch()
        rage(root, storm.steps(200))
        rage(root, storm.calm())
        truth = on_disk(root)
        until(lambda: daemon.present() == truth)
        assert daemon.stop() == 0
        told = said_once(daemon.runs())
    check_chain(told)
    check_history(told, storm)
    assert truth == storm.truth.disk()
