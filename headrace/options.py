"""The options that several commands share, and what they stand for."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from headrace.remote import Remote
    from schemas.settings import Settings

Data = Annotated[Path | None, typer.Option("--data", help="Data directory of `headrace up`.")]
ServerUrl = Annotated[str | None, typer.Option("--server", help="Gateway to talk to, such as http://host:8000.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Project = Annotated[str | None, typer.Option("--project", help="Project that is meant; else the server's own.")]


def settings_with(**given: object) -> "Settings":
    """The settings: from the environment, overridden by what was given on the command line."""
    from headrace.given import read_settings

    return read_settings({name: value for name, value in given.items() if value is not None})


def with_remote(server: str | None, data: Path | None, use: "Callable[[Remote], Awaitable[None]]") -> None:
    """Do something with the server that is meant."""
    from headrace.remote import Remote, Server

    found = Server.find(server, data, settings_with())

    async def run() -> None:
        async with Remote(found) as remote:
            await use(remote)

    try:
        import asyncio

        asyncio.run(run())
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
