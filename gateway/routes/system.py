"""How everything does, and who is logged in."""

from aiohttp import web

from gateway import auth
from gateway.openapi import document
from gateway.route import Answer, Call, Principal, Route
from gateway.services import SERVICES, TABLE
from gateway.status import find_problems, heard_of, status, watchers
from schemas.base import now
from schemas.errors import Rejected
from schemas.wire import Login, LoginLink, Session, Status, Watcher, WatcherReport

_NAME = r"{name:[A-Za-z0-9][A-Za-z0-9_.:@-]{0,127}}"


async def show_status(call: Call[None, None]) -> Status:
    """Groups, lag, dead letters, watchers."""
    return await status(call.services)


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
    return await watchers(call.services)


async def hear(call: Call[WatcherReport, None]) -> dict[str, str]:
    """A watcher says how it does."""
    await heard_of(call.services, call.path["name"], call.body)
    return {"name": call.path["name"]}


async def who(call: Call[None, None]) -> Session:
    """Who is logged in."""
    return Session(name=call.principal.name, role=call.principal.role)


async def log_out(call: Call[None, None]) -> web.Response:
    """Forget this browser."""
    if token := call.request.cookies.get(auth.COOKIE):
        await call.services.store.credentials.revoke(token)
    response = web.Response(status=204)
    response.del_cookie(auth.COOKIE)
    return response


async def login_link(call: Call[None, None]) -> LoginLink:
    """A link that logs one browser in as you, once."""
    token, lives = await auth.make_link(call.services, call.principal)
    return LoginLink(url=f"{call.request.url.origin()}/login?once={token}", expires_at=now() + lives)


async def healthz(_: web.Request) -> web.Response:
    """The process lives. Open to all."""
    return web.json_response({"status": "ok"})


async def log_in(request: web.Request) -> web.Response:
    """Exchange an API key for a session. Open to all."""
    services = request.app[SERVICES]
    login = Login.model_validate_json(await request.read() or b"{}")
    return await _welcome(request, await auth.by_key(services, login.key), web.Response(status=204))


async def log_in_by_link(request: web.Request) -> web.Response:
    """Follow a one-time link. Open to all."""
    services = request.app[SERVICES]
    token = request.query.get("once", "")
    if not token:
        raise Rejected("this link is incomplete", "make another with: headrace login-link")
    principal = await auth.redeem_link(services, token)
    return await _welcome(request, principal, web.Response(status=303, headers={"Location": "/"}))


async def _welcome(request: web.Request, principal: Principal, response: web.Response) -> web.Response:
    await auth.open_session(request.app[SERVICES], principal, response, secure=request.secure)
    return response


ROUTES = (
    Route("GET", "/api/status", show_status, Status),
    Route("GET", "/readyz", ready, list[str]),
    Route("GET", "/metrics", metrics, str),
    Route("GET", "/api/openapi.json", openapi, dict),
    Route("GET", "/api/watchers", list_watchers, list[Watcher]),
    Route("PUT", f"/api/watchers/{_NAME}", hear, dict[str, str], "user", WatcherReport, statuses=(400, 422)),
    Route("GET", "/api/session", who, Session),
    Route("DELETE", "/api/session", log_out, None),
    Route("POST", "/api/login-links", login_link, LoginLink, "admin"),
)

OPEN = (
    web.get("/healthz", healthz),
    web.post("/api/session", log_in),
    web.get("/login", log_in_by_link),
)
"""The only endpoints that need no credential."""
