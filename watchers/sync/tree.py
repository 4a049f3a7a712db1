"""The components of a worker's tree: read as they completely were, written whole, and never through a link.

Paths come from configs and from a server. Each step from the base down is opened by its descriptor, so that a link
that stands, or is put, anywhere on the way leads nowhere.
"""

import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from difflib import get_close_matches
from errno import EINVAL, ELOOP, ENOTDIR
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from schemas.components import CATEGORIES, ComponentPath, check_bytes
from schemas.errors import Rejected
from schemas.hashing import fingerprint
from watchers.stable import TICK_NS
from watchers.system import READ_FLAGS, pass_lease

LARGEST = 4 << 20
"""More than any server takes."""

PATIENCE = 2.0
"""Seconds for which a file that somebody writes to is waited for."""

_BASE = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_BELOW = _BASE | os.O_NOFOLLOW
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_BEGINS, _ENDS = ".headrace-", ".swp"  # a name that watchers pass over


class File(NamedTuple):
    """A component as it lies in the tree."""

    hash: str
    text: str


class Unusable(Rejected):
    """A component's place holds what cannot be read or written; the message names it."""


class Moved(Exception):
    """The file is not what was judged: it must be judged again."""


class _Busy(Exception):
    """Somebody writes to the file."""


class Tree:
    """The components below `base`, by their wire paths."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def read(self, path: str) -> File | None:
        """The component; None where there is no file.

        Raises:
            Unusable: what lies there is no file, cannot be read, is no Python text, or is written to all the time.
        """
        content = self._settled(path)
        if content is None:
            return None
        try:
            check_bytes(content, LARGEST)
        except Rejected as error:
            raise Unusable(f"{_shown(path)}: {error.message}", "mend it, or move it away") from None
        return File(fingerprint(content).hash, content.decode())

    def write(self, path: str, content: bytes, judged: str | None) -> None:
        """Put this content in the place of the one that was judged (null: none was there), whole or not at all.

        Raises:
            Moved: it is another one by now.
            Unusable: a link is in the way, the disk is full, permission is missing, ….
        """
        with self.writing() as writing:
            writing.write(path, content, judged)

    @contextmanager
    def writing(self) -> Iterator["Writing"]:
        """Write many files, which are surely on the disk at the end of the block."""
        with ExitStack() as stack:
            yield Writing(lambda folders: stack.enter_context(self._folder(folders, make=True)), stack)

    def nearest(self, path: str) -> list[str]:
        """Components of the tree that are spelt alike."""
        wanted = ComponentPath.parse(path)
        names = [name.removesuffix(".py") for name in self._names(wanted.category) if name.endswith(".py")]
        return [ComponentPath(wanted.category, name).wire for name in get_close_matches(wanted.name, names)]

    def sweep(self) -> None:
        """Remove what writes left that were killed. No other sync may be at work."""
        for category in CATEGORIES:
            left = [name for name in self._names(category) if name.startswith(_BEGINS) and name.endswith(_ENDS)]
            for name in left:
                with suppress(OSError), self._folder(_folders(category)) as folder:
                    os.unlink(name, dir_fd=folder)

    def _names(self, category: str) -> list[str]:
        try:
            with self._folder(_folders(category)) as folder:
                return os.listdir(folder)  # noqa: PTH208 - by its descriptor
        except OSError:
            return []

    def _settled(self, path: str) -> bytes | None:
        *folders, name = _steps(path)
        deadline = time.monotonic() + PATIENCE
        while True:
            with _told(path), suppress(_Busy):
                try:
                    with self._folder(folders) as folder:
                        return _content(folder, name)
                except FileNotFoundError:
                    return None
            if time.monotonic() > deadline:
                raise Unusable(f"{_shown(path)} is being written to", "sync again when that has ended")
            time.sleep(0.01)

    @contextmanager
    def _folder(self, folders: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Walk down, and never aside."""
        descriptor = os.open(self.base, _BASE)
        try:
            for name in folders:
                if make:
                    with suppress(FileExistsError):
                        os.mkdir(name, dir_fd=descriptor)
                above, descriptor = descriptor, os.open(name, _BELOW, dir_fd=descriptor)
                os.close(above)
            yield descriptor
        finally:
            os.close(descriptor)


