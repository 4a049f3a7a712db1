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
from pydantic import ValidationError

from schemas.base import EventId
from schemas.clients.adapter import Location, Scope
from schemas.clients.containers import Made, Memory
from schemas.clients.documents import key_of, path_of
from schemas.clients.reconcile import Elements
from schemas.clients.sessions import SentRun
from schemas.clients.unified import decode, encode
from schemas.errors import Misconfigured
from watchers.lock import alone


class State:
    """The bases of one scope of one root, in a file below `folder`."""

    def __init__(self, folder: Path, root: Path, project: str, scope: Scope) -> None:
        name = hashlib.sha256(f"{root}\n{project}\n{scope}".encode()).hexdigest()[:24]
        self._path = folder / f"{name}.json"
        self._runs = folder / f"{name}.runs"
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

    def keep(self, bases: Mapping[str, Elements], made: Mapping[str, Made]) -> None:
        """Remember these."""
        clients = {name: self._said(elements) for name, elements in bases.items()}
        containers = {name: _spelled(files) for name, files in made.items() if files}
        self._write({**self._read(), "clients": clients, "made": containers})

    def add(self, names: Sequence[str]) -> None:
        """Let these clients take part, too."""
        self._write({**self._read(), "added": [*dict.fromkeys([*self.added(), *names])]})

    def made(self) -> dict[str, Made]:
        """What syncs have made in each client's files. Raises Misconfigured where the file is damaged."""
        with self._told():
            return {client: _made(files) for client, files in self._read()["made"].items()}

    def told(self) -> dict[str, str]:
        """What was wrong with each client when it was told last. Raises Misconfigured where the file is damaged."""
        with self._told():
            return {str(client): str(digest) for client, digest in self._read()["told"].items()}

    def keep_told(self, told: Mapping[str, str]) -> None:
        """Remember this."""
        self._write({**self._read(), "told": dict(told)})

    def untold(self) -> list[SentRun]:
        """What syncs have done and the server may not know yet, oldest first."""
        found = []
        for path in sorted(self._runs.glob("*.json"), key=lambda one: one.stat().st_mtime_ns):
            with suppress(ValidationError):
                found.append(SentRun.model_validate_json(path.read_bytes()))
        return found

    def put_untold(self, run: SentRun) -> None:
        """Keep this until the server knows it."""
        self._put(self._runs / f"{run.id}.json", run.model_dump_json().encode())

    def forget(self, id_: EventId) -> None:
        """The server knows it, or never will."""
        (self._runs / f"{id_}.json").unlink(missing_ok=True)

    def _read(self) -> dict[str, Any]:
        found: dict[str, Any] = {"root": str(self._root), "scope": self._scope, "clients": {}, "added": []}
        found |= {"made": {}, "told": {}}
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
        self._put(self._path, raw)

    @staticmethod
    def _put(path: Path, raw: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        unfinished = path.with_suffix(".unfinished")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

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


def _made(said: Mapping[str, Any]) -> Made:
    scopes: dict[str, Scope] = {"project": "project", "user": "user"}
    found = {}
    for name, memory in said.items():
        scope, _, path = name.partition(":")
        bare = memory["bare"]
        paths = frozenset(tuple(steps) for steps in memory["paths"])
        found[Location(scopes[scope], path)] = Memory(paths, None if bare is None else bare.encode("latin-1"))
    return found


def _spelled(made: Made) -> dict[str, Any]:
    return {
        f"{one.scope}:{one.path}": {
            "paths": sorted(map(list, memory.paths), key=str),
            "bare": None if memory.bare is None else memory.bare.decode("latin-1"),
        }
        for one, memory in made.items()
    }
