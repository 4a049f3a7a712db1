"""The log as a person looks through it: live, back in time, by what it says; one event and its story."""

import re
from pathlib import Path

import orjson
import pytest
from playwright.async_api import Page, expect

from streams.store import events as archive
from tests.build import until
from tests.web.conftest import LOOKING, UNREACHED, Site, Visitor, is_live
from tests.web.looks import HOSTILE, fits, hostile, is_harmless, is_sound, publish

pytestmark = LOOKING

OF_ONE = 5
"""Events that a change which is taken makes."""


async def archived(site: Site, number: int) -> None:
    """Wait until the archive has so many events."""

    async def has() -> bool:
        return bool((await site.call("GET", "/api/status"))["archived"] >= number)

    await until(has)


async def shows(page: Page, count: int, of: int | None = None) -> None:
    """Wait until the list holds so many of what is loaded."""
    await expect(page.get_by_text(f"{count} shown of {of or count} loaded")).to_be_visible()


async def sequences(page: Page) -> list[int]:
    """The events that are drawn, from above."""
    found = await page.locator("main [data-sequence]").evaluate_all("rows => rows.map(row => row.dataset.sequence)")
    return [int(one) for one in found]


async def test_events_come_in_live_the_newest_first(site: Site, visitor: Visitor) -> None:
    page = await visitor.at("/events")
    await expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
    await expect(page.get_by_text("headrace upload FILE")).to_be_visible()
    await site.upload("model/resnet.py", "a\n")
    await shows(page, OF_ONE)
    rows = page.get_by_role("list", name="Events").get_by_role("listitem")
    assert await rows.locator("strong").all_text_contents() == [
        "head.moved",
        "version.created",
        "change.accepted",
        "change.hashed",
        "change.observed",
    ]
    await expect(rows.first).to_contain_text("components/model/resnet.py")
    assert await sequences(page) == [5, 4, 3, 2, 1]


async def test_what_came_before_is_there_and_more_is_fetched_further_down(site: Site, visitor: Visitor) -> None:
    await publish(site, 60)
    await archived(site, 300)
    page = await visitor.at("/events")
    await shows(page, 200)
    listed = page.get_by_role("list", name="Events")
    await listed.evaluate("list => list.scrollTo(0, list.scrollHeight)")
    await shows(page, 300)
    await listed.evaluate("list => list.scrollTo(0, list.scrollHeight)")
    await expect(page.locator("main [data-sequence='1']")).to_be_visible()
    await expect(page.get_by_text("This is where the log begins.")).to_be_visible()


async def test_pause_and_resume(site: Site, visitor: Visitor) -> None:
    page = await visitor.at("/events")
    await site.upload("model/a.py", "a\n")
    await shows(page, OF_ONE)
    await page.get_by_role("button", name="Pause").click()
    await site.upload("model/a.py", "b\n")
    button = page.get_by_role("button", name="Resume (5 new)")
    await expect(button).to_have_attribute("aria-pressed", "true")
    assert await sequences(page) == [5, 4, 3, 2, 1]
    await button.click()
    await shows(page, 10)
    assert await sequences(page) == list(range(10, 0, -1))


async def test_who_reads_further_down_is_not_disturbed(site: Site, visitor: Visitor) -> None:
    await publish(site, 20)
    page = await visitor.at("/events")
    await shows(page, 100)
    await page.get_by_role("list", name="Events").evaluate("list => list.scrollTo(0, 400)")
    first = page.locator("main [data-sequence='80']")
    await expect(first).to_be_visible()
    before = await first.bounding_box()
    await site.upload("model/b.py", "b\n")
    await expect(page.get_by_role("button", name="5 new: show them")).to_be_visible()
    assert await first.bounding_box() == before
    await page.get_by_role("button", name="5 new: show them").click()
    await expect(page.locator("main [data-sequence='105']")).to_be_visible()


async def test_filters_are_in_the_address(site: Site, visitor: Visitor) -> None:
    for path in ("model/resnet.py", "loss/focal.py"):
        await site.upload(path, path)
    await archived(site, 10)
    page = await visitor.at("/events")
    await shows(page, 10)
    await page.get_by_label("Subject").fill("resnet")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await page.get_by_role("button", name="Look for *resnet*").click()
    await shows(page, 5)
    await page.get_by_role("combobox", name="Type").fill("version.*")
    await shows(page, 1)
    await expect(page).to_have_url(re.compile(r"subject=\*resnet\*&type=version\.\*"))
    await site.upload("loss/focal.py", "again\n")
    await site.upload("model/resnet.py", "again\n")
    await shows(page, 2)
    await page.reload()
    await shows(page, 2)
    await page.get_by_role("button", name="Clear the filters").click()
    await shows(page, 20)
    await page.keyboard.press("Escape")
    await page.get_by_role("heading", name="Events").click()
    await page.keyboard.press("/")
    await expect(page.get_by_label("Text")).to_be_focused()
    await page.keyboard.type("LOSS/focal")
    await shows(page, 10)
    await page.get_by_label("Actor").fill("nobo*")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await page.get_by_label("Actor").fill("adm*")
    await shows(page, 10)
    await expect(page).to_have_url(re.compile(r"text=LOSS%2Ffocal&actor=adm\*"))
    await site.upload("loss/focal.py", "live\n")
    await site.upload("model/resnet.py", "live\n")
    await shows(page, 15)
    await page.reload()
    await shows(page, 15)


