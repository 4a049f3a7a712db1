"""What may have changed a client's file is heard; what else happens in a home is not."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schemas.clients.adapter import Location
from tests.build import until
from watchers.clients.ears import Ears

PATTERNS = [
    Location("project", ".cursor/mcp.json"),
    Location("project", "rules/**/*.md"),
    Location("user", ".claude.json"),
]


@pytest.fixture
async def ears(tmp_path: Path) -> AsyncIterator[Ears]:
    for name in ("root/rules/deep", "home/elsewhere"):
        tmp_path.joinpath(name).mkdir(parents=True)
    opened = Ears({"project": tmp_path / "root", "user": tmp_path / "home"}, PATTERNS)
    yield opened
    opened.close()


async def heard(ears: Ears) -> None:
    await asyncio.wait_for(ears.heard.wait(), 10)
    ears.heard.clear()


async def test_files_are_heard(ears: Ears, tmp_path: Path) -> None:
    for name in ("home/.claude.json", "root/rules/a.md", "root/rules/deep/b.md"):
        tmp_path.joinpath(name).write_text("x")
        await heard(ears)
    tmp_path.joinpath("root/rules/a.md").unlink()
    await heard(ears)


async def test_a_folder_that_comes_is_listened_to(ears: Ears, tmp_path: Path) -> None:
    tmp_path.joinpath("root/.cursor").mkdir()
    await heard(ears)
    ears.listen()
    tmp_path.joinpath("root/.cursor/mcp.json").write_text("{}")
    await heard(ears)
    tmp_path.joinpath("root/rules/new").mkdir()
    await heard(ears)
    ears.listen()
    tmp_path.joinpath("root/rules/new/c.md").write_text("x")
    await heard(ears)


async def test_a_folder_that_goes_and_comes_is_listened_to_again(ears: Ears, tmp_path: Path) -> None:
    """As `git stash` does it."""
    folder = tmp_path / "root" / ".cursor"
    for _ in range(3):
        folder.mkdir()
        await heard(ears)
        ears.listen()
        (folder / "mcp.json").write_text("{}")
        await heard(ears)
        shutil.rmtree(folder)
        await until(lambda: _is_quiet(ears))
        ears.listen()


async def _is_quiet(ears: Ears) -> bool:
    """Whether nothing more is heard for a while."""
    ears.heard.clear()
    await asyncio.sleep(0.2)
    return not ears.heard.is_set()


async def test_what_is_no_clients_is_not_heard(ears: Ears, tmp_path: Path) -> None:
    """It would be behind what is: the kernel keeps the order."""
    tmp_path.joinpath("home/.bash_history").write_text("x")
    tmp_path.joinpath("home/elsewhere/.claude.json").write_text("x")
    tmp_path.joinpath("root/main.py").write_text("x")
    assert not ears.heard.is_set()
    tmp_path.joinpath("home/.claude.json").write_text("x")
    await heard(ears)
