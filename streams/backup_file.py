"""What a backup looks like on disk: a tar of compressed parts, a manifest, and last a digest of all before it.

tables/NAME/000000.copy.gz …     the table's binary COPY, cut into pieces and compressed each
manifest.json                    what is in it, and of when
sha256                           of every byte of the file before this member
"""

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from pydantic import ValidationError

from schemas.backup import BackupManifest, PartOfTable
from schemas.errors import Misconfigured, Rejected

PIECE = 16 * 1024 * 1024
"""The most bytes of a table in one piece, unpacked. What is larger is refused: a newer version must not make it so."""

_MANIFEST, _DIGEST = "manifest.json", "sha256"
_CHUNK = 1024 * 1024


class Writer:
    """A backup that is being written."""

    def __init__(self, path: Path) -> None:
        self._file = _Digesting(path.open("wb"))
        self._tar = tarfile.open(fileobj=self._file, mode="w", format=tarfile.PAX_FORMAT)  # type: ignore[call-overload] # noqa: SIM115 - closed below

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        if kind is None:
            self._add(_DIGEST, self._file.digest.hexdigest().encode())
            self._tar.close()
        self._file.close()

    def part(self, table: str, number: int, raw: bytes) -> PartOfTable:
        """Add a piece of a table."""
        name = f"tables/{table}/{number:06}.copy.gz"
        data = gzip.compress(raw, 1, mtime=0)
        self._add(name, data)
        return PartOfTable(name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def finish(self, manifest: BackupManifest) -> None:
        """Add what is said of it."""
        self._add(_MANIFEST, manifest.model_dump_json(indent=1).encode())

    def _add(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))


class _Digesting:
    """A file of which the digest is known all the time."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Write, and go on with the digest."""
        self.digest.update(data)
        return self._file.write(data)

    def tell(self) -> int:
        """How much was written."""
        return self._file.tell()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Reader:
    """A backup, checked to the last byte before anything of it is used."""

    def __init__(self, path: Path, tell: Callable[[int], object]) -> None:
        """Open and check it.

        Raises:
            Rejected: it is no backup, or not what was written. Misconfigured: it cannot be read, or is too new.
        """
        self._path = path
        self.read = 0
        """How many bytes of the tables' pieces were read."""
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Misconfigured(f"cannot read {path}: {error.strerror}", "name the file of a backup") from error
        try:
            self._tar = tarfile.open(fileobj=self._file, mode="r:")  # noqa: SIM115 - closed below
            self._members = {member.name: member for member in self._tar.getmembers()}
            self._check(tell)
            self.manifest = BackupManifest.model_validate_json(self._read(_MANIFEST))
        except (tarfile.TarError, KeyError, ValidationError, EOFError) as error:
            self.close()
            raise Rejected(f"{path} is no backup, or was cut off", "use another copy") from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _check(self, tell: Callable[[int], object]) -> None:
        end = self._members[_DIGEST]
        digest = hashlib.sha256()
        self._file.seek(0)
        while (at := self._file.tell()) < end.offset:
            digest.update(self._file.read(min(_CHUNK, end.offset - at)))
            tell(at)
        if digest.hexdigest().encode() != self._read(_DIGEST):
            raise Rejected(f"{self._path} is not what was written: its SHA-256 is another", "use another copy")

    def _read(self, name: str) -> bytes:
        file = self._tar.extractfile(self._members[name])
        if file is None:
            raise KeyError(name)
        return file.read()

    def pieces(self, table: str) -> Iterator[bytes]:
        """What a table was written as, piece by piece."""
        for part in self.manifest.tables[table].parts:
            data = self._read(part.name)
            if hashlib.sha256(data).hexdigest() != part.sha256:
                raise Rejected(f"{part.name} of {self._path} changed while it was read", "use another copy")
            self.read += part.bytes
            yield self._unpacked(part.name, data)

    def _unpacked(self, name: str, data: bytes) -> bytes:
        """A piece, which is never larger than pieces are: what somebody else made could fill the memory."""
        try:
            raw = gzip.GzipFile(fileobj=io.BytesIO(data)).read(PIECE + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise Rejected(f"{name} of {self._path} cannot be unpacked: {error}", "use another copy") from error
        if len(raw) > PIECE:
            raise Rejected(f"{name} of {self._path} is larger than Headrace makes them", "use another copy")
        return raw
