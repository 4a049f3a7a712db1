"""How everything does."""

from aiohttp import web

from gateway.openapi import document
from gateway.projects import check_projects
from gateway.route import Answer, Call, Route
from gateway.services import TABLE
from gateway.status import find_problems, heard_of, status, watchers
from schemas.access import Access
from schemas.wire import Status, Watcher, WatcherReport

_NAME = r"{name:[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}}"


async def show_status(call: Call[None, None]) -> Status:
    """Groups, lag, dead letters, watchers."""
    found = await status(call.services)
    return found.model_copy(update={"watchers": _readable(found.watchers, call.principal.access)})


def _readable(found: list[Watcher], access: Access) -> list[Watcher]:
    """As much of what watchers say as is about projects that one may read."""
    seen: list[Watcher] = []
    for one in found:
        roots = [root for root in one.report.roots if access.reads(root.project)]
        if roots or access.role:
            seen.append(one.model_copy(update={"report": one.report.model_copy(update={"roots": roots})}))
    return seen


async def ready(call: Call[None, None]) -> Answer:
    """Whether requests can be served: 200, or 503 and why not."""
    problems = await find_problems(call.services)
    return Answer(problems, "not ready" if problems else "ready", 503 if problems else 200)


async def metrics(call: Call[None, None]) -> web.Response:
    """Figures for Prometheus."""
    body = await call.services.metrics.render(await status(call.services), call.services.hub.viewers)
    return web.Response(body=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def openapi(call: Call[None, None]) -> web.Response:
    """This document: OpenAPI 3.1."""
    return web.json_response(document(call.request.app[TABLE]))


async def list_watchers(call: Call[None, None]) -> list[Watcher]:
    """The watchers that were heard of in the last minute."""
    return _readable(await watchers(call.services), call.principal.access)


async def hear(call: Call[WatcherReport, None]) -> dict[str, str]:
    """A watcher says how it does."""
    check_projects(call.principal, "user", {root.project for root in call.body.roots})
    await heard_of(call.services, call.path["name"], call.body)
    return {"name": call.path["name"]}


async def healthz(_: web.Request) -> web.Response:
    """The process lives. Open to all."""
    return web.json_response({"status": "ok"})


ROUTES = (
    Route("GET", "/api/status", show_status, Status, scope="anywhere"),
    Route("GET", "/readyz", ready, list[str], scope="self"),
    Route("GET", "/metrics", metrics, str, scope="anywhere"),
    Route("GET", "/api/openapi.json", openapi, dict, scope="self"),
    Route("GET", "/api/watchers", list_watchers, list[Watcher], scope="anywhere"),
    Route(
        "PUT",
        f"/api/watchers/{_NAME}",
        hear,
        dict[str, str],
        "user",
        WatcherReport,
        statuses=(400, 422),
        scope="anywhere",
    ),
)

OPEN = (web.get("/healthz", healthz),)
"""What is none of the API, and answers everybody in words of its own."""
