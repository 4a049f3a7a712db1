"""The benchmarks' own rules: what their tables say of given measurements. What they measure is not judged here."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.peers import environments, runs
from benchmarks.peers.environments import SHARED, Unavailable, requirements
from benchmarks.peers.runs import KAFKA, PEERS, Peer, Run
from benchmarks.peers.table import figures

WORKERS = environments.ROOT / "benchmarks" / "peers" / "workers"


def line(name: str, cpu_s: float) -> str:
    return json.dumps({"name": name, "events": 1000, "cpu_s": cpu_s, "wall_s": 9.0})


def test_the_table_of_peers() -> None:
    """Each beside the loop, ours beside each; the cheapest run counts; a miss and a silence are both no success."""
    said = [line("quick", 0.02), line("slow", 2.0), line("quick", 0.015), line("slow", 3.0)]
    found = figures(10e-6, 10e-6, [runs.read(one) for one in said], {"gone": "no such release"})
    assert [(one.name, round(one.figure), round(one.ratio, 3), one.holds) for one in found[:-1]] == [
        ("Headrace, ordered group", 100_000, 1.0, True),
        ("quick", 66_667, 0.667, True),
        ("slow", 500, 0.005, True),
        ("ours / theirs: quick", 100_000, 1.5, False),
        ("ours / theirs: slow", 100_000, 200.0, True),
    ]
    assert found[-1].name == "gone: no such release"
    assert math.isnan(found[-1].figure)
    assert not found[-1].holds


def test_every_requirement_has_a_program_and_every_program_a_requirement() -> None:
    assert {peer.distribution for peer in PEERS} | {KAFKA} == requirements().keys() - set(SHARED)
    assert set(SHARED) <= requirements().keys()
    programs = {path.stem for path in WORKERS.glob("*.py")} - {"__init__", "meter"}
    assert {peer.worker for peer in PEERS} | {"kafka"} == programs


def test_a_meter_counts_all_events_and_ends_its_process() -> None:
    script = (
        "from benchmarks.peers.workers.meter import Meter; import time\n"
        "meter = Meter('one', 30)\n"
        "for _ in range(3): meter.handled(10)\n"
        "time.sleep(60)"
    )
    said = subprocess.run(
        [sys.executable, "-c", script], cwd=environments.ROOT, capture_output=True, text=True, check=True
    )
    found = runs.read(said.stdout)
    assert (found.name, found.events) == ("one", 30)
    assert found.cpu_s > 0
    assert found.wall_s < 60


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The program of a framework that needs no installation; what it holds is up to the test."""
    package = tmp_path / "benchmarks" / "peers" / "workers"
    package.mkdir(parents=True)
    for folder in (package, package.parent, package.parent.parent):
        folder.joinpath("__init__.py").touch()
    monkeypatch.setattr(runs, "ROOT", tmp_path)
    monkeypatch.setattr(runs, "python_with", lambda _: Path(sys.executable))
    return package / "made.py"


MADE = Peer("Made", "made", "made", 500, ("fast",))

FAILURES = [
    pytest.param("import nothing_of_this_name", "No module named 'nothing_of_this_name'", id="it cannot be imported"),
    pytest.param("import sys; sys.exit('Error: x\\nbye')", "Error: x", id="it has the last word after its error"),
    pytest.param("import os; os.kill(os.getpid(), 9)", "ended with -9", id="it is killed"),
    pytest.param("pass", "printed no figures", id="it says nothing"),
    pytest.param("print('bye')", "printed no figures", id="it says something else"),
]


@pytest.mark.parametrize(("source", "why"), FAILURES)
def test_a_framework_that_does_not_run_says_why(program: Path, source: str, why: str) -> None:
    program.write_text(source, encoding="utf-8")
    with pytest.raises(Unavailable, match=why):
        runs.run(MADE, "redis://127.0.0.1:1", "{}")


def test_a_framework_that_hangs_is_ended(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "LIMIT", 0.2)
    program.write_text("import time; time.sleep(600)", encoding="utf-8")
    with pytest.raises(Unavailable, match="did not handle 500 events"):
        runs.run(MADE, "redis://127.0.0.1:1", "{}")


def test_a_run_is_what_the_worker_printed_last(program: Path) -> None:
    """It is told where, how many, which event, and its own options."""
    program.write_text(
        "import json, sys\n"
        "print('Welcome!')\n"
        "print(json.dumps({'name': ' '.join(sys.argv[1:]), 'events': 500, 'cpu_s': 2.0, 'wall_s': 9.0}))",
        encoding="utf-8",
    )
    assert runs.run(MADE, "redis://a", "{}") == Run("redis://a 500 {} fast", 500, 2.0, 9.0)


@pytest.mark.slow
def test_what_cannot_be_installed_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And is not taken for installed the next time: nothing says that it is."""
    broken = tmp_path / "requirements.txt"
    broken.write_text("it @ file:///nowhere/it-1-py3-none-any.whl  # gone\n" + "\n".join(SHARED), encoding="utf-8")
    monkeypatch.setattr(environments, "HOME", tmp_path / "peers")
    monkeypatch.setattr(environments, "REQUIREMENTS", broken)
    with pytest.raises(Unavailable, match="nowhere"):
        environments.python_with("it")
    assert list(tmp_path.rglob("installed")) == []
