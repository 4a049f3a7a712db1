"""Between HTTP and the handlers: models in, models out, and errors to statuses, once."""

from collections.abc import Awaitable, Callable
from math import ceil
from time import perf_counter
from typing import Any

import orjson
from aiohttp import web
from loguru import logger
from pydantic import BaseModel, TypeAdapter, ValidationError

from gateway.auth import identify
from gateway.peers import address_of, is_encrypted
from gateway.projects import check_access
from gateway.route import UNKNOWN, Answer, Call, Principal, Route
from gateway.services import SERVICES
from gateway.stories import trace
from schemas.base import Model
from schemas.errors import (
    Busy,
    Denied,
    Fenced,
    HeadraceError,
    Misconfigured,
    NotFound,
    Overtaken,
    RateLimited,
    Rejected,
    Retry,
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_STATUSES: tuple[tuple[type[HeadraceError], int], ...] = (
    (NotFound, 404),
    (Rejected, 422),
    (RateLimited, 429),
    (Retry, 503),
    (Fenced, 503),
    (Misconfigured, 409),
    (Overtaken, 409),
)


def endpoint(route: Route) -> Handler:
    """Make a handler of ours into one of aiohttp's."""
    adapter: TypeAdapter[Any] = TypeAdapter(route.reply)

    async def handle(request: web.Request) -> web.StreamResponse:
        services, principal = request.app[SERVICES], await _caller(request, route)
        query = _query(request, route.query)
        check_access(principal, route, query, services.settings.project)
        call = Call(
            services=services,
            principal=principal,
            path=dict(request.match_info),
            body=await _body(request, route.body),
            query=query,
            request=request,
        )
        answer = await route.handle(call)
        if isinstance(answer, web.StreamResponse):
            return answer
        if route.reply is None:
            return web.Response(status=204)
        return success(answer if isinstance(answer, Answer) else Answer(answer), adapter)

    return handle


async def _caller(request: web.Request, route: Route) -> Principal:
    """Who asks, if not too often. Raises Denied, RateLimited."""
    principal = UNKNOWN if route.scope == "open" else await identify(request)
    await request.app[SERVICES].limits.admit(principal.name or address_of(request))
    return principal


async def _body(request: web.Request, model: type[BaseModel] | None) -> BaseModel | None:
    if model is None:
        return None
    return model.model_validate(orjson.loads(await request.read() or b"{}"))


def _query(request: web.Request, model: type[Model] | None) -> Model | None:
    return model.model_validate(dict(request.query)) if model else None


def success(answer: Answer, adapter: TypeAdapter[Any]) -> web.Response:
    """`{"success": true, "data": …, "meta": {"message": …}}`; `meta` has a `next` where a list goes on."""
    data = adapter.dump_json(answer.data) if answer.status == 200 else orjson.dumps(answer.data, default=_plain)
    meta = orjson.dumps({"message": answer.message} | ({"next": answer.next} if answer.next else {}))
    body = b'{"success":true,"data":%b,"meta":%b}' % (data, meta)
    return web.Response(body=body, status=answer.status, content_type="application/json", headers=answer.headers)


def _plain(value: object) -> object:
    if isinstance(value, Model):
        return value.model_dump(mode="json")
    raise TypeError(type(value).__name__)


def failure(status: int, message: str, detail: object = None, headers: dict[str, str] | None = None) -> web.Response:
    """`{"success": false, "error": {"message": …, "detail": …}}`."""
    body = orjson.dumps({"success": False, "error": {"message": message, "detail": detail}}, default=str)
    return web.Response(body=body, status=status, content_type="application/json", headers=headers)


def _complaints(error: ValidationError) -> list[Any]:
    """What is wrong where; not what was sent, which may be large or secret."""
    return list(error.errors(include_url=False, include_context=False, include_input=False))


@web.middleware
async def answer_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error becomes an answer of the one shape."""
    started = perf_counter()
    try:
        response = await handler(request)
    except HeadraceError as error:
        response = _known(error)
    except ValidationError as error:
        response = failure(422, "the request is not understood", _complaints(error))
    except (orjson.JSONDecodeError, UnicodeError) as error:
        response = failure(400, "the body is not JSON", str(error))
    except web.HTTPException as error:
        response = error if error.status < 400 else _from_aiohttp(request, error)
    except Exception:  # noqa: BLE001 - nothing may reach the caller unshaped, nor end the server
        logger.bind(**trace()).exception("{} {} failed", request.method, request.path)
        response = failure(500, "this is a fault of the server", "it was logged")
    _measure(request, response, perf_counter() - started)
    return response


def _known(error: HeadraceError) -> web.Response:
    if isinstance(error, Denied):
        headers = {} if error.known else {"WWW-Authenticate": "Bearer"}
        return failure(403 if error.known else 401, error.message, error.remedy, headers)
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    headers = {}
    if isinstance(error, Retry):
        headers["Retry-After"] = str(max(1, ceil(error.after) if isinstance(error, Busy | RateLimited) else 1))
    return failure(status, error.message, error.remedy or None, headers)


def _from_aiohttp(request: web.Request, error: web.HTTPException) -> web.Response:
    messages = {
        404: f"there is nothing at {request.path!r}",
        405: f"{request.method} is not for {request.path!r}",
        413: "the body is too large",
    }
    headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
    return failure(error.status, messages.get(error.status, error.reason or "refused"), None, headers)


def _measure(request: web.Request, response: web.StreamResponse, seconds: float) -> None:
    resource = request.match_info.route.resource
    pattern = resource.canonical if resource else "(none)"
    request.app[SERVICES].metrics.answered(request.method, pattern, response.status, seconds)


_POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
    " object-src 'none'"
)
_HSTS = "max-age=31536000"


async def secure_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell a browser, with every answer, what it must know."""
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if is_encrypted(request):
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
