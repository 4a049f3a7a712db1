"""`python -m benchmarks.soak [--minutes 30]`: hundreds of changes a second while something is killed every few seconds.

At the end nothing may be lost, doubled or out of order, replay and audit must agree, and memory must be flat. What is
killed are the real processes of a real `headrace up`: Redis, PostgreSQL, the worker, the gateway.
"""

import argparse
import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import orjson
from loguru import logger
from rich.console import Console
from rich.progress import Progress

from benchmarks.machine import HEADRACE, environment, until
from schemas.base import Document, new_id, now
from schemas.changes import ChangeObserved, Content
from schemas.envelope import Envelope, Event, Origin, root
from schemas.errors import Away, Busy
from schemas.hashing import fingerprint
from schemas.settings import Settings
from streams.connection import connect
from streams.embedded import free_port
from streams.log import Log
from streams.publisher import Publisher
from streams.recovery import Recovery
from streams.store import Store

FILES = 200
BATCH = 25
FLAT = 1.5
"""How many times as much memory the last third of the time may take as the second."""


class Sample(NamedTuple):
    """Memory at one moment, in MiB: of Redis's data, and of our own processes."""

    redis: float
    ours: float


class Outcome(NamedTuple):
    """What a soak came to."""

    changes: int
    kills: Counter[str]
    lost: int
    doubled: int
    disordered: int
    memory: tuple[Sample, Sample]
    proofs: dict[str, bool]

    @property
    def holds(self) -> bool:
        """Whether all is as it must be."""
        (redis_before, ours_before), (redis_after, ours_after) = self.memory
        is_flat = redis_after <= FLAT * redis_before + 20 and ours_after <= FLAT * ours_before + 50
        return not (self.lost or self.doubled or self.disordered) and is_flat and all(self.proofs.values())


