"""What commonly goes wrong, found and put in words, on real servers that are wrong in just that way."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from headrace import doctor
from headrace.doctor import Finding, examine
from headrace.home import Home
from schemas.settings import Settings
from streams import embedded
from streams.connection import connect
from streams.embedded import free_port
from tests.build import until
from tests.conftest import start
from tests.headrace.conftest import Cli


@pytest.fixture(autouse=True)
def limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Limits of our own: this machine's may be near, for all we know."""
    folder = tmp_path / "inotify"
    folder.mkdir()
    (folder / "max_user_watches").write_text("1000000\n")
    (folder / "max_user_instances").write_text("10000\n")
    monkeypatch.setattr(doctor, "LIMITS", folder)
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


def settings(**given: Any) -> Settings:
    return Settings(**{"port": free_port(), **given})


async def findings(home: Home, settings: Settings) -> dict[str, Finding]:
    return {finding.what: finding async for finding in examine(home, settings)}


async def wrong(home: Home, settings: Settings) -> Finding:
    """The one thing that is wrong."""
    (found,) = [finding for finding in (await findings(home, settings)).values() if not finding.well]
    assert found.says
    assert found.remedy
    return found


async def test_all_is_well_before_the_first_start(home: Home) -> None:
    found = await findings(home, settings())
    assert list(found) == ["data directory", "disk", "port", "file watches", "redis", "postgres"]
    assert all(finding.well and not finding.remedy for finding in found.values())
    assert not home.path.exists()


async def test_all_is_well_with_servers(home: Home, redis_url: str, postgres_url: str) -> None:
    home.make()
    found = await findings(home, settings(redis_url=redis_url, postgres_url=postgres_url, prefix="well"))
    assert all(finding.well for finding in found.values())
    assert "Redis 6.2" in found["redis"].says
    assert "schema up to date" in found["postgres"].says


