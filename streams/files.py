"""A file that is there whole or not at all, also when the machine ends in the middle of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path

from schemas.errors import Misconfigured


@contextmanager
def finished(path: Path) -> Iterator[Path]:
    """Where to write what `path` is to hold; it gets there when all went well.

    Raises:
        Misconfigured: it cannot be written there.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        yield unfinished
        _flush(unfinished)
        unfinished.replace(path)
        _flush(path.parent)
    except BaseException as error:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        if isinstance(error, OSError) and not isinstance(error, ConnectionError | TimeoutError):  # those are a server's
            raise Misconfigured(f"cannot write {path}: {error.strerror}", "make room, or name another place") from error
        raise


def sha256_of(path: Path) -> str:
    """A file's digest."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
