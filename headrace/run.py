"""The commands that run until they are told to stop: put processes together, hear signals."""

import asyncio
import hashlib
import shlex
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from loguru import logger

from headrace.home import Home, Running
from headrace.words import out, plain, print_json, table
from schemas.errors import Misconfigured
from schemas.settings import Settings


def run_up(settings: Settings, data: Path | None, watch: Sequence[Path]) -> None:
    """`headrace up`."""
    from headrace.up import Plan, up

    _logging(settings)
    for path in watch:
        if not path.is_dir():
            raise Misconfigured(f"there is no directory {path}", "name the tree to watch")
    home = Home.of(data, settings)
    home.make()
    home.lock()
    given = settings.api_key.get_secret_value() if settings.api_key else None
    trees = list({path.resolve(): path.absolute() for path in watch}.values())
    plan = Plan(home, settings, trees, given or home.admin_key() or home.make_admin_key())

    def on_ready(url: str, link: str) -> None:
        shows_key = given is None and not home.key_was_shown()
        _say_ready(url, link, plan.key if shows_key else None, plan.watch)
        if shows_key:
            home.remember_key_was_shown()

    _until_stopped(lambda stop: up(plan, stop, on_ready))


def _say_ready(url: str, link: str, new_key: str | None, watched: Sequence[Path]) -> None:
    print(f"ready {url}", flush=True)  # noqa: T201 - programs wait for this very line
    out.print(f"  open    {plain(link)}   [dim](logs one browser in, once)[/]")
    if new_key:
        out.print(f"  key     {new_key}   [dim](administrator; kept in the data directory, not shown again)[/]")
    for path in watched:
        out.print(f"  watch   {plain(path)}   [dim](edit a file there)[/]")
    out.print("  try     headrace events --follow  ·  headrace status  ·  eval $(headrace env)")
    out.print("  stop    Ctrl-C   [dim](nothing is lost)[/]")
    sys.stdout.flush()


def run_worker(settings: Settings, data: Path | None, groups: Sequence[str]) -> None:
    """`headrace worker`."""
    from handlers import HANDLERS
    from streams.worker import work

    _logging(settings)
    known = {handler.name: handler for handler in HANDLERS}
    if unknown := [group for group in groups if group not in known]:
        raise Misconfigured(f"there is no group {unknown[0]!r}", f"the groups are {', '.join(known)}")
    chosen = [known[group] for group in groups] or list(HANDLERS)
    redis_url, postgres_url = _servers(settings, data)

    async def run(stop: asyncio.Event) -> None:
        await _check_schema(postgres_url, settings)
        await work(chosen, redis_url, postgres_url, settings, stop)

    _serve_until_stopped(run)


async def _check_schema(postgres_url: str, settings: Settings) -> None:
    """A worker on a schema that it does not know would bury what it is given."""
    from streams.store import Store
    from streams.worker import patiently

    store = await patiently(lambda: Store.connect(postgres_url, settings), settings)
    try:
        pending = await patiently(store.pending, settings)
    finally:
        await store.close()
    if pending:
        raise Misconfigured(f"migrations are pending: {', '.join(pending)}", "headrace migrate")


def run_gateway(settings: Settings, data: Path | None) -> None:
    """`headrace gateway`."""
    from gateway.app import serve

    _logging(settings)
    redis_url, postgres_url = _servers(settings, data)
    if settings.api_key is None:
        settings = settings.model_copy(update={"api_key": _secret(Home.of(data, settings).admin_key())})
    _serve_until_stopped(lambda stop: serve(redis_url, postgres_url, settings, stop))


def _secret(key: str | None) -> Any:
    from pydantic import SecretStr

    return SecretStr(key) if key else None


