"""A system that has nothing of what Linux has: a process from which it was taken."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from watchers import stable

NOW, LONG_AGO = time.time_ns(), 10**18


@pytest.mark.parametrize(
    ("made", "written", "young"),
    [(LONG_AGO, LONG_AGO, False), (LONG_AGO, NOW, True), (NOW, LONG_AGO, True)],
    ids=["at rest", "written to", "copied"],
)
def test_windows_knows_when_a_file_was_made_and_written_to(made: int, written: int, young: bool) -> None:
    """Its ctime is the time when the file was made: a write shows in the mtime alone."""
    status: Any = SimpleNamespace(st_ctime_ns=made, st_mtime_ns=written)
    assert stable._is_young(status, 3600 * 10**9) is young


PRETEND = """
import aiohttp, asyncio, fcntl, loguru, orjson, os, pydantic, select, shutil, signal, sqlite3, subprocess, sys
import tempfile, types, warnings, xxhash
from pathlib import Path

flock = fcntl.flock
root, system = Path(sys.argv[1]), sys.argv[2]

def locking(descriptor, mode, count):
    try:
        flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise PermissionError(13, "Permission denied") from None

def without(module, *names):
    for name in names:
        delattr(module, name)

sys.platform = system
os.O_BINARY = 0x8000 if system == "win32" else 0
sys.modules["watchdog.observers.inotify_c"] = None
warnings.filterwarnings("ignore", "Failed to import")
without(fcntl, "F_SETLEASE", "F_SETSIG")
if system == "win32":
    sys.modules["fcntl"] = None
    sys.modules["msvcrt"] = types.SimpleNamespace(locking=locking, LK_NBLCK=2)
    without(select, "poll")
    without(signal, "SIGURG")
"""

IMPORT = """
import importlib, pkgutil
import watchers
flags = {name: getattr(os, name) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY")}
if system == "win32":
    without(os, *flags)
names = [module.name for module in pkgutil.iter_modules(watchers.__path__)]
for name in names:
    importlib.import_module(f"watchers.{name}")
assert {"hints", "guard", "stable", "lock", "portable", "engine", "daemon"} <= set(names)
assert "watchdog.observers.inotify" not in sys.modules
"""

WATCH = """
from schemas.errors import Misconfigured
from tests.watchers.observed import Observed
from watchers import portable, stable, system as here
from watchers.lock import exclusive

async def main():
    async with Observed(root, root.parent / "state.db") as observed:
        hints = observed.watch._engine._hints
        assert isinstance(hints, portable.PortableHints) and hints._observer is None and not hints.limit
        (root / "d" / "e").mkdir(parents=True)
        (root / "d" / "e" / "a").write_bytes(b"a\\r\\n")
        await observed.agrees()
        (root / "d" / "e" / "a").write_bytes(b"b\\x1a\\n")
        (root / "d" / "b").write_bytes(b"b")
        await observed.agrees()
        (root / "d").rename(root / "f")
        await observed.agrees()
        descriptor = os.open(root / "f" / "b", os.O_RDONLY)
        assert stable._lease(descriptor) is stable._Lease.IMPOSSIBLE
        os.close(descriptor)
        assert here.READ_FLAGS & os.O_BINARY == os.O_BINARY

def check_lock():
    for path in (root, root.parent / "state.db"):
        with exclusive(path, "is here"):
            try:
                with exclusive(path, "is here"):
                    raise SystemExit("two hold one lock")
            except Misconfigured as error:
                assert error.message == "another process already is here", error.message
        with exclusive(path, "is here"), exclusive(root / "f", "is here"):
            pass

asyncio.run(main())
check_lock()
"""


COMMAND = """
import click, platformdirs, pydantic_settings, rich.console, rich.markup, rich.text, typer, typer.rich_utils
"""

RUN = """
def refuse(*_):
    raise NotImplementedError

asyncio.SelectorEventLoop.add_signal_handler = refuse
os.execv = refuse
from headrace.cli import main
sys.argv = ["headrace", "watch", str(root), "--emit", "jsonl", "--data", str(root.parent / "data")]
main()
"""


def test_the_command_runs_on_windows(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which tells no loop of signals, and where a process cannot become another program."""
    monkeypatch.setenv("TMPDIR", str(root.parent))
    command = [sys.executable, "-c", COMMAND + PRETEND + RUN, str(root), "win32"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        try:
            assert process.stderr.readline() == f"watching {root} (0 files)\n", process.stderr.read()
            (root / "a").write_bytes(b"a")
            assert json.loads(process.stdout.readline())["path"] == "a"
            process.send_signal(signal.SIGTERM)
            assert (process.wait(30), process.stderr.read()) == (0, "")
        finally:
            process.kill()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_a_system_that_has_nothing_of_linux(root: Path, system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither leases nor inotify, on Windows no `fcntl`, `poll` nor flags: all of it is imported, and watches."""
    monkeypatch.setenv("TMPDIR", str(root.parent))
    command = [sys.executable, "-c", PRETEND + IMPORT + WATCH, str(root), system]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert (done.stdout, done.returncode) == ("", 0), done.stderr
    assert bool(list(root.parent.glob("headrace-*.lock"))) == (system == "win32")
