"""Trees to watch."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.watchers.observed import Observed
from watchers.options import WatchOptions


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty tree."""
    root = tmp_path / "tree"
    root.mkdir()
    return root


Observe = Callable[..., Observed]


@pytest.fixture
def observe(tmp_path: Path, root: Path) -> Observe:
    """Watch `root`, or another tree; every watch of one test has the same state."""

    def begin(tree: Path = root, **options: object) -> Observed:
        return Observed(tree, tmp_path / "state.db", WatchOptions(**options))  # type: ignore[arg-type]

    return begin
