"""Exports of what syncs did and of the configurations themselves, for people to keep and for other programs."""

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Literal, NamedTuple, TypeAlias, get_args

import orjson

from schemas.base import now
from schemas.clients.adapter import Scope
from schemas.clients.sessions import LogLine
from schemas.errors import Rejected
from streams.store import Store
from streams.store.sync import LogFilter

What: TypeAlias = Literal["logs", "configurations", "all"]
Format: TypeAlias = Literal["json", "csv", "zip"]

PAGE = 1000
IN_MEMORY = 4 << 20
"""Bytes that are not yet put into a file."""

_LOG_COLUMNS = ("at", "client", "level", "type", "element", "message", "session", "payload")
_ELEMENT_COLUMNS = ("path", "author", "changed_at", "content")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PRETTY = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS


class Wanted(NamedTuple):
    """What is exported: of which project, what, as what, and which log lines."""

    project: str
    what: What
    format: Format
    filter: LogFilter = LogFilter()


async def export(store: Store, wanted: Wanted) -> IO[bytes]:
    """Write it into a file without a name, at its beginning. Raises Rejected where a CSV were two tables."""
    if wanted.format == "csv" and wanted.what == "all":
        raise Rejected("a CSV holds one table", "ask for logs, or for configurations, or take a zip")
    file: IO[bytes] = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - whoever asked closes it
    await _WRITERS[wanted.format](store, wanted, file)
    file.seek(0)
    return file


async def _lines(store: Store, wanted: Wanted) -> AsyncIterator[LogLine]:
    before: str | None = None
    while True:
        page = await store.syncs.log(wanted.project, wanted.filter, before, PAGE)
        for line in page:
            yield line
        if len(page) < PAGE:
            return
        before = page[-1].id


class _Element(NamedTuple):
    path: str
    author: str
    changed_at: str
    content: str


async def _elements(store: Store, wanted: Wanted) -> AsyncIterator[_Element]:
    scopes: tuple[Scope, ...] = get_args(Scope)
    for scope in scopes:
        for one in await store.clients.standing(wanted.project, scope):
            if one.content is not None:
                yield _Element(one.path, one.author, one.changed_at.isoformat(), one.content.decode())


async def _records(store: Store, project: str, start: str) -> dict[str, Any]:
    found = await store.syncs.records(project, start)
    return {path.removeprefix(start): orjson.loads(content) for path, content in found.items()}


async def _write_json(store: Store, wanted: Wanted, file: IO[bytes]) -> None:
    head = {"project": wanted.project, "exported_at": now().isoformat(), **await _setting(store, wanted)}
    file.write(orjson.dumps(head)[:-1])
    if wanted.what != "configurations":
        file.write(b',"logs":[')
        between = b""
        async for line in _lines(store, wanted):
            file.write(between + orjson.dumps(line.model_dump(mode="json")))
            between = b",\n"
        file.write(b"]")
    if wanted.what != "logs":
        said = [(one.path, orjson.loads(one.content)) async for one in _elements(store, wanted)]
        file.write(b',"configurations":' + orjson.dumps(dict(said)))
    file.write(b"}\n")


async def _setting(store: Store, wanted: Wanted) -> dict[str, Any]:
    if wanted.what == "logs":
        return {}
    kinds = ("clients", "policies")
    return {kind: await _records(store, wanted.project, f"{kind}/") for kind in kinds}


async def _write_csv(store: Store, wanted: Wanted, file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    if wanted.what == "logs":
        await _log_table(store, wanted, text)
    else:
        table = csv.writer(text)
        table.writerow(_ELEMENT_COLUMNS)
        async for one in _elements(store, wanted):
            table.writerow([_cell(value) for value in one])
    text.detach()


async def _log_table(store: Store, wanted: Wanted, text: io.TextIOBase) -> None:
    table = csv.writer(text)
    table.writerow(_LOG_COLUMNS)
    async for line in _lines(store, wanted):
        said = line.model_dump(mode="json") | {"payload": orjson.dumps(line.payload).decode()}
        table.writerow([_cell(said[name]) for name in _LOG_COLUMNS])


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula. Source: OWASP, CSV injection."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


async def _write_zip(store: Store, wanted: Wanted, file: IO[bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        if wanted.what != "configurations":
            with archive.open("logs.csv", "w") as entry:
                await _log_table(store, wanted, io.TextIOWrapper(entry, "utf-8", newline="", write_through=True))
            with archive.open("logs.jsonl", "w") as entry:
                async for line in _lines(store, wanted):
                    entry.write(orjson.dumps(line.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE))
        for kind, said in (await _setting(store, wanted)).items():
            archive.writestr(f"{kind}.json", orjson.dumps(said, option=_PRETTY))
        if wanted.what != "logs":
            async for one in _elements(store, wanted):
                archive.writestr(f"configurations/{one.path}.json", one.content)


_WRITERS: dict[Format, Callable[[Store, Wanted, IO[bytes]], Awaitable[None]]] = {
    "json": _write_json,
    "csv": _write_csv,
    "zip": _write_zip,
}
