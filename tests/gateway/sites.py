"""What machines tell of their syncs, as their tests send it."""

from typing import Any

from schemas.base import new_id
from tests.gateway.conftest import Client

RUNS, BRIEF = "/api/v1/sync/runs", "/api/v1/sync/brief"
BEGAN, ENDED = "2026-11-22T10:00:00+00:00", "2026-11-22T10:00:01+00:00"


def site(machine: str = "laptop", path: str = "/work/app", scope: str = "project") -> dict[str, str]:
    return {"machine": machine, "scope": scope, "path": path}


def session(type_: str = "cursor", **more: Any) -> dict[str, Any]:
    return {"id": new_id(), "type": type_, "status": "success", "started_at": BEGAN, "finished_at": ENDED, **more}


def event(message: str = "added in its files", type_: str = "changed", level: str = "info", **more: Any) -> Any:
    return {"type": type_, "level": level, "message": message, **more}


def run(*sessions: dict[str, Any], at: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    told = {"id": new_id(), "site": at or site(), "trigger": "command", "version": "1.2.3", "sessions": [*sessions]}
    return told | more


async def tell(client: Client, *sessions: dict[str, Any], **more: Any) -> Any:
    """Tell of a sync."""
    return await client.post(RUNS, run(*sessions, **more))


async def brief(client: Client, at: dict[str, str] | None = None) -> Any:
    """What a site is told before it syncs."""
    return await client.get(BRIEF, params=at or site())
