"""The daemon as a program, for tests that kill it: `python -m tests.watchers.daemon_process ROOT DATA KEY=VALUE …`."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

from schemas.errors import HeadraceError
from watchers.daemon import Options, run
from watchers.roots import Root


async def main(root: Path, data: Path, settings: dict[str, Any]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    project = settings.pop("project", "default")
    await run([Root(root, project)], Options(data, **settings), stop)


def setting(argument: str) -> tuple[str, Any]:
    name, value = argument.split("=", 1)
    return name, value if name in {"server", "key", "project", "watcher"} else float(value)


if __name__ == "__main__":
    try:
        asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), dict(map(setting, sys.argv[3:]))))
    except HeadraceError as error:
        sys.exit(f"{error.message}: {error.remedy}")
