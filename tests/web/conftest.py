"""A site to look at, and a browser to look with."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright, expect

from gateway.app import serve
from handlers import HANDLERS
from schemas.settings import Settings
from streams.connection import connect
from streams.embedded import free_port
from streams.log import Log
from streams.store import Store
from tests.build import until
from tests.conftest import IN_CI, TABLES, Servers
from tests.streams.runner import working

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--renderer-process-limit=1"]
LOOKING = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None and not IN_CI, reason="NO CHROMIUM: the page is NOT TESTED (install chromium)"),
]
"""The marks of a module whose tests look at the page: they share one browser, and so one loop."""

REFUSED = re.compile(r"Failed to load resource.*\b401\b")
"""What the browser itself says of a page's first question, where nobody is logged in."""

UNREACHED = re.compile(r"Failed to load resource|WebSocket connection to|net::ERR_|Failed to fetch|NetworkError")
"""What it says while there is no server."""

KEY = "key-of-the-tests"
VERSIONS = "/api/components/versions"
PATIENCE = 20_000
"""Milliseconds that a condition may take to come true."""

expect.set_options(timeout=PATIENCE)


class Site:
    """A gateway that can go away and come back at the same address, and an administrator who calls it."""

    def __init__(
        self, servers: Servers, settings: Settings, store: Store, log: Log, http: aiohttp.ClientSession
    ) -> None:
        self.settings = settings.model_copy(update={"port": free_port()})
        self.url = f"http://{self.settings.host}:{self.settings.port}"
        self.store = store
        self.log = log
        self._servers = servers
        self._http = http
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Serve, and wait until it answers."""
        self._stop.clear()
        self._task = asyncio.create_task(
            serve(self._servers.redis["6.2"], self._servers.postgres, self.settings, self._stop)
        )
        await until(self._answers)

    async def _answers(self) -> bool:
        try:
            async with self._http.get(f"{self.url}/healthz") as response:
                return response.status == 200
        except aiohttp.ClientConnectionError:
            return False

    async def stop(self) -> None:
        """Serve no more."""
        self._stop.set()
        if self._task:
            await self._task

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """The data of an answer that must be a success."""
        async with self._http.request(method, self.url + path, json=body, headers={"X-API-Key": KEY}) as response:
            answer = await response.json()
            assert answer["success"], answer
            return answer["data"]

    async def upload(self, path: str, *contents: str) -> None:
        """Give a component versions, one after another."""
        for content in contents:
            await self.call("POST", f"{VERSIONS}/upload", {"path": path, "content": content})

    async def link(self) -> str:
        """A one-time link."""
        return str((await self.call("POST", "/api/login-links"))["url"])


class Visitor:
    """Opens pages, and hears all that the browser complains of."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser = browser
        self._site = site
        self._complaints: list[str] = []
        self.tolerated: list[re.Pattern[str]] = []

    @property
    def complaints(self) -> list[str]:
        """What no test has reckoned with."""
        return [said for said in self._complaints if not any(known.search(said) for known in self.tolerated)]

    async def context(self, **options: Any) -> BrowserContext:
        """A browser of its own, so to speak."""
        usual = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
        options = usual | options
        context = await self._browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        return context

    async def page(self, **options: Any) -> Page:
        """An empty page."""
        page = await (await self.context(**options)).new_page()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._complaints.append(message.text)

    async def at(self, path: str = "/", **options: Any) -> Page:
        """A page of the site, logged in and live."""
        page = await self.page(**options)
        await page.goto(await self._site.link())
        await is_live(page)
        if path != "/":
            await page.goto(self._site.url + path)
            await is_live(page)
        return page


@asynccontextmanager
async def running(servers: Servers, settings: Settings) -> AsyncIterator[Site]:
    """An empty store, an empty log, a gateway, and a worker behind it."""
    redis_url, postgres_url = servers.redis["6.2"], servers.postgres
    async with AsyncExitStack() as stack:
        store = await Store.connect(postgres_url, settings)
        stack.push_async_callback(store.close)
        await store.db.execute(f"truncate {TABLES}")
        log = Log(connect(redis_url, 5.0), settings)
        stack.push_async_callback(log.close)
        await log.open()
        await stack.enter_async_context(working(HANDLERS, redis_url, postgres_url, settings))
        site = Site(servers, settings, store, log, await stack.enter_async_context(aiohttp.ClientSession()))
        await site.start()
        stack.push_async_callback(site.stop)
        yield site


async def is_live(page: Page) -> None:
    """Wait until the page hears the log."""
    await expect(page.locator("header [data-state]")).to_have_attribute("data-state", "live")


AXE = Path(__file__).parents[2] / "gateway" / "web" / "node_modules" / "axe-core" / "axe.min.js"


async def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page as it stands."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One browser for all tests here."""
    if CHROMIUM is None:
        pytest.fail("CI needs a browser: apt-get install chromium")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(loop_scope="module")
async def site(servers: Servers, settings: Settings, lab: Path) -> AsyncIterator[Site]:
    """A site that may scan the example tree."""
    async with running(
        servers,
        settings.model_copy(
            update={"scan": str(lab), "heartbeat": 0.5, "block_ms": 250, "tick_ms": 500, "trim_ms": 2000}
        ),
    ) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(browser: Browser, site: Site) -> AsyncIterator[Visitor]:
    """Who looks at the site. The browser must have had nothing to complain of."""
    made = Visitor(browser, site)
    yield made
    for context in browser.contexts:
        await context.close()
    assert made.complaints == []