async def test_a_period_is_in_the_address(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    await archived(site, 5)
    page = await visitor.at("/events?until=2020-01-01T00:00:00.000Z")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await site.upload("model/a.py", "b\n")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await page.get_by_label("Before").fill("")
    await shows(page, 10)
    await page.get_by_label("From").fill("2020-01-01T00:00")
    await expect(page).to_have_url(re.compile("since=(2019|2020)-"))
    await shows(page, 10)
    await site.upload("model/a.py", "c\n")
    await shows(page, 15)


HOSTILE_WORDS = ["%", "a\\\\b", "'; drop", "<img src=x", "(", ".*+"]
"""Characters that something on the way might take for more than themselves."""


@pytest.mark.parametrize("text", HOSTILE_WORDS)
async def test_a_text_is_meant_as_it_is(site: Site, visitor: Visitor, text: str) -> None:
    await publish(site, 1, "model/plain.py")
    page = await visitor.at("/events")
    await shows(page, 5)
    await page.get_by_label("Text").fill(text)
    await expect(page.get_by_text("Nothing matches")).to_be_visible()
    await publish(site, 1, f"model/{text.replace(chr(92) * 2, chr(92))}.py")
    named = page.locator("main [data-sequence='6']")
    await expect(named).to_be_visible()
    await page.reload()
    await expect(named).to_be_visible()
    await is_harmless(page)


async def test_a_long_log_is_looked_through_part_by_part(
    site: Site, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LOOKED", 20)
    await site.upload("model/first.py", "needle in the content\n")
    await publish(site, 20)
    await archived(site, 105)
    page = await visitor.at("/events?text=needle+in+the")
    await expect(page.get_by_text("Nothing matches back to event 86")).to_be_visible()
    further = page.get_by_role("button", name="Look further back")
    for number in (66, 46, 26):
        await further.click()
        await expect(page.get_by_text(f"Nothing matches back to event {number}")).to_be_visible()
    await is_sound(page)
    for _ in range(2):
        await further.click()
    await shows(page, 1)
    assert await sequences(page) == [1]
    await expect(further).to_have_count(0)
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download as JSONL").click()
    lines = Path(await (await downloading.value).path()).read_bytes().splitlines()
    assert [orjson.loads(line)["sequence"] for line in lines] == ["1"]


async def test_go_to_an_event_and_to_a_time(site: Site, visitor: Visitor) -> None:
    await publish(site, 20)
    await archived(site, 100)
    page = await visitor.at("/events")
    await page.get_by_role("button", name="Go to an event").click()
    await page.get_by_label("Its id or its number").fill("42")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/events/[0-9a-f-]{36}\?at=42$"))
    await shows(page, 42)
    assert (await sequences(page))[0] == 42
    await page.get_by_role("button", name="Show newer events").click()
    await shows(page, 100)
    await page.get_by_role("button", name="Go to an event").click()
    await page.get_by_label("Go to a time").fill("2026-01-01T00:00:00")
    await page.get_by_role("button", name="Go there").click()
    await expect(page).to_have_url(re.compile(r"at=1$"))
    await page.get_by_role("button", name="Back to what happens now").click()
    await expect(page.get_by_role("button", name="Pause")).to_be_visible()
    await shows(page, 100)
    await page.get_by_role("button", name="Go to an event").click()
    await page.get_by_label("Its id or its number").fill("4200")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("There is no event with that number")


async def test_one_event_with_its_cause_its_consequences_and_its_story(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/events?type=change.accepted")
    await page.locator("main [data-sequence]").first.click()
    one = page.get_by_role("region", name=re.compile("Event"))
    await expect(one.get_by_role("heading", name="change.accepted")).to_be_visible()
    await expect(one.get_by_role("region", name="Content")).to_contain_text('"append": true')
    await one.get_by_role("tab", name="Cause and consequences").click()
    tree = one.get_by_role("tabpanel").get_by_role("link")
    story = ["change.observed", "change.hashed", "change.accepted", "version.created", "head.moved"]
    await expect(tree).to_have_text(story)
    await expect(tree.nth(2)).to_have_attribute("aria-current", "step")
    await tree.first.click()
    await expect(one.get_by_role("heading", name="change.observed")).to_be_visible()
    await one.get_by_role("tab", name="Story of the file").click()
    await expect(one.get_by_role("tabpanel")).to_contain_text("version 2 · made active")
    await site.upload("model/a.py", "c\n")
    await expect(one.get_by_role("tabpanel")).to_contain_text("version 3 · made active")
    await page.reload()
    await expect(one.get_by_role("tabpanel")).to_contain_text("version 3 · made active")
    await one.get_by_role("link", name="Close the event").click()
    await expect(page).to_have_url(re.compile(r"/events\?type=change\.accepted$"))


async def test_an_event_that_there_is_not(visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b404\b"))
    page = await visitor.at("/events/00000000-0000-5000-8000-000000000000")
    await expect(page.get_by_role("alert")).to_contain_text("the archive has no event")


async def test_download_of_what_is_filtered(site: Site, visitor: Visitor) -> None:
    await publish(site, 250)
    await archived(site, 1250)
    page = await visitor.at("/events?type=change.*&text=hashed")
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download as JSONL").click()
    path = await (await downloading.value).path()
    lines = [orjson.loads(line) for line in Path(path).read_bytes().splitlines()]
    assert {line["type"] for line in lines} == {"change.hashed"}
    assert len(lines) == 250
    assert [int(line["sequence"]) for line in lines] == sorted(int(line["sequence"]) for line in lines)
    await expect(page.get_by_text("250 events downloaded")).to_be_visible()


async def test_a_download_can_be_given_up(site: Site, visitor: Visitor) -> None:
    await publish(site, 250)
    await archived(site, 1250)
    page = await visitor.at("/events")
    await shows(page, 200)
    await page.route("**/api/events?after=*", lambda _: None)
    await page.get_by_role("button", name="Download as JSONL").click()
    await page.get_by_role("button", name="Cancel the download").click()
    await page.unroute_all(behavior="ignoreErrors")


async def test_after_the_gateway_restarts_no_event_is_missing(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(UNREACHED)
    await site.upload("model/a.py", "0\n")
    page = await visitor.at("/events")
    await shows(page, 5)
    for start in (1, 6):
        await site.stop()
        await expect(page.locator("header [data-state]")).to_have_attribute("data-state", "away")
        await publish(site, 5, start=start)
        await site.start()
        await is_live(page)
    await shows(page, 55)
    drawn = await sequences(page)
    assert drawn == list(range(55, 55 - len(drawn), -1))
    await page.get_by_role("list", name="Events").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    await expect(page.locator("main [data-sequence='1']")).to_be_visible()
    drawn = await sequences(page)
    assert drawn == list(range(drawn[0], 0, -1))


async def test_a_flood(site: Site, visitor: Visitor) -> None:
    page = await visitor.at("/events")
    await expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
    for start in range(0, 600, 60):
        await publish(site, 60, f"model/m{start}.py", start)
    await shows(page, 3000)
    assert await page.locator("main [data-sequence]").count() < 100
    drawn = await sequences(page)
    assert drawn == list(range(3000, 3000 - len(drawn), -1))


async def test_by_keyboard(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    page = await visitor.at("/events")
    await shows(page, 5)
    for _ in range(2):
        await page.keyboard.press("j")
    await expect(page.locator("main [data-sequence='4']")).to_be_focused()
    await page.keyboard.press("k")
    await expect(page.locator("main [data-sequence='5']")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="head.moved")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(site: Site, visitor: Visitor, locale: str) -> None:
    page = await visitor.at("/events", locale=locale)
    await expect(page.get_by_text(re.compile("Nothing has happened yet|아직 아무 일도 없습니다"))).to_be_visible()
    await is_sound(page)
    await site.upload("model/a.py", "a\n", "b\n")
    await archived(site, 10)
    await page.locator("main [data-sequence='10']").click()
    for name in ("Content|내용", "Cause|원인과", "Story|파일의 이력"):
        await page.get_by_role("tab", name=re.compile(name)).click()
        await expect(page.get_by_role("tabpanel")).to_contain_text(re.compile("move|version 2|버전 2"))
        await is_sound(page)


async def test_hostile_names_on_a_telephone(site: Site, visitor: Visitor) -> None:
    await hostile(site)
    await archived(site, 5 * len(HOSTILE))
    page = await visitor.at("/events", viewport={"width": 360, "height": 740})
    await shows(page, 5 * len(HOSTILE))
    await expect(page.get_by_text(HOSTILE[0]).first).to_be_visible()
    await fits(page)
    for name in HOSTILE:
        await page.goto(f"{site.url}/events?text={name[:10]}")
        await page.locator("main [data-sequence]").first.click()
        await expect(page.get_by_role("region", name=re.compile("Event"))).to_contain_text(name)
        await page.get_by_role("tab", name="Story of the file").click()
        await expect(page.get_by_role("tabpanel")).to_contain_text("version 1")
        await fits(page)
        await is_harmless(page)
