"""How everything does, at a glance: what is wrong first, and what happens as it happens."""

import re

import pytest
from playwright.async_api import Page, expect

from schemas.base import now
from tests.gateway.sites import event, session
from tests.web.conftest import LOOKING, UNREACHED, Site, Visitor, is_live
from tests.web.looks import HOSTILE, fits, hostile, is_harmless, is_sound, publish, viewer_at
from tests.web.test_conflicts import ask, ask_of_clients
from tests.web.told import tell

pytestmark = LOOKING

MOST = 100
"""Events that the timeline draws."""

COUNT_DRAWINGS = """() => {
    window.drawings = 0;
    const list = document.querySelector("main ol");
    new MutationObserver(() => { window.drawings += 1; }).observe(list, { childList: true });
    window.began = performance.now();
}"""


async def watched(site: Site, name: str, path: str, health: str = "ok", spool: int = 0) -> None:
    """A watcher says how it does."""
    root = {"path": path, "project": "default", "files": 7, "last_change": now().isoformat(), "health": health}
    await site.call("PUT", f"/api/watchers/{name}", {"host": "desk", "roots": [root], "spool": spool})


async def timeline(page: Page) -> list[int]:
    """The events of the timeline, from above."""
    rows = page.get_by_role("region", name="What happens").locator("[data-sequence]")
    return [int(one) for one in await rows.evaluate_all("rows => rows.map(row => row.dataset.sequence)")]


async def test_an_empty_site_says_what_to_do_first(visitor: Visitor) -> None:
    page = await visitor.at()
    await expect(page.get_by_text("Nothing is wrong.")).to_be_visible()
    for words in ("headrace upload FILE", "headrace watch FOLDER", "headrace clients sync"):
        await expect(page.get_by_text(words).first).to_be_visible()
    for group in ("hash", "resolve", "persist", "archive"):
        row = page.get_by_role("row", name=re.compile(f"^{group} "))
        await expect(row.locator("[data-state]")).to_have_text("healthy")
    await expect(page.get_by_text("Data as of")).to_be_visible()
    await is_sound(page)


async def test_what_happens_is_shown_as_it_happens(site: Site, visitor: Visitor) -> None:
    await publish(site, 4)
    page = await visitor.at()
    rows = page.get_by_role("region", name="What happens").locator("[data-sequence]")
    await expect(rows).to_have_count(20)
    await site.upload("model/new.py", "a\n")
    await expect(rows).to_have_count(25)
    assert await timeline(page) == list(range(25, 0, -1))
    await expect(page.get_by_text("25 events")).to_be_visible()
    await expect(page.get_by_role("img", name=re.compile("^Events a second in the last two minutes"))).to_be_visible()
    await expect(page.get_by_role("img", name=re.compile(r"[1-9]\d* at most"))).to_be_visible()
    await expect(page.locator("main canvas")).to_be_visible()
    await rows.first.click()
    await expect(page.get_by_role("heading", name="head.moved")).to_be_visible()


async def test_groups_say_how_fast_they_are(site: Site, visitor: Visitor) -> None:
    page = await visitor.at()
    cell = page.get_by_role("row", name=re.compile("^archive ")).get_by_role("cell", name=re.compile("a second$"))
    await expect(cell).to_have_text("0.0 a second")
    await publish(site, 100)
    await expect(cell).to_have_text(re.compile(r"^(0\.[1-9]|[1-9]\d*(\.\d)?) a second$"))


async def test_watchers_and_what_is_wrong_with_them(site: Site, visitor: Visitor) -> None:
    page = await visitor.at()
    await expect(page.get_by_text("Nothing is wrong.")).to_be_visible()
    await watched(site, "desk-1", "/lab/<b>one</b>", spool=3)
    await watched(site, "desk-2", "/lab/two", "the disk is full: make room")
    problems = page.get_by_role("region", name="What is wrong")
    await expect(problems).to_contain_text("desk-2 watches /lab/two: the disk is full: make room")
    tiles = page.get_by_role("region", name="Watchers")
    await expect(tiles.get_by_role("link", name="desk-1")).to_have_attribute("href", "/events?text=watcher%2Fdesk-1")
    await expect(tiles).to_contain_text("3 changes not sent yet")
    await expect(tiles).to_contain_text("/lab/<b>one</b>: 7 files")
    await expect(tiles.locator("[data-state]")).to_have_text(["behind", "failed"])
    await is_sound(page)


