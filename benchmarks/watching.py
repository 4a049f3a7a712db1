"""The watcher: what a large tree costs it, how soon a change is told, and what a storm costs and leaves right."""

import inspect
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from pathlib import Path
from time import clock_gettime, perf_counter, sleep

import orjson
import xxhash

from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.machine import HEADRACE, Servers, environment, in_child
from schemas.settings import Settings
from tests.watchers.observed import on_disk
from tests.watchers.storm import BULK, Step, Storm, perform

FILES_EACH = 100
DIRECTORIES = 1_000
MANY_DIRECTORIES = 10_000
STARTS = 3
CALM = 5.0
IDLE = 10.0
RATE = 200
SECONDS = 10
CHANGING = 1_000
STORM = 20_000
STORM_RATE = 1_600
STORM_SEED = 1
STORM_ROUNDS = 2
# Nobody waits in it (`slow`): both programs get the same storm at the same pace. Directories come, move and go.
STORM_WEIGHTS = {kind: weight for kind, weight in BULK.items() if kind != "slow"} | {
    "move_directory": 1,
    "remove_directory": 1,
}


async def figures(_: Servers) -> AsyncIterator[Figure]:
    """A tree of 100,000 files, changes at a steady rate, a storm."""
    for part in (_quiet, _changing, _stormy):
        with tempfile.TemporaryDirectory() as folder:
            for figure in part(Path(folder)):
                yield figure