class Writing:
    """Files that are being written, from any number of threads. Each folder is opened once, and flushed once."""

    def __init__(self, enter: Callable[[Sequence[str]], int], stack: ExitStack) -> None:
        self._enter = enter
        self._stack = stack
        self._lock = Lock()
        self._folders: dict[tuple[str, ...], int] = {}

    def write(self, path: str, content: bytes, judged: str | None) -> None:
        """As `Tree.write`."""
        *folders, name = _steps(path)
        with _told(path):
            _replace(self._folder(path, tuple(folders)), name, content, judged)

    def _folder(self, path: str, folders: tuple[str, ...]) -> int:
        with self._lock:
            if folders not in self._folders:
                self._folders[folders] = folder = self._enter(folders)
                self._stack.callback(_flush, path, folder)
            return self._folders[folders]


def _flush(path: str, folder: int) -> None:
    """What is remembered next must not outlive what is in the folder."""
    with _told(path):
        os.fsync(folder)


def _replace(folder: int, name: str, content: bytes, judged: str | None) -> None:
    temporary = _BEGINS + secrets.token_hex(8) + _ENDS
    try:
        _fill(folder, temporary, content, like=name)
        if _hash_now(folder, name) != judged:
            raise Moved(name)
        os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=folder)
        raise


def _steps(path: str) -> list[str]:
    """The names from the base down. Raises ValueError where `path` is no component's."""
    return ComponentPath.parse(path).on_disk.split("/")


def _folders(category: str) -> list[str]:
    return _steps(f"{category}/x.py")[:-1]


def _shown(path: str) -> str:
    return ComponentPath.parse(path).on_disk


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Say in a person's words what the system refuses."""
    try:
        yield
    except OSError as error:
        is_link = error.errno in {ELOOP, ENOTDIR}
        why = "a link, or no directory, is in its way" if is_link else error.strerror or str(error)
        raise Unusable(f"{_shown(path)} cannot be used: {why}") from error


def _content(folder: int, name: str) -> bytes:
    """A content that the file completely had, as `watchers.stable` reads it. Raises _Busy, OSError."""
    try:
        descriptor = os.open(name, READ_FLAGS, dir_fd=folder)
    except BlockingIOError:
        raise _Busy from None
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise OSError(EINVAL, "it is not a regular file")
        _check_rest(descriptor, before)
        content = os.read(descriptor, min(before.st_size, LARGEST) + 1)
        _check_rest(descriptor, before)
        return content
    finally:
        os.close(descriptor)


def _check_rest(descriptor: int, before: os.stat_result) -> None:
    """Raise _Busy while somebody has the file open for writing, or did write a moment ago."""
    try:
        pass_lease(descriptor)
    except BlockingIOError:
        raise _Busy from None
    except OSError:  # nobody can say: the stamps remain
        pass
    now = os.fstat(descriptor)
    stamps = [(one.st_size, one.st_mtime_ns, one.st_ctime_ns) for one in (before, now)]
    if stamps[0] != stamps[1] or abs(time.time_ns() - now.st_ctime_ns) < TICK_NS:
        raise _Busy


def _hash_now(folder: int, name: str) -> str | None:
    """The hash of what lies there now; None where nothing does. Raises Moved while it is written to."""
    try:
        return fingerprint(_content(folder, name)).hash
    except FileNotFoundError:
        return None
    except _Busy:
        raise Moved(name) from None


def _fill(folder: int, temporary: str, content: bytes, like: str) -> None:
    """Write all of a new file, with the mode and the owner of the one whose place it takes."""
    descriptor = os.open(temporary, _WRITE, 0o644, dir_fd=folder)
    try:
        with suppress(FileNotFoundError):
            old = os.stat(like, dir_fd=folder, follow_symlinks=False)
            with suppress(PermissionError):
                os.fchown(descriptor, old.st_uid, old.st_gid)
            if stat.S_ISREG(old.st_mode):
                os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
