"""A component's history: as long as it may be; roll-back with its reason, and its undoing."""

import re

from playwright.async_api import Page, expect

from tests.build import event, hash_of, observed, until
from tests.web.conftest import LOOKING, VERSIONS, Site, Visitor, violations
from tests.web.test_components import ADDED, REMOVED, TELEPHONE, active, row, version

pytestmark = LOOKING

C = "c\n"


async def test_roll_back_shows_the_difference_first_and_can_be_undone(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/components/model/a.py")
    await version(page, 1).click()
    await page.get_by_role("button", name="Activate version 1").first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(REMOVED)).to_have_text(["b"])
    await expect(dialog.locator(ADDED)).to_have_text(["a"])
    assert await violations(page) == []
    await dialog.get_by_role("button", name="Cancel").click()
    await page.get_by_role("button", name="Activate version 1").first.click()
    await dialog.get_by_role("button", name="Activate version 1").click()
    await expect(page.get_by_text("Version 1 of model/a.py is active now.")).to_be_visible()
    await expect(version(page, 1)).to_contain_text("made active by")
    assert await active(site, "model/a.py") == hash_of("a\n")
    await page.get_by_role("button", name="Undo: model/a.py").click()
    await expect(page.get_by_text("model/a.py is as it was before.")).to_be_visible()
    assert await active(site, "model/a.py") == hash_of("b\n")


async def test_two_people_at_once(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b409\b"))
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/components/model/a.py")
    await page.get_by_role("button", name="Activate version 1").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(REMOVED)).to_have_text(["b"])
    await site.upload("model/a.py", "c\n")
    await expect(dialog.get_by_text("Another version has become the active one")).to_be_visible()
    await expect(dialog.locator(REMOVED)).to_have_text(["b"])
    await dialog.get_by_role("button", name="Activate version 1").click()
    await expect(dialog.get_by_text("Somebody else has made another version active meanwhile")).to_be_visible()
    await expect(dialog.locator(REMOVED)).to_have_text(["c"])
    assert await active(site, "model/a.py") == hash_of("c\n")
    await dialog.get_by_role("button", name="Activate version 1 all the same").click()
    await expect(page.get_by_text("Version 1 of model/a.py is active now.")).to_be_visible()
    assert await active(site, "model/a.py") == hash_of("a\n")


