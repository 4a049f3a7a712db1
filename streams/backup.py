"""Take a backup of all that PostgreSQL has while everything goes on, and bring one into an empty database."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.backup import BackupManifest, ChainEnd, ExportedFile, PartOfTable, TableCopy
from schemas.base import now
from schemas.errors import Misconfigured, Rejected
from streams.backup_file import PIECE, Reader, Writer
from streams.files import finished
from streams.store import Store
from streams.store.chains import Chains
from streams.store.dump import (
    Table,
    analyze,
    check_empty,
    copy_in,
    copy_out,
    freeze,
    make_months,
    migrations_of,
    sequences_of,
    set_sequences,
    tables_of,
)
from streams.store.migrate import alone, migrations, take
from streams.store.months import Months, name_of

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Connection = PoolConnectionProxy[Any]

Tell = Callable[[int], object]
"""What is called with the number of bytes dealt with so far."""


async def back_up(
    store: Store, path: Path, version: str, tell: Callable[[int, int], object], *, complete: bool
) -> BackupManifest:
    """Write a backup to `path`. `tell` hears how many bytes are read, and of about how many."""
    with finished(path) as unfinished, Writer(unfinished) as writer:
        async with store.in_transaction() as connection:
            tables = await freeze(connection)
            total = sum(table.size for table in tables)
            copies: dict[str, TableCopy] = {}
            done = 0
            for table in tables:
                dump = _Dump(writer, table, lambda piece, done=done: tell(done + piece, total))  # type: ignore[misc]
                copies[table.name] = await dump.run(connection)
                done += table.size
            manifest = await _manifest(connection, version, copies, complete=complete)
        writer.finish(manifest)
    return manifest


class _Dump:
    """A table that is being written, in pieces that fit into memory."""

    def __init__(self, writer: Writer, table: Table, tell: Tell) -> None:
        self._writer = writer
        self._table = table
        self._tell = tell
        self._parts: list[PartOfTable] = []
        self._waiting = bytearray()
        self._bytes = 0

    async def run(self, connection: "Connection") -> TableCopy:
        """Write all of it."""
        rows = await copy_out(connection, self._table, self._take)
        if self._waiting:
            await self._write(bytes(self._waiting))
        return TableCopy(columns=self._table.columns, rows=rows, parts=self._parts)

    async def _take(self, data: bytes) -> None:
        self._waiting += data
        self._bytes += len(data)
        while len(self._waiting) >= PIECE:
            await self._write(bytes(self._waiting[:PIECE]))
            del self._waiting[:PIECE]
        self._tell(self._bytes)

    async def _write(self, piece: bytes) -> None:
        self._parts.append(await asyncio.to_thread(self._writer.part, self._table.name, len(self._parts), piece))


async def _manifest(
    connection: "Connection", version: str, tables: dict[str, TableCopy], *, complete: bool
) -> BackupManifest:
    """What older versions do not have yet is left empty: a backup comes before an upgrade."""
    ends = sorted((await Chains(connection).all()).items()) if "chains" in tables else []
    exports = await Months(connection).dropped_files() if "exported_months" in tables else []
    return BackupManifest(
        version=version,
        taken_at=now(),
        migrations=await migrations_of(connection),
        archived=max((end.seq for _, end in ends), default=0),
        complete=complete,
        chains=[
            ChainEnd(topic=topic, partition=partition, offset=end.offset, seq=end.seq, digest=end.digest.hex())
            for (topic, partition), end in ends
        ],
        exports=[ExportedFile(month=name_of(month), path=path, sha256=sha256) for month, path, sha256 in exports],
        sequences=await sequences_of(connection),
        tables=tables,
    )


class Restored(NamedTuple):
    """What a restore did: rows, migrations taken after the backup's own, tables of others that it left out."""

    rows: int
    took: list[str]
    left_out: list[str]


async def restore(store: Store, backup: Reader, tell: Tell) -> Restored:
    """Bring a backup into an empty database, all of it or nothing. `tell` hears how many bytes of the file are there.

    Raises:
        Rejected: the database is not empty. Misconfigured: the backup is of a newer version.
    """
    manifest = backup.manifest
    check_version(manifest)
    async with store.in_transaction() as connection:
        await alone(connection)
        await check_empty(connection)
        await take(connection, manifest.migrations)
        await make_months(connection, manifest.tables)
        known = {table.name: table for table in await tables_of(connection)}
        left_out = [name for name in manifest.tables if name not in known]
        rows = 0
        for name, copy in manifest.tables.items():
            if name in known:
                rows += await _fill(connection, backup, known[name], copy, tell)
        await set_sequences(connection, manifest.sequences)
        steps = await take(connection)
        await analyze(connection)
    return Restored(rows, [step.name for step in steps], left_out)


def check_version(manifest: BackupManifest) -> None:
    """See that this program knows all that the backup is made of.

    Raises:
        Misconfigured: it does not.
    """
    newer = set(manifest.migrations) - {step.name for step in migrations()}
    if newer:
        raise Misconfigured(
            f"the backup is of Headrace {manifest.version} and has {max(newer)}, which this version does not know",
            "upgrade Headrace, then restore",
        )


async def _fill(connection: "Connection", backup: Reader, table: Table, copy: TableCopy, tell: Tell) -> int:
    if sorted(copy.columns) != sorted(table.columns):
        raise Rejected(f"the table {table.name} of the backup has other columns", "use another copy")
    rows = await copy_in(connection, table._replace(columns=copy.columns), _read(backup, table.name, tell))
    if rows != copy.rows:
        raise Rejected(f"the backup has {rows} rows of {table.name}, not {copy.rows}", "use another copy")
    return rows


async def _read(backup: Reader, table: str, tell: Tell) -> AsyncIterator[bytes]:
    pieces = backup.pieces(table)
    while piece := await asyncio.to_thread(next, pieces, None):
        yield piece
        tell(backup.read)
