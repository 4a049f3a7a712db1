"""The vendors' own programs, installed in .vendors/, and a home in which they reach nothing of ours."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

from schemas.clients.adapter import Client, Files, Location, Scope
from schemas.clients.configuration import patterns

FOLDER = Path(__file__).parents[2] / ".vendors"
TOOLS = ("bash", "cat", "env", "git", "node", "sh", "touch", "true")
"""All that is on the PATH of a program: no `npx` and no `uvx`, so that nothing of what a file names is started."""

NOBODY_LISTENS = "http://127.0.0.1:9"


class Unavailable(Exception):
    """A vendor's program cannot be installed or does not run here, and why."""


@cache
def installed(package: str, version: str, program: str) -> Path | Unavailable:
    """A program of a package, installed where it is not, or why it is not to be had; tried once."""
    folder, wanted = FOLDER / program, f"{package}@{version}"
    stamp = folder / "installed"
    path = folder / "node_modules" / ".bin" / program
    try:
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            _npm(folder, wanted)
            stamp.write_text(wanted, encoding="utf-8")
        said = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (Unavailable, OSError, subprocess.TimeoutExpired) as error:
        return Unavailable(f"{wanted}: {error}")
    if said.returncode or version not in said.stdout:
        return Unavailable(f"{wanted} does not run here: {said.stderr.strip() or said.stdout.strip()}")
    return path


def _npm(folder: Path, wanted: str) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("there is no npm")
    command = [npm, "install", "--prefix", str(folder), "--no-package-lock", "--no-audit", "--no-fund", wanted]
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False)
    if done.returncode:
        errors = [line.removeprefix("npm error ") for line in done.stderr.splitlines() if line.startswith("npm error ")]
        raise Unavailable("; ".join(errors[:2]) or done.stderr.strip())


@cache
def without_network() -> tuple[str, ...]:
    """What a command begins with to have no network, where that is allowed."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    command = (unshare, "--map-root-user", "--net")
    return () if subprocess.run([*command, "true"], capture_output=True, check=False).returncode else command


class Sandbox:
    """An empty home, and an empty project."""

    def __init__(self, root: Path) -> None:
        self.home, self.project, self.bin = (root / name for name in ("home", "project", "bin"))
        for folder in (self.home, self.project / ".git", self.bin):
            folder.mkdir(parents=True)
        for tool in TOOLS:
            if found := shutil.which(tool):
                self.bin.joinpath(tool).symlink_to(found)

    def root(self, scope: Scope) -> Path:
        """Where the paths of a scope begin."""
        return self.home if scope == "user" else self.project

    def put(self, files: Files) -> None:
        """Let these files be there."""
        for (scope, path), raw in files.items():
            file = self.root(scope) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(raw)

    def files(self, client: Client, scope: Scope) -> Files:
        """What is there of a client's."""
        found = [(one, path) for one in patterns(client, scope) for path in self.root(scope).glob(one.path)]
        roots = {one: self.root(one.scope) for one, _ in found}
        return {Location(one.scope, path.relative_to(roots[one]).as_posix()): path.read_bytes() for one, path in found}

    def run(self, *command: str | Path, **variables: str) -> "subprocess.CompletedProcess[str]":
        """What a program says, in the project's folder."""
        env = {
            "PATH": str(self.bin),
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": str(self.home / ".config"),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "CI": "1",
            "http_proxy": NOBODY_LISTENS,
            "https_proxy": NOBODY_LISTENS,
        }
        return subprocess.run(
            [*without_network(), *command],
            cwd=self.project,
            env=env | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
