"""Watching as on macOS and Windows: the engine on watchdog's own observers, without leases and without mounts."""

import asyncio
import errno
import os
import threading
from pathlib import Path

import pytest
from watchdog.observers.api import BaseObserver
from watchdog.observers.inotify import InotifyEmitter

from tests.watchers.conftest import Observe
from tests.watchers.elsewhere import BACKENDS, OF_NO_CONSEQUENCE, Deaf, observer_of
from tests.watchers.observed import Observed, digest, on_disk
from tests.watchers.storm import BULK, RACES, Storm, perform
from tests.watchers.test_guard import remake
from watchers import portable
from watchers.portable import PortableHints

pytestmark = pytest.mark.filterwarnings(OF_NO_CONSEQUENCE)


@pytest.fixture(params=BACKENDS)
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that is not Linux."""

    def no_lease(_descriptor: int) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr("watchers.engine.hints_of", lambda root: PortableHints(root, BACKENDS[request.param]))
    monkeypatch.setattr("watchers.stable.pass_lease", no_lease)
    monkeypatch.setattr("watchers.system.Mounts.have_changed", lambda _mounts: False)


def observer(observed: Observed) -> BaseObserver:
    hints: object = observed.watch._engine._hints
    assert isinstance(hints, PortableHints)
    return observer_of(hints)


@pytest.mark.usefixtures("elsewhere")
async def test_a_file_is_made_edited_saved_moved_and_deleted(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        (root / "a.py").write_bytes(b"one")
        await observed.hears("a.py", b"one")
        (root / "a.py").write_bytes(b"two")
        await observed.hears("a.py", b"two")
        (root / ".a.py.tmp").write_bytes(b"three")
        (root / ".a.py.tmp").replace(root / "a.py")
        await observed.hears("a.py", b"three")
        (root / "a.py").rename(root / "b.py")
        await observed.hears("a.py", None)
        await observed.hears("b.py", b"three")
        (root / "b.py").unlink()
        await observed.hears("b.py", None)
        await observed.agrees()
    assert observed.said("a.py") == [digest(b"one"), digest(b"two"), digest(b"three"), None]


@pytest.mark.usefixtures("elsewhere")
async def test_directories_come_full_move_and_go(root: Path, observe: Observe, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    (outside / "in" / "deep").mkdir(parents=True)
    (outside / "in" / "deep" / "a").write_bytes(b"a")
    async with observe() as observed:
        (root / "x" / "y" / "z").mkdir(parents=True)
        (root / "x" / "y" / "z" / "new").write_bytes(b"new")
        await observed.hears("x/y/z/new", b"new")
        outside.rename(root / "inside")
        await observed.hears("inside/in/deep/a", b"a")
        (root / "inside" / "in" / "deep" / "b").write_bytes(b"b")
        await observed.hears("inside/in/deep/b", b"b")
        (root / "inside" / "in").rename(root / "x" / "in")
        await observed.hears("inside/in/deep/a", None)
        await observed.hears("x/in/deep/b", b"b")
        (root / "x" / "in" / "deep" / "b").write_bytes(b"later")
        await observed.hears("x/in/deep/b", b"later")
        (root / "x").rename(tmp_path / "gone")
        await observed.agrees()
        assert observed.present == {}


@pytest.mark.usefixtures("elsewhere")
async def test_what_changed_meanwhile_and_what_was_there(root: Path, observe: Observe) -> None:
    (root / "old").write_bytes(b"old")
    async with observe(initial=True) as observed:
        await observed.hears("old", b"old")
    (root / "old").write_bytes(b"new")
    (root / "made").write_bytes(b"made")
    async with observe() as observed:
        await observed.agrees()


@pytest.mark.usefixtures("elsewhere")
async def test_ignored_files_stay_unseen(root: Path, observe: Observe) -> None:
    (root / ".headraceignore").write_text("/out/\n")
    async with observe() as observed:
        for directory in ("out", ".git", "src"):
            (root / directory).mkdir()
            (root / directory / "a").write_bytes(b"a")
        await observed.hears("src/a", b"a")
    assert not {b"out/a", b".git/a"} & set(observed.last)


@pytest.mark.usefixtures("elsewhere")
async def test_a_file_that_is_written_to_is_read_when_it_rests(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        with (root / "a").open("wb", buffering=0) as file:
            for _ in range(10):
                file.write(b"a" * 1000)
                await asyncio.sleep(0.03)
        await observed.hears("a", b"a" * 10_000)
    assert observed.said("a") == [digest(b"a" * 10_000)]


@pytest.mark.usefixtures("elsewhere")
async def test_an_emitter_that_dies_is_replaced(root: Path, observe: Observe) -> None:
    (root / "d").mkdir()
    async with observe() as observed:
        first = observer(observed)
        for emitter in first.emitters:
            emitter.stop()
            emitter.join()
        (root / "d" / "unheard").write_bytes(b"unheard")
        (root / "new").mkdir()
        (root / "new" / "unheard").write_bytes(b"unheard")
        await observed.agrees()
        await observed.until(lambda: observer(observed) is not first)
        (root / "new" / "heard").write_bytes(b"heard")
        await observed.hears("new/heard", b"heard")
    assert not first.is_alive()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_an_emitter_that_fails_is_replaced(root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchers.engine.hints_of", PortableHints)
    build = InotifyEmitter.build_and_queue_event

    def die(*_: object, **__: object) -> None:
        monkeypatch.setattr(InotifyEmitter, "build_and_queue_event", build)
        raise KeyError("a race")

    async with observe() as observed:
        first = observer(observed)
        monkeypatch.setattr(InotifyEmitter, "build_and_queue_event", die)
        (root / "fatal").write_bytes(b"fatal")
        await observed.agrees()
        assert observer(observed) is not first


@pytest.mark.usefixtures("elsewhere")
async def test_a_root_that_is_made_again(root: Path, observe: Observe) -> None:
    async with observe() as observed:
        (root / "before").write_bytes(b"before")
        await observed.hears("before", b"before")
        remake(root)
        (root / "after").write_bytes(b"after")
        await observed.agrees()
        assert observed.present == {b"after": digest(b"after")}
        (root / "later").write_bytes(b"later")
        await observed.hears("later", b"later")


@pytest.mark.usefixtures("elsewhere")
async def test_a_burst_while_the_engine_is_busy(root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watchers.hints.QUEUE_LIMIT", 50)
    monkeypatch.setattr("watchers.engine.QUEUE_LIMIT", 50)
    free = threading.Event()
    free.set()

    def wanted(_path: bytes) -> bool:
        return free.wait(20)

    async with observe(wanted=wanted) as observed:
        free.clear()
        for number in range(300):
            (root / f"d{number % 7}").mkdir(exist_ok=True)
            (root / f"d{number % 7}" / f"{number}").write_bytes(b"%d" % number)
        await asyncio.sleep(0.5)
        free.set()
        await observed.agrees()


async def test_what_the_observer_does_not_tell_is_found(
    root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portable, "SWEEP", 0.5)
    monkeypatch.setattr("watchers.engine.hints_of", lambda root: PortableHints(root, Deaf))
    for name in ("d", "gone"):
        (root / name).mkdir()
        (root / name / "a").write_bytes(b"a")
    async with observe(initial=True) as observed:
        await observed.agrees()
        (root / "d" / "a").write_bytes(b"edited")
        (root / "gone").rename(root.parent / "gone")
        (root / "new" / "er").mkdir(parents=True)
        (root / "new" / "er" / "b").write_bytes(b"b")
        await observed.agrees()
        (root / "new" / "er" / "b").unlink()
        await observed.agrees()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("profile", [BULK, RACES], ids=["bulk", "races"])
@pytest.mark.usefixtures("elsewhere")
async def test_storm(root: Path, observe: Observe, profile: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the observers miss, the last word on every path is what is there."""
    monkeypatch.setattr(portable, "SWEEP", 1.0)
    storm = Storm(5, {kind: weight for kind, weight in profile.items() if kind != "slow"})

    def rage() -> None:
        for step in storm.steps(300):
            perform(root, step)

    async with observe() as observed:
        await asyncio.to_thread(rage)
        await observed.agrees()
    assert on_disk(root).keys() == {os.fsencode(path) for path in storm.truth.files}
