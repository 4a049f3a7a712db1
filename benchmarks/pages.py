"""The pages: how much is fetched, how soon they can be used, and whether they keep up with the log."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator
from time import perf_counter

import aiohttp
from playwright.async_api import Browser, Page, Response, async_playwright

from benchmarks.figures import Figure, Goal, measured, percentile
from benchmarks.live import answers
from benchmarks.log import messages, open_log
from benchmarks.machine import Servers, headrace, until, wipe
from streams.embedded import free_port

KEY = f"bench-{secrets.token_hex(16)}"
RATE = 200
A_CHANGE = 5
"""Events that the log has of a change: as it was seen, hashed, judged, kept, and made the active one."""

SECONDS = 10
LOADS = 20
REST = 0.5
"""Seconds before a load, in which the browser ends what is left of the one before."""

FRAME = 1000 / 60
"""Milliseconds between two frames where nothing is in the way."""

GAPS = """() => {
  globalThis.gaps = [];
  let last = performance.now();
  const next = (now) => { gaps.push(now - last); last = now; requestAnimationFrame(next); };
  requestAnimationFrame(next);
}"""


async def figures(where: Servers) -> AsyncIterator[Figure]:
    """What a browser on this machine sees of the dashboard."""
    await wipe(where)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise RuntimeError("the pages are measured in Chromium: apt-get install chromium")
    async with (
        headrace(where, "gateway", "--port", str(port), HEADRACE_API_KEY=KEY),
        headrace(where, "worker"),
        async_playwright() as playwright,
    ):
        await until(lambda: _is_ready(url))
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        loads = [await _load(browser, url) for _ in range(LOADS)]
        size, seconds = loads[0][0], [took for _, took in loads]
        yield measured("first load of the dashboard: JavaScript, compressed", size / 1024, "KiB", 300, Goal("≤", 300))
        bare = percentile([await _bare(browser, url) for _ in range(LOADS)], 0.95)
        yield measured("until it can be used, p95", percentile(seconds, 0.95) * 1e3, "ms", bare * 1e3, Goal("≤", 1500))
        gaps = await _gaps(where, browser, url)
        name = f"longest frame at {RATE} events/s for {SECONDS} s"
        yield measured(name, max(gaps), "ms", FRAME, Goal("≤", 100))
        await browser.close()


async def _is_ready(url: str) -> bool:
    """Whether all of it runs, the worker too: what starts beside a browser takes its processor."""
    if not await answers(url):
        return False
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": KEY}) as session,
        session.get(f"{url}/api/status") as response,
    ):
        groups = (await response.json())["data"]["groups"]
    return bool(groups) and all(group["workers"] for group in groups)


async def _opened(browser: Browser, url: str) -> Page:
    """A page that is logged in, in a browser that has seen nothing yet."""
    context = await browser.new_context()
    page = await context.new_page()
    headers = {"X-API-Key": KEY}
    async with aiohttp.ClientSession(headers=headers) as session, session.post(f"{url}/api/login-links") as response:
        link = (await response.json())["data"]["url"]
    await context.request.get(link)
    return page


async def _load(browser: Browser, url: str) -> tuple[int, float]:
    """The bytes of all scripts, and the seconds until the page is live and its content stands."""
    page = await _opened(browser, url)
    sizes: list[int] = []

    def hear(response: Response) -> None:
        if "javascript" in response.headers.get("content-type", ""):
            sizes.append(int(response.headers["content-length"]))

    page.on("response", hear)
    await asyncio.sleep(REST)
    started = perf_counter()
    await page.goto(url)
    await page.get_by_role("heading", name="Groups").wait_for()
    await page.locator("header [data-state=live]").wait_for()
    took = perf_counter() - started
    await page.context.close()
    return sum(sizes), took


async def _bare(browser: Browser, url: str) -> float:
    """The seconds that a page without anything takes, in a browser that has seen nothing yet."""
    context = await browser.new_context()
    page = await context.new_page()
    await asyncio.sleep(REST)
    started = perf_counter()
    await page.goto(f"{url}/healthz")
    took = perf_counter() - started
    await context.close()
    return took


async def _gaps(where: Servers, browser: Browser, url: str) -> list[float]:
    """Milliseconds between frames while events come."""
    page = await _opened(browser, url)
    await page.goto(url)
    await page.get_by_role("heading", name="Groups").wait_for()
    await page.evaluate(GAPS)
    log = await open_log(where)
    started = perf_counter()
    for number, message in enumerate(messages(log, RATE * SECONDS // A_CHANGE)):
        await log.publish([message])
        await asyncio.sleep(max(0.0, started + (number + 1) * A_CHANGE / RATE - perf_counter()))
    await log.close()
    gaps: list[float] = await page.evaluate("() => gaps")
    return gaps
