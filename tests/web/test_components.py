"""Components: the tree, the versions of one, what lies between two, roll-back and its undoing."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.build import event, hash_of, observed, until
from tests.web.conftest import LOOKING, VERSIONS, Site, Visitor, violations
from tests.web.looks import viewer_at

pytestmark = LOOKING

OLD = "".join(f"line {n}\n" for n in range(40))
NEW = OLD.replace("line 20\n", "line twenty\nand more\n")
C = "c\n"
REMOVED, ADDED = ".cm-merge-a .cm-changedLine", ".cm-merge-b .cm-changedLine"
TELEPHONE = {"width": 360, "height": 740}


def row(page: Page, name: str) -> Locator:
    """A component in the tree."""
    return page.get_by_role("list", name="Components").get_by_role("link", name=re.compile(rf"^{name} \d"))


def version(page: Page, number: int) -> Locator:
    """A version in the history."""
    listed = page.get_by_role("list", name="Version history")
    return listed.get_by_role("link", name=re.compile(rf"^Version {number}\b"))


async def active(site: Site, path: str) -> str | None:
    found = await site.call("GET", f"{VERSIONS}/{path.removesuffix('.py')}")
    return next((str(one["hash"]) for one in found if one["is_active"]), None)


async def test_what_is_saved_elsewhere_appears(site: Site, visitor: Visitor) -> None:
    page = await visitor.at("/components")
    await expect(page.get_by_text("No component yet")).to_be_visible()
    await site.upload("model/resnet.py", "a\n")
    await expect(row(page, "resnet")).to_have_accessible_name(re.compile("1 version, active: " + hash_of("a\n")[:8]))
    await site.upload("model/resnet.py", "b\n")
    await expect(row(page, "resnet")).to_have_accessible_name(re.compile("2 versions, active: " + hash_of("b\n")[:8]))
    await expect(row(page, "resnet")).to_have_attribute("data-fresh", "true")
    await expect(row(page, "resnet")).not_to_have_attribute("data-fresh", "true")


async def test_many_at_once(site: Site, visitor: Visitor) -> None:
    page = await visitor.at("/components")
    paths = [f"{category}/c{n}.py" for category in ("agent", "loss", "model") for n in range(10)]
    await asyncio.gather(*(site.upload(path, path) for path in paths))
    await expect(page.get_by_role("status").filter(has_text="30 of 30")).to_be_visible()
    await page.get_by_role("button", name="agent 10").click()
    await expect(page.locator("main [data-entry]")).to_have_count(20)


async def test_a_hundred_thousand_are_scrolled_and_searched(site: Site, visitor: Visitor) -> None:
    base = {"category": "model", "active_hash": "0" * 16, "version_count": 1, "updated_at": "2026-01-01T00:00:00Z"}
    names = [f"c{number:06}" for number in range(100_000)]
    parts = [
        [base | {"name": name, "path": f"model/{name}.py"} for name in names[at : at + 10_000]]
        for at in range(0, 100_000, 10_000)
    ]
    parts.append([])
    page = await visitor.page()

    async def answer(route: Route) -> None:
        await route.fulfill(json={"success": True, "data": parts.pop(0)})

    await page.route(re.compile(r"/api/components/versions\?"), answer)
    await page.goto(await site.link())
    await page.goto(f"{site.url}/components")
    await expect(page.get_by_role("status").filter(has_text="100000 of 100000")).to_be_visible()
    listed = page.get_by_role("list", name="Components")
    await listed.evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
    await expect(row(page, "c099999")).to_be_in_viewport()
    assert await page.locator("main [data-entry]").count() < 100
    await page.get_by_label("Search components").fill("c05000")
    await expect(page.get_by_role("status").filter(has_text="10 of 100000")).to_be_visible()


async def test_other_projects_do_not_mix_in(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b404\b"))
    await site.upload("model/a.py", "a\n")
    page = await visitor.at("/components/model/a.py")
    for name in ("a", "b"):
        await site.call("POST", f"{VERSIONS}/upload?project=other", {"path": f"model/{name}.py", "content": "x\n"})
    await site.upload("model/c.py", "c\n")
    await expect(row(page, "c")).to_be_visible()
    await expect(page.locator("main").get_by_role("list", name="Components").locator("[data-entry]")).to_have_count(2)
    await expect(version(page, 1)).to_be_visible()
    await expect(version(page, 2)).to_have_count(0)


async def test_the_address_keeps_the_search_and_the_versions(site: Site, visitor: Visitor) -> None:
    for path in ("model/resnet.py", "model/patchcore.py", "loss/focal.py"):
        await site.upload(path, path, "b\n", "c\n")
    page = await visitor.at("/components")
    await expect(page.get_by_label("Search components")).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type("model/p")
    await expect(page.locator("main [data-entry]")).to_have_count(1)
    await row(page, "patchcore").click()
    await expect(page).to_have_url(re.compile(r"/components/model/patchcore\.py\?q=model%2Fp$"))
    await version(page, 2).click()
    await page.get_by_role("combobox", name="Compare version 2 with").click()
    await page.get_by_role("option", name=re.compile("Version 3 ")).click()
    await expect(page).to_have_url(re.compile(r"q=model%2Fp&to=2&from=3$"))
    await page.reload()
    await expect(page.get_by_role("combobox", name="Compare version 2 with")).to_have_value(
        re.compile(r"^Version 3 \(active\)")
    )
    await expect(page.get_by_label("Search components")).to_have_value("model/p")
    await page.get_by_label("Search components").fill("nothing")
    await expect(page.get_by_text("Nothing matches")).to_be_visible()


async def test_versions_and_what_lies_between_them(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", OLD, NEW)
    page = await visitor.at("/components/model/a.py")
    await expect(version(page, 2)).to_contain_text("active")
    await expect(version(page, 2)).to_contain_text("by ")
    await expect(page.locator(REMOVED)).to_have_text(["line 20"])
    await expect(page.locator(ADDED)).to_have_text(["line twenty", "and more"])
    await page.goto(f"{site.url}/components/model/a.py?from={hash_of(NEW)}&to={hash_of(OLD)}")
    await expect(page.locator(ADDED)).to_have_text(["line 20"])
    await site.upload("model/a.py", "c\n")
    await expect(version(page, 3)).to_be_visible()
    await expect(page.locator(ADDED)).to_have_text(["line 20"])


async def test_what_cannot_be_seen_is_made_visible(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "x = 1\ny = 2\n", "x = 1\r\ny = '\u202e'", "")
    page = await visitor.at("/components/model/a.py")
    await expect(page.get_by_text("Version 3 (active): the file is empty")).to_be_visible()
    await version(page, 2).click()
    await expect(page.get_by_text("Version 2: no newline at the end of the file")).to_be_visible()
    await expect(page.get_by_text("Version 2: lines end as on Windows (CRLF)")).to_be_visible()
    await expect(page.locator(".cm-merge-b .cm-specialChar")).to_have_count(2)


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


async def test_scan_says_first_what_it_would_do(site: Site, visitor: Visitor) -> None:
    page = await visitor.at("/components")
    await page.get_by_role("button", name="Scan Local").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Nothing is deleted")
    await expect(dialog).to_contain_text(re.compile(r"New components: \d\d"))
    await expect(dialog.get_by_role("list", name=re.compile("New components"))).to_contain_text("agent/")
    assert await violations(page) == []
    assert await site.call("GET", VERSIONS) == []
    await page.get_by_role("button", name="Add what is new").click()
    await expect(page.get_by_text(re.compile(r"^\d\d versions were added\.$"))).to_be_visible()
    await expect(row(page, "patchcore")).to_be_visible()
    await site.upload("model/patchcore.py", "changed = True\n")
    await page.get_by_role("button", name="Scan Local").click()
    await expect(dialog).to_contain_text("there is nothing to add")
    await expect(dialog).to_contain_text(re.compile(r"Unchanged: \d\d"))
    await page.get_by_role("button", name="Add what is new").click()
    await expect(page.get_by_text("Everything was known already")).to_be_visible()


async def test_a_server_without_a_tree_says_so(site: Site, visitor: Visitor) -> None:
    visitor.tolerated.append(re.compile(r"\b409\b"))
    page = await visitor.at("/components")
    await page.route(re.compile("dry_run"), refused)
    await page.get_by_role("button", name="Scan Local").click()
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("headrace up --watch")


async def refused(route: Route) -> None:
    """As a server answers that has no tree."""
    error = {"message": "this server has no tree to scan", "detail": "start it with: headrace up --watch PATH"}
    await route.fulfill(status=409, json={"success": False, "error": error})


async def test_a_version_to_keep(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/components/model/a.py?to=1")
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Download version 1").click()
    download = await downloading.value
    assert download.suggested_filename == "a.py"
    assert Path(await download.path()).read_text() == "a\n"


async def test_where_a_version_is_used(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await visitor.at("/components/model/a.py?to=1")
    await expect(page.get_by_text("No experiment has named it")).to_be_visible()
    await site.call("POST", "/api/components/manifest/exp-1", {"model/a.py": hash_of("a\n")})
    await page.get_by_role("link", name="exp-1").click()
    await expect(page).to_have_url(re.compile(r"/experiments/exp-1\?revision=1$"))


async def test_by_keyboard_alone(site: Site, visitor: Visitor) -> None:
    for path in ("model/a.py", "model/b.py"):
        await site.upload(path, "a\n", "b\n")
    page = await visitor.at("/components")
    await expect(row(page, "b")).to_be_visible()
    await page.keyboard.press("j")
    await expect(row(page, "a")).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(version(page, 2)).to_be_visible()
    await page.keyboard.press("j")
    await expect(version(page, 2)).to_be_focused()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("to=1$"))
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Activate version 1").first).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("button", name="Activate version 1").press("Enter")
    await expect(page.get_by_text("Version 1 of model/b.py is active now.")).to_be_visible()


async def test_what_comes_in_does_not_take_the_focus(site: Site, visitor: Visitor) -> None:
    await site.upload("model/b.py", "a\n", "b\n")
    page = await visitor.at("/components/model/b.py")
    await row(page, "b").focus()
    await site.upload("model/a.py", "a\n")
    await expect(row(page, "a")).to_be_visible()
    await expect(row(page, "b")).to_be_focused()
    await version(page, 1).focus()
    await site.upload("model/b.py", "c\n")
    await expect(version(page, 3)).to_be_visible()
    await expect(version(page, 1)).to_be_focused()


async def test_a_viewer_is_offered_nothing_to_write(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n", "b\n")
    page = await viewer_at(visitor, site, "/components/model/a.py")
    await expect(version(page, 1)).to_be_visible()
    await expect(page.get_by_text("Your role may look, and not activate.")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("Activate|Scan"))).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
async def test_anybody_can_use_it(site: Site, visitor: Visitor, scheme: str, locale: str) -> None:
    page = await visitor.at("/components", color_scheme=scheme, locale=locale)
    await expect(page.get_by_text("headrace watch")).to_be_visible()
    assert await violations(page) == []
    await site.upload("model/a.py", OLD, NEW)
    await page.goto(f"{site.url}/components/model/a.py")
    await expect(page.locator(ADDED)).to_have_count(2)
    await expect(page.locator("[data-fresh]")).to_have_count(0)
    assert await violations(page) == []
    await page.get_by_role("button", name=re.compile("Activate version 1|버전 1 활성화")).click()
    await expect(page.get_by_role("dialog").locator(REMOVED)).to_have_count(2)
    assert await violations(page) == []


HOSTILE = [
    "<img src=x onerror=hacked=1>",
    "\"'><script>hacked=1<",
    "100%",
    "%3Cscript%3E",
    "a#b?c&d",
    "한글 이름",
    "a\u202egnp",
    "constructor",
    "a.py",
    "x" * 200,
]


async def test_hostile_names_and_contents_are_shown_as_text(site: Site, visitor: Visitor) -> None:
    content = "<script>hacked = 1</script>\n<img src=x onerror='hacked = 1'>\n"
    for name in HOSTILE:
        await site.upload(f"model/{name}.py", "# first\n", content)
    page = await visitor.at("/components")
    for name in HOSTILE:
        await page.get_by_title(name, exact=True).click()
        await expect(page.get_by_role("heading", level=3)).to_have_text(f"model/{name}.py")
        await expect(page.locator(ADDED)).to_have_text(content.splitlines())
    await page.reload()
    await expect(page.get_by_role("heading", level=3)).to_have_text(f"model/{HOSTILE[-1]}.py")
    assert await page.evaluate("[typeof hacked, document.querySelectorAll('main img').length]") == ["undefined", 0]


async def test_it_fits_a_telephone(site: Site, visitor: Visitor) -> None:
    await site.upload(f"model/{'x' * 200}.py", "x = 1\n", f"x = {'1' * 500}\n")
    page = await visitor.at("/components", viewport=TELEPHONE)
    await expect(page.locator("main [data-entry]")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    await page.locator("main [data-entry]").click()
    await expect(page.get_by_role("heading", level=3)).to_be_in_viewport()
    await expect(page.locator(".cm-editor")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
    await page.get_by_role("link", name="All components").click()
    await expect(page.get_by_label("Search components")).to_be_visible()
