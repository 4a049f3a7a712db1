"""A virtual environment for each framework: they ask for different releases of redis-py, and none for ours."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".peers"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SHARED = ("hiredis", "orjson", "uvloop")


class Unavailable(Exception):
    """A framework cannot be installed or does not run here, and why."""


def requirements() -> dict[str, str]:
    """The lines of requirements.txt without their comments, by distribution."""
    lines = [line.partition("#")[0].strip() for line in REQUIREMENTS.read_text(encoding="utf-8").splitlines()]
    return {re.split(r"[\[<>=~! ]", line)[0]: line for line in lines if line}


def python_with(distribution: str) -> Path:
    """The interpreter of an environment with this distribution, made where there is none.

    Raises:
        Unavailable: it cannot be installed.
    """
    known = requirements()
    wanted = [known[name] for name in (distribution, *SHARED)]
    folder = HOME / distribution
    python, installed = folder / "bin" / "python", folder / "installed"
    if not installed.exists() or installed.read_text(encoding="utf-8").splitlines() != wanted:
        _call(sys.executable, "-m", "venv", "--clear", str(folder))
        _call(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted)
        installed.write_text("\n".join(wanted), encoding="utf-8")
    return python


def _call(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(complaint(done.stderr) or f"{' '.join(command)} ended with {done.returncode}")


def complaint(text: str) -> str:
    """Why a program failed: the last line that names an error, else its last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or [""])[-1]
