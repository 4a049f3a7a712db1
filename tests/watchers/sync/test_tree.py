"""A worker's tree: read as it was, written whole or not at all, and nothing outside it."""

import os
import stat
import threading
import time
from pathlib import Path

import pytest

from tests.build import hash_of
from watchers.below import folder as folders
from watchers.below.files import Moved, Unusable
from watchers.ignore import Ignore
from watchers.stable import TICK_NS
from watchers.sync.tree import LARGEST, Tree

A = "model/a.py"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    base = tmp_path / "tree"
    base.mkdir()
    return Tree(base)


def file(tree: Tree, path: str = A) -> Path:
    place = tree.base / "cvlabkit" / ("" if path.startswith("agent/") else "component") / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def lay(tree: Tree, text: str, path: str = A) -> None:
    """A file that has been at rest for long enough to be judged."""
    file(tree, path).write_text(text)
    assert tree.read(path) == (hash_of(text), text)


def beside(tree: Tree, path: str = A) -> list[str]:
    return sorted(one.name for one in file(tree, path).parent.iterdir())


def test_agents_lie_beside_the_components(tree: Tree) -> None:
    tree.write("agent/x.py", b"agent", None)
    tree.write(A, b"model", None)
    assert (tree.base / "cvlabkit/agent/x.py").read_text() == "agent"
    assert (tree.base / "cvlabkit/component/model/a.py").read_text() == "model"


def test_what_is_written_is_read(tree: Tree) -> None:
    assert tree.read(A) is None
    tree.write(A, "é\r\n".encode(), None)
    assert tree.read(A) == (hash_of("é\r\n"), "é\r\n")
    assert beside(tree) == ["a.py"]


def test_mode_and_owner_stay(tree: Tree) -> None:
    file(tree).write_text("old")
    file(tree).chmod(0o750)
    if os.geteuid() == 0:
        os.chown(file(tree), 65534, 65534)
    before = file(tree).stat()
    tree.read(A)
    tree.write(A, b"new", hash_of("old"))
    after = file(tree).stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    tree.write("model/b.py", b"new", None)
    assert stat.S_IMODE(file(tree, "model/b.py").stat().st_mode) == 0o644


@pytest.mark.parametrize("judged", [None, hash_of("another")])
def test_what_moved_since_it_was_judged_is_not_overwritten(tree: Tree, judged: str | None) -> None:
    lay(tree, "old")
    with pytest.raises(Moved):
        tree.write(A, b"new", judged)
    assert file(tree).read_text() == "old"
    assert beside(tree) == ["a.py"]


def test_what_was_deleted_since_it_was_judged_is_judged_again(tree: Tree) -> None:
    with pytest.raises(Moved):
        tree.write(A, b"new", hash_of("old"))
    assert beside(tree) == []


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every change was long ago: none is told by its age."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3600 * 10**9)


