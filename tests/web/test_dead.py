"""Dead letters as a person decides about them: the error first, and nothing decided unseen."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Page, expect

from streams.entry import Entry
from tests.build import until
from tests.conftest import Servers
from tests.streams.runner import EFFECTS, recorder, working
from tests.web.conftest import LOOKING, Site, Visitor
from tests.web.looks import HOSTILE, fits, hostile, is_harmless, is_sound, publish, viewer_at

pytestmark = LOOKING

ERROR = "a bug in 100% of <b>cases</b>"


class Mill:
    """A group that fails while it is broken."""

    broken = True

    async def grind(self, _: Sequence[Entry]) -> None:
        if self.broken:
            raise RuntimeError(ERROR)


@asynccontextmanager
async def mill(site: Site, servers: Servers) -> AsyncIterator[Mill]:
    """A broken group at work."""
    made = Mill()
    await site.store.db.execute(EFFECTS)
    handlers = [recorder(before=made.grind)]
    async with working(handlers, servers.redis["6.2"], servers.postgres, site.settings):
        yield made
    await site.store.db.execute("drop table effects")


async def letters(site: Site, count: int, query: str = "state=buried") -> list[dict[str, Any]]:
    """So many letters, once there are."""

    async def found() -> list[dict[str, Any]]:
        now: list[dict[str, Any]] = await site.call("GET", f"/api/dead?limit=1000&{query}")
        return now if len(now) == count else []

    return await until(found)


def listed(page: Page) -> Any:
    """The letters that are shown."""
    return page.get_by_role("list", name="Dead letters").get_by_role("listitem")


async def test_one_is_looked_at_and_retried(site: Site, servers: Servers, visitor: Visitor) -> None:
    page = await visitor.at("/events/dead")
    await expect(page.get_by_text("No event was given up")).to_be_visible()
    async with mill(site, servers) as broken:
        await publish(site, 2)
        await letters(site, 2)
        await expect(listed(page)).to_have_count(2)
        await listed(page).first.get_by_role("link").click()
        letter = page.get_by_role("region", name="Dead letter", exact=True)
        await expect(letter.get_by_role("alert")).to_contain_text(ERROR)
        await expect(letter.get_by_role("region", name="Traceback")).to_contain_text("RuntimeError: a bug")
        await expect(letter.get_by_role("region", name="Event")).to_contain_text('"change.observed"')
        await letter.get_by_role("button", name="Retry this event…").click()
        dialog = page.get_by_role("dialog", name="Retry this event")
        await expect(dialog).to_contain_text("This is about 1 dead letter.")
        await expect(dialog).to_contain_text("What fails again comes back here")
        assert len(await letters(site, 2)) == 2
        broken.broken = False
        await dialog.get_by_role("button", name="Retry the event").click()
        await expect(dialog).to_be_hidden()
        await expect(listed(page)).to_have_count(1)
        await expect(letter.locator("[data-state=retried]").first).to_be_visible()
        await expect(letter.get_by_role("row", name=re.compile("retried"))).to_contain_text("admin")


async def test_one_is_discarded_and_why(site: Site, servers: Servers, visitor: Visitor) -> None:
    async with mill(site, servers):
        await publish(site, 1)
        (found,) = await letters(site, 1)
        page = await visitor.at(f"/events/dead/{found['id']}")
        await page.get_by_role("button", name="Discard this event…").click()
        dialog = page.get_by_role("dialog", name="Discard this event")
        await expect(dialog).to_contain_text("They stay in the archive")
        await dialog.get_by_label("Reason").fill("not ours")
        await dialog.get_by_role("button", name="Discard the event").click()
        await expect(dialog).to_be_hidden()
        await expect(page.get_by_text("No event was given up")).to_be_visible()
        await page.get_by_label("State").select_option("discarded")
        await expect(listed(page)).to_have_count(1)
        await expect(page.get_by_role("row", name=re.compile("discarded"))).to_contain_text("not ours")
        await expect(page).to_have_url(re.compile("state=discarded"))
        (kept,) = await letters(site, 1, "state=discarded")
        assert (kept["reason"], kept["decided_by"]) == ("not ours", "admin")


async def test_many_are_decided_about_by_what_they_have_in_common(
    site: Site, servers: Servers, visitor: Visitor
) -> None:
    async with mill(site, servers):
        await publish(site, 7, "model/a.py")
        await publish(site, 5, "loss/b.py")
        await letters(site, 12)
        page = await visitor.at("/events/dead")
        await expect(listed(page)).to_have_count(12)
        await page.get_by_label("Subject").fill("components/loss/*")
        await expect(listed(page)).to_have_count(5)
        await expect(page).to_have_url(re.compile("subject=components"))
        await page.get_by_role("button", name="Discard what matches…").click()
        dialog = page.get_by_role("dialog", name="Discard what matches")
        await expect(dialog).to_contain_text("components/loss/*")
        await expect(dialog).to_contain_text("This is about 5 dead letters.")
        await dialog.get_by_role("button", name="Cancel").click()
        assert len(await letters(site, 12)) == 12
        await page.get_by_role("button", name="Discard what matches…").click()
        await dialog.get_by_label("Reason").fill("an old loss")
        await dialog.get_by_role("button", name="Discard 5 events").click()
        await expect(page.get_by_text("No dead letter matches")).to_be_visible()
        assert len(await letters(site, 7)) == 7
        await page.get_by_role("button", name="Clear the filters").click()
        await expect(listed(page)).to_have_count(7)


async def test_the_dashboard_leads_here(site: Site, servers: Servers, visitor: Visitor) -> None:
    async with mill(site, servers):
        await publish(site, 3)
        await letters(site, 3)
        page = await visitor.at()
        problems = page.get_by_role("region", name="What is wrong")
        await expect(problems).to_contain_text("recorder gave up 3 events")
        await problems.get_by_role("link", name="Look at the dead letters").click()
        await expect(page).to_have_url(re.compile(r"/events/dead\?group=recorder$"))
        await expect(listed(page)).to_have_count(3)


async def test_a_viewer_may_look_and_is_told_who_decides(site: Site, servers: Servers, visitor: Visitor) -> None:
    async with mill(site, servers):
        await publish(site, 1)
        await letters(site, 1)
        page = await viewer_at(visitor, site, "/events/dead")
        await listed(page).first.get_by_role("link").click()
        await expect(page.get_by_role("region", name="Traceback")).to_be_visible()
        await expect(page.get_by_text("Only an administrator may retry or discard")).to_be_visible()
        await expect(page.get_by_role("button", name=re.compile("Retry|Discard"))).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(site: Site, servers: Servers, visitor: Visitor, locale: str) -> None:
    page = await visitor.at("/events/dead", locale=locale)
    await expect(page.get_by_text(re.compile("No event was given up|처리를 포기한 이벤트가 없습니다"))).to_be_visible()
    await is_sound(page)
    async with mill(site, servers):
        await hostile(site)
        await letters(site, len(HOSTILE))
        await page.locator("main [data-entry]").first.click()
        await expect(page.get_by_role("region", name=re.compile("Traceback|오류 위치"))).to_be_visible()
        await is_sound(page)
        await page.get_by_role("button", name=re.compile("Discard this|이 이벤트 폐기")).click()
        await expect(page.get_by_role("dialog")).to_contain_text(re.compile("This is about 1 |1건이 대상"))
        await is_sound(page)
        await page.keyboard.press("Escape")
        await page.set_viewport_size({"width": 360, "height": 740})
        await fits(page)
        await page.goto(f"{site.url}/events/dead")
        await expect(page.get_by_text(HOSTILE[0])).to_be_visible()
        await fits(page)
        await is_harmless(page)
