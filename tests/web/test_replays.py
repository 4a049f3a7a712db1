"""Replays into the log as a person asks for them: seen first, marked for ever, and ended where it is too much."""

import re

import pytest
from playwright.async_api import expect

from tests.web.conftest import LOOKING, Site, Visitor
from tests.web.looks import fits, is_sound, publish, viewer_at

pytestmark = LOOKING


async def test_an_event_is_replayed_and_bears_a_mark(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "x = 1\n", "x = 2\n")
    page = await visitor.at("/events?type=change.observed")
    listed = page.get_by_role("list", name="Events, the newest first").get_by_role("listitem")
    await expect(listed).to_have_count(2)
    await listed.last.get_by_role("link").click()
    await page.get_by_role("button", name="Replay this event…").click()
    dialog = page.get_by_role("dialog", name="Replay events")
    await expect(dialog.get_by_role("status")).to_contain_text("1 event of 1 document")
    await expect(dialog).to_contain_text("components/model/a.py")
    await is_sound(page)
    await dialog.get_by_role("button", name="Replay 1 event").click()
    await expect(page).to_have_url(re.compile("/events/replays"))
    replays = page.get_by_role("list", name="Replays").get_by_role("listitem")
    await expect(replays.locator("[data-state]")).to_have_text("done")
    await expect(replays).to_contain_text("1 of 1 event published")
    await is_sound(page)
    await page.goto(f"{site.url}/events?type=change.observed")
    await expect(listed).to_have_count(3)
    await expect(listed.first.locator("[data-state=replayed]")).to_be_visible()
    await listed.first.get_by_role("link").click()
    details = page.get_by_role("region", name=re.compile("^Event "))
    await details.get_by_role("link", name=re.compile("^[0-9a-f-]{36}$")).click()
    await expect(details.locator("[data-state=replayed]")).to_have_count(0)
    found = await site.call("GET", "/api/components/versions")
    history = await site.call("GET", "/api/components/versions/model/a?include_content=true")
    assert next(one["content"] for one in history if one["hash"] == found[0]["active_hash"]) == "x = 1\n"


async def test_some_are_selected(site: Site, visitor: Visitor) -> None:
    await publish(site, 4)
    page = await visitor.at("/events")
    select = page.get_by_role("checkbox", name=re.compile("^Select event"))
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("button", name="Select to replay").click()
    await page.get_by_role("combobox", name="Type").fill("change.*")
    await expect(page).to_have_url(re.compile("type=change"))
    await expect(page.get_by_role("checkbox", name=re.compile("^Select event"), disabled=False)).to_have_count(4)
    for number in range(2):
        await page.get_by_role("checkbox", name=re.compile("^Select event"), disabled=False).nth(number).check()
    await expect(page.get_by_text("2 selected", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Replay 2 selected…").click()
    dialog = page.get_by_role("dialog", name="Replay events")
    await expect(dialog.get_by_role("status")).to_contain_text("2 events of 1 document")
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="End the selection").click()
    await expect(select).to_have_count(0)


async def test_a_range_is_narrowed_and_ended(site: Site, visitor: Visitor) -> None:
    await publish(site, 30, "model/a.py")
    await publish(site, 5, "loss/b.py", start=30)
    page, other = await visitor.at("/events/replays"), await visitor.at("/events/replays")
    await expect(page.get_by_text("Nothing has been replayed yet")).to_be_visible()
    await page.get_by_role("button", name="Replay a range…").click()
    dialog = page.get_by_role("dialog", name="Replay events")
    await expect(dialog.get_by_role("status")).to_contain_text("35 events of 2 documents")
    await dialog.get_by_label("Subject").fill("components/model/*")
    await dialog.get_by_label("Events a second").fill("1")
    await expect(dialog.get_by_role("status")).to_contain_text("30 events of 1 document, in about 30 s")
    await dialog.get_by_role("button", name="Replay 30 events").click()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await expect(other.get_by_text(re.compile("[1-9] of 30 events published"))).to_be_visible()
    await page.get_by_role("button", name="End it here").click()
    for one_of_them in (page, other):
        await expect(one_of_them.locator("main [data-state=cancelled]")).to_be_visible()
    (one,) = await site.call("GET", "/api/v1/reinjections")
    assert (one["state"], one["published"] < 30) == ("cancelled", True)


async def test_a_viewer_is_told_who_may(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "x = 1\n")
    page = await viewer_at(visitor, site, "/events/replays")
    await expect(page.get_by_text("Only an administrator of the project may replay.")).to_be_visible()
    await expect(page.get_by_role("button", name="Replay a range…")).to_have_count(0)
    await page.goto(f"{site.url}/events")
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()
    await expect(page.get_by_role("button", name="Select to replay")).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(visitor: Visitor, locale: str) -> None:
    page = await visitor.at("/events/replays", locale=locale)
    await expect(page.get_by_text(re.compile("Nothing has been replayed|아직 재생한 것이"))).to_be_visible()
    await page.get_by_role("button", name=re.compile("Replay a range|범위 재생")).click()
    await expect(page.get_by_role("dialog").get_by_role("status")).to_be_visible()
    await is_sound(page)
    await page.keyboard.press("Escape")
    await page.set_viewport_size({"width": 360, "height": 740})
    await fits(page)