@pytest.mark.usefixtures("later")
def test_somebody_who_writes_is_waited_for(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    file(tree).write_text("half")
    paused = threading.Event()
    monkeypatch.setattr(time, "sleep", lambda _: paused.set())
    with file(tree).open("a") as writer:
        found: list[object] = []
        reader = threading.Thread(target=lambda: found.append(tree.read(A)))
        reader.start()
        assert paused.wait(10)  # it has come back at least once
        writer.write(" whole")
    reader.join()
    assert found == [(hash_of("half whole"), "half whole")]


@pytest.mark.usefixtures("later")
def test_what_is_written_while_it_is_read_is_read_again(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    read, texts = os.read, ["longer", "than before"]

    def slow(descriptor: int, size: int) -> bytes:
        content = read(descriptor, size)
        if texts:
            file(tree).write_text(texts.pop(0))
        return content

    file(tree).write_text("short")
    monkeypatch.setattr(os, "read", slow)
    assert tree.read(A) == (hash_of("than before"), "than before")


def test_what_was_written_a_moment_ago_is_read_when_later_writes_would_show(tree: Tree) -> None:
    file(tree).write_text("a")
    assert tree.read(A) == (hash_of("a"), "a")
    assert time.time_ns() - file(tree).stat().st_ctime_ns >= TICK_NS


@pytest.mark.usefixtures("later")
def test_somebody_who_never_ends_is_not_waited_for(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "PATIENCE", 0.0)
    file(tree).write_text("half")
    with file(tree).open("a"):
        with pytest.raises(Unusable, match="being written to"):
            tree.read(A)
        with pytest.raises(Moved):
            tree.write(A, b"new", hash_of("half"))


HOSTILE = [
    "../model/a.py",
    "model/../../a.py",
    "/etc/passwd",
    "model/a",
    "core/a.py",
    "base/model.py",
    "model/sub/a.py",
    "model/_a.py",
    "model/a.py\0",
    "component/model/a.py",
    "",
]


@pytest.mark.parametrize("path", HOSTILE)
def test_only_components_have_a_place(tree: Tree, path: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it is
        tree.read(path)
    with pytest.raises(ValueError):  # noqa: PT011 - whichever it is
        tree.write(path, b"", None)
    assert list(tree.base.parent.rglob("*")) == [tree.base]


@pytest.mark.parametrize("link", ["cvlabkit", "cvlabkit/component", "cvlabkit/component/model"])
def test_no_directory_is_a_link(tree: Tree, tmp_path: Path, link: str) -> None:
    outside = tmp_path / "outside"
    rest = Path("cvlabkit/component/model").relative_to(link)
    (outside / rest).mkdir(parents=True)
    (outside / rest / "a.py").write_text("secret")
    (tree.base / link).parent.mkdir(parents=True, exist_ok=True)
    (tree.base / link).symlink_to(outside)
    with pytest.raises(Unusable, match="a link"):
        tree.read(A)
    for path, judged in ((A, hash_of("secret")), ("model/new.py", None)):
        with pytest.raises(Unusable, match="a link"):
            tree.write(path, b"evil", judged)
    assert [(one.name, one.read_text()) for one in (outside / rest).iterdir()] == [("a.py", "secret")]


@pytest.mark.parametrize("exists", [True, False])
def test_no_file_is_a_link(tree: Tree, tmp_path: Path, exists: bool) -> None:
    outside = tmp_path / "outside.py"
    if exists:
        outside.write_text("secret")
    file(tree).symlink_to(outside)
    with pytest.raises(Unusable, match="a link"):
        tree.read(A)
    with pytest.raises(Unusable, match="a link"):
        tree.write(A, b"evil", hash_of("secret") if exists else None)
    assert file(tree).is_symlink()
    assert outside.exists() == exists
    assert beside(tree) == ["a.py"]


def test_a_link_that_comes_while_writing_leads_nowhere(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    lay(tree, "old")
    replace = os.replace

    def swapped(*args: object, **kwargs: object) -> None:
        file(tree).parent.rename(tmp_path / "aside")
        (tree.base / "cvlabkit/component/model").symlink_to(outside)
        replace(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "replace", swapped)
    tree.write(A, b"new", hash_of("old"))
    assert list(outside.iterdir()) == []
    assert (tmp_path / "aside" / "a.py").read_text() == "new"


def test_what_is_no_file_is_named(tree: Tree) -> None:
    file(tree).mkdir()
    os.mkfifo(file(tree, "model/pipe.py"))
    for path in (A, "model/pipe.py"):
        with pytest.raises(Unusable, match="not a regular file"):
            tree.read(path)
        with pytest.raises(Unusable, match="not a regular file"):
            tree.write(path, b"new", None)


@pytest.mark.parametrize(("content", "why"), [(b"\xff", "UTF-8"), (b"a\0", "NUL"), (b" " * (LARGEST + 1), "may have")])
def test_what_is_no_python_text_is_named(tree: Tree, content: bytes, why: str) -> None:
    file(tree).write_bytes(content)
    with pytest.raises(Unusable, match=why) as caught:
        tree.read(A)
    assert caught.value.message.startswith("cvlabkit/component/model/a.py: ")


def test_a_full_disk_leaves_the_old_file(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tree, "old")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(Unusable, match="No space left"):
        tree.write(A, b"new", hash_of("old"))
    assert (file(tree).read_text(), beside(tree)) == ("old", ["a.py"])


def test_what_a_killed_write_left_is_swept(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tree, "old")
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", lambda *_, **__: os._exit(9))
        if not (child := os.fork()):
            try:
                tree.write(A, b"new", hash_of("old"))
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    (left,) = {*beside(tree)} - {"a.py"}
    assert Ignore(os.fsencode(tree.base)).judge(os.fsencode(left), is_directory=False).ignored
    tree.sweep()
    assert (file(tree).read_text(), beside(tree)) == ("old", ["a.py"])


def test_what_is_spelt_alike(tree: Tree) -> None:
    for name in ("resnet18", "resnet50", "vgg"):
        file(tree, f"model/{name}.py").write_text("")
    assert tree.nearest("model/resnet.py") == ["model/resnet50.py", "model/resnet18.py"]
    assert tree.nearest("loss/resnet.py") == []
