"""Put files below a directory, many at a time: each is whole or not there, and on the disk before it has its name.

What takes long is to wait for the disk. Many files are flushed together where the system can do that.
"""

import os
import secrets
import stat
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from typing import NamedTuple

from watchers.below.files import Moved, Unusable, hash_now, told
from watchers.system import flush_file_system

AT_ONCE = 250
"""Files that are held open together."""

MANY = 16
"""From how many files on flushing all that the file system holds costs less than flushing each."""

BEGINS, ENDS = ".headrace-", ".swp"
"""What unfinished files are called: a name that watchers pass over."""

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Write(NamedTuple):
    """What shall lie at a path instead of what was judged, a hash (null: no file)."""

    path: str
    content: bytes
    judged: str | None


class _Filled(NamedTuple):
    """A file that waits for its name."""

    folder: int
    descriptor: int
    unfinished: str
    name: str


class Batch:
    """Files that are written together, of up to `most` bytes each.

    `enter` opens the folder with these names; `stack` closes it.
    """

    def __init__(
        self, enter: Callable[[Sequence[str]], AbstractContextManager[int]], stack: ExitStack, most: int
    ) -> None:
        self._enter = enter
        self._most = most
        self._stack = stack
        self._folders: dict[tuple[str, ...], int] = {}
        self._filled: dict[str, _Filled] = {}
        self._placed: set[str] = set()
        self._errors: dict[str, Moved | Unusable] = {}

    def write(self, writes: Sequence[Write]) -> list[Moved | Unusable | None]:
        """Write them; what is wrong with each."""
        try:
            for one in writes:
                self._attempt(one.path, partial(self._fill, one))
            self._flush()
            for one in writes:
                self._attempt(one.path, partial(self._place, one))
            self._flush_folders()
            return [self._errors.get(one.path) for one in writes]
        finally:
            self._clean()

    def _attempt(self, path: str, step: Callable[[], object]) -> None:
        """Take a step with a file, unless an earlier one has failed."""
        if path in self._errors:
            return
        try:
            with told(path):
                step()
        except (Moved, Unusable) as error:
            self._errors[path] = error

    def _fill(self, one: Write) -> None:
        """Write all of a new file, with the mode and the owner of the one whose place it takes."""
        *folders, name = one.path.split("/")
        folder = self._folder(tuple(folders))
        unfinished = BEGINS + secrets.token_hex(8) + ENDS
        descriptor = os.open(unfinished, _FLAGS, 0o644, dir_fd=folder)
        self._filled[one.path] = _Filled(folder, descriptor, unfinished, name)
        _be_like(name, folder, descriptor)
        rest = memoryview(one.content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def _folder(self, folders: tuple[str, ...]) -> int:
        if folders not in self._folders:
            self._folders[folders] = self._stack.enter_context(self._enter(folders))
        return self._folders[folders]

    def _flush(self) -> None:
        if len(self._filled) >= MANY and flush_file_system(next(iter(self._folders.values()))):
            return
        for path, one in self._filled.items():
            self._attempt(path, partial(os.fsync, one.descriptor))

    def _place(self, one: Write) -> None:
        folder, _, unfinished, name = self._filled[one.path]
        if hash_now(folder, name, self._most) != one.judged:
            raise Moved(one.path)
        os.replace(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
        self._placed.add(unfinished)

    def _flush_folders(self) -> None:
        """What is remembered next must not outlive what is in them."""
        users: dict[int, list[str]] = {}
        for path, one in self._filled.items():
            if path not in self._errors:
                users.setdefault(one.folder, []).append(path)
        for folder, (first, *others) in users.items():
            self._attempt(first, partial(os.fsync, folder))
            if first in self._errors:
                self._errors |= dict.fromkeys(others, self._errors[first])

    def _clean(self) -> None:
        for one in self._filled.values():
            os.close(one.descriptor)
            if one.unfinished not in self._placed:
                with suppress(OSError):
                    os.unlink(one.unfinished, dir_fd=one.folder)


def _be_like(name: str, folder: int, descriptor: int) -> None:
    """Give a file the mode and the owner of another, if there is one."""
    with suppress(FileNotFoundError):
        old = os.stat(name, dir_fd=folder, follow_symlinks=False)
        with suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
        if stat.S_ISREG(old.st_mode):
            os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
