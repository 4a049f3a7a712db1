"""How files are told of, and read as they completely were."""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL, ELOOP, ENOTDIR

from schemas.errors import Rejected
from schemas.hashing import fingerprint
from watchers.stable import TICK_NS
from watchers.system import READ_FLAGS, pass_lease


class Unusable(Rejected):
    """A place holds what cannot be read or written; the message names it."""


class Moved(Exception):
    """The file is not what was judged: it must be judged again."""


class Busy(Exception):
    """Somebody writes to the file."""


@contextmanager
def told(path: str) -> Iterator[None]:
    """Say in a person's words what the system refuses."""
    try:
        yield
    except OSError as error:
        is_link = error.errno in {ELOOP, ENOTDIR}
        why = "a link, or no directory, is in its way" if is_link else error.strerror or str(error)
        raise Unusable(f"{path} cannot be used: {why}") from error


def content_of(folder: int, name: str, most: int) -> bytes:
    """A content that the file completely had, as `watchers.stable` reads it, or a little more than `most` bytes of it.

    Raises Busy, OSError.
    """
    try:
        descriptor = os.open(name, READ_FLAGS, dir_fd=folder)
    except BlockingIOError:
        raise Busy from None
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError(EINVAL, "it is not a regular file")
        _check_rest(descriptor, before)
        content = os.read(descriptor, min(before.st_size, most) + 1)
        _check_rest(descriptor, before)
        return content
    finally:
        os.close(descriptor)


def _check_rest(descriptor: int, before: os.stat_result) -> None:
    """Raise Busy while somebody has the file open for writing, or did write a moment ago."""
    try:
        pass_lease(descriptor)
    except BlockingIOError:
        raise Busy from None
    except OSError:  # nobody can say: the stamps remain
        pass
    now = os.fstat(descriptor)
    stamps = [(one.st_size, one.st_mtime_ns, one.st_ctime_ns) for one in (before, now)]
    if stamps[0] != stamps[1] or abs(time.time_ns() - now.st_ctime_ns) < TICK_NS:
        raise Busy


def hash_now(folder: int, name: str, most: int) -> str | None:
    """The hash of what lies there now; None where nothing does. Raises Moved while it is written to."""
    try:
        return fingerprint(content_of(folder, name, most)).hash
    except FileNotFoundError:
        return None
    except Busy:
        raise Moved(name) from None
