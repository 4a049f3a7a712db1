"""Components: the tree, the versions of one, what lies between two, roll-back and its undoing."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, expect

from tests.build import hash_of
from tests.web.conftest import LOOKING, VERSIONS, Site, Visitor, violations
from tests.web.looks import viewer_at

pytestmark = LOOKING

OLD = "".join(f"line {n}\n" for n in range(40))
NEW = OLD.replace("line 20\n", "line twenty\nand more\n")
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


async def test_an_address_may_leave_the_suffix_out(site: Site, visitor: Visitor) -> None:
    await site.upload("model/a.py", "a\n")
    page = await visitor.at("/components/model/a?to=1")
    await expect(page).to_have_url(re.compile(r"/components/model/a\.py\?to=1$"))
    await expect(version(page, 1)).to_be_visible()


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
    await expect(page.get_by_text("line 2", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Show all lines").press("Enter")
    await expect(page.get_by_text("line 2", exact=True)).to_have_count(2)
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
