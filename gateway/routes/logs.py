"""What happened in syncs of clients: searched, exported, and exported again and again."""

from typing import Any

from aiohttp import web
from pydantic import Field, PositiveInt

from gateway.exporting import Format, Wanted, What, export
from gateway.projects import ProjectQuery, project_of
from gateway.records import keep
from gateway.route import Call, Route
from schemas.base import Instant, Uuid
from schemas.clients.records import EventType, ExportRecord, Level, decode
from schemas.clients.sessions import ExportShown, LogLine, MadeExport
from schemas.errors import NotFound
from streams.store.sync import LogFilter

_CHUNK = 64 * 1024
_KINDS: dict[Format, str] = {"json": "application/json", "csv": "text/csv", "zip": "application/zip"}


class LogsQuery(ProjectQuery):
    """Which lines: of a client, a level, a type, about an element, from `since` on and before `until`, with a text."""

    client: str | None = None
    level: Level | None = None
    since: Instant | None = None
    until: Instant | None = None
    text: str | None = Field(None, min_length=1, max_length=300)
    type: EventType | None = None
    element: str | None = Field(None, max_length=4096)

    @property
    def filter(self) -> LogFilter:
        """The same for the store."""
        return LogFilter(
            self.client, self.level, self.since, self.until, self.text, type=self.type, element=self.element
        )


class PageQuery(LogsQuery):
    """A part of them, newest first; `before`: the id of the last one seen."""

    limit: PositiveInt = Field(100, le=1000)
    before: Uuid | None = None


class ExportQuery(LogsQuery):
    """What is exported, and as what."""

    what: What = "all"
    format: Format = "json"


async def page(call: Call[None, PageQuery]) -> list[LogLine]:
    """What happened in syncs, newest first."""
    query = call.query
    return await call.services.store.syncs.log(project_of(call), query.filter, query.before, query.limit)


async def one(call: Call[None, ProjectQuery]) -> LogLine:
    """One line, however old it is."""
    found = await call.services.store.syncs.line(project_of(call), call.path["id"])
    if found is None:
        raise NotFound(f"there is no line {call.path['id']}", f"GET {_LOGS} lists them")
    return found


async def export_now(call: Call[None, ExportQuery]) -> web.StreamResponse:
    """Logs and configurations as a file: JSON, CSV (of one of them), or a zip of all."""
    query, project = call.query, project_of(call)
    with await export(call.services.store, Wanted(project, query.what, query.format, query.filter)) as file:
        response = web.StreamResponse()
        response.content_type = _KINDS[query.format]
        name = f"{project}-{query.what}.{query.format}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        await response.prepare(call.request)
        while chunk := file.read(_CHUNK):
            await response.write(chunk)
        await response.write_eof()
        return response


async def exports(call: Call[None, ProjectQuery]) -> list[ExportShown]:
    """The exports that are made again and again, with their files."""
    found = await call.services.store.syncs.records(project_of(call), "exports/")
    return [_shown(call, path.removeprefix("exports/"), content) for path, content in found.items()]


def _shown(call: Call[Any, ProjectQuery], name: str, content: bytes) -> ExportShown:
    record = decode(f"exports/{name}", content)
    files = call.services.schedule.files(project_of(call), name)
    made = [MadeExport(url=f"{_EXPORTS}/{name}/{one.name}", **one._asdict()) for one in files]
    return ExportShown(name=name, files=made, **record.model_dump())


async def set_export(call: Call[ExportRecord, ProjectQuery]) -> ExportShown:
    """Have an export made every so many hours, for the first time at once."""
    name = call.path["name"]
    await keep(call, f"exports/{name}", call.body)
    call.services.schedule.look()
    return await _export(call, name)


async def _export(call: Call[Any, ProjectQuery], name: str) -> ExportShown:
    content = await call.services.store.syncs.record(project_of(call), f"exports/{name}")
    if content is None:
        raise NotFound(f"there is no export {name!r}", f"GET {_EXPORTS} lists them")
    return _shown(call, name, content)


async def remove_export(call: Call[None, ProjectQuery]) -> None:
    """Have it made no more; its files stay."""
    await keep(call, f"exports/{(await _export(call, call.path['name'])).name}", None)


async def download(call: Call[None, ProjectQuery]) -> web.StreamResponse:
    """A file that was made."""
    path = call.services.schedule.path(project_of(call), call.path["name"], call.path["file"])
    if path is None:
        raise NotFound("there is no such file", f"GET {_EXPORTS} lists them")
    return web.FileResponse(path, headers={"Content-Disposition": f'attachment; filename="{path.name}"'})


_LOGS = "/api/v1/logs"
_LINE = f"{_LOGS}/{{id:[0-9a-f-]{{36}}}}"
_EXPORTS = "/api/v1/exports"
_ONE = f"{_EXPORTS}/{{name}}"
_FILE = f"{_ONE}/{{file}}"

ROUTES = (
    Route("GET", _LOGS, page, list[LogLine], query=PageQuery),
    Route("GET", _LINE, one, LogLine, query=ProjectQuery, statuses=(404,)),
    Route("GET", "/api/v1/export", export_now, bytes, query=ExportQuery, kinds=tuple(_KINDS.values())),
    Route("GET", _EXPORTS, exports, list[ExportShown], query=ProjectQuery),
    Route("PUT", _ONE, set_export, ExportShown, "user", ExportRecord, ProjectQuery, (400, 413, 422)),
    Route("DELETE", _ONE, remove_export, None, "user", query=ProjectQuery, statuses=(404,)),
    Route("GET", _FILE, download, bytes, query=ProjectQuery, statuses=(404,)),
)