async def test_the_port_is_taken(home: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = await wrong(home, settings(port=port))
    assert (found.what, found.says) == ("port", f"cannot listen on 127.0.0.1:{port}: Address already in use")


async def test_the_host_is_not_this_one(home: Home) -> None:
    assert "192.0.2.1" in (await wrong(home, settings(host="192.0.2.1"))).says


@pytest.mark.parametrize("place", ["file", "file/below"])
async def test_the_data_directory_cannot_be_made(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    found = await wrong(Home(tmp_path / place), settings())
    assert (found.what, "--data" in found.remedy) == ("data directory", True)


@pytest.mark.parametrize("place", [".", "below", "far/below"])
async def test_the_data_directory_is_not_ours(unprivileged: Path, place: str) -> None:
    unprivileged.chmod(0o500)
    assert "Permission denied" in (await wrong(Home(unprivileged / place), settings())).says


async def test_the_disk_is_full(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "SPARE_BYTES", 1 << 70)
    assert (await wrong(home, settings())).what == "disk"


@pytest.mark.parametrize("limit", ["max_user_watches", "max_user_instances"])
async def test_the_file_watches_are_exhausted(home: Home, limits: Path, limit: str) -> None:
    (limits / limit).write_text("0\n")
    found = await wrong(home, settings())
    assert (found.what, limit in found.remedy) == ("file watches", True)


async def test_the_file_watches_are_counted(home: Home, tmp_path: Path) -> None:
    from watchdog.events import FileSystemEventHandler
    from watchdog.observers import Observer

    def used(says: str) -> int:
        return int(says.split(maxsplit=1)[0])

    for number in range(50):
        (tmp_path / "tree" / str(number)).mkdir(parents=True)
    observer = Observer()
    observer.schedule(FileSystemEventHandler(), str(tmp_path / "tree"), recursive=True)
    observer.start()
    try:
        await until(lambda: _watching(50))
        assert used((await findings(home, settings()))["file watches"].says) >= 50
    finally:
        observer.stop()
        observer.join()


async def _watching(directories: int) -> bool:
    return sum(doctor._instances(Path("/proc/self"))) >= directories


async def test_a_system_without_limits(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "LIMITS", tmp_path / "none")
    assert (await findings(home, settings()))["file watches"].well


@asynccontextmanager
async def older(redis_url: str) -> AsyncIterator[str]:
    """The same Redis, which says that it is an older one."""
    port = int(redis_url.rpartition(":")[2].removesuffix("/0"))
    tasks: list[asyncio.Task[None]] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 20):
            writer.write(data.replace(b"redis_version:6.2.", b"redis_version:6.0."))
        writer.close()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        tasks.extend([asyncio.create_task(pump(reader, back)), asyncio.create_task(pump(there, writer))])

    async with await asyncio.start_server(handle, "127.0.0.1", 0) as proxy:
        yield redis_url.replace(f":{port}/", f":{proxy.sockets[0].getsockname()[1]}/")
        await asyncio.gather(*tasks)


async def test_redis_is_too_old(home: Home, redis_url: str) -> None:
    async with older(redis_url) as url:
        found = await wrong(home, settings(redis_url=url))
    assert (found.what, "too old" in found.says, "6.2 or newer" in found.remedy) == ("redis", True, True)


@pytest.mark.parametrize("name", ["redis", "postgres"])
async def test_a_server_is_away(home: Home, name: str) -> None:
    scheme = {"redis": "redis", "postgres": "postgresql"}[name]
    found = await wrong(home, settings(**{f"{name}_url": f"{scheme}://127.0.0.1:{free_port()}/0"}))
    assert (found.what, f"HEADRACE_{name.upper()}_URL" in found.remedy) == (name, True)


async def test_a_password_is_wrong(home: Home, redis_url: str, postgres_url: str) -> None:
    found = await wrong(home, settings(redis_url=redis_url.replace("redis://:", "redis://:x")))
    assert "HEADRACE_REDIS_URL" in found.remedy
    found = await wrong(home, settings(postgres_url=postgres_url.replace("headrace:", "headrace:x")))
    assert "HEADRACE_POSTGRES_URL" in found.remedy


async def test_redis_may_drop_what_is_in_it(home: Home, tmp_path: Path) -> None:
    program = embedded.redis_program(tmp_path / "redis")
    process = await start(program)
    client = connect(program.url, 5.0)
    try:
        await client.config_set("maxmemory-policy", "allkeys-lru")
        await client.config_set("maxmemory", "100mb")
        found = await wrong(home, settings(redis_url=program.url))
        assert (found.what, "allkeys-lru" in found.says, "noeviction" in found.remedy) == ("redis", True, True)
        await client.config_set("maxmemory-policy", "noeviction")
        assert (await findings(home, settings(redis_url=program.url)))["redis"].well
    finally:
        await client.aclose()
        process.kill()
        process.wait()


def test_a_migration_is_pending(cli: Cli, home: Home, redis_url: str, unmigrated: str) -> None:
    env = {"HEADRACE_POSTGRES_URL": unmigrated, "HEADRACE_REDIS_URL": redis_url, "HEADRACE_PORT": str(free_port())}
    code, out, _ = cli.run("doctor", "--json", "--data", home.path, **env)
    assert code == 1
    (found,) = [finding for finding in json.loads(out) if not finding["well"]]
    assert (found["what"], found["remedy"]) == ("postgres", "headrace migrate")
    assert "headrace migrate" in cli.bad("worker", **env)
    assert "took 0001" in cli.good("migrate", **env)
    assert cli.good("migrate", **env) == "nothing to do\n"
    assert all(finding["well"] for finding in json.loads(cli.good("doctor", "--json", "--data", home.path, **env)))


def test_the_table_and_the_exit_code(cli: Cli, home: Home, limits: Path) -> None:
    port = str(free_port())
    out = cli.good("doctor", "--data", home.path, HEADRACE_PORT=port)
    assert f"127.0.0.1:{port} is free" in out
    assert "WRONG" not in out
    (limits / "max_user_watches").write_text("1\n")
    code, out, err = cli.run("doctor", "--data", home.path, HEADRACE_PORT=port)
    assert (code, err) == (1, "")
    assert out.count("WRONG") == 1
    assert "sysctl" in out


async def test_a_wheel_is_missing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor.WHEELS, "redis", "no_such_wheel")
    assert "pip install" in (await wrong(home, settings())).remedy
