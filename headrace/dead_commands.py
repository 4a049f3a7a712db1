"""The commands about dead letters, as they are typed."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from headrace.options import Data, Json, ServerUrl, with_remote

if TYPE_CHECKING:
    from headrace.dead import Asked

dead = typer.Typer(
    help="Events that a group gave up: list, show, retry, discard.", no_args_is_help=True, rich_markup_mode=None
)

Letters = Annotated[list[str] | None, typer.Argument(help="Their ids.")]
Group = Annotated[str | None, typer.Option(help="Only this group's.")]
Kind = Annotated[str | None, typer.Option(help="Such as change.observed or change.*")]
Project = Annotated[str | None, typer.Option(help="Only this project's.")]
Subject = Annotated[str | None, typer.Option(help="Such as components/model/*")]
Error = Annotated[str | None, typer.Option(help="A part of the error's text.")]
Since = Annotated[str | None, typer.Option(help="Buried since a time, or an age such as 10m.")]
All = Annotated[bool, typer.Option("--all", help="All that the filters name.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


class State(StrEnum):
    """What became of letters."""

    BURIED = "buried"
    RETRIED = "retried"
    DISCARDED = "discarded"
    ALL = "all"


@dead.command("list")
def list_letters(
    server: ServerUrl = None,
    data: Data = None,
    group: Group = None,
    kind: Kind = None,
    project: Project = None,
    subject: Subject = None,
    error: Error = None,
    since: Since = None,
    state: Annotated[State, typer.Option(help="What became of them.")] = State.BURIED,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 100,
    as_json: Json = False,
) -> None:
    """List what waits for a decision, or was decided."""
    from headrace.dead import Wanted, show_list

    wanted = Wanted(group, kind, project, subject, error, since)
    with_remote(server, data, lambda remote: show_list(remote, wanted, state, limit, as_json=as_json))


@dead.command("show")
def show_letter(letter: str, server: ServerUrl = None, data: Data = None, as_json: Json = False) -> None:
    """Show one, with the event, the traceback and what became of it."""
    from headrace.dead import show_one

    with_remote(server, data, lambda remote: show_one(remote, letter, as_json=as_json))


@dead.command("retry")
def retry_letters(
    letters: Letters = None,
    server: ServerUrl = None,
    data: Data = None,
    group: Group = None,
    kind: Kind = None,
    project: Project = None,
    subject: Subject = None,
    error: Error = None,
    since: Since = None,
    every: All = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Let the group try again."""
    from headrace.dead import Asked, Wanted

    wanted = Wanted(group, kind, project, subject, error, since)
    _decide(server, data, Asked("retry", letters or [], wanted, every, yes, as_json))


@dead.command("discard")
def discard_letters(
    reason: Annotated[str, typer.Option(help="Why; it is written into the log.")],
    letters: Letters = None,
    server: ServerUrl = None,
    data: Data = None,
    group: Group = None,
    kind: Kind = None,
    project: Project = None,
    subject: Subject = None,
    error: Error = None,
    since: Since = None,
    every: All = False,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Give events up for good; they stay in the archive."""
    from headrace.dead import Asked, Wanted

    wanted = Wanted(group, kind, project, subject, error, since)
    _decide(server, data, Asked("discard", letters or [], wanted, every, yes, as_json, reason))


def _decide(server: ServerUrl, data: Data, asked: "Asked") -> None:
    from headrace.dead import decide

    with_remote(server, data, lambda remote: decide(remote, asked))
