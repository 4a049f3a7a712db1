"""A client's own program judges its new files before they are written: it alone knows what it refuses to start with.

It is shown a copy of them, in a project and a home that are made for it and are gone afterwards, and it is given none
of our variables but those of `Programs`. Its exit status alone counts:

- it takes the new files: nothing is told;
- it takes the old ones and refuses the new: the new ones must not be written;
- it refuses the old ones, too, or cannot be started, or does not come to an end: nothing follows for the new ones. That
  is told, and they are written; otherwise a program that lacks its runtime, or a login, would keep its client out of
  step for ever.
"""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, Popen, TimeoutExpired
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, NamedTuple

from schemas.clients.adapter import Files, Scope
from schemas.clients.planning import Deployment
from schemas.clients.secrets import masked
from watchers.system import end_group

AT_ONCE = 4
"""Programs that run at the same time."""

PATIENCE = 1.0
"""Seconds for which the last words of a program that has ended are waited for: what left its group may hold them up."""

MOST_KEPT, MOST_TOLD, MOST_LINES = 64 * 1024, 600, 6
"""Bytes of a program's output that are kept, characters and lines of it that are told."""

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Programs(NamedTuple):
    """How clients' programs are run: found in the `PATH` of these variables, given no others, ended after `limit` s."""

    variables: Mapping[str, str]
    limit: float = 10.0


class Finding(NamedTuple):
    """What a client's program has against its new files, and whether they must therefore not be written."""

    blocks: bool
    why: str
    remedy: str = ""


def check(deployments: Sequence[Deployment], programs: Programs) -> dict[str, Finding]:
    """What clients' programs have against their new files; of a client whose program has nothing, nothing."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = zip(deployments, pool.map(partial(_finding, programs=programs), deployments), strict=True)
        return {deployment.member.client.name: finding for deployment, finding in found if finding}


def _finding(deployment: Deployment, programs: Programs) -> Finding | None:
    client, old, changed = deployment.member.client, deployment.member.files, deployment.written.files
    program = shutil.which(client.program, path=programs.variables.get("PATH", ""))
    if program is None or not (client.check and changed):
        return None
    new = {location: raw for location, raw in {**old, **changed}.items() if raw is not None}
    command, called = (program, *client.check), f"`{' '.join((client.program, *client.check))}`"
    try:
        ended = _run(command, new, programs)
        if ended.status == 0:
            return None
        if ended.status is None:
            return Finding(False, f"{called} did not end within {programs.limit:g} s, so the new files are not checked")
        accepts_old = _run(command, old, programs).status == 0
    except OSError as error:
        return Finding(False, f"{called} cannot be run, so the new files are not checked: {error.strerror}")
    why = f"exit status {ended.status}: {ended.told}"
    if accepts_old:
        return Finding(
            True, f"{called} refuses the new files with {why}", "mend what it names, or sync with --no-validate"
        )
    return Finding(False, f"{called} does not take the old files either, so the new ones are not checked; {why}")


class _Ended(NamedTuple):
    """How a program has ended (None: it was ended), and the beginning of what it said."""

    status: int | None
    told: str


class _Sandbox(NamedTuple):
    """A project and a home for a program. The names of both are told as they are of the real ones."""

    folder: Path

    def base(self, scope: Scope) -> Path:
        """The project's root, or the home."""
        return self.folder / scope

    def fill(self, files: Files) -> None:
        """Put the files there."""
        for folder in ("project/.codex", "user/.codex", "tmp"):
            self.folder.joinpath(folder).mkdir(parents=True)
        for location, raw in files.items():
            path = self.base(location.scope) / location.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(raw)

    def variables(self, files: Files) -> dict[str, str]:
        """With which variables a program finds these files, and nothing else of what a person has.

        Codex reads a project's file where it trusts the project, which it never does here; so it is given the
        project's as a person's. opencode runs the plugins that its file names unless it is pure. `CLAUDE_CONFIG_DIR`
        and the like are not set: with them, files have other names.
        """
        home = self.base("user")
        codex = self.base("project" if any(one.scope == "project" for one in files) else "user")
        folders = {"CONFIG": ".config", "DATA": ".local/share", "STATE": ".local/state", "CACHE": ".cache"}
        return {
            **{f"XDG_{name}_HOME": str(home / path) for name, path in folders.items()},
            "HOME": str(home),
            "TMPDIR": str(self.folder / "tmp"),
            "CODEX_HOME": str(codex / ".codex"),
            "OPENCODE_PURE": "1",
        }

    def told(self, said: bytes) -> str:
        """What is told of what a program said."""
        text = _COLOUR.sub("", said.decode(errors="replace"))
        text = text.replace(f"{self.base('project')}{os.sep}", "").replace(str(self.base("user")), "~")
        lines = [masked(line.strip()) for line in text.splitlines() if line.strip()]
        return "\n".join(lines[:MOST_LINES])[:MOST_TOLD]


def _run(command: Sequence[str], files: Files, programs: Programs) -> _Ended:
    """Run a program that sees these files. Whatever it starts ends with it. Raises OSError."""
    with TemporaryDirectory(prefix="headrace-check-", ignore_cleanup_errors=True) as folder:
        sandbox = _Sandbox(Path(folder).resolve())
        sandbox.fill(files)
        variables, root = {**programs.variables, **sandbox.variables(files)}, sandbox.base("project")
        process = Popen(  # noqa: S603 - the client's own program, asked as its adapter says
            command, cwd=root, env=variables, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, bufsize=0, process_group=0
        )
        said = bytearray()
        listener = Thread(target=_listen, args=(process.stdout, said), daemon=True)
        listener.start()
        try:
            status: int | None = process.wait(programs.limit)
        except TimeoutExpired:
            status = None
        finally:
            end_group(process)
            process.wait()
        listener.join(PATIENCE)
        return _Ended(status, sandbox.told(bytes(said)))


def _listen(output: IO[bytes], said: bytearray) -> None:
    """Read all, so that nobody waits for us; keep the beginning."""
    with output:
        while piece := output.read(MOST_KEPT):
            said += piece[: MOST_KEPT - len(said)]