async def test_clients_lead_to_their_page(site: Site, visitor: Visitor) -> None:
    await site.call("POST", "/api/v1/clients", {"type": "cursor", "config_path": "/lab", "name": "cursor-of-desk"})
    page = await visitor.at()
    tiles = page.get_by_role("region", name="Clients")
    await expect(tiles.get_by_role("link", name="cursor-of-desk")).to_have_attribute("href", "/clients/cursor-of-desk")
    await site.call("POST", "/api/v1/sync/trigger", {})
    await expect(tiles).to_contain_text("asked for")


async def test_why_a_sync_failed_until_one_succeeds(visitor: Visitor, site: Site) -> None:
    failed = session("codex", status="failed", events=[event("<b>disk</b> full", "failed", "error")])
    await tell(site, session("cursor"), failed)
    page = await visitor.at()
    problems = page.get_by_role("region", name="What is wrong")
    await expect(problems).to_contain_text(re.compile("The last sync of codex@.* failed: <b>disk</b> full"))
    await expect(page.get_by_role("region", name="Clients")).to_contain_text("<b>disk</b> full")
    await problems.get_by_role("link", name="Look at it").click()
    await expect(page).to_have_url(re.compile(f"/clients/codex.*session={failed['id']}"))
    await expect(page.locator("main")).to_contain_text("<b>disk</b> full")
    await tell(site, session("codex"))
    await page.goto(site.url)
    await expect(page.get_by_text("Nothing is wrong.")).to_be_visible()


async def test_conflicts_of_both_kinds_are_counted(visitor: Visitor, site: Site) -> None:
    await ask(site)
    page = await visitor.at()
    problems = page.get_by_role("region", name="What is wrong")
    await expect(problems).to_contain_text("1 conflict waits for a person")
    await ask_of_clients(site)
    await expect(problems).to_contain_text("2 conflicts wait for a person")
    await problems.get_by_role("link", name="Decide them").click()
    await expect(page).to_have_url(re.compile("/conflicts$"))


async def test_it_keeps_up_with_a_flood(site: Site, visitor: Visitor) -> None:
    await publish(site, 4)
    page = await visitor.at()
    rows = page.get_by_role("region", name="What happens").locator("[data-sequence]")
    await expect(rows).to_have_count(20)
    await page.evaluate(COUNT_DRAWINGS)
    for start in range(4, 204, 20):
        await publish(site, 20, f"model/m{start}.py", start)
    await expect(rows.first).to_have_attribute("data-sequence", "1020")
    await expect(rows).to_have_count(MOST)
    assert await timeline(page) == list(range(1020, 920, -1))
    drawings, seconds = await page.evaluate("[window.drawings, (performance.now() - window.began) / 1000]")
    assert drawings <= 6 * seconds + 2


async def test_a_lost_server_leaves_what_was_known(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(UNREACHED)
    await site.upload("model/a.py", "a\n")
    page = await visitor.at()
    await expect(page.get_by_text("5 events")).to_be_visible()
    await site.stop()
    await expect(page.locator("main [data-stale=true]")).to_contain_text("The server does not answer")
    await expect(page.get_by_text("5 events")).to_be_visible()
    await site.start()
    await is_live(page)
    await site.upload("model/a.py", "b\n")
    await expect(page.get_by_text("10 events")).to_be_visible()
    await expect(page.locator("main [data-stale=false]")).to_be_visible()


async def test_a_viewer_sees_all_of_it(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    page = await viewer_at(visitor, site, "/")
    await expect(page.get_by_text("5 events")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(site: Site, visitor: Visitor, locale: str) -> None:
    await hostile(site)
    await watched(site, "desk-1", HOSTILE[2], "bad")
    await site.call("POST", "/api/v1/clients", {"type": "cursor", "config_path": "/lab", "name": "cursor-of-desk"})
    page = await visitor.at(locale=locale)
    await expect(page.locator("main [data-sequence]")).to_have_count(5 * len(HOSTILE) + 5)
    await expect(page.locator("main canvas")).to_be_visible()
    await is_sound(page)
    await is_harmless(page)
    await page.set_viewport_size({"width": 360, "height": 740})
    await expect(page.get_by_text(HOSTILE[0]).first).to_be_visible()
    await fits(page)
