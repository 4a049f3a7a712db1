"""What is built carries the pages, and an sdist needs no Node to be installed from."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and an sdist of what is here."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    return folder


def test_a_wheel_carries_the_pages_and_not_their_sources(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert "gateway/static/index.html" in names
    assert any(name.startswith("gateway/static/assets/") and name.endswith(".js.br") for name in names)
    assert not [name for name in names if name.startswith("gateway/web/") or "node_modules" in name]


def test_an_sdist_carries_both(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"gateway/static/sources.sha256", "gateway/static/index.html", "gateway/web/src/main.tsx"} <= names
    assert not [name for name in names if "node_modules" in name or name.endswith(("schema.ts", "openapi.json"))]


def test_nothing_built_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [name for name in listed if name.startswith("gateway/static/") or name.endswith((".min.js", ".wasm"))]
    lock = ROOT.joinpath("gateway", "web", "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
