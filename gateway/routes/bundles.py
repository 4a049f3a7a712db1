"""Bundles: what a config names, as files; and the source of a single component."""

import asyncio
import gzip
import io
import tarfile

import xxhash
from aiohttp import web

from gateway.projects import ProjectQuery, project_of
from gateway.route import Call, Route
from schemas.components import CATEGORIES, ComponentPath
from schemas.errors import NotFound, Rejected
from schemas.needs import names
from schemas.sync import Bundle, BundleFile, BundleRequest
from streams.store.components import Active


async def info(call: Call[BundleRequest, ProjectQuery]) -> Bundle:
    """Say which files a config needs."""
    wanted = _named(call.body)
    found = await _active(call, wanted)
    there = {one.path for one in found}
    return Bundle(
        files=[_file(one) for one in found],
        total_size=sum(one.size for one in found),
        total_hash=_total_hash(found),
        missing=[path.wire for path in wanted if path not in there],
    )


async def download(call: Call[BundleRequest, ProjectQuery]) -> web.Response:
    """Give the files that a config needs: a tar archive, gzipped, the same for the same files."""
    found = await _active(call, _named(call.body))
    headers = {
        "Content-Disposition": 'attachment; filename="components.tar.gz"',
        "X-Content-Hash": _total_hash(found),
    }
    archive = await asyncio.to_thread(_archive, found)
    return web.Response(body=archive, content_type="application/gzip", headers=headers)


async def _active(call: Call[BundleRequest, ProjectQuery], wanted: list[ComponentPath]) -> list[Active]:
    """The active versions of what is wanted, in that order, as far as there are any."""
    found = await call.services.store.components.active(project_of(call), wanted)
    by_path = {one.path: one for one in found}
    return [by_path[path] for path in wanted if path in by_path]


def _named(body: BundleRequest) -> list[ComponentPath]:
    lists = {"agent": body.agent or [], **body.components}
    paths = [
        _path(category, name)
        for category, texts in lists.items()
        for text in ([texts] if isinstance(texts, str) else texts)
        for name in _names(category, text)
    ]
    return list(dict.fromkeys(paths))


def _names(category: str, text: str) -> list[str]:
    try:
        return names(text) if text.strip() else []
    except ValueError as error:
        raise Rejected(f"{category}: {error}") from None


def _path(category: str, name: str) -> ComponentPath:
    try:
        return ComponentPath.parse(f"{category}/{name}.py")
    except ValueError as error:
        raise Rejected(str(error), f"the categories are {', '.join(CATEGORIES)}") from None


def _file(one: Active) -> BundleFile:
    return BundleFile(path=one.path.on_disk, type=one.path.category, name=one.path.name, hash=one.hash, size=one.size)


def _total_hash(found: list[Active]) -> str:
    return xxhash.xxh3_64_hexdigest("".join(one.hash for one in found).encode())


def _archive(found: list[Active]) -> bytes:
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for one in sorted(found, key=lambda one: one.path.on_disk):
            entry = tarfile.TarInfo(one.path.on_disk)
            entry.size, entry.mode = one.size, 0o644
            tar.addfile(entry, io.BytesIO(one.content))
    return raw.getvalue()


async def agent_source(call: Call[None, ProjectQuery]) -> web.Response:
    """The source of an agent, as it is active."""
    return await _source(call, "agent", call.path["name"])


async def source(call: Call[None, ProjectQuery]) -> web.Response:
    """The source of a component, as it is active."""
    return await _source(call, call.path["category"], call.path["name"])


async def _source(call: Call[None, ProjectQuery], category: str, name: str) -> web.Response:
    try:
        path = ComponentPath.parse(f"{category}/{name}.py")
    except ValueError as error:
        raise NotFound(f"there is no component {category}/{name}", str(error)) from None
    found = await call.services.store.components.active(project_of(call), [path])
    if not found:
        raise NotFound(f"there is no active version of {path.wire}")
    return web.Response(
        body=found[0].content, content_type="text/x-python", charset="utf-8", headers={"X-Content-Hash": found[0].hash}
    )


_BASE = "/api/components"
_SOURCE = f"{_BASE}/component/{{category}}/{{name}}/source"
_STATUSES = (400, 404, 413, 422)

ROUTES = (
    Route("POST", f"{_BASE}/bundle/info", info, Bundle, "viewer", BundleRequest, ProjectQuery, _STATUSES),
    Route("POST", f"{_BASE}/bundle/download", download, bytes, "viewer", BundleRequest, ProjectQuery, _STATUSES),
    Route("GET", f"{_BASE}/agent/{{name}}/source", agent_source, str, query=ProjectQuery, statuses=(404,)),
    Route("GET", _SOURCE, source, str, query=ProjectQuery, statuses=(404,)),
)