async def test_an_undo_does_not_undo_somebody_elses_work(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b409\b"))
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/components/model/a.py")
    await page.get_by_role("button", name="Activate version 1").click()
    await page.get_by_role("dialog").get_by_role("button", name="Activate version 1").click()
    await expect(page.get_by_role("button", name="Undo: model/a.py")).to_be_visible()
    await site.upload("model/a.py", "c\n")
    await page.get_by_role("button", name="Undo: model/a.py").click()
    await expect(page.get_by_text("This cannot be undone any more")).to_be_visible()
    assert await active(site, "model/a.py") == hash_of("c\n")


async def test_a_deleted_file_has_no_active_version(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    page = await visitor.at("/components/model/a.py")
    gone = event(observed(None, base=hash_of("a\n")), "model/a.py")
    await site.log.publish([site.log.message(gone)])
    await expect(row(page, "a")).to_have_accessible_name(re.compile("active: deleted"))
    await page.get_by_role("button", name="Activate version 1").first.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Nothing is active")
    await dialog.get_by_role("button", name="Activate version 1").click()
    await expect(page.get_by_text("Version 1 of model/a.py is active now.")).to_be_visible()
    assert await active(site, "model/a.py") == hash_of("a\n")
    await page.get_by_role("button", name="Undo: model/a.py").click()
    await expect(page.get_by_text("model/a.py is as it was before.")).to_be_visible()
    await expect(row(page, "a")).to_have_accessible_name(re.compile("active: deleted"))
    await expect(page.get_by_role("button", name="Activate version 1").first).to_be_visible()
    assert await active(site, "model/a.py") is None


async def test_an_undo_to_nothing_does_not_undo_somebody_elses_work(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b409\b"))
    for content in ("a\n", "b\n"):
        await site.call("POST", f"{VERSIONS}/upload", {"path": "model/a.py", "content": content, "activate": False})
    page = await visitor.at("/components/model/a.py")
    await activate(page, 1)
    await site.call("POST", f"{VERSIONS}/activate", {"hash": hash_of("b\n")})
    await page.get_by_role("button", name="Undo: model/a.py").click()
    await expect(page.get_by_text("This cannot be undone any more")).to_be_visible()
    assert await active(site, "model/a.py") == hash_of("b\n")


async def test_a_reason_is_kept(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/components/model/a.py")
    await activate(page, 1, "  b is worse on small screws ")
    await expect(version(page, 1)).to_contain_text("Reason: b is worse on small screws")
    await archived(site, "model/a.py")
    await page.reload()
    await expect(version(page, 1)).to_contain_text("Reason: b is worse on small screws")
    await expect(version(page, 2)).not_to_contain_text("Reason")
    assert await violations(page) == []
    await page.goto(f"{site.url}/events?type=version.activate")
    await page.get_by_role("link", name=re.compile("version.activate")).first.click()
    await expect(page.get_by_role("region", name="Content")).to_contain_text('"reason": "b is worse on small screws"')
    await page.get_by_role("tab", name="Story of the file").click()
    await expect(page.get_by_label("Story of the file").get_by_text("b is worse on small screws")).to_be_visible()


async def activate(page: Page, number: int, reason: str = "") -> None:
    """Make a version active, as somebody does who has looked."""
    await page.get_by_role("button", name=f"Activate version {number}").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Reason").fill(reason)
    await dialog.get_by_role("button", name=f"Activate version {number}").click()
    await expect(page.get_by_text(f"Version {number} of model/a.py is active now.").first).to_be_visible()


async def archived(site: Site, path: str) -> None:
    """Wait until the archive has a roll-back with its reason."""

    async def told() -> bool:
        story = await site.call("GET", f"/api/replay/story?subject=components/{path}")
        return any(one["active"] and one["reason"] for one in story)

    await until(told)


REASONS = ["<img src=x onerror=hacked=1>", "\"'><script>hacked=1<", "{0} %s ${x}", "a\u202egnp", "x" * 500, "사유"]


async def test_hostile_reasons_are_shown_as_text(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/components/model/a.py", viewport=TELEPHONE)
    for number, reason in enumerate(REASONS):
        await activate(page, number % 2 + 1, reason)
        await expect(version(page, number % 2 + 1)).to_contain_text(f"Reason: {reason}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    await page.reload()
    await expect(version(page, 2)).to_contain_text(f"Reason: {REASONS[-1]}")
    assert await page.evaluate("[typeof hacked, document.querySelectorAll('main img').length]") == ["undefined", 0]


async def grown(site: Site, path: str, count: int) -> None:
    """A component whose history has become long: of two contents in turn."""
    await site.upload(path, "a\n", "b\n")
    await site.store.db.execute(
        "insert into versions select document, number + step * 2, hash, size, reason, event_id, actor, created_at"
        " from versions, generate_series(1, $1 / 2 - 1) as step",
        count,
    )
    await site.store.db.execute("update documents set versions = $1, head = $1", count)


async def test_a_long_history_is_loaded_as_somebody_scrolls(site: Site, visitor: Visitor) -> None:
    await grown(site, "model/a.py", 1000)
    page = await visitor.at("/components/model/a.py")
    await expect(page.get_by_text("1000 versions", exact=True)).to_be_visible()
    listed = page.get_by_role("list", name="Version history")
    assert await listed.locator("[aria-setsize]").first.get_attribute("aria-setsize") == "200"

    async def at_the_end() -> int:
        await listed.evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
        return await version(page, 1).count()

    await until(at_the_end)
    assert await listed.locator("[aria-setsize]").first.get_attribute("aria-setsize") == "1000"
    assert await listed.locator("[data-entry]").count() < 60
    await site.upload("model/a.py", "c\n", "d\n", "e\n")
    await expect(page.get_by_text("1003 versions", exact=True)).to_be_visible()
    await listed.evaluate("(list) => list.scrollTo(0, 0)")
    await expect(version(page, 1003)).to_contain_text("active")
    numbers = await listed.locator("[data-entry]").all_inner_texts()
    found = [int(re.findall(r"Version (\d+)", said)[0]) for said in numbers]
    assert found == list(range(1003, 1003 - len(found), -1))


async def test_any_of_a_hundred_thousand_versions_can_be_seen(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b404\b"))
    await grown(site, "model/a.py", 100_000)
    await site.upload("model/c.py", C)
    await site.store.db.execute("update versions set hash = $1 where number = 5000", hash_of(C))
    page = await visitor.at("/components/model/a.py?to=3&from=2")
    await expect(version(page, 100_000)).to_contain_text("active")
    compared = page.get_by_role("combobox", name="Compare version 3 with")
    await expect(compared).to_have_value(re.compile("^Version 2, "))
    await expect(page.locator(ADDED)).to_have_text(["a"])
    await compared.fill("51")
    await page.get_by_role("option", name="Version 51", exact=True).click()
    await expect(page).to_have_url(re.compile("from=51"))
    await expect(compared).to_have_value(re.compile("^Version 51, "))
    await page.goto(f"{site.url}/components/model/a.py?to={hash_of(C)}")
    await expect(page.get_by_role("combobox", name="Compare version 5000 with")).to_have_value(
        re.compile("^Version 4999, ")
    )
    await page.goto(f"{site.url}/components/model/a.py?to=100001&from={'0' * 16}")
    await expect(page.get_by_role("combobox", name="Compare version 100000 with")).to_have_value(
        re.compile("^Version 99999, ")
    )
