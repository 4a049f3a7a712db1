"""The file that names trees."""

from pathlib import Path

import pytest

from headrace.watchfile import read_roots
from schemas.errors import Misconfigured
from watchers.roots import Root


def written(folder: Path, text: str | bytes) -> Path:
    file = folder / "watch.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_trees_with_their_projects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    file = written(
        tmp_path,
        """
        server = "https://headrace.example"
        gitignore = true
        [[root]]
        path = "~/lab"
        project = "lab"
        domain = "components"
        [[root]]
        path = "../shop"
        gitignore = false
        [[root]]
        path = "/somewhere"
        """,
    )
    read = read_roots(file, "usual")
    assert read.server == "https://headrace.example"
    assert read.roots == [
        Root(tmp_path / "home" / "lab", "lab", "components", gitignore=True),
        Root(tmp_path / "../shop", "usual", gitignore=False),
        Root(Path("/somewhere"), "usual", gitignore=True),
    ]
    assert read_roots(written(tmp_path, 'project = "p"\n[[root]]\npath = "a"'), "usual").roots[0].project == "p"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "root: Field required"),
        ("root = []", "root: List should have at least 1 item"),
        ("[[root]]\npath = 3", "root.1.path"),
        ('[[root]]\npath = ""', "root.1.path"),
        ('[[root]]\npath = "a"\nproject = "No Name"', "root.1.project"),
        ('[[root]]\npath = "a"\n[[root]]\npath = "b"\ndomain = "cats"', "root.2.domain: Input should be 'components'"),
        ('[[root]]\npath = "a"\npaht = "b"', "root.1.paht: Extra inputs are not permitted"),
        ("[[root]", "Expected"),
        (b"\xff", "utf-8"),
    ],
)
def test_what_makes_no_sense(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        read_roots(written(tmp_path, text), "default")
    assert str(tmp_path / "watch.toml") in refused.value.message
    assert complaint in refused.value.message
    assert "docs/watching.md" in refused.value.remedy


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="No such file"):
        read_roots(tmp_path / "nowhere.toml", "default")
