"""The commands that prove what happened: replay, audit."""

from typing import Annotated

import typer

from headrace.options import Data, Json, settings_with

Group = Annotated[str | None, typer.Option("--group", help="Replay this group alone.")]


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
