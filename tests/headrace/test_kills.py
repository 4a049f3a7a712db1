"""Everything is killed in turn under a storm of edits; then the versions in the store are counted."""

import os
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.hashing import fingerprint
from tests.headrace.process import Up, components, until

pytestmark = pytest.mark.slow
PATHS = [f"model/m{n}.py" for n in range(12)]


def rage(tree: Path, seed: int, over: threading.Event) -> int:
    """Edit, save atomically, delete; every content is numbered and there once. How many there were."""
    chance, number = random.Random(seed), 0
    while not over.wait(0.01):
        file = tree / "cvlabkit" / "component" / chance.choice(PATHS)
        if chance.random() < 0.1:
            file.unlink(missing_ok=True)
            continue
        number += 1
        target = file if chance.random() < 0.5 else file.with_name(f".{file.name}.new~")
        target.write_text(f"{number}\n" + "# as long as some file\n" * chance.randrange(200))
        target.rename(file)
    return number


def on_disk(tree: Path) -> dict[str, str]:
    """The hash of each component that is there."""
    files = {path: tree / "cvlabkit" / "component" / path for path in PATHS}
    return {path: fingerprint(file.read_bytes()).hash for path, file in files.items() if file.exists()}


def active(up: Up) -> dict[str, str]:
    """The hash of each component that the server holds to be there."""
    return {path: hash_ for path, hash_ in up.components().items() if hash_}


def numbers(up: Up, path: str) -> list[int]:
    """The numbers of the contents that became versions, oldest first."""
    return [int(text.partition("\n")[0]) for text in up.history(path.removesuffix(".py")) if text[0].isdigit()]


def versions(up: Up) -> int:
    """How many there are; 0 where nobody can say."""
    return sum(component["version_count"] for component in up.get("/api/components/versions") or [])


def test_whatever_is_killed_the_history_is_right(tmp_path: Path) -> None:
    tree, over = tmp_path / "tree", threading.Event()
    components(tree, PATHS)
    victims = ["watch", "worker", "gateway", "redis", "postgres", "watch", "postgres"]
    random.Random(1).shuffle(victims)
    with Up(tmp_path / "up", tree) as up, ThreadPoolExecutor(1) as pool:
        storm = pool.submit(rage, tree, 1, over)
        try:
            for victim in victims:
                before, pid = until(lambda: versions(up)), up.child(victim)
                os.kill(pid, signal.SIGKILL)
                until(lambda before=before: versions(up) > before)  # type: ignore[misc]
        finally:
            over.set()
        made = storm.result()
        until(lambda: active(up) == on_disk(tree), 120)
        histories = {path: numbers(up, path) for path in PATHS}
    for path, kept in histories.items():
        assert kept == sorted(set(kept)), path
        assert not kept or 0 < kept[0] <= kept[-1] <= made, path
