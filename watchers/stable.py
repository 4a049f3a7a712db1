"""Read a file so that what was read is a content the file completely had, or say that it must wait.

Nobody tells a watcher that a writer has finished, and a slow writer pauses longer than any settle time. So: no lease
while somebody has the file open for writing (the kernel refuses it), no stamp that changes between the first look and
the last. The order stat, lease, read, lease, stat is what makes it sound: a writer that was there during the read
either came before it (first lease), is still there (second lease) or came and went (stamps). A stamp is only as fine
as the kernel's tick, so a file changed a moment ago waits until a later change would show.
"""

import errno
import os
import stat
import time
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

import xxhash

from watchers.change import Stamp
from watchers.system import READ_FLAGS, pass_lease

CHUNK = 1 << 20
TICK_NS = 10_000_000  # the coarsest kernel tick (HZ=100)
LEASELESS_NS = 200_000_000  # how long a file must be at rest where system, file system or owner allow no lease


class Content(NamedTuple):
    """A settled file. `data` is None where it is larger than was asked for."""

    stamp: Stamp
    hash: str
    data: bytes | None


class Unsettled(Enum):
    """Why there is no content."""

    BUSY = "somebody is writing to it"
    GONE = "it is not there"
    OTHER = "it is not a regular file"
    UNREADABLE = "it cannot be read"


class _Lease(Enum):
    FREE = 1
    HELD_BY_WRITER = 2
    IMPOSSIBLE = 3


def read(path: bytes, keep: int = 0) -> Content | Unsettled:
    """Read the file at `path`; hand its bytes back too where they are at most `keep`."""
    try:
        descriptor = os.open(path, READ_FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        return Unsettled.GONE
    except BlockingIOError:  # another has a lease on it, and is asked to come to an end
        return Unsettled.BUSY
    except OSError as error:
        return Unsettled.OTHER if error.errno in {errno.ELOOP, errno.ENXIO} else Unsettled.UNREADABLE
    try:
        return _read(descriptor, keep)
    except OSError:
        return Unsettled.UNREADABLE
    finally:
        os.close(descriptor)


def _read(descriptor: int, keep: int) -> Content | Unsettled:
    before = os.fstat(descriptor)
    if not stat.S_ISREG(before.st_mode):
        return Unsettled.OTHER
    lease = _lease(descriptor)
    if lease is _Lease.HELD_BY_WRITER or _is_young(before, TICK_NS if lease is _Lease.FREE else LEASELESS_NS):
        return Unsettled.BUSY
    digest, size, data = _hash(descriptor, before.st_size, keep)
    if _lease(descriptor) is _Lease.HELD_BY_WRITER:
        return Unsettled.BUSY
    stamp = Stamp.of(os.fstat(descriptor))
    if stamp != Stamp.of(before) or size != stamp.size:
        return Unsettled.BUSY
    return Content(stamp, digest, data)


def _lease(descriptor: int) -> _Lease:
    """Take a read lease and give it back: refused while anybody has the file open for writing."""
    try:
        pass_lease(descriptor)
    except BlockingIOError:
        return _Lease.HELD_BY_WRITER
    except OSError:
        return _Lease.IMPOSSIBLE
    return _Lease.FREE


def _is_young(status: os.stat_result, age: int) -> bool:
    """Whether it changed a moment ago. A time in the future is a clock that was set back, not youth.

    The ctime says it all, but on Windows it is the time when the file was made.
    """
    now = time.time_ns()
    return abs(now - status.st_ctime_ns) < age or abs(now - status.st_mtime_ns) < age


def _hash(descriptor: int, size: int, keep: int) -> tuple[str, int, bytes | None]:
    if size <= max(keep, CHUNK):
        data = os.read(descriptor, size + 1)
        return xxhash.xxh3_64_hexdigest(data), len(data), data if len(data) <= keep else None
    digest, total = xxhash.xxh3_64(), 0
    for chunk in _chunks(descriptor):
        digest.update(chunk)
        total += len(chunk)
    return digest.hexdigest(), total, None


def _chunks(descriptor: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, CHUNK):
        yield chunk
