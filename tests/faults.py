"""Processes to be killed, and servers to be taken away."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.settings import Settings

HEADRACE = Path(sys.executable).with_name("headrace")


def environment(settings: Settings, **more: str) -> dict[str, str]:
    """The variables that give a process these settings, and nothing of ours by accident."""
    given = {
        f"HEADRACE_{name}".upper(): str(getattr(settings, name))
        for name in settings.model_fields_set - {"redis_url", "postgres_url", "api_key"}
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HEADRACE_", "CVLABKIT_"))}
    return inherited | given | more


@contextmanager
def process(arguments: list[str], env: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A `headrace` process, killed in the end where it still lives."""
    with log.open("ab") as output:
        started = subprocess.Popen([str(HEADRACE), *arguments], env=env, stdout=output, stderr=output)
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def pause(target: "subprocess.Popen[bytes]") -> None:
    """Stop a process where it stands."""
    target.send_signal(signal.SIGSTOP)


def resume(target: "subprocess.Popen[bytes]") -> None:
    """Let it go on."""
    target.send_signal(signal.SIGCONT)
