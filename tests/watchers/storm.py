"""A storm of changes to a tree: a pure function of a seed, with a model that knows every content each path ever had."""

import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import NamedTuple

from tests.watchers.observed import digest

NAMES = ("a", "b", "c", "d", "e", "f g", "é", "x.py")
OLD = (1_000_000_000, 1_000_000_000)


class Step(NamedTuple):
    """One thing done to the tree."""

    do: str
    path: str
    other: str = ""
    content: bytes = b""


class Truth:
    """What is true after each step. Two names of one inode share a cell. What is being written is no content yet."""

    def __init__(self) -> None:
        self.files: dict[str, list[bytes]] = {}
        self.directories: set[str] = {""}
        self.history: dict[str, set[str]] = {}
        self.writers: dict[str, list[bytes]] = {}

    def take(self, step: Step) -> None:
        getattr(self, f"_{step.do}")(step)

    def disk(self) -> dict[bytes, str]:
        """What must be there, with its hash."""
        return {os.fsencode(path): digest(cell[0]) for path, cell in self.files.items()}

    def is_written(self, path: str) -> bool:
        """Whether somebody has the file open."""
        return any(cell is self.files.get(path) for cell in self.writers.values())

    def below(self, path: str) -> list[str]:
        return [known for known in (*self.files, *self.directories) if known.startswith(path + "/")]

    def _note(self, cell: list[bytes]) -> None:
        if any(cell is other for other in self.writers.values()):
            return
        for path, other in self.files.items():
            if other is cell:
                self.history.setdefault(path, set()).add(digest(cell[0]))

    def _write(self, step: Step) -> None:
        cell = self.files.setdefault(step.path, [b""])
        cell[0] = step.content
        self._note(cell)

    _slow = _rewrite = _write

    def _append(self, step: Step) -> None:
        cell = self.files[step.path]
        cell[0] += step.content
        self._note(cell)

    def _truncate(self, step: Step) -> None:
        cell = self.files[step.path]
        cell[0] = cell[0][: len(cell[0]) // 2]
        self._note(cell)

    def _begin(self, step: Step) -> None:
        cell = self.writers[step.other] = self.files.setdefault(step.path, [b""])
        cell[0] = step.content

    def _finish(self, step: Step) -> None:
        cell = self.writers.pop(step.other)
        cell[0] += step.content
        self._note(cell)

    def _rest(self, step: Step) -> None:
        """Nothing is done."""

    def _link(self, step: Step) -> None:
        self.files[step.other] = self.files[step.path]
        self._note(self.files[step.path])

    def _symlink(self, step: Step) -> None:
        """No file and no directory to anyone who does not follow it."""

    def _unlink(self, step: Step) -> None:
        del self.files[step.path]

    def _unlink_symlink(self, step: Step) -> None:
        """It never counted."""

    def _mkdir(self, step: Step) -> None:
        self.directories.add(step.path)

    def _rmtree(self, step: Step) -> None:
        for path in [*self.below(step.path), step.path]:
            self.files.pop(path, None)
            self.directories.discard(path)

    def _rename(self, step: Step) -> None:
        if step.path in self.files:
            self.files[step.other] = self.files.pop(step.path)
            self._note(self.files[step.other])
            return
        for path in [step.path, *self.below(step.path)]:
            moved = step.other + path[len(step.path) :]
            if path in self.files:
                self.files[moved] = self.files.pop(path)
                self._note(self.files[moved])
            else:
                self.directories.discard(path)
                self.directories.add(moved)


class Storm:
    """Generates steps that make sense one after the other."""

    def __init__(self, seed: int, weights: dict[str, int]) -> None:
        self._random = random.Random(seed)
        self._weights = weights
        self._serial = 0
        self._links: set[str] = set()
        self._queue: list[Step] = []
        self._unwritten: dict[str, bytes] = {}
        self.truth = Truth()

    def steps(self, count: int) -> Iterator[Step]:
        """About `count` operations, each of one or more steps."""
        kinds, weights = zip(*self._weights.items(), strict=True)
        for _ in range(count):
            getattr(self, f"_do_{self._random.choices(kinds, weights)[0]}")()
            yield from self._queue
            self._queue.clear()

    def calm(self) -> Iterator[Step]:
        """What is left to do: all writers come to an end."""
        while self.truth.writers:
            self._do_finish()
        yield from self._queue
        self._queue.clear()

    def _step(self, do: str, path: str, other: str = "", content: bytes = b"") -> None:
        step = Step(do, path, other, content)
        self.truth.take(step)
        self._queue.append(step)

    def _content(self) -> bytes:
        self._serial += 1
        return b"%d:" % self._serial * self._random.choice((1, 10, 100, 3000))

    def _directory(self, *, but_root: bool = False) -> str | None:
        known = sorted(path for path in self.truth.directories if path or not but_root)
        return self._random.choice(known) if known else None

    def _file(self) -> str | None:
        return self._random.choice(sorted(self.truth.files)) if self.truth.files else None

    def _closed(self) -> str | None:
        """A file that nobody is writing."""
        closed = sorted(path for path in self.truth.files if not self.truth.is_written(path))
        return self._random.choice(closed) if closed else None

    def _free(self, within: str | None = None) -> str | None:
        """A path where nothing is."""
        directory = self._directory() if within is None else within
        name = self._random.choice(NAMES) + self._random.choice(("", "", "1", "2"))
        path = f"{directory}/{name}".lstrip("/")
        taken = path in self.truth.files or path in self.truth.directories or path in self._links
        return None if taken or path.count("/") > 5 else path

    def _do_write(self) -> None:
        if path := self._free() or self._closed():
            self._step("write", path, content=self._content())

    def _do_edit(self) -> None:
        if path := self._closed():
            self._step(self._random.choice(("write", "append")), path, content=self._content())

    def _do_rewrite(self) -> None:
        if path := self._closed():
            self._step("rewrite", path, content=bytes(reversed(self.truth.files[path][0])) or b"x")

    def _do_slow(self) -> None:
        if path := self._closed():
            self._step("slow", path, content=self._content() + b".")

    def _do_begin(self) -> None:
        """Somebody opens a file, and writes the rest of it much later, whatever it is called then."""
        if path := self._random.choice((self._free(), self._closed())):
            content, writer = self._content() + b".", f"writer {self._serial}"
            self._unwritten[writer] = content[len(content) // 2 :]
            self._step("begin", path, writer, content[: len(content) // 2])

    def _do_finish(self) -> None:
        if self._unwritten:
            writer = self._random.choice(sorted(self._unwritten))
            self._step("finish", "", writer, self._unwritten.pop(writer))

    def _do_rest(self) -> None:
        self._step("rest", "")

    def _do_checkout(self) -> None:
        """As git does it: what differs goes and is made anew. A third of the files is in all versions the same."""
        version = self._random.randrange(4)
        wanted = {f"co/{n % 4}/{n}": b"%d, %d" % (n, version * (n % 3)) for n in range(40) if (n + version) % 4}
        for path in [one for one in self.truth.below("co") if one in self.truth.files and one not in wanted]:
            self._step("unlink", path)
        for path, content in wanted.items():
            self._make_directories(path)
            if path in self.truth.files and self.truth.files[path][0] != content:
                self._step("unlink", path)
            if path not in self.truth.files:
                self._step("write", path, content=content)

    def _make_directories(self, path: str) -> None:
        parts = path.split("/")[:-1]
        for directory in ("/".join(parts[: depth + 1]) for depth in range(len(parts))):
            if directory in self.truth.files:
                self._step("unlink", directory)
            if directory not in self.truth.directories:
                self._step("mkdir", directory)

    def _do_truncate(self) -> None:
        if path := self._closed():
            self._step("truncate", path)

    def _do_save(self) -> None:
        path, temporary = self._file(), self._free()
        if path and temporary:
            self._step("write", temporary, content=self._content())
            self._step("rename", temporary, path)

    def _do_delete(self) -> None:
        if path := self._file():
            self._step("unlink", path)

    def _do_scratch(self) -> None:
        if path := self._free():
            for _ in range(3):
                self._step("write", path, content=self._content())
                self._step("unlink", path)

    def _do_move(self) -> None:
        path, other = self._file(), self._free()
        if path and other:
            self._step("rename", path, other)

    def _do_link(self) -> None:
        path, other = self._file(), self._free()
        if path and other:
            self._step("link", path, other)

    def _do_symlink(self) -> None:
        target, path = self._directory(), self._free()
        if path:
            self._links.add(path)
            self._step("symlink", path, target or ".")

    def _do_fill(self) -> None:
        """A directory that arrives full."""
        if path := self._free():
            for directory in (path, f"{path}/in", f"{path}/in/deep"):
                self._step("mkdir", directory)
                for name in self._random.sample(NAMES, 3):
                    self._step("write", f"{directory}/{name}", content=self._content())

    def _do_move_directory(self) -> None:
        path, other = self._directory(but_root=True), self._free()
        if path and other and not f"{other}/".startswith(f"{path}/"):
            self._forget_links(path)
            self._step("rename", path, other)

    def _do_rename_twice(self) -> None:
        path, first, second = self._directory(but_root=True), self._free(""), self._free("")
        if path and first and second and first != second:
            self._forget_links(path)
            self._step("rename", path, first)
            self._step("rename", first, second)

    def _do_swap(self) -> None:
        one, other, way = self._directory(but_root=True), self._directory(but_root=True), self._free("")
        apart = one and other and not f"{one}/".startswith(f"{other}/") and not f"{other}/".startswith(f"{one}/")
        if one and other and way and apart:
            for path in (one, other):
                self._forget_links(path)
            self._step("rename", one, way)
            self._step("rename", other, one)
            self._step("rename", way, other)

    def _do_remove_directory(self) -> None:
        if path := self._directory(but_root=True):
            self._forget_links(path)
            self._step("rmtree", path)

    def _do_rebirth(self) -> None:
        """A directory dies and is born again; sometimes as a file."""
        if path := self._directory(but_root=True):
            self._forget_links(path)
            self._step("rmtree", path)
            if self._random.random() < 0.3:
                self._step("write", path, content=self._content())
            else:
                self._step("mkdir", path)
                self._step("write", f"{path}/a", content=self._content())

    def _forget_links(self, path: str) -> None:
        """Links are removed before their directory moves: the model does not follow them."""
        for link in sorted(link for link in self._links if link.startswith(path + "/")):
            self._links.discard(link)
            self._step("unlink_symlink", link)


def weights(text: str) -> dict[str, int]:
    """How often what is done, from words such as `write 30, edit 25`."""
    return {name: int(weight) for name, weight in (pair.split() for pair in text.split(","))}


BULK = weights(
    "write 30, edit 25, rewrite 4, truncate 3, save 12, delete 10, scratch 3, move 8, link 3, fill 3, slow 1"
)
RACES = weights(
    "write 10, edit 10, save 4, delete 4, move 5, link 2, symlink 2, fill 10, move_directory 8, rename_twice "
    "6, swap 6, remove_directory 4, rebirth 8, slow 1"
)
CHECKOUTS = weights("checkout 10, edit 10, save 5, write 5, delete 3, move_directory 3, remove_directory 2, rebirth 2")
SLOW = weights(
    "begin 15, finish 12, rest 3, write 8, edit 8, save 5, truncate 3, move 8, link 3, delete 4, "
    "move_directory 6, swap 3, remove_directory 2"
)
PROFILES = {"bulk": BULK, "races": RACES, "checkouts": CHECKOUTS, "slow": SLOW}


def perform(root: Path, step: Step) -> None:
    """Do one step on the disk."""
    _ACTIONS[step.do](root / step.path, root / step.other, step.content)


def _write(path: Path, _other: Path, content: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        for start in range(0, len(content), 4000):
            file.write(content[start : start + 4000])


def _slow(path: Path, _other: Path, content: bytes) -> None:
    """A writer that pauses for longer than any settle time."""
    with path.open("wb", buffering=0) as file:
        file.write(content[: len(content) // 2])
        time.sleep(0.25)
        file.write(content[len(content) // 2 :])


def _append(path: Path, _other: Path, content: bytes) -> None:
    with path.open("ab", buffering=0) as file:
        file.write(content)


def _rewrite(path: Path, _other: Path, content: bytes) -> None:
    _write(path, path, content)
    os.utime(path, OLD)


_writers: dict[Path, FileIO] = {}


def _begin(path: Path, writer: Path, content: bytes) -> None:
    _writers[writer] = path.open("wb", buffering=0)
    _writers[writer].write(content)


def _finish(_path: Path, writer: Path, content: bytes) -> None:
    with _writers.pop(writer) as file:
        file.write(content)


_ACTIONS: dict[str, Callable[[Path, Path, bytes], object]] = {
    "write": _write,
    "slow": _slow,
    "append": _append,
    "begin": _begin,
    "finish": _finish,
    "rest": lambda _path, _other, _content: time.sleep(0.06),
    "rewrite": _rewrite,
    "truncate": lambda path, _other, _content: os.truncate(path, path.stat().st_size // 2),
    "link": lambda path, other, _content: os.link(path, other),
    "symlink": lambda path, other, _content: path.symlink_to(other),
    "unlink": lambda path, _other, _content: path.unlink(),
    "unlink_symlink": lambda path, _other, _content: path.unlink(),
    "mkdir": lambda path, _other, _content: path.mkdir(),
    "rmtree": lambda path, _other, _content: shutil.rmtree(path),
    "rename": lambda path, other, _content: path.rename(other),
}
