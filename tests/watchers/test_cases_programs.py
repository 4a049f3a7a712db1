"""Awkward cases: what real programs do to files, and those we do not have by what they are known to do."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.watchers.conftest import Observe
from tests.watchers.observed import digest
from tests.watchers.test_cases_files import ANY, NEW, OLD, Case, play
from tests.watchers.test_writers import emacs, plain_rename, pycharm, vim, vscode

TEXT, EDITED = b"old\n" * 300, b"new\n" * 300
ASIDE = [TEXT, EDITED, b"", None]
"""What programs put aside while they save."""

VIM = "vim -u NONE -N -es -c 'set swapfile {}' -c '%s/old/new/' -c wq a"
PATCH = "for i in $(seq 300); do printf 'new\\n'; done > b; diff -u a b | patch -s a; rm b"


def edited(save: Callable[[Path, bytes], None], aside: str = "") -> Case:
    """A save by which the name may be free for a moment; what was put `aside` stays."""
    return Case({"a": TEXT}, lambda here: save(here / "a", EDITED), {"a": [EDITED, None], aside: ASIDE})


def edits(script: str) -> Case:
    return Case({"a": TEXT}, script, {"a": [EDITED, None], ANY: ASIDE})


def emacs_without_its_backup(here: Path) -> None:
    emacs(here / "a", EDITED)
    (here / "a~").unlink()


def renames_first(path: Path, content: bytes) -> None:
    """Emacs without `backup-by-copying`, and mcedit: the old file becomes the backup, the new one is a new one."""
    path.rename(f"{path}~")
    path.write_bytes(content)
    Path(f"{path}~").unlink()


def gedit(path: Path, content: bytes) -> None:
    """GLib: a hidden file beside it, synced, its mode set, and moved over."""
    hidden = path.parent / ".goutputstream-A1B2C3"
    with hidden.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    hidden.chmod(0o644)
    hidden.rename(path)


def office(path: Path, content: bytes) -> None:
    """A lock file, a temporary one, the old one moved away, and back where that fails: three names for one save."""
    lock, temporary, backup = (path.parent / name for name in (".~lock.a#", "lu123.tmp", "A1B2.tmp"))
    lock.write_bytes(b"somebody")
    temporary.write_bytes(content)
    path.rename(backup)
    temporary.rename(path)
    backup.unlink()
    lock.unlink()


def nano(path: Path, content: bytes) -> None:
    """Truncates and writes in place, line by line."""
    with path.open("wb", buffering=0) as file:
        for line in content.splitlines(keepends=True):
            file.write(line)


EDITORS = {
    "vim": Case({"a": TEXT}, VIM.format("nobackup"), {"a": [EDITED, None], ANY: ASIDE}),
    "vim, which copies its backup": edits(VIM.format("backupcopy=yes writebackup")),
    "vim, which renames its backup": edits(VIM.format("backupcopy=no writebackup")),
    "vim, which keeps it": edits(VIM.format("backup backupext=.bak backupcopy=no patchmode=.orig")),
    "vim, as it was seen": edited(vim),
    "vs code, as it was seen": edited(vscode),
    "emacs, as it was seen": Case({"a": TEXT}, emacs_without_its_backup, {"a": [EDITED]}),
    "emacs, which renames its backup": edited(renames_first),
    "pycharm, as it was seen": edited(pycharm),
    "gedit, as it was seen": edited(gedit),
    "an office, as it was seen": edited(office, ANY),
    "nano, as it was seen": edited(nano),
    "anybody who renames": edited(plain_rename, ".a.k3j2h"),
    "ed": edits("printf ',s/old/new/\\nw\\nq\\n' | ed -s a"),
}
PROGRAMS = {
    "sed -i": edits("sed -i s/old/new/ a"),
    "sed -i.bak": edits("sed -i.bak s/old/new/ a"),
    "perl -i": edits("perl -pi -e s/old/new/ a"),
    "patch": edits(PATCH),
    "sort -o": Case({"a": b"b\na\n"}, "sort -o a a", {"a": [b"a\nb\n"]}),
    "tee": Case({"a": OLD}, "printf new | tee a", {"a": [NEW]}),
    "tee -a": Case({"a": OLD}, "printf new | tee -a a", {"a": [OLD + NEW]}),
    "cp": Case({"a": OLD, "b": NEW}, "cp b a", {"a": [NEW]}),
    "cp -p": Case({"a": OLD, "b": NEW}, "cp -p b a", {"a": [NEW]}, "touch -r a b"),
    "cp --remove-destination": Case({"a": OLD, "b": NEW}, "cp --remove-destination b a", {"a": [NEW, None]}),
    "cp -l": Case({"b": NEW}, "cp -l b a", {"a": [NEW]}),
    "install": Case({"a": OLD, "b": NEW}, "install -m 600 b a", {"a": [NEW, None]}),
    "split": Case({"a": b"x" * 3000}, "split -b 1000 a", {ANY: [b"x" * 1000]}),
    "dd": Case(
        {"a": bytes(4096)},
        "printf new | dd of=a bs=1 seek=2048 conv=notrunc,fsync status=none",
        {"a": [bytes(2048) + NEW + bytes(2045)]},
    ),
    "tar x": Case(
        {"a": OLD}, "tar xf all", {"a": [NEW, None]}, "mkdir d; printf new > d/a; tar cf all -C d a; rm -r d"
    ),
    "python -m compileall": Case({"a.py": b"1"}, f"{sys.executable} -m compileall -q a.py; rm -r __pycache__", {}),
}

GIT = """
export GIT_DIR="../../git $(basename "$PWD")" GIT_WORK_TREE=.
git() { command git -c user.name=n -c user.email=e@e -c gc.auto=0 -c init.defaultBranch=main "$@"; }
"""
REPOSITORY = f"{GIT} git init -q; git add .; git commit -q -m first"
BRANCHES = f"{REPOSITORY}; git checkout -q -b new; printf new > a; mkdir d; git mv b d/b; git commit -q -a -m second"
TWO = {"a": OLD, "b": OLD}


def git(script: str, before: str = BRANCHES) -> Case:
    """What is there after each is known to git alone."""
    return Case(TWO, f"{GIT} {script}", {ANY: [OLD, NEW, None]}, before)


GITS = {
    "git checkout": git("git checkout -q main; git checkout -q new"),
    "git checkout of a file": git("git checkout -q main -- a"),
    "git switch there and back at once": git("for i in 1 2 3; do git checkout -q main; git checkout -q new; done"),
    "git stash": git("printf new > b; git stash -q; git stash pop -q", REPOSITORY),
    "git reset --hard": git("printf new > b; rm a; git reset -q --hard", REPOSITORY),
    "git clean": git("mkdir -p x/y; printf new > x/y/z; git clean -qfd", REPOSITORY),
    "git mv": git("git mv a c; mkdir d; git mv b d", REPOSITORY),
    "git merge": git("git checkout -q main; git merge -q new"),
    "git rebase": git("git checkout -q main; printf new > c; git add c; git commit -q -m c; git rebase -q new"),
    "git revert": git("git revert --no-edit HEAD"),
    "git worktree": git("git worktree add -q wt main; rm wt/.git"),
}
ALL = EDITORS | PROGRAMS | GITS


@pytest.mark.parametrize("name", ALL)
async def test_a_program(root: Path, observe: Observe, name: str) -> None:
    await play(ALL[name], root, observe)


# git checkout of thousands of files

FILES = 3000


def branch(name: str, first: int, changed: int) -> Iterator[bytes]:
    """A branch with files from the first on, of which one in so many is like no other branch's."""
    yield f"commit refs/heads/{name}\ncommitter n <e@e> 1000000000 +0000\ndata 0\n".encode()
    for number in range(first, first + FILES):
        content = f"{name if number % changed == 0 else 'all'} {number}".encode()
        yield b"M 644 inline d%d/%d.py\ndata %d\n%b\n" % (number % 30, number, len(content), content)


async def test_git_checks_out_thousands_of_files(root: Path, observe: Observe, tmp_path: Path) -> None:
    def git(*arguments: str, given: bytes = b"") -> None:
        command = ["git", f"--git-dir={tmp_path / 'git'}", f"--work-tree={root}", *arguments]
        subprocess.run(command, input=given, check=True, capture_output=True)

    git("init", "-q")
    git("fast-import", "--quiet", given=b"".join([*branch("one", 0, 1), *branch("two", FILES // 2, 2)]))
    async with observe() as observed:
        for name in ("one", "two", "one"):
            await asyncio.to_thread(git, "checkout", "-q", name)
        await observed.agrees()
    assert len(observed.present) == FILES
    whole = {digest(f"{word} {number}".encode()) for word in ("one", "two", "all") for number in range(2 * FILES)}
    assert {change.hash for change in observed.changes} <= whole | {None}
