"""`headrace backup`, `restore` and `archive`, as their users meet them."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from schemas.settings import Settings
from streams import embedded
from streams.archive import Archive
from streams.log import Log
from streams.store import Store
from tests.conftest import start
from tests.faults import process
from tests.headrace.conftest import Cli
from tests.headrace.process import Up, until
from tests.streams.archived import entries, keep, read
from tests.streams.runner import messages


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with Up(tmp_path_factory.mktemp("home")) as running:
        for number in range(3):
            assert running.upload("model/a.py", f"{number}\n")
        yield running


@asynccontextmanager
async def brought_back(data: Path) -> AsyncIterator[Store]:
    """What was restored into a data directory."""
    program = embedded.postgres_program(data / "postgres")
    server = await start(program)
    store = await Store.connect(program.url, Settings())
    try:
        yield store
    finally:
        await store.close()
        server.kill()
        server.wait()


async def contents(data: Path) -> list[bytes]:
    """The contents of all versions, oldest first."""
    async with brought_back(data) as store:
        rows = await store.db.fetch("select content from versions join blobs using (hash) order by number")
        return [row["content"] for row in rows]


@pytest.mark.slow
def test_there_and_back(cli: Cli, up: Up, tmp_path: Path) -> None:
    said = json.loads(cli.good("backup", tmp_path, "--data", up.data, "--json"))
    path = Path(said["path"])
    assert path.parent == tmp_path
    assert (said["bytes"], said["complete"], said["archived"] > 0) == (path.stat().st_size, True, True)
    new = tmp_path / "new"
    restored = json.loads(cli.good("restore", path, "--data", new, "--json"))
    assert restored["rows"] == said["rows"]
    assert asyncio.run(contents(new)) == [b"0\n", b"1\n", b"2\n"]
    assert "is not empty" in cli.bad("restore", path, "--data", new)
    assert "has a log already" in cli.bad("restore", path, "--data", up.data)


@pytest.mark.slow
def test_killed_while_it_restores(cli: Cli, up: Up, tmp_path: Path) -> None:
    """The server that it started dies with it, and the directory can be restored into."""
    path, new = tmp_path / "a.backup", tmp_path / "new"
    cli.good("backup", path, "--data", up.data)
    with process(["restore", str(path), "--data", str(new)], up.env, tmp_path / "log") as running:
        until((new / "postgres" / "data" / "postmaster.pid").exists)
        running.kill()
    cli.good("restore", path, "--data", new)
    assert asyncio.run(contents(new)) == [b"0\n", b"1\n", b"2\n"]


@pytest.mark.slow
def test_a_data_directory_that_had_a_log(cli: Cli, up: Up, tmp_path: Path) -> None:
    """Its Redis would not go with what is restored."""
    path = tmp_path / "a.backup"
    cli.good("backup", path, "--data", up.data)
    (tmp_path / "old" / "redis" / "appendonlydir").mkdir(parents=True)
    assert "has a log already" in cli.bad("restore", path, "--data", tmp_path / "old")
    assert not (tmp_path / "old" / "postgres").exists()


@pytest.mark.slow
def test_what_cannot_be_done_is_said(cli: Cli, up: Up, tmp_path: Path, unmigrated: str) -> None:
    path = tmp_path / "a.backup"
    assert "no directory" in cli.bad("backup", tmp_path / "nowhere" / "a", "--data", up.data)
    cli.good("backup", path, "--data", up.data)
    assert "there already" in cli.bad("backup", path, "--data", up.data)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)
    new = tmp_path / "new"
    assert "not what was written" in cli.bad("restore", path, "--data", new)
    assert not new.exists()
    assert "No such file" in cli.bad("restore", tmp_path / "b", "--data", new)
    assert "no backup" in cli.bad("restore", Path(__file__), HEADRACE_POSTGRES_URL=unmigrated)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.slow
def test_where_to_restore_is_said(cli: Cli, up: Up, tmp_path: Path, unmigrated: str) -> None:
    path = tmp_path / "a.backup"
    cli.good("backup", path, "--data", up.data)
    assert "where to" in cli.bad("restore", path)
    redis = up.servers()["redis_url"]
    urls = {"HEADRACE_POSTGRES_URL": unmigrated, "HEADRACE_REDIS_URL": redis}
    assert "has a log of" in cli.bad("restore", path, **urls)
    cli.good("restore", path, **urls, HEADRACE_PREFIX="another")
    assert "is not empty" in cli.bad("restore", path, HEADRACE_POSTGRES_URL=unmigrated)


@pytest.fixture
def env(log: Log, store: Store, redis_url: str, postgres_url: str) -> dict[str, str]:
    """The variables that name the tests' servers."""
    prefix = log.settings.prefix
    return {"HEADRACE_REDIS_URL": redis_url, "HEADRACE_POSTGRES_URL": postgres_url, "HEADRACE_PREFIX": prefix}


