"""A disk that is full, and has room again: nothing is lost, and nobody needs to do more than make room.

The disks are small ones in memory, which takes the right to mount them.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from streams import embedded
from tests.build import until
from tests.conftest import Servers, start
from tests.headrace.process import Up
from tests.headrace.process import until as until_so
from tests.site import Site, is_well, says

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ROUND = 400


class Disk:
    """A small one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    def fill(self) -> None:
        """Leave no room, not for one page."""
        with self._filler.open("ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                return

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink()


@contextmanager
def mounted(path: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of so many megabytes."""
    path.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no right to mount a disk")
    try:
        yield Disk(path)
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


async def test_the_tables_have_no_room(servers: Servers, tmp_path: Path) -> None:
    program = embedded.postgres_program(tmp_path / "pg")
    server = await start(program)
    try:
        with mounted(tmp_path / "disk", 64) as disk:
            await _make_database(program.url, disk)
            site = Site(f"{program.url.rpartition('/')[0]}/small", servers.redis["6.2"], tmp_path)
            await site.migrate()
            with site.working():
                async with site.services() as services:
                    await site.publish(ROUND)
                    disk.fill()
                    while not await says(services, "waits: PostgreSQL has no space left"):
                        await site.publish(20)
                    await site.publish(ROUND)
                    disk.free()
                    await site.check()
                    await until(lambda: is_well(services))
    finally:
        server.kill()
        server.wait()


async def _make_database(url: str, disk: Disk) -> None:
    (disk.path / "tables").mkdir(mode=0o700)
    connection = await asyncpg.connect(url)
    await connection.execute(f"create tablespace small location '{disk.path / 'tables'}'")
    await connection.execute("create database small tablespace small")
    await connection.close()


def test_all_that_up_keeps_has_no_room(tmp_path: Path) -> None:
    """Redis cannot write, PostgreSQL may end itself, nobody can log. What was taken nevertheless is kept."""
    with mounted(tmp_path / "disk", 400) as disk, Up(disk.path / "up", HEADRACE_ANSWER_MS="500") as up:
        taken = [content for status, content in _uploads(up, 3) if status == 200]
        assert len(taken) == 3
        disk.fill()
        refused = False
        while not refused:
            for status, content in _uploads(up, 5):
                assert status in {0, 200, 202, 503}
                refused = refused or status == 503
                taken += [content] if status in {200, 202} else []
        disk.free()
        until_so(lambda: up.upload("model/b.py", "afterwards"))
        assert set(taken) | {"afterwards"} <= set(until_so(lambda: up.history("model/b")))
        until_so(lambda: up.get("/readyz") == [])


def _uploads(up: Up, number: int) -> Iterator[tuple[int, str]]:
    """Upload something new so often: how it was answered, and what it was."""
    for _ in range(number):
        content = os.urandom(9000).hex()
        yield (
            up.request("POST", "/api/components/versions/upload", {"path": "model/b.py", "content": content})[0],
            content,
        )
