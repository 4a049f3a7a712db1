"""The logs: found by filters that the address keeps, live, whole to download, exported again and again."""

import re
from typing import Any

import orjson
import pytest
from playwright.async_api import expect

from tests.build import until
from tests.gateway.sites import event, session
from tests.web.conftest import LOOKING, Site, Visitor, violations
from tests.web.told import HOSTILE, fits, looking, tell

pytestmark = LOOKING

SIDES = {"base": None, "ours": {"url": "https://a.example"}, "theirs": {"url": "https://b.example"}}


async def start(site: Site, *more: Any) -> None:
    """Two clients with a few lines."""
    decided = event("changed, decided by: last-write", "decision", element="servers/docs", payload=SIDES)
    await tell(site, session("cursor", events=[decided, event("a.json:1:2: what is this", "problem", "warning")]))
    await tell(site, session("codex", status="failed", events=[event("disk full", "failed", "error"), *more]))


async def test_filters_are_kept_in_the_address(visitor: Visitor, site: Site) -> None:
    await start(site)
    page = await visitor.at("/logs")
    lines = page.get_by_role("list", name="Log").get_by_role("listitem")
    await expect(lines).to_have_count(3)
    await page.get_by_label("Level").select_option("error")
    await expect(lines).to_have_count(1)
    await expect(lines).to_contain_text("disk full")
    await page.reload()
    await expect(page.get_by_label("Level")).to_have_value("error")
    await expect(lines).to_have_count(1)
    await page.get_by_label("Level").select_option("")
    await page.keyboard.press("Escape")
    await page.locator("main h2").click()
    await page.keyboard.press("/")
    await page.keyboard.type("what is")
    await expect(lines).to_have_count(1)
    await expect(lines).to_contain_text("what is this")
    await page.get_by_label("Type").select_option("failed")
    await expect(page.locator("main")).to_contain_text("Nothing fits the filters")


async def test_a_line_in_full_by_its_address(visitor: Visitor, site: Site) -> None:
    await start(site)
    page = await visitor.at("/logs")
    await page.get_by_role("button", name=re.compile("decided by: last-write")).click()
    detail = page.get_by_role("region", name="The line in full")
    await expect(detail).to_contain_text("https://b.example")
    await expect(page).to_have_url(re.compile("line=[0-9a-f-]{36}$"))
    await page.goto(f"{page.url}&level=error")
    await expect(detail).to_contain_text("https://b.example")
    visitor.tolerated.append(re.compile(r"\b404\b"))
    await page.goto(f"{site.url}/logs?line=00000000-0000-5000-8000-000000000000")
    await expect(detail).to_contain_text("This line is not here any more")


async def test_a_line_from_its_client(visitor: Visitor, site: Site) -> None:
    await start(site)
    await tell(site, session("cursor", finished_at="2026-11-22T12:00:00+00:00", events=[event("new")] * 250))
    (old,) = [one for one in await site.call("GET", "/api/v1/logs?limit=1000") if "last-write" in one["message"]]
    page = await visitor.at(f"/logs?line={old['id']}")
    detail = page.get_by_role("region", name="The line in full")
    await expect(detail).to_contain_text("https://b.example")
    await expect(page.get_by_role("list", name="Log").get_by_role("listitem").first).to_contain_text("new")
    await detail.get_by_role("link", name=re.compile("^Client cursor@")).click()
    await page.go_back()
    await expect(detail).to_contain_text("https://b.example")
    await detail.get_by_role("link", name=re.compile("^Client cursor@")).click()
    await expect(page).to_have_url(re.compile("/clients/cursor(@|%40)"))


async def test_what_is_new_comes_by_itself_or_is_counted(visitor: Visitor, site: Site) -> None:
    await start(site)
    page = await visitor.at("/logs")
    lines = page.get_by_role("list", name="Log").get_by_role("listitem")
    await expect(lines).to_have_count(3)
    await tell(site, session("cursor", finished_at="2026-11-22T12:00:00+00:00", events=[event("one more")]))
    await expect(lines).to_have_count(4)
    await expect(lines.first).to_contain_text("one more")
    await page.get_by_role("button", name="Pause").click()
    await tell(site, session("cursor", finished_at="2026-11-22T13:00:00+00:00", events=[event("while held")]))
    await page.get_by_role("button", name="Show 1 new").click()
    await expect(lines.first).to_contain_text("while held")
    await expect(lines).to_have_count(5)


