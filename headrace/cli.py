"""The command. Each subcommand imports what it needs when it runs, so that `--help` is instant."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from headrace import (
    access_commands,
    archive_commands,
    client_commands,
    component_commands,
    dead_commands,
    trust_commands,
)
from headrace.options import Data, Json, ServerUrl, settings_with, with_remote

if TYPE_CHECKING:
    from schemas.errors import HeadraceError

app = typer.Typer(
    name="headrace",
    help="One event log, on Redis Streams, for everything that a vision team changes.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # drawing boxes takes as long as all the rest of `--help`
    add_completion=False,
)


class _Watch(TyperGroup):
    """`headrace watch TREE` is `headrace watch run TREE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no command's name belongs to `run`."""
        named = args and args[0] in self.commands
        return super().parse_args(ctx, args if named else ["run", *args])


watch = typer.Typer(cls=_Watch, rich_markup_mode=None)
app.add_typer(watch, name="watch", help="Watch trees and send every settled change to the server.")
app.command()(component_commands.sync)
app.command()(trust_commands.replay)
app.command()(trust_commands.reinject)
app.add_typer(trust_commands.audit, name="audit")
app.command("import-cvlab")(component_commands.import_cvlab)
app.add_typer(client_commands.clients, name="clients")
app.add_typer(component_commands.components, name="components")
app.add_typer(component_commands.manifests, name="manifests")
app.add_typer(component_commands.conflicts, name="conflicts")
app.add_typer(archive_commands.archive, name="archive")
app.command()(archive_commands.backup)
app.command()(archive_commands.restore)
app.add_typer(dead_commands.dead, name="dead")
app.add_typer(access_commands.users, name="users")
app.add_typer(access_commands.keys, name="keys")

Paths = Annotated[list[Path] | None, typer.Argument(help="Trees to watch.")]
ConfigFile = Annotated[Path | None, typer.Option("--config", help="A file that names them: see docs/watching.md.")]
Gitignore = Annotated[bool, typer.Option("--gitignore", help="Leave out what .gitignore names.")]
_OPTIONAL = dict.fromkeys(
    ("argon2", "asyncpg", "cryptography", "hiredis", "jwt", "prometheus_client", "redis", "uvloop"), "server,embedded"
)
_OPTIONAL |= {"aiokafka": "server,kafka", "faust": "server,kafka", "pyarrow": "parquet"}
"""What not everybody needs, and the extras that bring it."""


class Emit(StrEnum):
    """How changes are printed."""

    JSONL = "jsonl"


def main() -> None:
    """Run the command line."""
    from schemas.errors import HeadraceError

    try:
        app()
    except HeadraceError as error:
        _fail(error.message, error.remedy)
    except ModuleNotFoundError as error:
        if error.name not in _OPTIONAL:
            raise
        _fail(f"{error.name} is not installed", f"pip install 'headrace[{_OPTIONAL[error.name]}]'")
    except ExceptionGroup as group:
        if (only := _cause(group)) is None:
            raise
        _fail(only.message, only.remedy)


def _cause(group: ExceptionGroup[Any]) -> "HeadraceError | None":
    """What ended the tasks of a process, where it is one of our own errors."""
    from schemas.errors import HeadraceError

    ours, others = group.split(HeadraceError)
    error: BaseException | None = None if others else ours
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, HeadraceError) else None


def _fail(message: str, remedy: str) -> NoReturn:
    from headrace.words import complain

    complain(message, remedy, "error: ")
    raise SystemExit(1)


@app.command()
def up(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    watch: Annotated[list[Path] | None, typer.Option(help="Tree to watch; may be given several times.")] = None,
) -> None:
    """Start everything on this machine: Redis, PostgreSQL, worker, gateway, watcher."""
    from headrace.run import run_up

    run_up(settings_with(host=host, port=port), data, watch or [])


@watch.command("run", epilog="See also: headrace watch install, headrace watch status.")
def watch_run(
    paths: Paths = None,
    config: ConfigFile = None,
    server: ServerUrl = None,
    data: Data = None,
    emit: Annotated[Emit | None, typer.Option(help="Print every change; without --server, send none.")] = None,
    initial: Annotated[bool, typer.Option("--initial", help="Report what is there already, too.")] = False,
    gitignore: Gitignore = False,
    explain: Annotated[Path | None, typer.Option(help="Say why this path is, or is not, watched; watch none.")] = None,
) -> None:
    """Watch trees and send every settled change to the server."""
    from headrace.watching import Trees, explain_path, run_watch

    trees = Trees(paths or [], config, gitignore=gitignore)
    if explain is not None:
        explain_path(settings_with(), trees, explain, data)
    else:
        run_watch(settings_with(), trees, server, data, emits=emit is not None, initial=initial)


@watch.command("install")
def watch_install(
    paths: Paths = None,
    config: ConfigFile = None,
    server: ServerUrl = None,
    data: Data = None,
    gitignore: Gitignore = False,
    only_print: Annotated[bool, typer.Option("--print", help="Print the unit; change nothing.")] = False,
) -> None:
    """Watch trees from now on, as a service of yours: a systemd user unit, enabled and started."""
    from headrace.unit import install
    from headrace.watching import Trees

    install(settings_with(), Trees(paths or [], config, gitignore=gitignore), server, data, only_print=only_print)


@watch.command("status")
def watch_status(data: Data = None, as_json: Json = False) -> None:
    """Show what is watched on this machine, and how it does. Exits with 1 where something is wrong."""
    from headrace.watching import show_watchers

    show_watchers(settings_with(), data, as_json=as_json)


@app.command()
def worker(
    group: Annotated[list[str] | None, typer.Option(help="Group to work for; all when none is named.")] = None,
    data: Data = None,
    log: Annotated[
        str | None, typer.Option(help="Log on Kafka, such as kafka://host:9092; else that on Redis.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Started again under its name, it works on at once. No two may share one.")
    ] = None,
) -> None:
    """Work for consumer groups, as many processes as you like."""
    from headrace.run import run_worker

    run_worker(settings_with(log=log, worker_name=name), data, group or [])


@app.command()
def gateway(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    scan: Annotated[list[Path] | None, typer.Option(help="Tree that `scan` reads.")] = None,
) -> None:
    """Serve HTTP, the live feed and the page."""
    from headrace.run import run_gateway

    trees = ":".join(str(path) for path in scan) if scan else None
    run_gateway(settings_with(host=host, port=port, scan=trees), data)


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database's schema up to date."""
    from headrace.run import run_migrate

    run_migrate(settings_with(), data)


@app.command()
def events(
    server: ServerUrl = None,
    data: Data = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what happens.")] = False,
    since: Annotated[str | None, typer.Option(help="An event's sequence or id, a time, or an age such as 10m.")] = None,
    until: Annotated[str | None, typer.Option(help="A time, or an age such as 10m: events before it.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Such as version.created or change.*")] = None,
    subject: Annotated[str | None, typer.Option(help="Such as components/model/*")] = None,
    actor: Annotated[str | None, typer.Option(help="Who did it, such as kim or key:*")] = None,
    text: Annotated[
        str | None, typer.Option(help="Anywhere in the event; with --follow not in a file's content.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many, when none is named by --since.")] = 20,
    as_json: Json = False,
) -> None:
    """Show the log."""
    from headrace.events import Wanted, show_events

    wanted = Wanted(since, until, type_, subject, actor, text, limit, follow, as_json)
    with_remote(server, data, lambda remote: show_events(remote, wanted))


@app.command()
def trace(event: str, server: ServerUrl = None, data: Data = None, as_json: Json = False) -> None:
    """Show what followed from an event, from a file's being saved on; it is named by its id or sequence."""
    from headrace.trace import show_trace

    with_remote(server, data, lambda remote: show_trace(remote, event, as_json=as_json))


@app.command()
def status(
    server: ServerUrl = None,
    data: Data = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Go on, every second.")] = False,
    as_json: Json = False,
) -> None:
    """Show how everything does: groups, lag, dead letters, watchers."""
    from headrace.status import show_status, watch_status

    show = watch_status if watch else show_status
    with_remote(server, data, lambda remote: show(remote, as_json=as_json))


@app.command()
def env(data: Data = None) -> None:
    """Print the addresses in use, for `eval` and for psql and redis-cli."""
    from headrace.run import print_env

    print_env(settings_with(), data)


@app.command("login-link")
def login_link(server: ServerUrl = None, data: Data = None) -> None:
    """Print a link that logs one browser in, once."""
    from headrace.events import show_link

    with_remote(server, data, show_link)


@app.command()
def doctor(data: Data = None, as_json: Json = False) -> None:
    """Say what is wrong with the set-up, and how to mend it."""
    from headrace.run import run_doctor

    run_doctor(settings_with(), data, as_json=as_json)


def _version(wanted: bool) -> None:
    if wanted:
        from headrace import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _main(
    _: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_version, is_eager=True)] = False,
) -> None:
    pass