async def million(_: Servers) -> AsyncIterator[Figure]:
    """A tree of a million files must not cost memory. It takes minutes, so it is a part of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tree = make_tree(Path(folder) / "tree", MANY_DIRECTORIES)
        with ours(tree, Path(folder) / "data") as program:
            sleep(CALM)
            peak = program.memory("VmHWM")
        with bare(tree) as program:
            sleep(CALM)
            limit = program.memory("VmHWM")
    yield measured(f"{_files(MANY_DIRECTORIES)}, first start: peak memory", peak, "MB", limit, Goal("≤", 120))


def _quiet(folder: Path) -> Iterator[Figure]:
    """A start that finds nothing new, and then nothing happens."""
    name, data = _files(DIRECTORIES), folder / "data"
    tree = make_tree(folder / "tree", DIRECTORIES)
    with ours(tree, data):
        pass
    walks, starts = [], []
    for _ in range(STARTS):
        walks.append(seconds_to_walk(tree))
        with ours(tree, data) as program:
            starts.append(program.seconds_to_start)
    yield measured(f"{name}: warm start", min(starts), "s", min(walks), Goal("≤", 2.0))
    with ours(tree, data) as program:
        memory, idle = _at_rest(program)
    with bare(tree) as program:
        bare_memory, bare_idle = _at_rest(program)
    yield measured(f"{name}: memory", memory, "MB", bare_memory, Goal("≤", 45))
    yield measured(f"{name}: idle", idle, "% of a core", bare_idle, Goal("≤", 0.2))


def _changing(folder: Path) -> Iterator[Figure]:
    """Files that change at a steady rate."""
    found = [seconds * 1e3 for seconds in latencies(folder)]
    settle = Settings().settle_ms
    for share, limit in ((0.5, 100), (0.99, 250)):
        name = f"file closed to line read, p{share * 100:g}, {RATE}/s"
        yield measured(name, percentile(found, share), "ms", settle, Goal("≤", limit))


def _stormy(folder: Path) -> Iterator[Figure]:
    """The same storm for both, in turns; the cheapest round counts, and of our shares the worst."""
    steps = list(islice(Storm(STORM_SEED, STORM_WEIGHTS).steps(STORM), STORM))
    mine, peers = [], []
    for number in range(STORM_ROUNDS):
        mine.append(weather(folder / f"ours-{number}", steps, lambda tree: ours(tree, tree.with_name("data"))))
        peers.append(weather(folder / f"bare-{number}", steps, bare))
    costs, shares = zip(*mine, strict=True)
    bare_costs, bare_shares = zip(*peers, strict=True)
    name = f"storm of {STORM:,} operations"
    yield measured(f"{name}: cost", min(costs), "CPU-s", min(bare_costs), Goal("≤", 1.0, "ratio"))
    yield measured(f"{name}: reported right", min(shares), "share", max(bare_shares), Goal("≥", 1.0))


def _files(directories: int) -> str:
    return f"{directories * FILES_EACH:,} files"


def make_tree(root: Path, directories: int) -> Path:
    """Directories of a hundred small files each, a hundred of them in each of some more directories."""
    for number in range(directories):
        directory = root / f"group{number // 100:03}" / f"part{number:05}"
        directory.mkdir(parents=True)
        for name in range(FILES_EACH):
            (directory / f"file{name:02}.txt").write_bytes(b"file %d of directory %d\n" % (name, number))
    return root


def seconds_to_walk(root: Path) -> float:
    """The least that a start can do: list every directory and look at every file."""
    started = perf_counter()
    left = [os.fsencode(root)]
    while left:
        with os.scandir(left.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                else:
                    os.lstat(entry.path)
    return perf_counter() - started


class Program:
    """A process that watches: when it was ready, what it costs, and every line that it said, with the moment."""

    def __init__(self, *command: str) -> None:
        self.said: list[tuple[float, bytes]] = []
        self.seconds_to_start = 0.0
        self._ready = threading.Event()
        self._started = perf_counter()
        self.process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for listen in (self._hear_lines, self._hear_words):
            threading.Thread(target=listen, daemon=True).start()

    def wait(self, patience: float) -> None:
        """Wait until it sees every change."""
        if not self._ready.wait(patience) or not self.seconds_to_start:
            raise RuntimeError(f"{self.process.args!r} does not watch")

    @property
    def cpu(self) -> float:
        """Its CPU seconds so far: `utime + stime` of /proc/PID/stat, by a clock that has no ticks of 10 ms."""
        return clock_gettime((~self.process.pid << 3) | 2)  # what clock_getcpuclockid(3) gives

    def memory(self, field: str) -> float:
        """`VmRSS`, what it holds, or `VmHWM`, the most that it ever held, in MB."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:")) * 1024 / 1e6

    def rest(self) -> None:
        """Wait until it has nothing left to do, not even something put off for a while."""
        for _ in range(60):
            spent = self.cpu
            sleep(3.0)
            if self.cpu - spent < 0.03:
                return
        raise RuntimeError(f"{self.process.args!r} does not come to rest")

    def last(self) -> dict[bytes, str | None]:
        """Its last word on every path."""
        found = [orjson.loads(line) for _, line in self.said]
        return {one["path"].encode(): one["hash"] for one in found}

    def _hear_lines(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append((perf_counter(), line))

    def _hear_words(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            if line.startswith(b"watching "):
                self.seconds_to_start = perf_counter() - self._started
                self._ready.set()
        self._ready.set()


@contextmanager
def running(*command: str) -> Iterator[Program]:
    """A program that watches already; it is told to end at the end."""
    program = Program(*command)
    try:
        program.wait(1_800)
        yield program
    finally:
        program.process.terminate()
        program.process.wait()


def ours(tree: Path, data: Path) -> AbstractContextManager[Program]:
    """`headrace watch`."""
    return running(str(HEADRACE), "watch", str(tree), "--emit", "jsonl", "--data", str(data))


def bare(tree: Path) -> AbstractContextManager[Program]:
    """The peer: `observe`, taken out of this file, so that nothing else of ours is in its memory."""
    return running(sys.executable, "-c", f"{inspect.getsource(observe)}\nobserve({str(tree)!r})")


def observe(root: str) -> None:
    """Watchdog with one handler, which hashes what an event names, at once, and says so."""
    import os
    import sys
    from contextlib import suppress

    import orjson
    import xxhash
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    def tell(path: str, digest: str | None) -> None:
        os.write(1, orjson.dumps({"path": path[len(root) + 1 :], "hash": digest}, option=orjson.OPT_APPEND_NEWLINE))

    def look(path: str) -> None:
        digest = None
        with suppress(OSError), open(path, "rb") as file:  # noqa: PTH123 - as cheap as can be
            digest = xxhash.xxh3_64_hexdigest(file.read())
        tell(path, digest)

    class Handler(FileSystemEventHandler):
        def dispatch(self, event: FileSystemEvent) -> None:
            if event.is_directory:
                return
            if event.event_type in {"created", "modified", "closed"}:
                look(os.fsdecode(event.src_path))
            elif event.event_type in {"deleted", "moved"}:
                tell(os.fsdecode(event.src_path), None)
            if event.event_type == "moved":
                look(os.fsdecode(event.dest_path))

    observer = Observer()
    observer.schedule(Handler(), root, recursive=True)
    observer.start()
    sys.stderr.write(f"watching {root}\n")
    sys.stderr.flush()
    observer.join()


def latencies(folder: Path) -> list[float]:
    """Seconds from the close of a file to the moment at which its line is read."""
    tree = folder / "tree"
    tree.mkdir()
    for number in range(CHANGING):
        (tree / f"file{number}.txt").write_bytes(b"as it was")
    with ours(tree, folder / "data") as program:
        closed = in_child(write_steadily, tree)
        program.rest()
        read = {orjson.loads(line)["hash"]: at for at, line in program.said}
    if missing := closed.keys() - read.keys():
        raise RuntimeError(f"{len(missing)} changes were never told of")
    return [read[digest] - at for digest, at in closed.items()]


async def write_steadily(tree: Path) -> dict[str, float]:
    """Write one small file after the other; say when each content was closed."""
    closed: dict[str, float] = {}
    started = perf_counter()
    for number in range(RATE * SECONDS):
        content = b"change %d\n" % number * 20
        (tree / f"file{number % CHANGING}.txt").write_bytes(content)
        closed[xxhash.xxh3_64_hexdigest(content)] = perf_counter()
        sleep(max(0.0, started + (number + 1) / RATE - perf_counter()))
    return closed


def weather(
    folder: Path, steps: list[Step], watch: Callable[[Path], AbstractContextManager[Program]]
) -> tuple[float, float]:
    """What a storm costs a program, in CPU seconds, and the share of paths of which its last word is right."""
    tree = folder / "tree"
    tree.mkdir(parents=True)
    with watch(tree) as program:
        before = program.cpu
        started = perf_counter()
        for number, step in enumerate(steps):
            perform(tree, step)
            sleep(max(0.0, started + (number + 1) / STORM_RATE - perf_counter()))
        program.rest()
        cost, said = program.cpu - before, program.last()
    truth = on_disk(tree)
    paths = said.keys() | truth.keys()
    return cost, sum(said.get(path) == truth.get(path) for path in paths) / len(paths)


def _at_rest(program: Program) -> tuple[float, float]:
    """What a program that hears nothing holds, in MB, and what it costs, in percent of a core."""
    sleep(CALM)
    memory, spent, started = program.memory("VmRSS"), program.cpu, perf_counter()
    sleep(IDLE)
    return memory, (program.cpu - spent) / (perf_counter() - started) * 100
