"""The commands about AI coding clients: what they are configured with, kept in step among all of them."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from headrace.options import Data, Json, ServerUrl, settings_with

if TYPE_CHECKING:
    from headrace.clients import Wanted

clients = typer.Typer(
    help="AI coding clients: detect, list, add, import, diff, sync, watch, policy, why, history, rollback, resolve.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class ScopeOption(StrEnum):
    """Whose configuration."""

    PROJECT = "project"
    USER = "user"


class PolicyOption(StrEnum):
    """Who wins where two clients have changed the same."""

    LAST = "last-write-wins"
    CENTRAL = "central-authoritative"
    MANUAL = "manual-review"


class KindOption(StrEnum):
    """Kinds of elements that have a policy."""

    SERVERS = "servers"
    RULES = "rules"


Root = Annotated[Path | None, typer.Option(help="The project's directory; else the repository around here.")]
Whose = Annotated[ScopeOption | None, typer.Option("--scope", help="The project's configuration, or your own.")]
Named = Annotated[list[str] | None, typer.Option("--client", help="A client that takes part though it has no files.")]
Element = Annotated[str, typer.Argument(help="KIND/NAME, such as servers/docs.")]
PolicyChoice = Annotated[
    PolicyOption | None,
    typer.Option("--policy", help="Who wins where two have changed the same; else the server says."),
]
Priorities = Annotated[list[str] | None, typer.Option("--priority", help="CLIENT=NUMBER: the higher one wins first.")]


@clients.command("sync")
def sync_clients(
    root: Root = None,
    scope: Whose = None,
    client: Named = None,
    policy: PolicyChoice = None,
    priority: Priorities = None,
    yes: Annotated[bool, typer.Option("--yes", help="Approve of what lets agents do more than before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit with 3 where anything is to be done, for CI.")] = False,
    no_validate: Annotated[
        bool, typer.Option("--no-validate", help="Do not let clients check their new files.")
    ] = False,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring all clients into step. Exits with 4 where something waits for a person."""
    from headrace.clients import run_sync

    wanted = _wanted(
        root,
        scope,
        policy,
        priority,
        clients=client or [],
        yes=yes,
        dry_run=dry_run,
        check=check,
        as_json=as_json,
        validate=not no_validate,
    )
    run_sync(settings_with(), server, data, wanted)


@clients.command("detect")
def detect_clients(root: Root = None, as_json: Json = False) -> None:
    """Find the clients on this machine: their programs, and their files here and in your home."""
    from headrace.clients_asked import detect

    detect(settings_with(), root, as_json=as_json)


@clients.command("list")
def list_clients(root: Root = None, scope: Whose = None, as_json: Json = False) -> None:
    """List the clients that take part in a sync, with their files."""
    from headrace.clients_asked import Asker

    Asker(settings_with(), None, None, _wanted(root, scope, as_json=as_json)).show_list()


@clients.command("add")
def add_clients(
    names: Annotated[list[str], typer.Argument(help="Such as codex.")], root: Root = None, scope: Whose = None
) -> None:
    """Let clients take part from now on, though they have no files yet."""
    from headrace.clients_asked import Asker

    Asker(settings_with(), None, None, _wanted(root, scope)).add(names)


@clients.command("diff")
def diff_clients(
    client: Annotated[str | None, typer.Argument(help="Only this client's files.")] = None,
    root: Root = None,
    scope: Whose = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show what a sync would change in the files, line by line."""
    from headrace.clients_asked import Asker

    Asker(settings_with(), server, data, _wanted(root, scope, as_json=as_json)).show_diff(client)


@clients.command("why")
def why_element(
    element: Element,
    root: Root = None,
    scope: Whose = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Say who made an element what it is, where it stands in each client's files, and what is lost there."""
    from headrace.clients_asked import Asker

    Asker(settings_with(), server, data, _wanted(root, scope, as_json=as_json)).show_why(element)


@clients.command("history")
def element_history(
    element: Element,
    root: Root = None,
    scope: Whose = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show how an element came to be what it is, newest first."""
    from headrace.clients_asked import Asker

    Asker(settings_with(), server, data, _wanted(root, scope, as_json=as_json)).show_history(element)


@clients.command("rollback")
def roll_back_elements(
    to: Annotated[str, typer.Option(help="A version, such as 3, or a time, such as 2026-11-22T10:00.")],
    element: Annotated[str | None, typer.Argument(help="Such as servers/docs; else all, to a time.")] = None,
    client: Annotated[str | None, typer.Option("--client", help="Only what this client changed last.")] = None,
    root: Root = None,
    scope: Whose = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Let elements be what they were, in all clients."""
    from headrace.clients_asked import Asker

    Asker(settings_with(), server, data, _wanted(root, scope, as_json=as_json)).roll_back(to, element, client)


@clients.command("import")
def import_elements(
    path: Annotated[Path, typer.Argument(help="A client's file, a project's directory, or an export (JSON or zip).")],
    client: Annotated[str | None, typer.Option("--client", help="Whose file it is, or whose files alone.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Approve of what lets agents do more than before.")] = False,
    root: Root = None,
    scope: Whose = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Take in what other files say; what is here already stays as it is. Exits with 4 where something waits."""
    from headrace.clients_asked import Asker

    wanted = _wanted(root, scope, yes=yes, as_json=as_json)
    Asker(settings_with(), server, data, wanted).take_in(path, client, wanted)


@clients.command("resolve")
def resolve_element(
    element: Element,
    take: Annotated[str | None, typer.Option(help="The client whose side is taken, or centre.")] = None,
    merged: Annotated[
        Path | None, typer.Option(help="A file (JSON) with what you have made of both sides; it stands everywhere.")
    ] = None,
    root: Root = None,
    scope: Whose = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Settle what waits for a person: a conflict, or what lets agents do more."""
    from headrace.clients_asked import Asker

    Asker(settings_with(), server, data, _wanted(root, scope, as_json=as_json)).resolve(element, take, merged)


@clients.command("policy")
def choose_policy(
    policy: PolicyChoice = None,
    priority: Priorities = None,
    kind: Annotated[KindOption | None, typer.Option(help="Only for elements of this kind.")] = None,
    root: Root = None,
    scope: Whose = None,
    server: ServerUrl = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Show who wins where two clients have changed the same, or say so for everybody who syncs with the server."""
    from headrace.clients_asked import Asker

    wanted = _wanted(root, scope, policy, priority, as_json=as_json)
    Asker(settings_with(), server, data, wanted).choose_policy(wanted, kind.value if kind else None)


def _wanted(
    root: Path | None,
    scope: ScopeOption | None,
    policy: PolicyOption | None = None,
    priorities: list[str] | None = None,
    **more: Any,
) -> "Wanted":
    from headrace.clients import Wanted

    return Wanted(
        root,
        scope.value if scope else None,
        policy=policy.value if policy else None,
        priorities=priorities or [],
        **more,
    )


@clients.command("watch")
def watch_clients(
    root: Root = None,
    scope: Whose = None,
    client: Named = None,
    policy: PolicyChoice = None,
    priority: Priorities = None,
    server: ServerUrl = None,
    data: Data = None,
) -> None:
    """Keep all clients in step as their files change, here and elsewhere. What widens waits for a person."""
    from headrace.clients_watch import run_watch

    wanted = _wanted(root, scope, policy, priority, clients=client or [])
    run_watch(settings_with(), server, data, wanted)
