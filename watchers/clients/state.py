"""What each client said when it was last in step, so that what has changed since is known. Only references are here.

It is written after the files: killed in between, the next sync finds that they say what the centre does, and notes it.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
import orjson

from schemas.clients.adapter import Scope
from schemas.clients.documents import key_of, path_of
from schemas.clients.reconcile import Elements
from schemas.clients.unified import decode, encode
from schemas.errors import Misconfigured
from watchers.lock import alone


class State:
    """The bases of one scope of one root, in a file below `folder`."""

    def __init__(self, folder: Path, root: Path, project: str, scope: Scope) -> None:
        name = hashlib.sha256(f"{root}\n{project}\n{scope}".encode()).hexdigest()[:24]
        self._path = folder / f"{name}.json"
        self._root = root
        self._scope = scope

    def bases(self) -> dict[str, Elements]:
        """What each client said. Raises Misconfigured where the file is damaged."""
        with self._told():
            return {client: _elements(elements) for client, elements in self._read()["clients"].items()}

    def added(self) -> list[str]:
        """Clients that take part though they have no files yet. Raises Misconfigured where the file is damaged."""
        with self._told():
            return [str(name) for name in self._read()["added"]]

    def keep(self, bases: Mapping[str, Elements]) -> None:
        """Remember these."""
        self._write({**self._read(), "clients": {name: self._said(elements) for name, elements in bases.items()}})

    def add(self, names: Sequence[str]) -> None:
        """Let these clients take part, too."""
        self._write({**self._read(), "added": [*dict.fromkeys([*self.added(), *names])]})

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = {"root": str(self._root), "scope": self._scope, "clients": {}, "added": []}
        with suppress(FileNotFoundError):
            said = orjson.loads(self._path.read_bytes())
            if not isinstance(said, dict):
                raise ValueError("it is no object")
            found |= said
        return found

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            remedy = "remove it: then what has changed since the last sync is not known, and nothing is deleted"
            raise Misconfigured(f"{self._path} is damaged: {error}", remedy) from error

    def _write(self, whole: Mapping[str, Any]) -> None:
        raw = orjson.dumps(whole, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        with suppress(FileNotFoundError):
            if self._path.read_bytes() == raw:
                return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = self._path.with_suffix(".unfinished")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._path)

    def _said(self, elements: Elements) -> dict[str, Any]:
        return {path_of(self._scope, key): orjson.loads(encode(one)) for key, one in elements.items()}

    def alone(self) -> AbstractAsyncContextManager[None]:
        """Let no other sync of the same be at work. Raises Misconfigured where one does not come to an end."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = self._path.with_suffix(".lock")
        lock.touch(0o600)
        return alone(lock, self._root)


def _elements(said: Mapping[str, Any]) -> Elements:
    found = {}
    for path, element in said.items():
        _, key = key_of(path)
        try:
            found[key] = decode(key.kind, orjson.dumps(element))
        except msgspec.DecodeError as error:
            raise ValueError(f"{path}: {error}") from error
    return found
