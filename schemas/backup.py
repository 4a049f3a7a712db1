"""What a backup says of itself."""

from typing import Literal

from schemas.base import Digest, Instant, Model


class PartOfTable(Model):
    """A piece of a table, as it lies in the file."""

    name: str
    bytes: int
    sha256: Digest


class TableCopy(Model):
    """A table: its columns, its rows, and the pieces that they are in."""

    columns: list[str]
    rows: int
    parts: list[PartOfTable]


class ChainEnd(Model):
    """Where the archive of one stream ends."""

    topic: str
    partition: int
    offset: int
    seq: int
    digest: Digest


class ExportedFile(Model):
    """A month that lies in a file of its own, which is no part of the backup."""

    month: str
    path: str
    sha256: Digest


class BackupManifest(Model):
    """All that is in a backup, and of when. `complete`: the archive had all that was in the log when it began."""

    format: Literal[1] = 1
    version: str
    taken_at: Instant
    migrations: list[str]
    archived: int
    complete: bool
    chains: list[ChainEnd]
    exports: list[ExportedFile]
    sequences: dict[str, int]
    tables: dict[str, TableCopy]
