"""What every screen is asked: whether anybody can use it, in each language, in each light, on a telephone."""

from playwright.async_api import Page, expect

from schemas.base import now
from streams.store.credentials import Credential
from tests.build import event, observed
from tests.web.conftest import REFUSED, Site, Visitor, is_live, violations

HOSTILE = ["<img src=x onerror=alert(1)>", "a\u202egnp.exe", "long" * 50]
"""Names from whom we expect nothing good."""


async def publish(site: Site, count: int, path: str = "model/a.py", start: int = 0) -> None:
    """So many changes of one file, at once, past the gateway."""
    changes = [event(observed(f"{number}\n", forced=True), path) for number in range(start, start + count)]
    await site.log.publish([site.log.message(change) for change in changes])


async def hostile(site: Site) -> None:
    """Files with bad names, saved by somebody with good intentions."""
    for name in HOSTILE:
        await publish(site, 1, f"model/{name}.py")


async def is_harmless(page: Page) -> None:
    """Nothing of what was shown has become a part of the page."""
    assert await page.evaluate("document.querySelectorAll('main img, main script').length") == 0


async def fits(page: Page, width: int = 360) -> None:
    """Nothing lies beside the page."""
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def is_sound(page: Page) -> None:
    """As it stands, in both lights, for everybody."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        found = await violations(page)
        assert not found, f"{scheme}: {found}"


async def viewer_at(visitor: Visitor, site: Site, path: str) -> Page:
    """A page of somebody who may only look."""
    visitor.tolerated.append(REFUSED)
    await site.store.credentials.add("key-viewer", Credential("key", "a viewer", "viewer"), now(), None)
    page = await visitor.page()
    await page.goto(site.url)
    await page.get_by_text("API key", exact=True).click()
    await page.locator("input[type=password]").fill("key-viewer")
    await page.get_by_role("button", name="Log in").click()
    await is_live(page)
    await page.goto(site.url + path)
    await is_live(page)
    return page
