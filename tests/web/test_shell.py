"""The frame around every screen: the sections, the state of the connection, the reader's language and colours."""

import asyncio
import re

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.web.conftest import LOOKING, UNREACHED, Site, Visitor, is_live, violations

pytestmark = LOOKING

SECTIONS = ["Dashboard", "Events", "Components", "Experiments", "Conflicts", "Clients", "Logs", "Settings"]


async def test_every_section_opens(visitor: Visitor) -> None:
    page = await visitor.at()
    links = page.locator("nav a")
    assert [said.strip() for said in await links.all_inner_texts()] == SECTIONS
    for number, name in enumerate(SECTIONS):
        await links.nth(number).click()
        await expect(page.locator("main")).to_contain_text(name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_lost_server_is_shown_and_comes_back(visitor: Visitor, site: Site, scheme: str) -> None:
    visitor.tolerated += [UNREACHED, re.compile("Couldn't load preload assets")]
    page = await visitor.at(color_scheme=scheme)
    state = page.locator("header [data-state]")
    await site.stop()
    await expect(state).to_have_text(re.compile("Connection lost"))
    await expect(page.locator("header")).to_contain_text("Data as of")
    await expect(page.locator("main [data-stale=true]")).to_be_visible()
    assert await violations(page) == []
    await site.start()
    await is_live(page)


async def test_what_happens_before_the_feed_is_open_is_not_missed(visitor: Visitor, site: Site) -> None:
    await site.upload("model/a.py", "a\n")
    page, may_open = await visitor.page(), asyncio.Event()

    async def late(socket: WebSocketRoute) -> None:
        await may_open.wait()
        socket.connect_to_server()

    await page.route_web_socket(re.compile("/ws/sync"), late)
    await page.goto(await site.link())
    await page.goto(f"{site.url}/components")
    await expect(page.get_by_role("link", name=re.compile("^a 1 version"))).to_be_visible()
    await site.upload("model/a.py", "b\n")
    may_open.set()
    await expect(page.get_by_role("link", name=re.compile("^a 2 versions"))).to_be_visible()


async def test_a_screen_that_cannot_be_fetched_is_said_and_the_others_work(visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile("Failed to (load resource|fetch dynamically imported module)|ERR_FAILED"))
    page = await visitor.at()
    await page.route(re.compile(r"/assets/Experiments-[^/]*\.js"), lambda route: route.abort())
    await page.get_by_role("link", name="Experiments").click()
    await expect(page.get_by_role("alert")).to_contain_text("Try again")
    await page.get_by_role("link", name="Events").click()
    await expect(page.get_by_role("heading", name="Events")).to_be_visible()
    await page.unroute_all()
    await page.get_by_role("link", name="Experiments").click()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_role("heading", name="Experiments")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(visitor: Visitor, scheme: str, locale: str) -> None:
    page = await visitor.at(color_scheme=scheme, locale=locale)
    assert await violations(page) == []
    await page.get_by_role("button", name=re.compile("Account|계정")).click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page) == []


async def test_it_fits_a_telephone(visitor: Visitor) -> None:
    page = await visitor.at(viewport={"width": 360, "height": 740})
    assert await page.evaluate("document.documentElement.scrollWidth") <= 360
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("link", name="Events").click()
    await expect(page).to_have_url(re.compile("/events$"))


async def test_the_keyboard_is_enough(visitor: Visitor) -> None:
    page = await visitor.at()
    await page.keyboard.press("g")
    await page.keyboard.press("e")
    await expect(page).to_have_url(re.compile("/events$"))
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_contain_text("Keyboard")
