"""One daemon a tree: a second one would report everything twice and fight over the state."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import Misconfigured


@contextmanager
def exclusive(path: Path, purpose: str) -> Iterator[None]:
    """Hold a file or directory that exists for this process alone; the kernel lets go of it when the process ends.

    Raises:
        Misconfigured: another process holds it, or it cannot be read.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {error.strerror}", "see to its permissions") from error
    try:
        _hold(descriptor, purpose)
        yield
    finally:
        os.close(descriptor)


def _hold(descriptor: int, purpose: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Misconfigured(
            f"another process already {purpose}", "end it first (see `headrace status`), or watch another tree"
        ) from None
    except OSError:  # a file system without locks: nothing can be said
        return
