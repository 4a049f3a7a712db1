"""Real child processes: what dies is back, what dies at once is not hammered, and in the end none is left."""

import asyncio
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest

from headrace import supervisor as supervisor_module
from headrace.relapse import POSTGRES
from headrace.supervisor import Process, Restart, Service, Supervisor, wait_of
from schemas.errors import Misconfigured
from tests.build import until

SLEEPER = ["sleep", "1000"]


class Child:
    """A service of one command, which remembers when it was launched and as what."""

    def __init__(
        self, command: list[str], name: str = "child", log: Path | None = None, relapse: re.Pattern[str] | None = None
    ) -> None:
        self.times: list[float] = []
        self.processes: list[Process] = []
        self.is_ready = True
        self.hindrance: Callable[[], Awaitable[None]] | None = None
        self._command, self._log = command, log
        self.service = Service(name, self._launch, self._ready, log=log, relapse=relapse)

    async def _launch(self) -> Process:
        self.times.append(monotonic())
        if self.hindrance:
            await self.hindrance()
        with (self._log or Path("/dev/null")).open("ab") as log:
            self.processes.append(subprocess.Popen(self._command, stdout=log, stderr=log))
        return self.processes[-1]

    async def _ready(self) -> bool:
        return self.is_ready

    async def launched(self, number: int) -> bool:
        return len(self.processes) >= number

    def kill(self) -> None:
        self.processes[-1].kill()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "FIRST_WAIT", 0.02)
    monkeypatch.setattr(supervisor_module, "POLL", 0.01)


@asynccontextmanager
async def supervised(*children: Child) -> AsyncIterator[list[Restart]]:
    """What is told of these children, while they are watched."""
    told: list[Restart] = []
    supervisor, stop = Supervisor(told.append), asyncio.Event()
    try:
        for child in children:
            await supervisor.start(child.service)
        watching = asyncio.create_task(supervisor.watch(stop))
        yield told
        stop.set()
        await watching
    finally:
        await supervisor.stop()
    assert all(process.poll() is not None for child in children for process in child.processes)


async def test_what_is_killed_is_back() -> None:
    children = [Child(SLEEPER) for _ in range(3)]
    async with supervised(*children):
        for round_ in range(2, 4):
            children[1].kill()
            await until(lambda number=round_: children[1].launched(number))  # type: ignore[misc]
        assert children[1].processes[-1].poll() is None
    assert [len(child.processes) for child in children] == [1, 3, 1]


async def test_what_is_back_is_told_once_it_does_its_work(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = 'trap "echo last words; exit 3" TERM; echo ready; while :; do sleep 0.01; done'
    child, other = Child(["sh", "-c", script], log=log), Child(SLEEPER, "other")
    async with supervised(child, other) as told:
        other.is_ready = False
        other.kill()
        await until(lambda: other.launched(2))
        await until(lambda: _says(log, "ready"))
        child.processes[0].terminate()
        await until(lambda: _tells(told, 1))
        other.is_ready = True
        await until(lambda: _tells(told, 2))
    assert [(restart.service, *restart.end) for restart in told] == [
        ("child", 3, "last words"),
        ("other", -signal.SIGKILL, ""),
    ]


async def test_one_that_mends_itself_is_told_of_too(tmp_path: Path) -> None:
    """As PostgreSQL does when one of its processes dies; what stood in its log before is old news."""
    log = tmp_path / "log"
    log.write_text("LOG:  client backend (PID 1) was terminated by signal 6: Aborted\n")
    words = "client backend (PID 12) was terminated by signal 9: Killed"
    child = Child(SLEEPER, log=log, relapse=POSTGRES)
    async with supervised(child) as told:
        with log.open("a") as more:
            more.write(f"12:00 [7] LOG:  {words}\n12:00 [7] DETAIL:  Failed process was running: select 1\n")
        await until(lambda: _tells(told, 1))
        log.unlink()
        log.write_text(f"LOG:  {words}\n")
        await until(lambda: _tells(told, 2))
    assert [restart.end for restart in told] == [(-9, words)] * 2
    assert len(child.processes) == 1


async def _tells(told: list[Restart], number: int) -> bool:
    return len(told) == number


async def test_what_dies_at_once_is_started_later_and_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "FIRST_WAIT", 0.1)
    child = Child(["false"])
    async with supervised(child):
        await until(lambda: child.launched(5))
    gaps = [later - earlier for earlier, later in pairwise(child.times[:5])]
    assert all(gap >= wait for gap, wait in zip(gaps, (0.1, 0.2, 0.4, 0.8), strict=True)), gaps


