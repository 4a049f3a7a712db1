"""What the tests of the command share."""

import asyncio
import os
from collections.abc import Iterator

import asyncpg
import pytest

from headrace.cli import main
from tests.conftest import log_to_stderr


class Cli:
    """The command, run in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def run(self, *arguments: object, **env: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error. Anything that is not an exit is a traceback to the user."""
        with self._monkeypatch.context() as patch:
            for name in list(os.environ):
                if name.startswith(("HEADRACE_", "CVLABKIT_")):
                    patch.delenv(name)
            for name, value in env.items():
                patch.setenv(name, value)
            patch.setattr("sys.argv", ["headrace", *map(str, arguments)])
            self._capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
        code = ended.value.code
        assert isinstance(code, int)
        return code, *self._capsys.readouterr()

    def good(self, *arguments: object, **env: str) -> str:
        """The output of a command that must succeed."""
        code, out, err = self.run(*arguments, **env)
        assert (code, err) == (0, ""), (out, err)
        return out

    def bad(self, *arguments: object, **env: str) -> str:
        """The complaint of a command that must fail: one line, and one with a remedy."""
        code, out, err = self.run(*arguments, **env)
        lines = err.splitlines()
        assert (code, out) == (1, "")
        assert lines[0].startswith("error: ")
        assert len(lines) == 2, err
        assert lines[1].startswith("  try: ")
        return err


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """The command."""
    yield Cli(capsys, monkeypatch)
    log_to_stderr()


@pytest.fixture
def unmigrated(postgres_url: str) -> Iterator[str]:
    """A database without our tables."""
    asyncio.run(_execute(postgres_url, "create database unmigrated"))
    yield f"{postgres_url.rpartition('/')[0]}/unmigrated"
    asyncio.run(_execute(postgres_url, "drop database unmigrated with (force)"))


async def _execute(url: str, query: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(query)
    await connection.close()
