"""Months of the archive as Parquet: all columns, in order, in row groups that fit into little memory."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from streams.store.events import Row

_UUID = pa.binary(16)
_SCHEMA = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("topic", pa.string(), nullable=False),
        pa.field("partition", pa.int32(), nullable=False),
        pa.field("entry_offset", pa.int64(), nullable=False),
        pa.field("event", pa.string(), nullable=False),
        pa.field("digest", pa.binary(32), nullable=False),
        pa.field("id", _UUID),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("project", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("time", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("correlation", _UUID),
    ]
)
_CHAINED = _SCHEMA.names[:6]
_UUIDS = [index for index, field in enumerate(_SCHEMA) if field.type == _UUID]
_GROUP_ROWS = 10_000
_GROUP_BYTES = 16 * 1024 * 1024


class Writer:
    """A file that is being written."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetWriter(path, _SCHEMA, compression="zstd")
        self._rows: list[Row] = []
        self._bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self._write_group()
        self._file.close()

    def write(self, rows: Sequence[Row]) -> None:
        """Add events."""
        self._rows += rows
        self._bytes += sum([len(row.event) for row in rows])
        if len(self._rows) >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._write_group()

    def _write_group(self) -> None:
        if self._rows:
            columns: list[Sequence[Any]] = list(zip(*self._rows, strict=True))
            for index in _UUIDS:
                columns[index] = [value and value.bytes for value in columns[index]]
            arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
            self._file.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
        self._rows, self._bytes = [], 0


def read(path: Path, after: int, size: int, *, columns: bool) -> Iterator[list[Row]]:
    """The events behind the number `after`, in pages of at most `size`."""
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            if file.metadata.row_group(group).column(0).statistics.max > after:
                table = file.read_row_group(group, columns=None if columns else _CHAINED)
                for start in range(0, table.num_rows, size):
                    rows = _rows(table.slice(start, size))
                    if rows[-1].seq > after:
                        yield [row for row in rows if row.seq > after] if rows[0].seq <= after else rows


def first_of(path: Path) -> Row | None:
    """The first event of a file; None where it is no such file."""
    try:
        return next(read(path, 0, 1, columns=False), [None])[0]
    except (OSError, pa.ArrowException):
        return None


def _rows(table: Any) -> list[Row]:
    columns: list[list[Any]] = [column.to_pylist() for column in table.columns]
    for index in _UUIDS:
        if index < len(columns):
            columns[index] = [value and UUID(bytes=value) for value in columns[index]]
    return list(map(Row, *columns))
