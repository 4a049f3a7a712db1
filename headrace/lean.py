"""The watcher's process. It has forgotten what the command line and the settings took to read: half its memory.

`python -m headrace.lean DESCRIPTOR …`: what to do stands in the open file of that number. The words after it are those
of the command, for whoever lists processes.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.errors import HeadraceError
from watchers.roots import Root
from watchers.system import EXEC_STAYS


def become_lean(plan: Mapping[str, Any]) -> None:
    """Go on as this process, where the system can do that. The plan may hold a key: it is shown to nobody."""
    if not EXEC_STAYS:
        follow(plan)
        return
    import tempfile

    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(plan, default=str).encode())
        file.seek(0)
        os.set_inheritable(file.fileno(), True)
        sys.stdout.flush()
        sys.stderr.flush()
        program = [sys.executable, "-P", "-m", "headrace.lean", str(file.fileno()), *sys.argv]
        os.execv(sys.executable, program)  # noqa: S606 - ourselves


def follow(plan: Mapping[str, Any]) -> None:
    """Do what the plan says."""
    from headrace.foreground import until_stopped
    from headrace.logs import set_up_logging
    from watchers.daemon import Options, run

    set_up_logging(plan["log_level"], as_json=plan["log_json"], sentry_dsn=plan["sentry_dsn"])
    roots = [Root(Path(root.pop("path")), **root) for root in plan["roots"]]
    options = Options(Path(plan["options"].pop("data")), **plan["options"])
    until_stopped(lambda stop: run(roots, options, stop))


def main() -> None:
    """Read the plan and follow it."""
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        plan = json.loads(file.read())
    try:
        follow(plan)
    except HeadraceError as error:
        from headrace.words import complain

        complain(error.message, error.remedy, "error: ")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