async def test_long_logs_are_drawn_in_part_and_read_to_their_end(visitor: Visitor, site: Site) -> None:
    await tell(site, session("cursor", events=[event(f"line {number}") for number in range(900)]))
    page = await visitor.at("/logs")
    place = page.get_by_role("list", name="Log")
    await expect(place.get_by_role("listitem").first).to_contain_text("line 899")
    await expect(place.get_by_role("listitem").first).to_have_attribute("aria-setsize", "200")
    assert await place.get_by_role("listitem").count() < 100

    async def is_at_the_end() -> bool:
        await place.evaluate("one => one.scrollTo(0, one.scrollHeight)")
        return (await place.get_by_role("listitem").last.inner_text()).endswith("line 0")

    await until(is_at_the_end)


async def test_all_that_fits_is_downloaded(visitor: Visitor, site: Site) -> None:
    await start(site)
    page = await visitor.at("/logs?level=error")
    async with page.expect_download() as began:
        await page.get_by_role("link", name="Download all that fits as JSON").click()
    said = orjson.loads((await (await began.value).path()).read_bytes())
    assert [one["message"] for one in said["logs"]] == ["disk full"]


async def test_an_export_is_scheduled_downloaded_and_ended(visitor: Visitor, site: Site) -> None:
    await start(site)
    page = await visitor.at("/logs/exports")
    await expect(page.locator("main")).to_contain_text("No export is scheduled")
    await page.get_by_role("button", name="Schedule an export").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Name").fill("nightly")
    await dialog.get_by_role("button", name="Make it every 24 hours").click()
    file = page.get_by_role("link", name=re.compile(r"\.zip$"))
    async with page.expect_download() as began:
        await file.click()
    assert (await (await began.value).path()).read_bytes().startswith(b"PK")
    await page.get_by_role("button", name="Make it no more: nightly").click()
    await expect(page.get_by_role("dialog")).to_contain_text("1 file made so far stays")
    await page.get_by_role("dialog").get_by_role("button", name="Make it no more").click()
    await expect(page.locator("main")).to_contain_text("No export is scheduled")


async def test_a_viewer_is_not_offered_to_schedule(visitor: Visitor, site: Site) -> None:
    page = await looking(visitor, site, "/logs/exports")
    await expect(page.locator("main")).to_contain_text("Scheduling takes the role user")
    await expect(page.get_by_role("button", name="Schedule an export")).to_have_count(0)


async def test_hostile_lines_on_a_telephone(visitor: Visitor, site: Site) -> None:
    await start(site, event(HOSTILE, "problem", "warning", element=f"servers/{HOSTILE}"))
    page = await visitor.at("/logs", viewport={"width": 360, "height": 740})
    await page.get_by_role("button", name=re.compile("onerror")).click()
    await expect(page.get_by_role("region", name="The line in full")).to_contain_text("<img src=x")
    await fits(page)
    await page.goto(f"{site.url}/logs/exports")
    await fits(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(visitor: Visitor, site: Site, scheme: str, locale: str) -> None:
    page = await visitor.at("/logs", color_scheme=scheme, locale=locale)
    await expect(page.locator("main p").first).to_be_visible()
    assert await violations(page) == []
    await start(site)
    await page.get_by_role("button", name=re.compile("last-write")).click()
    await expect(page.locator("main pre")).to_be_visible()
    assert await violations(page) == []
    await site.call("PUT", "/api/v1/exports/nightly", {"hours": 24, "keep": 2})
    await page.goto(f"{site.url}/logs/exports")
    await expect(page.get_by_role("link", name=re.compile(r"\.zip$"))).to_be_visible()
    assert await violations(page) == []
