"""The tutorial of docs/components.md, typed as it stands there: each block says what the paper says that it says."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from schemas.settings import Settings
from tests.faults import HEADRACE, environment
from tests.headrace.process import KEY, Up

ROOT = Path(__file__).parent.parent
PAPER = ROOT.joinpath("docs", "components.md").read_text(encoding="utf-8")
TUTORIAL = PAPER.partition("\n## Tutorial\n")[2].partition("\n## ")[0]


class Step(NamedTuple):
    """Something to type, and what is said then; `…` stands for anything."""

    language: str
    text: str
    said: str


def steps() -> list[Step]:
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", TUTORIAL, re.MULTILINE | re.DOTALL)
    found = []
    for number, (language, text) in enumerate(blocks):
        if language != "text":
            said = blocks[number + 1] if number + 1 < len(blocks) else ("", "")
            found.append(Step(language, text, said[1] if said[0] == "text" else ""))
    return found


def pattern(said: str) -> str:
    """Each line is said, in this order; a line that is only `…` stands for any number of them."""
    lines = []
    for line in said.splitlines():
        words = [r"\s+".join(map(re.escape, part.split())) for part in line.split("…")]
        lines.append(r"(?:.*\n)*?" if line == "…" else r"\s*.*".join(words) + r"[^\S\n]*\n")
    return "".join(lines)


def run(step: Step, folder: Path, env: dict[str, str], state: Path) -> str:
    """What a block prints. What a shell block sets, the next one has."""
    if step.language == "python":
        code = f"import os\nSERVER = os.environ['HEADRACE_URL']\n{step.text}"
        command = [sys.executable, "-c", code]
    else:
        keep = f"set +e; declare -p first conflict 2>/dev/null >{state}; true"
        script = f"touch {state}; . {state}; set -eu\n{step.text}\n{keep}"
        command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=100, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


@pytest.mark.timeout(400)
def test_the_tutorial(tmp_path: Path) -> None:
    assert len(steps()) == 10
    folder = tmp_path / "lab"
    folder.mkdir()
    with Up(tmp_path / "home") as up:
        env = environment(Settings(), HEADRACE_URL=up.url, HEADRACE_API_KEY=KEY, REPOSITORY=str(ROOT), COLUMNS="100")
        env["PATH"] = f"{HEADRACE.parent}{os.pathsep}{env['PATH']}"
        for step in steps():
            said = run(step, folder, env, tmp_path / "state")
            assert re.fullmatch(pattern(step.said), said), f"{step.text}\n{said}\n{pattern(step.said)}"


@pytest.mark.parametrize(
    ("said", "printed", "fits"),
    [
        ("a …\n", "a b\n", True),
        ("a\n", "b\n", False),
        ("a\n…\nb\n", "a\nx\ny\nb\n", True),
        ("a\n…\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("… b … d\n", "a   b c d\n", True),
    ],
)
def test_what_the_paper_says_is_compared(said: str, printed: str, fits: bool) -> None:
    assert bool(re.fullmatch(pattern(said), printed)) is fits