class Soak:
    """One `headrace up`, somebody who publishes, and somebody who kills."""

    def __init__(self, folder: Path, rate: float, seed: int) -> None:
        self.data = folder / "data"
        self.acknowledged: dict[str, list[str]] = {}
        self.kills: Counter[str] = Counter()
        self.samples: list[Sample] = []
        self._dice = random.Random(seed)
        self._rate = rate
        self._log = folder / "up.log"
        self._count = 0

    def start(self) -> "subprocess.Popen[bytes]":
        """Bring it up."""
        command = [str(HEADRACE), "up", "--data", str(self.data), "--port", str(free_port())]
        with self._log.open("ab") as log:
            env = environment(HEADRACE_API_KEY="soak-" + "k" * 30)
            return subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)

    async def run(self, seconds: float, up: "subprocess.Popen[bytes]", watch: Progress) -> None:
        """Publish, kill and look for so many seconds; then wait until all is carried through."""
        running = await self._running()
        end = monotonic() + seconds
        task = watch.add_task("soaking", total=seconds)
        settings = Settings()
        log = Log(connect(running["redis_url"], 5.0), settings)
        store = await Store.connect(running["postgres_url"], settings)
        publisher = Publisher(log, store, Recovery(log, store))
        killing = asyncio.create_task(self._kill(up, end))
        try:
            started = monotonic()
            while monotonic() < end:
                await self._publish(publisher)
                watch.update(task, completed=seconds - (end - monotonic()))
                ahead = started + self._count / self._rate - monotonic()
                await asyncio.sleep(max(0.0, ahead))
            await killing
            await until(lambda: self._carried(store), 300, 0.5)
        finally:
            killing.cancel()
            await log.close()
            await store.close()

    async def _running(self) -> dict[str, str]:
        async def ready() -> bool:
            return b"ready http" in self._log.read_bytes()

        await until(ready, 120)
        found: dict[str, str] = orjson.loads((self.data / "running.json").read_bytes())
        return found

    async def _publish(self, publisher: Publisher) -> None:
        """A batch, again and again until it is taken; then it must never be lost."""
        events = [self._change(self._count + n) for n in range(BATCH)]
        while True:
            try:
                await publisher.publish([event for event, _ in events])
                break
            except (Away, Busy):
                await asyncio.sleep(0.05)
        for event, text in events:
            self.acknowledged.setdefault(event.subject, []).append(text)
        self._count += BATCH

    def _change(self, number: int) -> tuple[Envelope[Event], str]:
        text = f"x = {number}\n"
        found = fingerprint(text.encode())
        body = ChangeObserved(hash=found.hash, size=found.size, content=Content.of(text.encode()), forced=True)
        document = Document("default", "components", f"model/m{number % FILES}.py")
        return root(body, document, Origin("soak", "soak", now()), new_id()), text

    async def _carried(self, store: Store) -> bool:
        with suppress(Away):
            versions = await store.db.fetchval("select count(*) from versions")
            moved = "select count(distinct id) from events where kind = 'head.moved'"
            return bool(versions >= self._count and await store.db.fetchval(moved) >= self._count)
        return False

    async def _kill(self, up: "subprocess.Popen[bytes]", end: float, every: float = 5.0) -> None:
        while monotonic() + every < end:
            await asyncio.sleep(every)
            children = dict(_children(up.pid))
            self.samples.append(await self._sample(children))
            pid = self._dice.choice(list(children))
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills[children[pid]] += 1

    async def _sample(self, children: dict[int, str]) -> Sample:
        ours = sum(_memory(pid) for pid, name in children.items() if name not in {"redis", "postgres"})
        redis = sum(_memory(pid) for pid, name in children.items() if name == "redis")
        return Sample(redis, ours)

    async def judge(self) -> Outcome:
        """Compare what is there with what was acknowledged."""
        running = await self._running()
        store = await Store.connect(running["postgres_url"], Settings())
        rows = await store.db.fetch(
            "select 'components/' || path as subject, convert_from(content, 'UTF8') as text from versions v"
            " join documents d on d.id = document join blobs b on b.hash = v.hash order by path, number"
        )
        await store.close()
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["subject"], []).append(row["text"])
        lost = doubled = disordered = 0
        for subject, texts in self.acknowledged.items():
            there = found.get(subject, [])
            lost += len(set(texts) - set(there))
            doubled += len(there) - len(set(there))
            disordered += there != texts
        proofs = {name: self._prove(*name.split()) for name in ("replay --verify", "audit verify")}
        return Outcome(self._count, self.kills, lost, doubled, disordered, self._memory(), proofs)

    def _prove(self, *command: str) -> bool:
        done = subprocess.run([str(HEADRACE), *command, "--data", str(self.data)], env=environment(), check=False)
        return done.returncode == 0

    def _memory(self) -> tuple[Sample, Sample]:
        """The medians of the second and of the last third of the time."""
        third = max(1, len(self.samples) // 3)
        parts = self.samples[third : 2 * third] or self.samples, self.samples[-third:]
        before, after = (
            Sample(*(statistics.median(one[n] for one in part) for n in (0, 1))) if part else Sample(0, 0)
            for part in parts
        )
        return before, after


def _children(parent: int) -> Iterator[tuple[int, str]]:
    """The processes that an `up` has started, with what each is."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == parent:
                words = stat.with_name("cmdline").read_bytes().split(b"\0")
                program = words[0].decode()
                named = next((name for name in ("redis", "postgres") if f"/{name}" in program), None)
                yield int(stat.parent.name), named or words[2].decode()


def _memory(pid: int) -> float:
    with suppress(OSError, StopIteration):
        status = Path(f"/proc/{pid}/status").read_text().splitlines()
        return int(next(line for line in status if line.startswith("VmRSS:")).split()[1]) / 1024
    return 0.0


async def soak(minutes: float, rate: float, seed: int) -> Outcome:
    """Do it."""
    with tempfile.TemporaryDirectory() as folder:
        one = Soak(Path(folder), rate, seed)
        up = one.start()
        try:
            with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as watch:
                await one.run(minutes * 60, up, watch)
            return await one.judge()
        finally:
            up.send_signal(signal.SIGTERM)
            await asyncio.to_thread(up.wait)


def main() -> None:
    """Soak, and say what it came to; exits with 1 where it does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="Does it hold?")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=500.0, help="changes a second")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    logger.remove()
    found = asyncio.run(soak(arguments.minutes, arguments.rate, arguments.seed))
    print(f"{found.changes} changes in {arguments.minutes:g} minutes, killed {dict(found.kills)}")
    print(f"{found.lost} lost, {found.doubled} doubled, {found.disordered} files out of order")
    for name, then, later in zip(Sample._fields, *found.memory, strict=True):
        print(f"memory of {name}: {then:.0f} MiB, in the end {later:.0f} MiB")
    print(", ".join(f"{name}: {'holds' if held else 'BROKEN'}" for name, held in found.proofs.items()))
    raise SystemExit(0 if found.holds else 1)


if __name__ == "__main__":
    main()
