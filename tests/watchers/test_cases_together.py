"""All awkward cases in one tree, at the same time, and while the watcher is down, deaf or only starting."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from watchdog.observers.inotify_c import InotifyFD

from tests.watchers.conftest import Observe
from tests.watchers.observed import Observed, on_disk
from tests.watchers.test_cases_files import FILES, Case, directories, perform, refuse, watched
from tests.watchers.test_cases_places import PLACES
from tests.watchers.test_cases_programs import EDITORS, PROGRAMS
from tests.watchers.test_cases_writers import WRITERS
from watchers.hints import Hints

SETTLE = 0.02
TABLES = {"a file": FILES, "a place": PLACES, "an editor": EDITORS, "a program": PROGRAMS, "a writer": WRITERS}
LONG = {"a place a scratch file", "a place a scratch directory"}
CASES = {f"{kind} {name}".replace("/", "-"): case for kind, cases in TABLES.items() for name, case in cases.items()}
CASES = {name: case for name, case in CASES.items() if name not in LONG}


@pytest.fixture
def cases(root: Path) -> dict[str, Case]:
    """All of them, set up."""
    everybody(root, Case.set_up)
    return CASES


def everybody(root: Path, do: Any) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda name: do(CASES[name], root / name), CASES):
            pass


async def act(root: Path) -> None:
    await asyncio.to_thread(everybody, root, lambda case, here: perform(case.act, here))


def check(observed: Observed, before: int) -> None:
    """Of each case nothing was said but what may be."""
    for name, case in CASES.items():
        case.check(os.fsencode(name), observed.changes[before:])
    observed.chain()


def check_once(observed: Observed, before: dict[bytes, str], truth: dict[bytes, str]) -> None:
    """What differs was said, each path once, and nothing else."""
    differs = {path for path in before.keys() | truth.keys() if before.get(path) != truth.get(path)}
    assert sorted(change.path for change in observed.changes) == sorted(differs)
    assert all(
        change.hash == truth.get(change.path) and change.base == before.get(change.path) for change in observed.changes
    )


@pytest.mark.usefixtures("cases")
async def test_all_at_once(root: Path, observe: Observe) -> None:
    async with observe(initial=True, settle=SETTLE) as observed:
        await observed.agrees()
        before = len(observed.changes)
        await act(root)
        await observed.agrees()
        await observed.rests()
        await observed.agrees()
        check(observed, before)
        await observed.until(lambda: watched(observed) == directories(root))


@pytest.mark.usefixtures("cases")
async def test_while_it_is_down(root: Path, observe: Observe) -> None:
    async with observe():
        before = on_disk(root)
    await act(root)
    async with observe() as observed:
        await observed.rests()
    observed.changes = [change for change in observed.changes if not change.path.startswith(b"probe")]
    check_once(observed, before, on_disk(root))
    check(observed, 0)


@pytest.mark.usefixtures("cases")
async def test_while_it_is_deaf(root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel threw all its hints away, and then says so."""
    unheard: set[bytes] = set()
    async with observe(settle=SETTLE) as observed:
        before = on_disk(root)
        with monkeypatch.context() as deaf:
            deaf.setattr(Hints, "on_event", lambda _self, event: unheard.add(event.name))
            deaf.setattr(Hints, "on_watch_deleted", lambda *_: None)
            await act(root)
            (root / "the last").touch()
            await observed.until(lambda: b"the last" in unheard)
        observed.watch._engine._hints.on_queue_overflow()
        truth = on_disk(root)
        await observed.until(lambda: {path: said for path, said in (before | observed.last).items() if said} == truth)
        await observed.rests()
        await observed.until(lambda: watched(observed) == directories(root))
    observed.changes = [change for change in observed.changes if not change.path.startswith(b"probe")]
    check_once(observed, before, truth)


@pytest.mark.usefixtures("cases")
async def test_while_it_can_only_poll(root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(InotifyFD, "_create_inotify_fd", refuse)
    async with observe(initial=True, settle=SETTLE) as observed:
        await observed.agrees()
        before = len(observed.changes)
        await act(root)
        await observed.agrees()
        check(observed, before)


@pytest.mark.usefixtures("cases")
async def test_while_it_starts(root: Path, observe: Observe) -> None:
    before = on_disk(root)
    acting = asyncio.create_task(act(root))
    async with observe(initial=True, settle=SETTLE) as observed:
        await acting
        await observed.agrees()
        await observed.rests()
    news = [one for one in observed.changes if one.base is not None or one.hash != before.get(one.path)]
    for name, case in CASES.items():
        case.check(os.fsencode(name), news)


@pytest.mark.usefixtures("cases")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_while_its_reader_dies_and_its_queue_overflows(
    root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers, handle = count(1), InotifyFD.handle_event

    def handle_or_die(self: InotifyFD, event: Any) -> None:
        if next(numbers) % 200 == 0:
            raise KeyError("a race")
        handle(self, event)

    for place in ("hints", "engine"):
        monkeypatch.setattr(f"watchers.{place}.QUEUE_LIMIT", 50)
    async with observe(initial=True, settle=SETTLE) as observed:
        await observed.agrees()
        before = len(observed.changes)
        with monkeypatch.context() as mortal:
            mortal.setattr(InotifyFD, "handle_event", handle_or_die)
            await act(root)
        await observed.agrees()
        await observed.rests()
        await observed.agrees()
        check(observed, before)
    assert next(numbers) > 200
