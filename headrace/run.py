"""The commands that run until they are told to stop: put processes together, hear signals."""

import asyncio
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from headrace.foreground import serve_until_stopped, until_stopped
from headrace.home import Home, Running
from headrace.logs import set_up_logging
from headrace.words import out, plain, print_json, table
from schemas.errors import Misconfigured
from schemas.settings import Settings, secret


def run_up(settings: Settings, data: Path | None, watch: Sequence[Path]) -> None:
    """`headrace up`."""
    from headrace.up import Plan, up

    set_up_logging(settings.log_level, as_json=settings.log_json, sentry_dsn=secret(settings.sentry_dsn))
    for path in watch:
        if not path.is_dir():
            raise Misconfigured(f"there is no directory {path}", "name the tree to watch")
    home = Home.of(data, settings)
    home.make()
    home.lock()
    given = secret(settings.api_key)
    trees = list({path.resolve(): path.absolute() for path in watch}.values())
    plan = Plan(home, settings, trees, given or home.admin_key() or home.make_admin_key())

    def on_ready(url: str, link: str) -> None:
        shows_key = given is None and not home.key_was_shown()
        _say_ready(url, link, plan.key if shows_key else None, plan.watch)
        if shows_key:
            home.remember_key_was_shown()

    until_stopped(lambda stop: up(plan, stop, on_ready))


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

    set_up_logging(settings.log_level, as_json=settings.log_json, sentry_dsn=secret(settings.sentry_dsn))
    known = {handler.name: handler for handler in HANDLERS}
    if unknown := [group for group in groups if group not in known]:
        raise Misconfigured(f"there is no group {unknown[0]!r}", f"the groups are {', '.join(known)}")
    chosen = [known[group] for group in groups] or list(HANDLERS)
    key = Home.of(data, settings).audit_key
    if settings.audit_key is None and key.exists():
        settings = settings.model_copy(update={"audit_key": key})
    if settings.log:
        _work_on_kafka(chosen, settings, data)
        return
    redis_url, postgres_url = server_urls(settings, data)

    async def run(stop: asyncio.Event) -> None:
        await _check_schema(postgres_url, settings)
        await work(chosen, redis_url, postgres_url, settings, stop, HANDLERS)

    serve_until_stopped(run, settings.drain)


def _work_on_kafka(handlers: Sequence[Any], settings: Settings, data: Path | None) -> None:
    from schemas.addresses import brokers
    from streams.kafka.worker import work

    kafka = brokers(settings.log or "")
    postgres_url = settings.postgres_url.get_secret_value() if settings.postgres_url else server_urls(settings, data)[1]

    async def run(stop: asyncio.Event) -> None:
        await _check_schema(postgres_url, settings)
        await work(handlers, kafka, postgres_url, settings, stop)

    serve_until_stopped(run, settings.drain)


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

    set_up_logging(settings.log_level, as_json=settings.log_json, sentry_dsn=secret(settings.sentry_dsn))
    redis_url, postgres_url = server_urls(settings, data)
    home = Home.of(data, settings)
    settings = settings.model_copy(update={"data": home.path})
    if settings.api_key is None:
        settings = settings.model_copy(update={"api_key": _secret(home.admin_key())})
    serve_until_stopped(lambda stop: serve(redis_url, postgres_url, settings, stop), settings.drain)


def _secret(key: str | None) -> Any:
    from pydantic import SecretStr

    return SecretStr(key) if key else None


def run_migrate(settings: Settings, data: Path | None) -> None:
    """`headrace migrate`."""
    from headrace.up import needed
    from streams.store import Store

    async def migrate() -> None:
        with needed("HEADRACE_POSTGRES_URL"):
            store = await Store.connect(server_urls(settings, data)[1], settings)
            try:
                steps = await store.migrate()
            finally:
                await store.close()
        out.print("\n".join(f"took {step}" for step in steps) or "nothing to do")

    asyncio.run(migrate())


def print_env(settings: Settings, data: Path | None) -> None:
    """`headrace env`."""
    running = _running(settings, data)
    redis_url, postgres_url = server_urls(settings, data)
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


def server_urls(settings: Settings, data: Path | None) -> tuple[str, str]:
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
