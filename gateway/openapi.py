"""The OpenAPI 3.1 document, read off the route table."""

import re
from functools import cache
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel, TypeAdapter

from gateway.route import Route
from schemas.base import Model
from schemas.wire import Failure

_REF = "#/components/schemas/{model}"
_PATTERN = re.compile(r"\{(\w+):((?:[^{}]|\{[^{}]*\})*)\}")
_ALWAYS = (400, 401, 403, 429, 503)
_WHY = {
    202: "Taken; the log has not carried it through yet",
    400: "Not HTTP as it must be, or a body that is not JSON",
    401: "No credential, or one that is not known",
    403: "The credential does not allow this",
    404: "There is no such thing",
    409: "Not as things stand",
    413: "The body is too large",
    422: "Not understood, or refused",
    429: "Too often: see Retry-After",
    503: "Not now: see Retry-After",
}


@cache
def document(routes: tuple[Route, ...]) -> dict[str, Any]:
    """The document for these routes."""
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for route in routes:
        path = _PATTERN.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, path, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Headrace",
            "version": version("headrace"),
            "description": "One event log for everything that a vision team changes.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}, {"bearer": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "session": {"type": "apiKey", "in": "cookie", "name": "headrace_session"},
            },
        },
    }


def _operation(route: Route, path: str, schemas: dict[str, Any]) -> dict[str, Any]:
    name = f"{route.handle.__module__.rpartition('.')[2]}_{route.handle.__name__}"
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": route.summary,
        "tags": [route.handle.__module__.rpartition(".")[2]],
        "x-role": "" if route.scope in {"self", "open"} else route.role,
        "parameters": _parameters(route, path, schemas),
        "responses": _responses(route, schemas),
    }
    if route.scope == "open":
        operation["security"] = []
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": _json(_schema(route.body, schemas, "validation"))}
    return operation


def _parameters(route: Route, path: str, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    patterns = dict(_PATTERN.findall(route.path))
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _text(patterns.get(name))}
        for name in re.findall(r"\{(\w+)\}", path)
    ]
    if route.query is None:
        return in_path
    schema = _inline(route.query, schemas)
    required = schema.get("required", [])
    in_query = [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(of)}
        for name, of in schema.get("properties", {}).items()
    ]
    return in_path + in_query


def _text(pattern: str | None) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{pattern}$"} if pattern else {"type": "string"}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query has no null: what may be null may be left out."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key not in {"anyOf", "default"} or value is not None}
    if len(choices) == 1:
        rest.pop("anyOf")
        return {**rest, **choices[0]}
    return rest


def _responses(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    if route.reply is None:
        answers: dict[str, Any] = {"204": {"description": "Done"}}
    elif kinds := _kinds(route):
        answers = {"200": {"description": route.summary, "content": {kind: {"schema": {}} for kind in kinds}}}
    else:
        answers = {"200": _success(route.summary, _schema(route.reply, schemas, "serialization"))}
    if 202 in route.statuses:
        answers["202"] = _success(_WHY[202], _schema(route.taken, schemas, "serialization"))
    failed = _schema(Failure, schemas, "serialization")
    refusals = {*_ALWAYS, *route.statuses, *((422,) if route.query else ())} - {202}
    for status in sorted(refusals):
        answers[str(status)] = {"description": _WHY[status], "content": _json(failed)}
    return answers


def _kinds(route: Route) -> tuple[str, ...]:
    """The content types of an answer that has no shape of ours."""
    if route.reply is bytes:
        return route.kinds
    return {str: ("text/plain",), dict: ("application/json",)}.get(route.reply, ())


def _success(description: str, data: dict[str, Any]) -> dict[str, Any]:
    said = {"message": {"type": "string"}, "next": {"type": "string", "description": "where the list goes on"}}
    meta = {"type": "object", "required": ["message"], "properties": said}
    return {
        "description": description,
        "content": _json(
            {
                "type": "object",
                "required": ["success", "data", "meta"],
                "properties": {"success": {"const": True}, "data": data, "meta": meta},
            }
        ),
    }


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _schema(type_: Any, schemas: dict[str, Any], mode: Any) -> dict[str, Any]:
    """The JSON schema of a type; the models in it go to `schemas`, by name."""
    schema = TypeAdapter(type_).json_schema(ref_template=_REF, mode=mode)
    schemas.update(schema.pop("$defs", {}))
    if isinstance(type_, type) and issubclass(type_, BaseModel):
        schemas[type_.__name__] = schema
        return {"$ref": _REF.format(model=type_.__name__)}
    return schema


def _inline(model: type[Model], schemas: dict[str, Any]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF)
    schemas.update(schema.pop("$defs", {}))
    return schema