@pytest.mark.parametrize(("died_young", "wait"), [(0, 0.0), (1, 0.02), (2, 0.04), (5, 0.32), (50, 10.0), (5000, 10.0)])
def test_the_waits(died_young: int, wait: float) -> None:
    assert wait_of(died_young) == wait


async def test_what_had_lived_for_a_while_is_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "FIRST_WAIT", 1000.0)
    monkeypatch.setattr(supervisor_module, "PATIENCE", 0.0)
    child = Child(SLEEPER)
    async with supervised(child):
        child.kill()
        await until(lambda: child.launched(2))


async def test_what_cannot_be_launched_is_tried_again() -> None:
    child = Child(SLEEPER)

    async def three_times() -> None:
        if len(child.times) < 5:
            raise OSError("no more processes")

    async with supervised(child):
        child.hindrance = three_times
        child.kill()
        await until(lambda: child.launched(2))
    assert len(child.times) == 5


async def test_one_that_does_not_start_keeps_no_other_waiting() -> None:
    slow, other, forever = Child(SLEEPER, "slow"), Child(SLEEPER, "other"), asyncio.Event()

    async def wait() -> None:
        await forever.wait()

    async with supervised(slow, other):
        slow.hindrance = wait
        slow.kill()
        await until(lambda: _began(slow))
        other.kill()
        await until(lambda: other.launched(2))
    assert len(slow.processes) == 1


async def _began(child: Child) -> bool:
    return len(child.times) == 2


async def test_all_end_in_the_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    order.touch()
    script = 'trap "echo $1 >> $2; exit" TERM; echo ready; while :; do sleep 0.01; done'
    children = [
        Child(["sh", "-c", script, "sh", name, str(order)], name, tmp_path / f"{name}.log") for name in ("a", "b", "c")
    ]
    async with supervised(*children):
        for name in ("a", "b", "c"):
            await until(lambda name=name: _says(tmp_path / f"{name}.log", "ready"))  # type: ignore[misc]
    assert order.read_text().split() == ["c", "b", "a"]


async def _says(log: Path, what: str) -> bool:
    return what in log.read_text()


async def test_what_does_not_end_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    stubborn = Child(["sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.01; done'], log=log)
    stubborn.service = stubborn.service._replace(drain=0.1)
    async with supervised(stubborn, Child(SLEEPER)):
        await until(lambda: _says(log, "ready"))
    assert stubborn.processes[0].returncode == -signal.SIGKILL


async def test_a_first_start_that_fails_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child(["sh", "-c", 'echo "error: no such database"; echo "  try: make it"; exit 3'], "worker", log)
    child.is_ready = False
    supervisor = Supervisor(lambda _: None)
    with pytest.raises(Misconfigured) as refused:
        await supervisor.start(child.service)
    assert refused.value.message == "worker ended at once: error: no such database"
    assert str(log) in refused.value.remedy
    await supervisor.stop()


async def test_a_first_start_that_takes_too_long(tmp_path: Path) -> None:
    child = Child(SLEEPER, log=tmp_path / "log")
    child.is_ready = False
    supervisor = Supervisor(lambda _: None)
    with pytest.raises(Misconfigured, match="not ready after 0 s"):
        await supervisor.start(child.service._replace(patience=0.0))
    await supervisor.stop()
    assert child.processes[0].returncode == -signal.SIGTERM
