"""Numbered migrations: plain SQL, each applied once, in one transaction, by one process at a time."""

from collections.abc import Collection
from importlib.resources import files
from typing import NamedTuple

from schemas.errors import Misconfigured
from streams.store.connection import Executor, Pool

_LOCK = 0x6865616472616365  # "headrace": whoever migrates holds this advisory lock

_TABLE = """
create table if not exists migrations (
    number     int         primary key,
    name       text        not null,
    applied_at timestamptz not null default now()
)
"""


class Migration(NamedTuple):
    """One step of the schema."""

    number: int
    name: str
    sql: str


def migrations() -> list[Migration]:
    """All steps that this version knows, in order."""
    folder = files("streams.store").joinpath("migrations")
    found = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return [
        Migration(int(file.name.partition("_")[0]), file.name, file.read_text(encoding="utf-8"))
        for file in sorted(found, key=lambda file: file.name)
    ]


async def pending(db: Executor) -> list[Migration]:
    """The steps that this database has not taken yet.

    Raises:
        Misconfigured: the database is newer than this program.
    """
    if not await db.fetchval("select to_regclass('migrations') is not null"):
        return migrations()
    applied = {row["number"] for row in await db.fetch("select number from migrations")}
    known = migrations()
    newer = applied - {migration.number for migration in known}
    if newer:
        raise Misconfigured(
            f"the database has migration {max(newer)}, which this version of Headrace does not know",
            "upgrade Headrace",
        )
    return [migration for migration in known if migration.number not in applied]


async def migrate(pool: Pool) -> list[Migration]:
    """Take all pending steps; return them. Several processes may call it at once."""
    async with pool.transaction() as connection:
        await alone(connection)
        return await take(connection)


async def alone(connection: Executor) -> None:
    """Nobody else migrates until the transaction ends."""
    await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)


async def take(connection: Executor, only: Collection[str] | None = None) -> list[Migration]:
    """Take all pending steps, or those named; return them."""
    await connection.execute(_TABLE)
    steps = [step for step in await pending(connection) if only is None or step.name in only]
    for step in steps:
        await connection.execute(step.sql)
        await connection.execute("insert into migrations (number, name) values ($1, $2)", step.number, step.name)
    return steps