def test_months(cli: Cli, env: dict[str, str], tmp_path: Path, postgres_url: str) -> None:
    asyncio.run(_months(postgres_url))

    def states() -> dict[str, tuple[int, str]]:
        listed = json.loads(cli.good("archive", "list", "--json", **env))
        return {one["month"]: (one["events"], one["state"]) for one in listed if one["events"]}

    assert states() == {"2026-01": (107, "stored"), "2026-02": (93, "stored")}
    assert "in the database and in this file" in cli.good("archive", "export", "2026-01", tmp_path, **env)
    assert states()["2026-01"] == (107, "exported")
    (file,) = json.loads(cli.good("archive", "drop", "2026-01", "--json", **env))
    assert (file["events"], file["path"]) == (107, str(tmp_path / "events-2026-01.parquet"))
    assert states() == {"2026-01": (107, "dropped"), "2026-02": (93, "stored")}
    assert "2026-01" in cli.good("archive", "list", **env)
    Path(file["path"]).rename(tmp_path / "moved")
    assert "events-2026-01.parquet: No such file" in cli.bad("archive", "import", "2026-01", **env)
    (tmp_path / "moved").rename(file["path"])
    assert "in the database" in cli.good("archive", "import", "2026-01", "--exports", tmp_path, **env)
    assert states()["2026-01"] == (107, "exported")
    assert asyncio.run(_count(postgres_url)) == 200


async def _months(url: str) -> None:
    store = await Store.connect(url, Settings())
    await store.db.execute("drop table if exists events_2026_01, events_2026_02")
    await keep(store, entries(200))
    await store.close()


async def _count(url: str) -> int:
    store = await Store.connect(url, Settings())
    rows = await read(Archive(store))
    await store.close()
    return len(rows)


def test_without_pyarrow(
    cli: Cli, env: dict[str, str], tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(_months(postgres_url))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.delitem(sys.modules, "streams.parquet", raising=False)
    assert "pip install 'headrace[parquet]'" in cli.bad("archive", "export", "2026-01", tmp_path, **env)
    cli.good("archive", "list", **env)


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-1", "january", "2026-01-01", "../../x", ""])
def test_what_is_no_month(cli: Cli, month: str) -> None:
    assert "is not a month" in cli.bad("archive", "drop", month)


async def test_a_backup_waits_for_the_archive(log: Log, env: dict[str, str], cli: Cli, tmp_path: Path) -> None:
    """Nobody works here: it never gets there."""
    await log.publish(messages(log, 3))
    run = asyncio.to_thread(cli.bad, "backup", tmp_path / "a", "--wait", "0.2", **env)
    assert "still lacks 3 of" in await run
    assert list(tmp_path.iterdir()) == []
    said = await asyncio.to_thread(cli.good, "backup", tmp_path / "a", "--wait", "0", **env)
    assert "may be missing" in said
