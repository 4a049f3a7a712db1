"""The commands about AI coding clients: what they are configured with, kept in step among all of them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from headrace.options import Data, Json, ServerUrl, settings_with

clients = typer.Typer(
    help="AI coding clients, kept in step: detect, diff, sync, why, history, rollback.",
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


Root = Annotated[Path | None, typer.Option(help="The project's directory; else the repository around here.")]
Whose = Annotated[ScopeOption | None, typer.Option("--scope", help="The project's configuration, or your own.")]
Named = Annotated[list[str] | None, typer.Option("--client", help="A client that takes part though it has no files.")]
PolicyChoice = Annotated[PolicyOption, typer.Option("--policy", help="Who wins where two have changed the same.")]
Priorities = Annotated[list[str] | None, typer.Option("--priority", help="CLIENT=NUMBER: the higher one wins first.")]


@clients.command("sync")
def sync_clients(
    root: Root = None,
    scope: Whose = None,
    client: Named = None,
    policy: PolicyChoice = PolicyOption.LAST,
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
    from headrace.clients import Wanted, run_sync

    wanted = Wanted(
        root,
        scope.value if scope else None,
        client or [],
        policy.value,
        priority or [],
        yes=yes,
        dry_run=dry_run,
        check=check,
        as_json=as_json,
        validate=not no_validate,
    )
    run_sync(settings_with(), server, data, wanted)
