"""Awkward cases: what happens to the watcher itself. It is stopped for a while, its clock jumps, its files run out."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.headrace.process import until
from tests.watchers.conftest import Observe
from tests.watchers.emitting import emitting
from tests.watchers.observed import digest, on_disk
from tests.watchers.storm import BULK, RACES, Storm
from tests.watchers.test_cases_files import NEW, OLD
from tests.watchers.test_cases_writers import HOLDS, WHOLE
from tests.watchers.test_daemon import check_chain, said_once
from tests.watchers.test_storm import check_history, rage
from watchers import stable, tree

# Stopped for a while


@contextmanager
def stopped(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_stopped_again_and_again_in_a_storm(root: Path, tmp_path: Path) -> None:
    """Everything waits for it in the kernel, and it knows nothing of the time that has passed."""
    storm = Storm(7, BULK | RACES)
    with emitting(tmp_path / "one", root) as daemon, ThreadPoolExecutor(1) as pool:
        raging = pool.submit(rage, root, storm.steps(1200))
        while not raging.done():
            seen = len(daemon.raw())
            with stopped(daemon.process):
                time.sleep(0.4)  # for how long is its own affair
            until(lambda seen=seen: len(daemon.raw()) > seen or raging.done())  # type: ignore[misc]
        raging.result()
        truth = on_disk(root)
        until(lambda: daemon.present() == truth)
        told = said_once(daemon.runs())
        assert daemon.process.poll() is None
    check_chain(told)
    check_history(told, storm)


# The clock

HOUR = 3600 * 10**9
JUMPS = {"ahead": [HOUR], "back": [-HOUR], "to and fro": [HOUR, -HOUR, 0, -2 * HOUR]}


@pytest.mark.parametrize("jumps", JUMPS)
async def test_the_clock_jumps(root: Path, observe: Observe, monkeypatch: pytest.MonkeyPatch, jumps: str) -> None:
    """Files are older or younger than they can be, and older than what was seen of them."""
    (root / "a").write_bytes(OLD)
    async with observe(initial=True) as observed:
        await observed.agrees()
        for number, jump in enumerate(JUMPS[jumps]):
            clock = SimpleNamespace(time_ns=lambda jump=jump: time.time_ns() + jump)
            monkeypatch.setattr(stable, "time", clock)
            monkeypatch.setattr(tree, "time", clock)
            with (root / "a").open("wb", buffering=0) as file:
                file.write(b"half")
                (root / "d" / f"{number}").mkdir(parents=True)
                (root / "d" / f"{number}" / "b").write_bytes(b"%d" % number)
                await observed.hears(f"d/{number}/b", b"%d" % number)
                file.write(b" and half %d" % number)
            await observed.agrees()
        halves = [digest(b"half and half %d" % number) for number in range(len(JUMPS[jumps]))]
        assert observed.said("a") == [digest(OLD), *halves]


# Too few of everything


async def test_no_more_files_may_be_opened(root: Path, observe: Observe, tmp_path: Path) -> None:
    """Nothing can be read or listed; what is known is not gone."""
    (tmp_path / "full" / "d").mkdir(parents=True)
    (tmp_path / "full" / "d" / "a").write_bytes(NEW)
    for name in ("a", "b"):
        (root / name).write_bytes(OLD)
    async with observe(initial=True) as observed:
        await observed.agrees()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
        try:
            (tmp_path / "full").rename(root / "full")
            (root / "a").rename(root / "c")
            os.truncate(root / "b", 1)
            await observed.until(lambda: "cannot be read" in observed.watch.health.text)
            await observed.hears("a", None)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        await observed.agrees()
        await observed.until(lambda: observed.watch.health.text == "ok")
        (root / "full" / "d" / "b").write_bytes(NEW)
        await observed.agrees()
    assert observed.said("b") == [digest(OLD), digest(OLD[:1])]


# Others who hold files


def test_a_file_that_another_has_leased_is_busy_and_not_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(OLD)
    with subprocess.Popen([sys.executable, "-c", HOLDS], cwd=tmp_path, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        assert stable.read(os.fsencode(tmp_path / "a")) is stable.Unsettled.BUSY
        assert holder.wait(20) == 0, "it was asked to come to an end"
    assert (tmp_path / "a").read_bytes() == WHOLE


# A log, without pause

LOG = """
import sys, time
end, number = time.monotonic() + 1.0, 0
while time.monotonic() < end:
    number += 1
    with open(sys.argv[1], sys.argv[2], buffering=0) as file:
        for part in range(3):
            file.write(b"%07d:" % number)
"""


@pytest.mark.parametrize("mode", ["wb", "ab"])
async def test_many_logs_without_pause(root: Path, observe: Observe, mode: str) -> None:
    """Each is seen whole or not at all, all are right in the end, and nobody else has to wait for them."""
    async with observe(content_limit=1 << 30) as observed:
        names = [f"{number}.log" for number in range(4)]
        writers = [await asyncio.create_subprocess_exec(sys.executable, "-c", LOG, root / n, mode) for n in names]
        (root / "other").write_bytes(NEW)
        await observed.hears("other", NEW)
        for writer in writers:
            assert await writer.wait() == 0
        await observed.agrees()
    for change in observed.changes:
        content = change.content or b""
        if change.text in names:
            lines = content.split(b":")[:-1]
            assert lines == [line for line in lines[::3] for _ in range(3)], "half a line of three"
