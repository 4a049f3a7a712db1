"""Storms: whatever is done to a tree, the last word on every path is what is there, and nothing was ever made up."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed, on_disk
from tests.watchers.storm import BULK, RACES, Storm, perform

PROFILES = {"bulk": BULK, "races": RACES}


def rage(root: Path, storm: Storm, count: int) -> None:
    for step in storm.steps(count):
        perform(root, step)


def check_history(observed: Observed, storm: Storm) -> None:
    """Every content that was reported was once complete at its path."""
    for change in observed.changes:
        known = storm.truth.history.get(os.fsdecode(change.path), set())
        assert change.hash is None or change.hash in known, change


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(3))
async def test_storm(root: Path, observe: Observe, profile: str, seed: int) -> None:
    storm = Storm(seed, PROFILES[profile])
    async with observe() as observed:
        await asyncio.to_thread(rage, root, storm, 400)
        await observed.agrees()
        check_history(observed, storm)
    assert on_disk(root).keys() == {os.fsencode(path) for path in storm.truth.files}