def run_watch(
    settings: Settings,
    paths: Sequence[Path],
    server: str | None,
    data: Path | None,
    *,
    emits: bool,
    initial: bool,
    gitignore: bool,
) -> None:
    """`headrace watch`. With `emits`, a server is told only where one is named."""
    from headrace.remote import Server
    from watchers.daemon import Options, run

    _logging(settings)
    home = Home.of(data, settings)
    home.make()
    address = Server.find(server, data, settings) if server or not emits else None
    options = Options(
        data=home.path,
        server=address.url if address else None,
        key=address.key if address else None,
        project=settings.project,
        watcher=_watcher_name(paths),
        emit_jsonl=emits,
        initial=initial,
        gitignore=gitignore,
        settle=settings.settle_ms / 1000,
    )
    _until_stopped(lambda stop: run(paths, options, stop))


def _watcher_name(paths: Sequence[Path]) -> str:
    """The same at every start, and another for other trees of this machine."""
    trees = "\0".join(sorted(str(path.resolve()) for path in paths))
    return f"{socket.gethostname()}-{hashlib.sha256(trees.encode(errors='surrogateescape')).hexdigest()[:6]}"


def run_migrate(settings: Settings, data: Path | None) -> None:
    """`headrace migrate`."""
    from headrace.up import needed
    from streams.store import Store

    async def migrate() -> None:
        with needed("HEADRACE_POSTGRES_URL"):
            store = await Store.connect(_servers(settings, data)[1], settings)
            try:
                steps = await store.migrate()
            finally:
                await store.close()
        out.print("\n".join(f"took {step}" for step in steps) or "nothing to do")

    asyncio.run(migrate())


def print_env(settings: Settings, data: Path | None) -> None:
    """`headrace env`."""
    running = _running(settings, data)
    redis_url, postgres_url = _servers(settings, data)
    url = running.url if running else settings.url or ""
    for name, value in (("REDIS_URL", redis_url), ("POSTGRES_URL", postgres_url), ("URL", url)):
        out.out(f"HEADRACE_{name}={shlex.quote(value) if value else ''}")


def run_doctor(settings: Settings, data: Path | None, *, as_json: bool) -> None:
    """`headrace doctor`. Exits with 1 where something is wrong."""
    from headrace.doctor import examine

    async def collect() -> list[Any]:
        return [finding async for finding in examine(Home.of(data, settings), settings)]

    findings = asyncio.run(collect())
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        rows = [["ok" if f.well else "WRONG", f.what, f.says, f.remedy] for f in findings]
        table(["", "what", "found", "remedy"], rows)
    if not all(finding.well for finding in findings):
        raise SystemExit(1)


def _servers(settings: Settings, data: Path | None) -> tuple[str, str]:
    """The URLs of Redis and PostgreSQL: of the `up` on the directory given, else those set, else of the usual one."""
    running = _running(settings, data)
    if settings.redis_url and settings.postgres_url and not (data and running):
        return settings.redis_url.get_secret_value(), settings.postgres_url.get_secret_value()
    if running is None:
        raise Misconfigured(
            f"no servers are set, and nothing runs on {Home.of(data, settings).path}",
            "set HEADRACE_REDIS_URL and HEADRACE_POSTGRES_URL, or start: headrace up",
        )
    return running.redis_url, running.postgres_url


def _running(settings: Settings, data: Path | None) -> Running | None:
    return Home.of(data, settings).running()


def _logging(settings: Settings) -> None:
    logger.remove()
    style = "<dim>{time:HH:mm:ss.SSS}</> <level>{level: <7}</> {message}"
    logger.add(
        sys.stderr, level=settings.log_level, serialize=settings.log_json, format=style, backtrace=False, diagnose=False
    )


def _until_stopped(
    run: Callable[[asyncio.Event], Coroutine[Any, Any, None]],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run until it ends, or a signal asks it to."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if name is signal.SIGINT or signal.getsignal(name) is not signal.SIG_IGN:  # nohup means it
                loop.add_signal_handler(name, stop.set)
        await run(stop)

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main())


def _serve_until_stopped(run: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> None:
    """The same for what handles many small messages: uvloop spends a tenth less CPU on them."""
    import uvloop

    _until_stopped(run, uvloop.new_event_loop)
