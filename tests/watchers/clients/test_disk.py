"""The files of clients are found and written below two directories, and nowhere else."""

import time
from pathlib import Path

import pytest

from schemas.clients.adapter import Client, File, Location
from schemas.clients.adapters import CLIENTS
from schemas.clients.servers import Servers
from schemas.formats.edits import LARGEST
from schemas.formats.jsonc import LENIENT
from watchers.below.files import Moved, Unusable
from watchers.clients.disk import MOST_FILES, Disk

CURSOR = next(client for client in CLIENTS if client.name == "cursor")
PROJECT, USER = Location("project", ".cursor/mcp.json"), Location("user", ".cursor/mcp.json")
FOLDER = Client("folder", "Folder", (Servers(File("project", "rules/**/*.md", LENIENT), ("x",), ()),))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return folder(tmp_path / "root")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return folder(tmp_path / "home")


@pytest.fixture
def disk(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Where every change was long ago: none is told by its age."""
    now = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: now() + 3600 * 10**9)
    return Disk(root, home)


def folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def put(path: Path, content: bytes = b"{}") -> Path:
    folder(path.parent)
    path.write_bytes(content)
    return path


def test_what_is_there_is_read_with_its_time(disk: Disk, root: Path) -> None:
    assert not disk.has(CURSOR, "project")
    file = put(root / PROJECT.path, b'{"a": 1}')
    found = disk.read(CURSOR, "project")
    assert found.files == {PROJECT: b'{"a": 1}'}
    assert (found.time, found.unknown, found.problems) == (file.stat().st_mtime, frozenset(), ())
    assert disk.has(CURSOR, "project")
    assert not disk.has(CURSOR, "user")


def test_a_folder_is_looked_through(disk: Disk, root: Path) -> None:
    for name in ("a.md", "deep/er/b.md", "deep/c.txt", "../d.md"):
        put(root / "rules" / name)
    assert {location.path for location in disk.read(FOLDER, "project").files} == {"rules/a.md", "rules/deep/er/b.md"}


def test_a_link_in_a_project_is_not_followed(disk: Disk, root: Path, tmp_path: Path) -> None:
    secret = put(tmp_path / "secret", b"secret")
    folder(root / ".cursor")
    root.joinpath(PROJECT.path).symlink_to(secret)
    found = disk.read(CURSOR, "project")
    assert PROJECT in found.unknown
    assert not found.files
    assert "a link" in found.problems[0].why
    with pytest.raises(Unusable):
        disk.write({PROJECT: b"{}"}, {PROJECT: b"secret"})
    assert secret.read_bytes() == b"secret"


def test_a_folder_that_is_a_link_is_not_entered(disk: Disk, root: Path, tmp_path: Path) -> None:
    put(tmp_path / "elsewhere" / "mcp.json")
    root.joinpath(".cursor").symlink_to(tmp_path / "elsewhere")
    assert PROJECT in disk.read(CURSOR, "project").unknown
    put(tmp_path / "rules" / "a.md")
    folder(root / "rules")
    root.joinpath("rules", "far").symlink_to(tmp_path / "rules")
    assert not disk.read(FOLDER, "project").files


def test_a_link_in_a_home_is_followed_inside_of_it(disk: Disk, home: Path, tmp_path: Path) -> None:
    kept = put(home / "dotfiles" / "cursor.json", b"{}")
    folder(home / ".cursor")
    home.joinpath(USER.path).symlink_to(kept)
    assert disk.read(CURSOR, "user").files == {USER: b"{}"}
    disk.write({USER: b'{"a": 1}'}, {USER: b"{}"})
    assert kept.read_bytes() == b'{"a": 1}'
    assert home.joinpath(USER.path).is_symlink()
    home.joinpath(USER.path).unlink()
    home.joinpath(USER.path).symlink_to(put(tmp_path / "outside.json"))
    found = disk.read(CURSOR, "user")
    assert USER in found.unknown
    assert "out of" in found.problems[0].why


def test_a_file_is_only_written_in_the_place_of_the_one_that_was_read(disk: Disk, root: Path) -> None:
    file = put(root / PROJECT.path, b"1")
    file.chmod(0o640)
    with pytest.raises(Moved):
        disk.write({PROJECT: b"2"}, {PROJECT: b"another"})
    with pytest.raises(Moved):
        disk.write({PROJECT: b"2"}, {})
    with pytest.raises(Moved):
        disk.write({PROJECT: None}, {PROJECT: b"another"})
    disk.write({PROJECT: b"2"}, {PROJECT: b"1"})
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"2", 0o640)
    disk.write({PROJECT: None}, {PROJECT: b"2"})
    assert not file.exists()


def test_a_file_of_fifty_megabytes_is_read_no_further_than_needed(disk: Disk, root: Path) -> None:
    with put(root / PROJECT.path).open("wb") as file:
        file.truncate(50 << 20)
    assert len(disk.read(CURSOR, "project").files[PROJECT]) == LARGEST + 1


def test_a_folder_without_end_is_not_read(disk: Disk, root: Path) -> None:
    folder(root / "rules")
    for number in range(MOST_FILES + 1):
        root.joinpath("rules", f"{number}.md").touch()
    found = disk.read(FOLDER, "project")
    assert found.unknown == {Location("project", "rules/**/*.md")}
    assert "more than" in found.problems[0].why
