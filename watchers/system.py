"""What Linux gives to a watcher, and what stands in for it elsewhere. Nothing else asks which system this is.

macOS and Windows have no leases, tell nobody of mounts, and report changes in ways of their own; Windows lacks `flock`
and some flags of `open` besides.
"""

import errno
import os
import sys
from contextlib import suppress
from functools import reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

    from watchers.hints import AnyHints, Hints

_FLAGS = ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")
READ_FLAGS = reduce(or_, (getattr(os, name, 0) for name in _FLAGS), os.O_RDONLY)
"""How a file is opened to be read as it is: never through a link, never waiting for a pipe's other end."""

EXEC_STAYS = sys.platform != "win32"
"""Whether a process that executes a program stays the same to whoever waits for it."""

if sys.platform == "linux":
    import ctypes
    import fcntl
    import select
    import signal

    MOUNTS = Path("/proc/self/mountinfo")

    def hints_of(root: bytes) -> "Hints":
        """What tells of changes below `root`."""
        from watchers.hints import Hints

        return Hints(root)

    def pass_lease(descriptor: int) -> None:
        """Take a read lease and give it back.

        A writer who comes while we hold it makes the kernel signal us: by SIGURG, which is ignored, not SIGIO, which
        kills.

        Raises:
            BlockingIOError: somebody has the file open for writing.
            OSError: its file system or its owner allows no lease.
        """
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)

    def flush_file_system(descriptor: int) -> bool:
        """Wait until all that this file's file system was given is on its disk: `syncfs(2)`. False where it failed."""
        return bool(ctypes.CDLL(None).syncfs(descriptor) == 0)

    class Mounts:
        """What is mounted where, as this process sees it."""

        def __init__(self) -> None:
            self._file = MOUNTS.open("rb", buffering=0)
            self._poll = select.poll()
            self._poll.register(self._file, select.POLLPRI | select.POLLERR)

        def have_changed(self) -> bool:
            """Whether anything was mounted or unmounted since this was last asked."""
            return bool(self._poll.poll(0))

        def lines(self) -> list[bytes]:
            """The mounts, as `proc_pid_mountinfo(5)` writes them."""
            return MOUNTS.read_bytes().splitlines()

        def close(self) -> None:
            """Ask no more."""
            self._file.close()

else:

    def hints_of(root: bytes) -> "AnyHints":
        """What tells of changes below `root`."""
        from watchers.portable import PortableHints

        return PortableHints(root)

    def pass_lease(_descriptor: int) -> None:
        """Nobody can say whether somebody has the file open for writing."""
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    def flush_file_system(_descriptor: int) -> bool:
        """There is no such call: each file is flushed on its own."""
        return False

    class Mounts:
        """Nobody tells of mounts: what appears below the root is found when its directory is next listed."""

        def have_changed(self) -> bool:
            """Nothing is known to have changed."""
            return False

        def lines(self) -> list[bytes]:
            """Nothing is known."""
            return []

        def close(self) -> None:
            """Nothing was opened."""


if sys.platform == "win32":
    import hashlib
    import msvcrt
    import tempfile

    def hold(path: Path) -> int:
        """Hold a file or directory for this process alone until the descriptor is closed; the file of it is in `TEMP`.

        Raises:
            BlockingIOError: another holds it.
        """
        name = hashlib.sha256(os.fsencode(os.path.normcase(os.path.realpath(path)))).hexdigest()[:16]
        descriptor = os.open(Path(tempfile.gettempdir(), f"headrace-{name}.lock"), os.O_RDWR | os.O_CREAT)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            os.close(descriptor)
            raise BlockingIOError(error.errno, error.strerror) from None
        return descriptor

    def is_held(path: Path) -> bool:
        """Whether a process holds it, or looks at this moment whether one does."""
        try:
            os.close(hold(path))
        except BlockingIOError:
            return True
        return False

    def end_group(process: "subprocess.Popen[bytes]") -> None:
        """End a process; what it has started goes on."""
        process.kill()

else:
    import fcntl
    import signal

    def hold(path: Path) -> int:
        """Hold a file or directory for this process alone until the descriptor is closed.

        Raises:
            BlockingIOError: another holds it.
            OSError: it cannot be read.
        """
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise
        except OSError:  # a file system without locks: nothing can be said
            return descriptor
        return descriptor

    def is_held(path: Path) -> bool:
        """Whether a process holds it. Raises OSError where it cannot be read."""
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # a file system without locks: nothing can be said
            return False
        finally:
            os.close(descriptor)
        return False

    def end_group(process: "subprocess.Popen[bytes]") -> None:
        """End a process that leads a group, and all that it has started in there, be it that itself has ended."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
