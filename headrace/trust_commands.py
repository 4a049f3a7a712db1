"""The commands that prove what happened: replay, audit."""

from pathlib import Path
from typing import Annotated

import typer

from headrace.options import Data, Json, settings_with

audit = typer.Typer(
    help="Is the archive what was written: verify, export.", no_args_is_help=True, rich_markup_mode=None
)

Group = Annotated[str | None, typer.Option("--group", help="Replay this group alone.")]
Key = Annotated[Path | None, typer.Option("--key", help="Ed25519 key (PEM) that signed it; the public half is enough.")]


def replay(
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare every table with what the log makes of it (the default).")
    ] = True,
    group: Group = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Do everything over from the archive, beside what runs. Exits with 1 where it does not come to the same."""
    from headrace.replay import verify as verify_replay

    if verify:
        verify_replay(settings_with(), data, group, as_json=as_json)


@audit.command("verify")
def audit_verify(
    since: Annotated[str | None, typer.Option("--from", help="First event: its number, or a time.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last event: its number, or a time.")] = None,
    key: Key = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Check the hash chain and what was signed of it. Exits with 1 where it is broken."""
    from headrace.audit import Auditor

    Auditor(settings_with(), data, key).verify(since, until, as_json=as_json)


@audit.command("export")
def audit_export(
    folder: Annotated[Path, typer.Argument(help="A new folder.")], key: Key = None, data: Data = None
) -> None:
    """Write what an outsider needs to verify the archive without Headrace: see docs/audit.md."""
    from headrace.audit import Auditor

    Auditor(settings_with(), data, key).export(folder)
