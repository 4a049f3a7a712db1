"""Replays and audits as a person asks for them: what they will do first, then what they came to."""

import re

import pytest
from playwright.async_api import expect

from tests.build import until
from tests.web.conftest import LOOKING, Site, Visitor
from tests.web.looks import fits, is_sound, viewer_at

pytestmark = LOOKING

LONG = 90_000
"""Milliseconds that a proof may take: it is a process of its own."""


async def carried_through(site: Site, path: str = "model/a.py") -> None:
    """A change, archived."""
    await site.upload(path, "x = 1\n")

    async def archived() -> bool:
        return bool(await site.store.db.fetchval("select count(*) from events where kind = 'head.moved'"))

    await until(archived)


@pytest.mark.slow
async def test_a_replay_and_an_audit(site: Site, visitor: Visitor) -> None:
    await carried_through(site)
    page = await visitor.at("/events/proofs")
    other = await visitor.at("/events/proofs")
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url) if request.url.endswith("/api/replay") else None)
    await expect(page.get_by_text("Nothing has been proved yet")).to_be_visible()
    report = page.get_by_role("region", name="Report of the proof")
    for kind, came_to in (("Replay", "exactly what is stored"), ("Audit", "No event was changed")):
        await page.get_by_role("button", name=f"{kind} the log…").click()
        dialog = page.get_by_role("dialog", name=f"{kind} the log")
        await expect(dialog).to_contain_text(re.compile("Nothing .*is changed"))
        await dialog.get_by_role("button", name=f"{kind} the log").click()
        await expect(page).to_have_url(re.compile("/events/proofs/[0-9a-f-]{36}$"))
        await expect(report.locator("[data-state]")).to_have_text("holds", timeout=LONG)
        await expect(report).to_contain_text(came_to)
        await expect(report.get_by_role("row", name="Events read")).to_contain_text("5")
    for one in (page, other):
        await expect(one.get_by_role("list", name="Proofs").get_by_role("listitem")).to_have_count(2)
    await expect(other.locator("main [data-state=holds]")).to_have_count(2)
    assert len(asked) <= 5  # when each began and ended, and what may have been under way: nobody asks meanwhile
    await is_sound(page)
    await site.store.db.execute("update versions set actor = 'nobody'")
    await page.get_by_role("button", name="Replay the log…").click()
    await page.get_by_label("Which group").select_option("persist")
    await page.get_by_role("dialog").get_by_role("button", name="Replay the log").click()
    await expect(page.get_by_role("button", name="Audit the log…")).to_be_disabled()
    await expect(report.locator("[data-state]")).to_have_text("broken", timeout=LONG)
    await expect(report).to_contain_text("components/model/a.py")
    await is_sound(page)
    await page.set_viewport_size({"width": 360, "height": 740})
    await fits(page)


async def test_a_viewer_is_told_who_may(site: Site, visitor: Visitor) -> None:
    page = await viewer_at(visitor, site, "/events/proofs")
    await expect(page.get_by_text("Only an administrator may start a proof.")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("the log…"))).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(visitor: Visitor, locale: str) -> None:
    page = await visitor.at("/events/proofs", locale=locale)
    await expect(page.get_by_text(re.compile("Nothing has been proved|아직 검증한 것이"))).to_be_visible()
    await is_sound(page)
    await page.get_by_role("button", name=re.compile("Audit the log|로그 감사")).click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await is_sound(page)
    await page.keyboard.press("Escape")
    await page.set_viewport_size({"width": 360, "height": 740})
    await fits(page)
