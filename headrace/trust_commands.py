"""The commands that prove what happened, or have it happen again: replay, audit, reinject."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from headrace.options import Data, Json, Project, ServerUrl, settings_with, with_remote

audit = typer.Typer(
    help="Is the archive what was written: verify, export.", no_args_is_help=True, rich_markup_mode=None
)

Key = Annotated[Path | None, typer.Option("--key", help="Ed25519 key (PEM) that signed it; the public half is enough.")]


class Stage(StrEnum):
    """Where history is played."""

    WS = "ws"


def replay(
    verify: Annotated[
        bool, typer.Option("--verify", help="Compare every table with what the log makes of it (the default).")
    ] = False,
    group: Annotated[str | None, typer.Option(help="Replay this group alone, and compare what it wrote.")] = None,
    until: Annotated[
        str | None, typer.Option(help="Show what everything was at this time; with --to, end there.")
    ] = None,
    subject: Annotated[str | None, typer.Option(help="The story of one file, such as components/model/a.py")] = None,
    to: Annotated[Stage | None, typer.Option(help="Play history to a viewer of the live feed.")] = None,
    since: Annotated[str | None, typer.Option(help="With --to: begin behind this event.")] = None,
    speed: Annotated[float, typer.Option(min=0, help="With --to: times as fast as it happened; 0: at once.")] = 10.0,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Do everything over from the archive, beside what runs. Exits with 1 where it does not come to the same."""
    if to is not None:
        from headrace.moments import given_moment
        from headrace.story import play

        end = given_moment("--until", until).isoformat() if until else None
        query = {"after": since or "0", "until": end, "speed": speed, "subject": subject, "project": project}
        with_remote(server, data, lambda remote: play(remote, query, as_json=as_json))
    elif until is not None:
        from headrace.replay import show_state

        show_state(settings_with(), data, until, subject, as_json=as_json)
    elif subject is not None and not verify:
        from headrace.story import show_story

        with_remote(server, data, lambda remote: show_story(remote, subject, project, until, as_json=as_json))
    else:
        from headrace.replay import verify as verify_replay

        verify_replay(settings_with(), data, group, as_json=as_json)


def reinject(
    ids: Annotated[list[str] | None, typer.Argument(help="Events, by their ids; else a range of them.")] = None,
    since: Annotated[str | None, typer.Option(help="From a time on, or an age such as 10m.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to a time, or an age.")] = None,
    after: Annotated[int | None, typer.Option(min=0, help="Behind this event's number.")] = None,
    before: Annotated[int | None, typer.Option(min=0, help="Before this event's number.")] = None,
    subject: Annotated[str | None, typer.Option(help="Such as components/model/*")] = None,
    rate: Annotated[int, typer.Option(min=1, max=1000, help="Events a second.")] = 50,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what it would be.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    server: ServerUrl = None,
    data: Data = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Publish events of the past again, as new ones: everything that follows from them follows anew."""
    from headrace.reinject import Asked
    from headrace.reinject import reinject as replay_into_the_log

    asked = Asked(ids or [], since, until, after, before, subject, rate, dry_run, yes, as_json)
    with_remote(server, data, lambda remote: replay_into_the_log(remote, asked, project))


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


@audit.command("key")
def audit_key(
    path: Annotated[Path, typer.Argument(help="Where the private key goes; its public half beside it.")],
) -> None:
    """Make a key to sign the archive with: name it by HEADRACE_AUDIT_KEY, and keep the public half elsewhere."""
    from headrace.audit import make

    make(path)
