"""A file that is there whole or not at all, also when the machine ends in the middle of it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import file_digest
from pathlib import Path

from schemas.errors import Misconfigured, Retry


@contextmanager
def finished(path: Path) -> Iterator[Path]:
    """Where to write what `path` is to hold; it gets there when all went well.

    Raises:
        Misconfigured: it cannot be written there. Retry: somebody else writes it.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with _alone(unfinished):
            try:
                yield unfinished
                _flush(unfinished)
                unfinished.replace(path)
                _flush(path.parent)
            except BaseException:
                with suppress(OSError):
                    unfinished.unlink(missing_ok=True)
                raise
    except (ConnectionError, TimeoutError):  # of a server, though they are OSErrors
        raise
    except OSError as error:
        raise Misconfigured(f"cannot write {path}: {error.strerror}", "make room, or name another place") from error


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Be the only one who writes to a file. What a killed one left is overwritten."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not path.exists() or not os.path.samestat(os.fstat(descriptor), path.stat()):
            raise BlockingIOError  # they have finished since
        yield
    except BlockingIOError:
        raise Retry(f"somebody else writes {path}", "try again when they are done, or name another file") from None
    finally:
        os.close(descriptor)


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
