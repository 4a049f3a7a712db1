"""The commands about what lasts: old months, backups."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from headrace.options import Data, Json, settings_with

archive = typer.Typer(
    help="Months of the archive: list, export to Parquet, drop from the database, import again.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Month = Annotated[str, typer.Argument(metavar="MONTH", help="Such as 2026-01.")]
Exports = Annotated[Path | None, typer.Option("--exports", help="Where the files lie now, if they were moved.")]
Wait = Annotated[
    float, typer.Option("--wait", min=0, help="Seconds for the archive to catch up with the log; 0: do not.")
]


@archive.command("list")
def archive_list(data: Data = None, as_json: Json = False) -> None:
    """List the months: how many events, where they lie."""
    from headrace.archive import show_months

    show_months(settings_with(), data, as_json=as_json)


@archive.command("export")
def archive_export(
    month: Month,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write the file.")],
    data: Data = None,
    exports: Exports = None,
    wait: Wait = 60.0,
    as_json: Json = False,
) -> None:
    """Write a month that is over to a Parquet file. The database keeps it until it is dropped."""
    from headrace.archive import export_month

    export_month(settings_with(exports=exports), data, _month(month), folder, wait, as_json=as_json)


@archive.command("drop")
def archive_drop(month: Month, data: Data = None, exports: Exports = None, as_json: Json = False) -> None:
    """Drop an exported month from the database, once its file was read back and is the same to the letter."""
    from headrace.archive import drop_month

    drop_month(settings_with(exports=exports), data, _month(month), as_json=as_json)


@archive.command("import")
def archive_import(month: Month, data: Data = None, exports: Exports = None, as_json: Json = False) -> None:
    """Put a dropped month back into the database."""
    from headrace.archive import import_month

    import_month(settings_with(exports=exports), data, _month(month), as_json=as_json)


def _month(text: str) -> date:
    from schemas.errors import Rejected

    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Rejected(f"{text} is not a month", "give it as 2026-01") from None


def backup(
    place: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="Where to write it; in a directory, under the time.")
    ],
    data: Data = None,
    wait: Wait = 60.0,
    as_json: Json = False,
) -> None:
    """Write all that PostgreSQL has to one file, as of one moment, while everything runs."""
    from headrace.backup import run_backup

    run_backup(settings_with(), data, place, wait, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `headrace backup` wrote.")],
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Bring a backup into an empty data directory, or without --data into the empty database that is set."""
    from headrace.backup import run_restore

    run_restore(settings_with(), data, file, as_json=as_json)
