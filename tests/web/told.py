"""What machines tell the site of their syncs, and people who may only look."""

import re
from datetime import timedelta
from typing import Any

from playwright.async_api import Page, expect

from schemas.base import new_id, now
from schemas.clients.documents import path_of
from schemas.clients.unified import Key, Server, encode
from streams.store.credentials import Credential
from tests.build import hash_of
from tests.gateway.sites import RUNS, run
from tests.web.conftest import Site, Visitor, is_live

HOSTILE = "<img src=x onerror=alert(1)> \u202e\u05d0\u05d1\u05d2 " + "n" * 200
ELEMENTS = "/api/v1/elements"


def server_of(name: str, **more: Any) -> str:
    """An element as it is stored."""
    return encode(Server(transport="http", url=f"https://{name}.example", **more)).decode()


def path_to(name: str, scope: str = "project") -> str:
    """The path of a server's element."""
    return path_of(scope, Key("servers", name))


async def tell(site: Site, *sessions: dict[str, Any], **more: Any) -> Any:
    """Tell of a sync."""
    return await site.call("POST", RUNS, run(*sessions, **more))


async def put(site: Site, path: str, content: str | None, base: str | None = None, author: str = "codex") -> None:
    """Let an element stand."""
    element = {"id": new_id(), "path": path, "content": content, "base": base and hash_of(base)}
    (made,) = await site.call("POST", ELEMENTS, {"client": author, "elements": [element]})
    assert made["stands"], made


def question(path: str, content: str | None, base: str | None, why: str = "both sides have changed url") -> Any:
    """What a machine cannot decide by itself."""
    return {
        "id": new_id(), "type": "cursor", "path": path, "content": content, "base": base and hash_of(base), "why": why,
    }  # fmt: skip


async def looking(visitor: Visitor, site: Site, path: str, **options: Any) -> Page:
    """A page of somebody who may look, and change nothing."""
    token = new_id()
    await site.store.credentials.add(token, Credential("link", "eye", "viewer"), now(), now() + timedelta(hours=1))
    page = await visitor.page(**options)
    await page.goto(f"{site.url}/login?once={token}")
    await is_live(page)
    await page.goto(site.url + path)
    await is_live(page)
    return page


async def fits(page: Page) -> None:
    """Nothing lies beside the screen of a telephone."""
    await expect(page.locator("main h2")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    assert re.search(r"\balert\b", await page.title()) is None
