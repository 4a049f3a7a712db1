"""Trees to watch, and a user without privileges for what root may do anyway."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.watchers.observed import Observed
from watchers.options import WatchOptions

NOBODY = 65534


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


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of one's own, as a user to whom permissions mean something."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        privileged = os.geteuid() == 0
        if privileged:
            os.chown(folder, NOBODY, NOBODY)
            os.setegid(NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(folder)
        finally:
            if privileged:
                os.seteuid(0)
                os.setegid(0)
